"""What one loudspeaker gets of left and right.

Their sum, with a gain that makes it as loud as both of two loudspeakers together: sides that are the same add up to
3 dB more than their powers do, those that have nothing in common do not, and the instruments lie between. The sum with
a quarter of a period between both sides, which cancels nothing whatever they have in common, was measured beside it: it
comes less close, because both sides of some instruments are late against each other (docs/space.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gesturesynth.core.units import db_to_gain

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.instruments.graph import Graph

FOLD_DB: Final = -2.1
"""Of the sum: 0.9 dB above the sum of sides that are the same at the power of both (docs/space.md)."""


def folded(both: PyoObject) -> PyoObject:
    """One stream of two."""
    return both.mix(1) * db_to_gain(FOLD_DB)


class PointPanner:
    """Takes the place of a `Panner` where there is one loudspeaker: no layer is anywhere else."""

    channels: Final = 2

    def placed(
        self,
        graph: Graph,  # noqa: ARG002 - as a Panner has them
        layer: PyoObject,
        pan: PyoObject | None,  # noqa: ARG002
        azimuth: PyoObject | None,  # noqa: ARG002
    ) -> PyoObject:
        """The layer as it is: where it would stand does not change how loud it is."""
        return layer

    def around(self, graph: Graph, returned: PyoObject) -> PyoObject:  # noqa: ARG002
        """What comes back of a bus, as it is."""
        return returned
