"""A person who is followed, and which of several persons a body is. Pure: time is passed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from gesturesynth.tracking.people.landmarks import Found
from gesturesynth.tracking.people.motion import BodyPlace, Motion, assigned, total_cost
from gesturesynth.tracking.people.regions import ENLARGED, BodyRegion, overlap
from gesturesynth.tracking.people.smoothing import BodySmoother
from gesturesynth.tracking.second_look.crops import Box

SAME_BODY: Final = 0.06
"""Two regions are on one body where the middle one of the distances of their landmarks is below this part of a side."""
CROWDED: Final = 0.35
"""Regions that are nearer to each other than this part of a side may slide onto each other's body ..."""
DOUBTFUL: Final = 0.15
"""... and those that are nearer than this have to be told apart once more when the persons part."""
NEWCOMER_S: Final = 0.5
"""A person who came into view a shorter time ago, and is on the body of another one, was that one all along."""
CLEARLY: Final = 0.3
"""While persons are not apart yet they are taken for each other only where that is better by this part of a side."""
PARTED_FOR_S: Final = 0.2
"""So long they have to be apart: a region may lie on both bodies for a frame or two before."""
MOST_COMPARED: Final = 7


@dataclass(eq=False)
class Person:
    """A person who is followed, or was lost.

    Attributes:
        number: see `Body.person`; 0 for one who was not published yet.
        region: where to look next.
        since_s: in view since then.
        seen_s: last in view.
        looks: in how many frames one after the other, up to now.
        sure: found in the whole frame; one who was found in a crop has to be found again before there is a body.
        awaited_s: until then a person who was lost is looked for at the expected place.
        doubtful: was at the same place as another person, or hidden, and may since have been taken for the other one.
        motion: how the person moves.
        smoother: of the landmarks.
    """

    number: int
    region: BodyRegion
    since_s: float
    seen_s: float
    looks: int = 0
    sure: bool = True
    awaited_s: float = -math.inf
    doubtful: bool = False
    motion: Motion = field(default_factory=Motion)
    smoother: BodySmoother = field(default_factory=BodySmoother)

    def box(self, size: tuple[int, ...]) -> Box:
        """About where the body is: the circle in the region, in fractions of a frame of this size (h, w)."""
        x, y, radius = self.region.x, self.region.y, self.region.side / ENLARGED / 2
        return Box((x - radius) / size[1], (y - radius) / size[0], (x + radius) / size[1], (y + radius) / size[0])


class Sight(NamedTuple):
    """A person, and what was found of them in a frame."""

    person: Person
    found: Found


def same_body(one: Found, other: Found) -> bool:
    """Whether the landmarks that were found in two regions are those of one body."""
    distances = np.hypot(*(one.image[:, :2] - other.image[:, :2]).T)
    return float(np.median(distances)) < SAME_BODY * min(one.region.side, other.region.side)


def nearest(sight: Sight, sights: Sequence[Sight]) -> float:
    """The distance to the nearest other person, in sides of a region."""
    others = (other.found.region for other in sights if other.person is not sight.person)
    return min((overlap(region, sight.found.region) for region in others), default=math.inf)


def merged(sights: Sequence[Sight], time_s: float) -> tuple[list[Sight], list[Person]]:
    """Each body once, with the person whose movement led there; and the persons who are hidden behind them."""
    kept: list[Sight] = []
    hidden: list[Person] = []
    for sight in sights:
        twin = next((place for place, other in enumerate(kept) if same_body(sight.found, other.found)), None)
        if twin is None:
            kept.append(sight)
            continue
        sight.person.doubtful = kept[twin].person.doubtful = True
        place = BodyPlace.of(sight.found.region, time_s)
        if _rank(sight.person, place) < _rank(kept[twin].person, place):
            hidden.append(kept[twin].person)
            kept[twin] = sight
        else:
            hidden.append(sight.person)
    return kept, hidden


def _rank(person: Person, place: BodyPlace) -> tuple[bool, float]:
    """Of two persons on one body the one of the lower rank stays: not a newcomer, and whose movement led there."""
    if place.time_s - person.since_s < NEWCOMER_S:
        return True, person.since_s
    return False, person.motion.cost(place)


class Partings:
    """Tells persons apart once more who were at the same place, by the movement that each had before."""

    def __init__(self) -> None:
        self._together_s = -math.inf

    def settle(self, seen: Sequence[Sight], lost: Sequence[Person], time_s: float) -> None:
        """Gives each person in doubt the number of the one who is expected there; doubts end when all have parted.

        Args:
            seen: those in view. Their numbers, times and motions are exchanged where they were mistaken.
            lost: those who are not in view.
            time_s: now.
        """
        for sight in seen:
            if nearest(sight, seen) < DOUBTFUL:
                sight.person.doubtful = True
        doubtful = [sight for sight in seen if sight.person.doubtful]
        if not doubtful:
            return
        missing = [person for person in lost if person.doubtful][: max(0, MOST_COMPARED - len(doubtful))]
        awaited = any(person.awaited_s >= time_s for person in missing)
        if awaited or any(nearest(sight, doubtful) < CROWDED for sight in doubtful):
            self._together_s = time_s
        parted = time_s - self._together_s >= PARTED_FOR_S
        _assign([sight.person for sight in doubtful] + missing, doubtful, time_s, 0.0 if parted else CLEARLY)
        if parted:
            for person in (*(sight.person for sight in doubtful), *missing):
                person.doubtful = False
            for sight in doubtful:
                sight.person.motion = Motion()


def _assign(people: list[Person], seen: Sequence[Sight], time_s: float, margin: float) -> None:
    """Exchanges persons where that is better by more than a margin; the first ones of `people` are those in view."""
    places = [BodyPlace.of(sight.found.region, time_s) for sight in seen]
    former = [(person.number, person.since_s, person.motion) for person in people]
    motions = [person.motion for person in people]
    order = assigned(motions, places)
    if total_cost(motions, places, range(len(places))) - total_cost(motions, places, order) <= margin:
        return
    rest = [which for which in range(len(people)) if which not in order]
    for person, which in zip(people, (*order, *rest), strict=True):
        person.number, person.since_s, person.motion = former[which]
