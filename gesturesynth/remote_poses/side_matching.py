"""Which person of one side of a room is which person of another side. Pure: time is passed in.

Cameras that look at the same people from different places agree on one thing: how high elbows and wrists are above the
shoulders, in lengths of the torso, at the same moment. So while two sides see people, the difference of these heights
is averaged for each pair of persons, and the pairs are those whose differences are least in all. Who has not moved
differently from the others yet is told by the order in which people came. How well that works is in
docs/network-trackers.md.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body

Heights = NDArray[np.float64]

TOGETHER_S: Final = 0.1
"""Poses of two sides whose times differ by more are not compared."""
REMEMBERED: Final = 300
"""Comparisons over which the mean goes: some ten seconds."""
LEAST: Final = 10
"""With fewer, the order of arrival alone counts."""
IN_ORDER: Final = 0.03
"""What a pair costs for each place by which its persons differ in the order of arrival, torso lengths."""
UNKNOWN: Final = 0.3
"""What a pair costs that was not compared."""
FARTHEST: Final = 0.4
"""Two persons whose heights differ by more on average are not the same one."""
VISIBLE: Final = 0.5
MOST_PAIRS: Final = 400
"""Of which the comparisons are kept; the oldest are forgotten."""

_SHOULDERS, _HIPS, _ARMS = [11, 12], [23, 24], [13, 14, 15, 16]
_SWAPPED = [1, 0, 3, 2]


def heights(body: Body, aspect: float) -> Heights:
    """How high elbows and wrists are above the shoulders, float64 (4,), torso lengths; NaN where not seen.

    Args:
        body: one person.
        aspect: width of the frame divided by its height.
    """
    image = body.image_array().astype(np.float64)
    places = image[:, :2] * (aspect, 1.0)
    shoulders, hips = places[_SHOULDERS].mean(axis=0), places[_HIPS].mean(axis=0)
    torso = math.dist(shoulders, hips)
    if torso < 1e-3 or image[_SHOULDERS + _HIPS, 3].min() < VISIBLE:
        return np.full(len(_ARMS), np.nan)
    return np.where(image[_ARMS, 3] >= VISIBLE, (shoulders[1] - places[_ARMS, 1]) / torso, np.nan)


def differences(some: Heights, others: Heights) -> Heights:
    """The mean difference of the heights of each pair of persons, torso lengths; NaN where nothing was seen of both.

    From behind or from the side, left and right may be taken for each other: the better way counts.

    Args:
        some: float64 (n, 4), from `heights`.
        others: float64 (m, 4).

    Returns:
        float64 (n, m).
    """
    ways = np.stack((others, others[:, _SWAPPED]))[:, None]  # (2, 1, m, 4)
    apart = np.abs(some[:, None] - ways)
    seen = ~np.isnan(apart)
    count = seen.sum(axis=3)
    mean = np.where(seen, apart, 0.0).sum(axis=3) / np.maximum(count, 1)
    return np.asarray(np.where(count > 0, mean, np.nan).min(axis=0))


@dataclass
class _Evidence:
    mean: float = 0.0
    count: int = 0


class SideMatcher:
    """Compares the people of several sides. Numbers of persons are unique over all sides."""

    def __init__(self) -> None:
        self._newest: dict[int, tuple[float, dict[int, Heights]]] = {}
        self._evidence: dict[tuple[int, int], _Evidence] = {}

    def see(self, side: int, people: Iterable[tuple[int, Body]], aspect: float, time_s: float) -> None:
        """The people in a pose of a side, each with their number; times of all sides are of one clock."""
        found = {number: heights(body, aspect) for number, body in people}
        self._newest[side] = time_s, found
        for other, (other_s, others) in self._newest.items():
            if other == side or abs(time_s - other_s) > TOGETHER_S:
                continue
            table = differences(np.array(list(found.values())), np.array(list(others.values())))
            for (number, known), apart in zip(itertools.product(found, others), table.ravel().tolist(), strict=True):
                if not math.isnan(apart):
                    self._add((min(number, known), max(number, known)), apart)

    def matched(self, former: Sequence[int], newer: Sequence[int]) -> dict[int, int]:
        """For each person of one side that person's number at the other side, as far as there is one.

        Args:
            former: the numbers of the side that was used, in the order in which people came.
            newer: those of the side that takes over, likewise.
        """
        if not former or not newer:
            return {}
        costs = np.array([[self._cost(a, b) for b in newer] for a in former])
        order = IN_ORDER * np.abs(np.subtract.outer(np.arange(len(former)), np.arange(len(newer))))
        if len(former) > len(newer):
            rows = min(
                itertools.permutations(range(len(former)), len(newer)),
                key=lambda rows: sum((costs + order)[row, column] for column, row in enumerate(rows)),
            )
            pairs = [(row, column) for column, row in enumerate(rows)]
        else:
            columns = min(
                itertools.permutations(range(len(newer)), len(former)),
                key=lambda columns: sum((costs + order)[row, column] for row, column in enumerate(columns)),
            )
            pairs = list(enumerate(columns))
        return {newer[column]: former[row] for row, column in pairs if costs[row, column] <= FARTHEST}

    def _cost(self, one: int, other: int) -> float:
        known = self._evidence.get((min(one, other), max(one, other)))
        return known.mean if known and known.count >= LEAST else UNKNOWN

    def _add(self, pair: tuple[int, int], difference: float) -> None:
        known = self._evidence.pop(pair, None) or _Evidence()
        known.count = min(known.count + 1, REMEMBERED)
        known.mean += (difference - known.mean) / known.count
        self._evidence[pair] = known
        while len(self._evidence) > MOST_PAIRS:
            del self._evidence[next(iter(self._evidence))]
