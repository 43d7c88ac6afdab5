"""How a person moves across the picture, and where that leads. Pure: time is passed in."""

from __future__ import annotations

import functools
import itertools
import math
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.people.regions import BodyRegion

MEMORY_S: Final = 0.6
"""Of places; a velocity over less trembles, one over more is that of another movement."""
STALE_S: Final = 3.0
"""After so long beside another person the places of that time count as well: there are no better ones."""
AHEAD_S: Final = 1.5
"""So long a movement is expected to go on as it was; then the person is expected to stand."""
LEAST_PLACES: Final = 3
MOST_PLACES: Final = 256
"""Of a camera of 250 frames a second, and a bound for times that do not go on."""


GREATEST_COST: Final = 1e6


class BodyPlace(NamedTuple):
    """A person's place: `x`, `y` the middle of the hips and `side` of the region, pixels; `time_s` seconds."""

    x: float
    y: float
    side: float
    time_s: float = 0.0

    @classmethod
    def of(cls, region: BodyRegion, time_s: float) -> BodyPlace:
        """The place of a region."""
        return cls(region.x, region.y, region.side, time_s)

    def distance(self, other: BodyPlace) -> float:
        """How far apart two places are, in sides of the smaller region; e times as large counts as one side."""
        away = math.hypot(self.x - other.x, self.y - other.y) / max(1e-9, min(self.side, other.side))
        return away + abs(math.log(max(1e-9, self.side) / max(1e-9, other.side)))


class Motion:
    """The places of one person in the last moments.

    Places beside another person are kept apart: there a region may already have slid onto the other one.
    """

    def __init__(self) -> None:
        self._clear: deque[BodyPlace] = deque(maxlen=MOST_PLACES)
        self._all: deque[BodyPlace] = deque(maxlen=MOST_PLACES)

    def add(self, place: BodyPlace, *, crowded: bool) -> None:
        """Takes note of a place; `crowded`: beside another person."""
        self._all.append(place)
        if not crowded:
            self._clear.append(place)
        for places in (self._clear, self._all):
            while places and places[0].time_s < places[-1].time_s - MEMORY_S:
                places.popleft()

    def expected(self, time_s: float) -> BodyPlace | None:
        """Where the person is expected; None while there is no place yet."""
        places = self._all
        if self._clear and time_s - self._clear[-1].time_s <= STALE_S:
            places = self._clear
        if not places:
            return None
        last = places[-1]
        ahead_s = max(0.0, min(AHEAD_S, time_s - last.time_s))
        x, y = _velocity(places)
        return BodyPlace(last.x + x * ahead_s, last.y + y * ahead_s, last.side, time_s)

    def cost(self, place: BodyPlace) -> float:
        """How far a place is from where the person is expected (`BodyPlace.distance`)."""
        expected = self.expected(place.time_s)
        return math.inf if expected is None else expected.distance(place)

    def cost_of_return(self, place: BodyPlace) -> float:
        """Likewise for one who was out of view, and may have stopped: the lesser of both."""
        last = self._all[-1] if self._all else None
        return min(self.cost(place), math.inf if last is None else last.distance(place))


def _velocity(places: deque[BodyPlace]) -> tuple[float, float]:
    """Pixels a second, by least squares."""
    if len(places) < LEAST_PLACES:
        return 0.0, 0.0
    array = np.array(places)
    times = array[:, 3] - array[:, 3].mean()
    spread = float((times**2).sum())
    if spread <= 0.0:
        return 0.0, 0.0
    x, y = (times @ array[:, :2]) / spread
    return float(x), float(y)


def assigned(motions: Sequence[Motion], places: Sequence[BodyPlace]) -> tuple[int, ...]:
    """Which person is at each place, so that the sum of all costs is least.

    Args:
        motions: of the persons; at most seven, and no fewer than places.
        places: where persons are.

    Returns:
        An index into `motions` for each place.
    """
    orders = _orders(len(motions), len(places))
    costs = np.array([[_bounded(motion, place) for motion in motions] for place in places])
    best = orders[int(np.argmin(costs[np.arange(len(places)), orders].sum(axis=1)))]
    return tuple(int(person) for person in best)


def total_cost(motions: Sequence[Motion], places: Sequence[BodyPlace], order: Iterable[int]) -> float:
    """The sum of the costs where the persons of `order` are at the places."""
    return sum(_bounded(motions[person], place) for place, person in zip(places, order, strict=True))


@functools.cache
def _orders(people: int, places: int) -> NDArray[np.int64]:
    """Every way to put persons at places, without change first; at most 7! rows."""
    return np.array(list(itertools.permutations(range(people), places)), dtype=np.int64)


def _bounded(motion: Motion, place: BodyPlace) -> float:
    return min(motion.cost(place), GREATEST_COST)
