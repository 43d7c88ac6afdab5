"""Follows several persons from frame to frame, each with a region, a smoother and a number of their own.

In each frame the landmark network looks at the region of each person who is followed; what it finds gives the region of
the next frame. The detector looks at the whole frame only while there is room for one more person, and then not at
every frame. Two regions that have come to lie on one body are merged: the person stays whose movement led there, the
other one is hidden, and is looked for where the movement leads. One who was lost from view for a moment gets the former
number where place, size and movement fit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import LANDMARKS, Body
from gesturesynth.tracking.people.crops import with_fourth_channel
from gesturesynth.tracking.people.detections import Detection
from gesturesynth.tracking.people.landmarks import Found
from gesturesynth.tracking.people.motion import BodyPlace, Motion
from gesturesynth.tracking.people.persons import CROWDED, Partings, Person, Sight, merged, nearest, same_body
from gesturesynth.tracking.people.regions import BodyRegion, overlap
from gesturesynth.tracking.people.small_people import SmallPeople
from gesturesynth.tracking.people.smoothing import BodySmoother, Smoothed
from gesturesynth.tracking.second_look.motion import Region

DETECT_EVERY_S: Final = 0.2
"""Between two looks at the whole frame while a person is followed and there is room for one more."""
TOLERANCE: Final = 0.25
"""Of that: a frame that comes earlier by so much counts as on time, since cameras tremble."""
FOLLOWED_ALREADY: Final = 0.12
"""A detection so near to the region of a person who is followed, in parts of a side, is that person."""
CONFIRMED_AFTER: Final = 3
"""Frames in which a further person has to be found until there is a body of them: what is seen in one alone is none."""
GONE_S: Final = 0.2
"""So long a person who is not found is looked for at the expected place ..."""
HIDDEN_S: Final = 2.0
"""... and so long one who is behind another one."""
REMEMBERED_S: Final = 5.0
"""A person who comes back later than this is another one."""
REMEMBERED_SMALL_S: Final = 2.0
"""So long a small person who was lost is looked for in a crop around the place where they were."""
SAME_PLACE_S: Final = 1.0
"""One who comes back sooner keeps the place in the order, too."""
FITS: Final = 0.6
"""The greatest cost (`Motion.cost`) at which one who comes back is the one who was lost, at once ..."""
FITS_LATER: Final = 0.4
"""... and how much more is allowed after each second."""
PIXELS_EACH: Final = 500_000
"""A fourth channel pays where a frame has no more pixels for each person: its copy costs 0.1 ms for 300,000."""
ONE_BEFORE_S: Final = 0.01
"""By this the person who was followed before comes before those who are found in the same frame."""

Picture = NDArray[np.uint8]


class Looks(Protocol):
    """What looks at pictures: `networks.Networks`."""

    def detect(self, frame: Picture, most: int) -> list[Detection]:
        """The persons in a frame; at most so many, the surest first."""
        ...

    def look(self, frame: Picture, region: BodyRegion) -> Found | None:
        """The person in a region of a frame, (h, w, 3) or (h, w, 4), or None."""
        ...


class PeopleFollower:
    """Follows persons. Pure but for what looks at pictures; time is passed in.

    Args:
        looks: the networks.
        detect_every_s: see `DETECT_EVERY_S`.
    """

    def __init__(self, looks: Looks, detect_every_s: float = DETECT_EVERY_S) -> None:
        self._looks = looks
        self._detect_every_s = detect_every_s
        self._next_number = 1
        self._time_s = -math.inf
        self.reset()

    def reset(self) -> None:
        """Forgets all persons, for a new clip or source. Numbers are not given a second time."""
        self._people: list[Person] = []
        self._lost: list[Person] = []
        self._partings = Partings()
        self._detected_s = -math.inf
        self._size: tuple[int, ...] = ()
        self._small = SmallPeople()
        self._buffer: Picture | None = None

    def find(self, frame: Picture, capture_time_s: float, people: int, first: Body | None = None) -> tuple[Body, ...]:
        """The persons in a frame.

        Args:
            frame: uint8, shape (height, width, 3), red first. One of another size than the last is a new source.
            capture_time_s: when it was taken, seconds; a time that is not later than the last one is taken as a
                millisecond later.
            people: how many are followed at most, from 1 on.
            first: a body of the last frame that was followed by other means; that person becomes the first.

        Returns:
            The one who has been in view longest first.

        Raises:
            ValueError: the frame has another shape or type.
        """
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or not frame.size:
            raise ValueError(f"a frame is uint8 (height, width, 3), not {frame.dtype} {frame.shape}")
        if frame.shape != self._size:
            self.reset()
            self._size = frame.shape
        time_s = self._time_s = max(self._time_s + 0.001, capture_time_s)
        self._drop_newest(people, time_s)
        if frame.shape[0] * frame.shape[1] <= PIXELS_EACH * len(self._people):
            self._buffer = with_fourth_channel(frame, self._buffer)
            seen = self._look_at_regions(self._buffer, people, time_s)
        else:
            seen = self._look_at_regions(frame, people, time_s)
        if len(seen) < people and self._may_detect(time_s):
            newcomers = self._newcomers(self._looks.detect(frame, people), frame, seen, people - len(seen), time_s)
            if first and not seen and newcomers:
                min(newcomers, key=lambda one: _distance(one.found, first, frame.shape)).person.since_s -= ONE_BEFORE_S
            seen += newcomers
        if len(seen) < people:
            seen += self._small_ones(frame, seen, people - len(seen), time_s)
        self._people = [sight.person for sight in seen]
        self._lost = [person for person in self._lost if time_s - person.seen_s <= REMEMBERED_S]
        self._partings.settle(seen, self._lost, time_s)
        return tuple(self._bodies(seen, frame.shape, time_s))

    @property
    def following(self) -> int:
        """How many persons were found in the last frame."""
        return len(self._people)

    @property
    def nearly_found(self) -> bool:
        """Whether persons were found of whom there is no body yet, and no others: then the next frames count."""
        return bool(self._people) and not any(person.number for person in self._people)

    @property
    def regions(self) -> list[Region]:
        """What moved in the last frame that was compared, without the persons who are followed."""
        return self._small.regions

    def _drop_newest(self, people: int, time_s: float) -> None:
        """Forgets those for whom there is no room any more."""
        in_order = sorted(self._people, key=_place_in_order)
        self._people = in_order[:people]
        self._lose(in_order[people:], time_s, 0.0)

    def _look_at_regions(self, frame: Picture, people: int, time_s: float) -> list[Sight]:
        """Those who are found where they were, or where they are expected."""
        sights = [Sight(person, found) for person in self._people if (found := self._looks.look(frame, person.region))]
        found_ones = {id(sight.person) for sight in sights}
        gone = [person for person in self._people if id(person) not in found_ones]
        for person in gone:
            for other in self._people:
                if other is not person and overlap(other.region, person.region) < CROWDED:
                    person.doubtful = other.doubtful = True
        seen, hidden = merged(sights, time_s)
        self._lose(hidden, time_s, HIDDEN_S)
        seen += self._awaited(frame, seen, people - len(seen), time_s)
        for person in gone:
            self._lose([person], time_s, HIDDEN_S if person.doubtful else GONE_S)
        return seen

    def _lose(self, people: Iterable[Person], time_s: float, awaited_s: float) -> None:
        """Remembers persons who are not in view, or hidden; for `awaited_s` they are looked for where they may be."""
        for person in people:
            person.looks, person.awaited_s = 0, time_s + awaited_s
            if person.number and time_s - person.seen_s <= REMEMBERED_S:
                self._lost.append(person)

    def _awaited(self, frame: Picture, seen: Sequence[Sight], room: int, time_s: float) -> list[Sight]:
        """Persons who were lost a moment ago, and are found again where their movement leads."""
        back: list[Sight] = []
        for person in self._lost:
            if person.awaited_s < time_s or len(back) >= room:
                continue
            expected = person.motion.expected(time_s)
            region = person.region._replace(x=expected.x, y=expected.y) if expected else person.region
            found = self._looks.look(frame, region)
            if found and overlap(found.region, region) <= FITS and not _known(found, [*seen, *back]):
                person.smoother = BodySmoother()
                back.append(Sight(person, found))
        self._lost = [person for person in self._lost if all(person is not sight.person for sight in back)]
        return back

    def _may_detect(self, time_s: float) -> bool:
        """Whether the detector looks at this frame, where there is room."""
        due = time_s - self._detected_s >= self._detect_every_s * (1 - TOLERANCE)
        if due or not self._people:
            self._detected_s = time_s
            return True
        return False

    def _small_ones(self, frame: Picture, seen: Sequence[Sight], room: int, time_s: float) -> list[Sight]:
        """Persons who are too small for the detector in the whole frame, found in a crop of it."""
        size = frame.shape[:2]
        lost = [person.box(size) for person in self._lost if time_s - person.seen_s <= REMEMBERED_SMALL_S]
        crop = self._small.crop(frame, [sight.found for sight in seen], lost, time_s)
        if crop is None:
            return []
        part, x, y = crop.part(frame)
        moved = [
            one._replace(region=one.region._replace(x=one.region.x + x, y=one.region.y + y))
            for one in self._looks.detect(part, len(seen) + room)
        ]
        newcomers = self._newcomers(moved, frame, seen, room, time_s)
        for sight in newcomers:
            sight.person.sure = bool(sight.person.number)
        return newcomers

    def _newcomers(
        self, detections: Iterable[Detection], frame: Picture, seen: Sequence[Sight], room: int, time_s: float
    ) -> list[Sight]:
        """Persons whom the detector found, and who are not followed; those who come back have their former numbers."""
        found: list[Found] = []
        for detection in detections:
            if len(found) == room:
                break
            regions = [sight.found.region for sight in seen] + [one.region for one in found]
            if any(overlap(detection.region, region) < FOLLOWED_ALREADY for region in regions):
                continue
            one = self._looks.look(frame, detection.region)
            if one and not _known(one, seen) and not any(same_body(one, other) for other in found):
                found.append(one)
        return self._recognised(found, time_s)

    def _recognised(self, newcomers: Sequence[Found], time_s: float) -> list[Sight]:
        """Each newcomer as a person: one who was lost, where that fits best, or a new one."""
        pairs = sorted(
            (cost, which, lost.number)
            for which, found in enumerate(newcomers)
            for lost in self._lost
            if (cost := lost.motion.cost_of_return(BodyPlace.of(found.region, time_s)))
            <= FITS + FITS_LATER * (time_s - lost.seen_s)
        )
        numbers: dict[int, int] = {}
        for _, which, number in pairs:
            if which not in numbers and number not in numbers.values():
                numbers[which] = number
        former = {person.number: person for person in self._lost}
        self._lost = [person for person in self._lost if person.number not in numbers.values()]
        sights = []
        for which, found in enumerate(newcomers):
            if which not in numbers:
                sights.append(Sight(Person(0, found.region, time_s, time_s), found))
                continue
            person = former[numbers[which]]
            person.smoother = BodySmoother()
            if not person.doubtful:
                person.motion = Motion()
            if time_s - person.seen_s > SAME_PLACE_S:
                person.since_s = time_s
            sights.append(Sight(person, found))
        return sights

    def _bodies(self, seen: Sequence[Sight], size: tuple[int, ...], time_s: float) -> list[Body]:
        """The bodies of those who are there for certain, and what the next frame needs of all."""
        bodies: list[Body] = []
        for sight in sorted(seen, key=lambda one: _place_in_order(one.person)):
            person, found = sight
            crowded = person.doubtful or nearest(sight, seen) < CROWDED
            person.motion.add(BodyPlace.of(found.region, time_s), crowded=crowded)
            person.region, person.seen_s, person.looks = found.region, time_s, person.looks + 1
            smoothed = person.smoother(found, time_s)
            if person.looks >= CONFIRMED_AFTER or (person.sure and not bodies):
                if not person.number:
                    person.number, self._next_number = self._next_number, self._next_number + 1
                bodies.append(_body(smoothed, size, person.number))
        return bodies


def _place_in_order(person: Person) -> tuple[float, float]:
    return person.since_s, person.number or math.inf


def _known(found: Found, seen: Sequence[Sight]) -> bool:
    return any(same_body(found, sight.found) for sight in seen)


def _distance(found: Found, body: Body, size: tuple[int, ...]) -> float:
    """The median distance of landmarks, pixels."""
    image = body.image_array()[:, :2] * (size[1], size[0])
    return float(np.median(np.hypot(*(found.image[:, :2] - image).T)))


def _body(smoothed: Smoothed, size: tuple[int, ...], number: int) -> Body:
    height, width = size[:2]
    image = np.empty((LANDMARKS, 4), dtype=np.float32)
    image[:, :3] = smoothed.image / (width, height, width)
    image[:, 3] = smoothed.visibility
    return Body.from_arrays(image, smoothed.world.astype(np.float32), number)
