"""Which of the recorded sounds a pitch and a place choose. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

POINTS: Final = 1024
"""Of the table that finds the nearest pitch: 7 cents apart over six octaves."""


@dataclass(frozen=True)
class SampleChoice:
    """Sounds in groups of one pitch each.

    Attributes:
        order: numbers of the sounds, by pitch and then as they were given: a group is a part of it.
        nearest: for POINTS pitches from the lowest to the highest by equal ratios, the number of the nearest group.
        first, count: of each group, where in `order` it begins and how many it has.
    """

    order: tuple[int, ...]
    nearest: NDArray[np.float32]
    first: tuple[int, ...]
    count: tuple[int, ...]

    @classmethod
    def of(cls, pitches_hz: Sequence[float], low_hz: float, high_hz: float) -> SampleChoice:
        """The choice among sounds of these pitches, at least one, for pitches from `low_hz` to `high_hz`."""
        order = sorted(range(len(pitches_hz)), key=lambda number: pitches_hz[number])
        groups = sorted(set(pitches_hz))
        wanted = np.linspace(math.log2(low_hz), math.log2(high_hz), POINTS)
        distance = np.abs(wanted[:, np.newaxis] - np.log2(groups))
        count = tuple(sum(pitch == group for pitch in pitches_hz) for group in groups)
        first = tuple(sum(count[:number]) for number in range(len(groups)))
        return cls(tuple(order), distance.argmin(axis=1).astype(np.float32), first, count)
