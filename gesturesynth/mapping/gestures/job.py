"""What is needed to fit gestures, as a message to the trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import msgspec

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.gestures.columns import column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import fit_gestures
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.mapping.learning.packed_array import Array


class PackedTake(msgspec.Struct, frozen=True):
    """A `GestureTake`, packed."""

    name: str
    times_s: Array
    features: Array
    label: str


class GestureJob(msgspec.Struct, frozen=True):
    """All takes of the gestures of a preset.

    Attributes:
        features: names of features, as in the preset; vectors expand to many columns.
        takes: in the order in which they were recorded.
    """

    features: tuple[str, ...]
    takes: tuple[PackedTake, ...]

    @classmethod
    def pack(cls, features: Sequence[str], takes: Sequence[GestureTake]) -> Self:
        """The job of these takes, whose features are the columns of these names."""
        packed = (PackedTake(t.name, Array.pack(t.times_s), Array.pack(t.features), t.label) for t in takes)
        return cls(tuple(features), tuple(packed))

    def fit(self) -> FittedGestures:
        """Learns all gestures."""
        takes = [GestureTake(t.name, t.times_s.view, t.features.view, t.label) for t in self.takes]
        return fit_gestures(takes, columns(self.features), column_units(self.features), sideways_columns(self.features))
