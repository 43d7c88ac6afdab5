"""Places the two sides of a layer among loudspeakers, and brings back effects from all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.stereo import parts
from gesturesynth.synthesis.instruments.wavetables import table
from gesturesynth.synthesis.levels.peak_limiter import delayed
from gesturesynth.synthesis.space.layout import FULL_CIRCLE, SpeakerLayout

if TYPE_CHECKING:
    from pyo import DataTable, PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses

SIDE_DEG: Final = 90.0
"""The azimuth of `pan` 1: right beside the listener."""
POINTS: Final = 2048
"""Of the tables of gains: 256 between two of eight loudspeakers, where lines between them are off by 5e-6."""
REACH: Final = 0.99
"""pyo.Lookup multiplies its index, -1 to 1, by this."""
RETURN_DELAYS_S: Final = (0.0, 0.0073, 0.0137, 0.0233)
"""Of the loudspeakers that play one side of a bus: apart by more than a period of what can be located, at distances
that have no common divisor; the last one is below the 30 ms from which an echo is heard by itself."""


class Panner:
    """The tables of gains of one layout; made once, and used by all racks.

    Args:
        pyo: its classes.
        layout: a `spatial` one.
    """

    def __init__(self, pyo: PyoClasses, layout: SpeakerLayout) -> None:
        self._graph = Graph(pyo)
        self.layout = layout
        self.channels = layout.placed
        position = (np.arange(POINTS) / POINTS * 2 - 1) / REACH
        gains = layout.side_gains((position + 1) / 2).astype(np.float32)
        self._tables: list[tuple[DataTable, DataTable]] = [
            (table(self._graph, left), table(self._graph, right)) for left, right in gains
        ]

    def placed(self, graph: Graph, layer: PyoObject, pan: PyoObject | None, azimuth: PyoObject | None) -> PyoObject:
        """A layer (two streams) at its place: one stream for each loudspeaker.

        Args:
            graph: the graph to build in.
            layer: left and right.
            pan: -1 to 1, or None where it is not used.
            azimuth: degrees clockwise from the front, any number, or None.
        """
        left, right = parts(graph, layer)
        if pan is None and azimuth is None:
            return self._at_rest(graph, left, right)
        if self.layout.shape == "row":
            place = (beside(graph, pan, azimuth) + 1.0) * 0.5
        else:
            place = turn_of(graph, pan, azimuth)
        index = index_of(graph, place)
        streams = [
            graph.Lookup(ours, index, mul=left, add=graph.Lookup(theirs, index, mul=right))
            for ours, theirs in self._tables
        ]
        return graph.Mix(streams, voices=len(streams))

    def _at_rest(self, graph: Graph, left: PyoObject, right: PyoObject) -> PyoObject:
        """In front: what does not move costs a multiplication, and nothing where it is not heard."""
        place = 0.5 if self.layout.shape == "row" else 0.0
        silence = graph.Sig(0.0)
        streams: list[PyoObject] = []
        for ours, theirs in self.layout.side_gains(np.array([place]))[:, :, 0]:
            heard = [
                graph.Sig(side, mul=float(gain)) for side, gain in ((left, ours), (right, theirs)) if abs(gain) > 1e-9
            ]
            streams.append(graph.Mix(heard, voices=1) if heard else silence)
        return graph.Mix(streams, voices=len(streams))

    def around(self, graph: Graph, returned: PyoObject) -> PyoObject:
        """What comes back of a bus (two streams), from all loudspeakers with equal power.

        Loudspeakers that play the same side are apart by `RETURN_DELAYS_S`, so that they do not sound as one.
        """
        sides = parts(graph, returned)
        gain = math.sqrt(2.0 / self.layout.placed)
        played = [0, 0]
        streams = []
        for side in self.layout.return_sides():
            frames = round(RETURN_DELAYS_S[played[side]] * returned.getSamplingRate())
            played[side] += 1
            streams.append(delayed(graph, sides[side], frames, gain) if frames else graph.Sig(sides[side], mul=gain))
        return graph.Mix(streams, voices=len(streams))


def everywhere(graph: Graph, both: PyoObject, layout: SpeakerLayout) -> PyoObject:
    """What is the same left and right (two streams), from all loudspeakers alike, with the power of two."""
    gain = math.sqrt(2.0 / layout.placed)
    left = parts(graph, both)[0]
    return graph.Mix([graph.Sig(left, mul=gain) for _ in range(layout.placed)], voices=layout.placed)


def beside(graph: Graph, pan: PyoObject | None, azimuth: PyoObject | None) -> PyoObject:
    """-1 (left) to 1 (right) for loudspeakers that stand in front only: what is behind is folded to the front."""
    if azimuth is None:
        assert pan is not None
        return pan
    turn = azimuth * (1 / FULL_CIRCLE) - 0.25
    folded = graph.Abs((turn - graph.Floor(turn)) * 4.0 - 2.0) - 1.0
    return folded if pan is None else graph.Clip(folded + pan, -1.0, 1.0)


def turn_of(graph: Graph, pan: PyoObject | None, azimuth: PyoObject | None) -> PyoObject:
    """The place as a part of a circle clockwise from the front, 0 to 1; one of both controls at least is used."""
    turn = None if pan is None else pan * (SIDE_DEG / FULL_CIRCLE)
    if azimuth is not None:
        turned = azimuth * (1 / FULL_CIRCLE)
        turn = turned if turn is None else turn + turned
    assert turn is not None
    return turn - graph.Floor(turn)


def index_of(graph: Graph, place: PyoObject) -> PyoObject:
    """Where a table of places from 0 to 1 is read."""
    return graph.Clip(place * 2.0 - 1.0, -1.0, 1.0)
