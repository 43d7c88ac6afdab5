"""Fitted gestures as plain arrays: safe to receive, since nothing in them can run."""

from __future__ import annotations

from typing import Final

import msgspec

from gesturesynth.mapping.learning.packed_array import Array

STEP_S: Final = 1.0 / 30.0
"""Templates and what is compared with them are sampled so often, whatever the frame rate of the camera."""


class FittedGesture(msgspec.Struct, frozen=True):
    """One gesture.

    Attributes:
        name: as it was taught.
        templates: (frames, k) each, one for each take, `STEP_S` apart, in the units of the features. A value that was
            not seen in the take is NaN.
        weights: (k,), 0 or above. The cost of a frame is the weighted sum of squared differences; standing still in
            the mean pose of the gesture costs 1.
        travel: (k,): how far each feature goes, from its lowest to its highest value, in its own unit. A performance
            goes about as far. NaN for features that hardly move, and for those that are no help.
        threshold: greatest cost per template frame of a performance that counts.
        take_cost: what its takes cost against each other, mean of the cheapest; NaN for a single take.
    """

    name: str
    templates: tuple[Array, ...]
    weights: Array
    travel: Array
    threshold: float
    take_cost: float

    @property
    def duration_s(self) -> float:
        """Mean length of its templates."""
        return STEP_S * sum(template.shape[0] for template in self.templates) / len(self.templates)


class FittedGestures(msgspec.Struct, frozen=True):
    """All gestures of a preset, as one message.

    Attributes:
        columns: names of the k feature columns they were fitted to.
        gestures: in the order in which they were first taught.
        notes: sentences about takes that were left out, and gestures that can hardly be told apart.
    """

    columns: tuple[str, ...]
    gestures: tuple[FittedGesture, ...]
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the gestures, in order."""
        return tuple(gesture.name for gesture in self.gestures)
