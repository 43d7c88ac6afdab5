"""The people of a room that several sides see: each keeps a number and a place in the order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from gesturesynth.remote_poses.side_matching import SideMatcher
from gesturesynth.runtime.messages import Body, Pose

LATE_S: Final = 1.0
"""Who was seen by the former side within this time is looked for among the people of the side that takes over."""
FORGOTTEN_S: Final = 60.0
"""Numbers that were not seen for so long are forgotten; trackers do not give them a second time."""


class RoomPeople:
    """Who is who. Numbers of persons are unique over all sides; 0, a person who is not told apart, stays 0."""

    def __init__(self) -> None:
        self._matcher = SideMatcher()
        self._seen: dict[int, dict[int, float]] = {}  # by side: when each number was seen last, in order of arrival
        self._number: dict[int, int] = {}  # of a side's number that of the room, where it is another one
        self._used_s: dict[int, float] = {}  # when each number of the room was in a pose last, in order of arrival

    def see(self, side: int, pose: Pose) -> None:
        """A pose of a side."""
        seen = self._seen.setdefault(side, {})
        people = [(body.person, body) for body in pose.bodies if body.person]
        seen.update((number, pose.capture_time_s) for number, _ in people)
        for number in [one for one, seen_s in seen.items() if pose.capture_time_s - seen_s > FORGOTTEN_S]:
            del seen[number]
            self._number.pop(number, None)
        if len(self._seen) > 1 and people:
            self._matcher.see(side, people, pose.width / pose.height, pose.capture_time_s)

    def take_over(self, former: int, newer: int, now_s: float) -> None:
        """Another side is used from now on: its people get the numbers that they have in the room."""
        before, after = (
            [number for number, seen_s in self._seen.get(side, {}).items() if now_s - seen_s <= LATE_S]
            for side in (former, newer)
        )
        matched = {new: self._number.get(old, old) for new, old in self._matcher.matched(before, after).items()}
        self._number.update(matched)
        owners: dict[int, int] = {}
        for new in (*matched, *after):  # who was mistaken for another one before gets a number that is free
            number = self._number.get(new, new)
            if owners.setdefault(number, new) == new:
                continue
            free = (one for one in (new, *matched, *before, *after) if one not in owners)
            self._number[new] = number = next(free)
            owners[number] = new

    def in_order(self, bodies: Sequence[Body], time_s: float) -> list[Body]:
        """Bodies of the side that is used, with their numbers in the room, the one who has been here longest first."""
        numbered = [
            msgspec.structs.replace(body, person=self._number[body.person]) if body.person in self._number else body
            for body in bodies
        ]
        for body in numbered:
            self._used_s[body.person] = time_s
        for number in [one for one, used_s in self._used_s.items() if time_s - used_s > LATE_S]:
            del self._used_s[number]  # comes back as the last one
        place = {number: which for which, number in enumerate(self._used_s)}
        return sorted(numbered, key=lambda body: place[body.person])
