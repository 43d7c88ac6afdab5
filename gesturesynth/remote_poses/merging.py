"""Poses of several trackers become those of one: which side of a room is used, which room leads. Pure.

Trackers of the same room are its sides: the one that sees the people better is used, until another has seen them better
by `MARGIN` for `HOLD_S`, or the one in use sees no person for `ABSENT_S`. Where people are told apart, each keeps the
number and the place in the order when another side takes over (`room_people.py`). Of several rooms, the one whose
people came first leads: its poses are the steps, and the bodies of the other rooms follow in them. How the constants
were chosen: docs/network-trackers.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np

from gesturesynth.remote_poses.room_people import RoomPeople
from gesturesynth.runtime.messages import Body, Pose

STALE_S: Final = 0.5
"""A pose that was captured longer ago counts as none."""
MARGIN: Final = 0.1
"""Of `body_quality`: so much better another side has to see."""
HOLD_S: Final = 0.5
SMOOTHING_S: Final = 0.3
"""Time constant of the mean of a side's quality."""
ABSENT_S: Final = 0.2
PRESENT_S: Final = 0.5
"""A room without a person for longer has lost its place in the order of arrival."""
MOST_BODIES: Final = 6


def body_quality(body: Body) -> float:
    """How well a body is seen, 0 to 1: the mean visibility of its landmarks; one outside of the frame counts 0."""
    image = body.image_array()
    inside = ((image[:, :2] >= 0.0) & (image[:, :2] <= 1.0)).all(axis=1)
    return float(np.where(inside, np.clip(image[:, 3], 0.0, 1.0), 0.0).mean())


@dataclass(frozen=True)
class MergedPose:
    """The result for one step.

    Attributes:
        pose: bodies of all rooms, those of the leading room first.
        handed_over: the first body comes from another tracker than in the step before.
    """

    pose: Pose
    handed_over: bool


@dataclass
class _Side:
    room: str
    pose: Pose | None = None
    quality: float = 0.0
    seen_s: float = -math.inf  # capture time of the newest pose with a body


@dataclass
class _Room:
    sides: tuple[int, ...]
    used: int
    people: RoomPeople = field(default_factory=RoomPeople)
    better: int | None = None  # a side that sees better than the one in use
    better_since_s: float = 0.0
    came_s: float = math.inf  # when its people came; infinite while there are none


class PoseMerger:
    """Merges poses, one call for each.

    Args:
        rooms: the room of each tracker, in the order of the settings.
    """

    def __init__(self, rooms: Sequence[str]) -> None:
        self._sides = [_Side(room) for room in rooms]
        self._rooms = {
            room: _Room(sides, sides[0])
            for room in dict.fromkeys(rooms)
            for sides in (tuple(index for index, name in enumerate(rooms) if name == room),)
        }
        self._lead = rooms[0]
        self._last: tuple[int | None, float, bool] = (None, -math.inf, False)  # tracker, capture time, with a body

    @property
    def used(self) -> frozenset[int]:
        """The trackers whose poses are used now."""
        return frozenset(room.used for room in self._rooms.values())

    def add(self, index: int, pose: Pose, now_s: float) -> MergedPose | None:
        """Takes the newest pose of a tracker.

        Args:
            index: of the tracker.
            pose: its capture time is of this computer's clock.
            now_s: monotonic seconds.

        Returns:
            What to play; None where this tracker does not give the steps now.
        """
        side = self._sides[index]
        room = self._rooms[side.room]
        pose = self._numbered(pose, index)
        self._measure(side, pose)
        if len(room.sides) > 1:
            room.people.see(index, pose)
        used_before = room.used
        self._choose_side(room, now_s)
        if room.used != used_before:
            room.people.take_over(used_before, room.used, now_s)
        self._choose_lead(now_s)
        lead = self._rooms[self._lead]
        former, last_s, with_body = self._last
        if index != lead.used or pose.capture_time_s <= last_s:
            return None
        merged = self._merged(pose, now_s)
        self._last = (index, pose.capture_time_s, bool(merged.bodies))
        handed_over = former not in (None, index) and (with_body or bool(merged.bodies))
        return MergedPose(merged, handed_over)

    def _measure(self, side: _Side, pose: Pose) -> None:
        quality = sum(body_quality(body) for body in pose.bodies)
        passed_s = pose.capture_time_s - side.pose.capture_time_s if side.pose else math.inf
        known = side.pose is not None and 0.0 <= passed_s < STALE_S and side.quality > 0.0
        share = 1.0 - math.exp(-passed_s / SMOOTHING_S) if known else 1.0
        side.quality += share * (quality - side.quality)
        side.pose = pose
        if pose.bodies:
            side.seen_s = pose.capture_time_s

    def _fresh(self, index: int, now_s: float) -> bool:
        pose = self._sides[index].pose
        return pose is not None and now_s - pose.capture_time_s <= STALE_S

    def _choose_side(self, room: _Room, now_s: float) -> None:
        quality = {index: self._sides[index].quality for index in room.sides if self._sees_now(index, now_s)}
        if room.used not in quality:
            room.better = None
            if quality:
                room.used = max(quality, key=lambda index: quality[index])
            elif not self._fresh(room.used, now_s):
                room.used = next((index for index in room.sides if self._fresh(index, now_s)), room.used)
            return
        best = max(quality, key=lambda index: quality[index])
        if quality[best] <= quality[room.used] + MARGIN:
            room.better = None
        elif room.better != best:
            room.better, room.better_since_s = best, now_s
        elif now_s - room.better_since_s >= HOLD_S:
            room.used, room.better = best, None

    def _sees_now(self, index: int, now_s: float) -> bool:
        """Whether a tracker sees a person, or did until `ABSENT_S` before its newest pose."""
        side = self._sides[index]
        return (
            self._fresh(index, now_s) and side.pose is not None and side.pose.capture_time_s - side.seen_s <= ABSENT_S
        )

    def _choose_lead(self, now_s: float) -> None:
        for room in self._rooms.values():
            seen_s = max(self._sides[index].seen_s for index in room.sides)
            if now_s - seen_s > PRESENT_S + STALE_S:
                room.came_s = math.inf
            elif room.came_s == math.inf:
                room.came_s = seen_s
        first = min(self._rooms, key=lambda name: self._rooms[name].came_s)
        lead = self._rooms[self._lead]
        if self._rooms[first].came_s < lead.came_s:
            self._lead = first
        elif not self._fresh(lead.used, now_s) and lead.came_s == math.inf:
            fresh = (name for name, room in self._rooms.items() if self._fresh(room.used, now_s))
            self._lead = next(fresh, self._lead)

    def _merged(self, pose: Pose, now_s: float) -> Pose:
        if len(self._sides) == 1:
            return pose
        bodies = self._rooms[self._lead].people.in_order(pose.bodies, pose.capture_time_s)
        others = [room for name, room in self._rooms.items() if name != self._lead]
        for room in sorted(others, key=lambda room: room.came_s):
            other = self._sides[room.used].pose
            if other is not None and self._fresh(room.used, now_s):
                stretch = (other.width / other.height) / (pose.width / pose.height)
                bodies += [
                    _stretched(body, stretch) for body in room.people.in_order(other.bodies, other.capture_time_s)
                ]
        return msgspec.structs.replace(pose, bodies=tuple(bodies[:MOST_BODIES]))

    def _numbered(self, pose: Pose, index: int) -> Pose:
        """The pose, its bodies with numbers that no person of another tracker gets; 0 stays where there is one room."""
        if len(self._sides) == 1:
            return pose
        return msgspec.structs.replace(
            pose,
            bodies=tuple(
                body
                if body.person == 0 and len(self._rooms) == 1
                else msgspec.structs.replace(body, person=1 + index + len(self._sides) * body.person)
                for body in pose.bodies
            ),
        )


def _stretched(body: Body, factor: float) -> Body:
    """A body of a frame of another shape, from the middle of this one, so that its proportions stay right."""
    if abs(factor - 1.0) < 1e-6:
        return body

    def stretched(data: bytes, columns: int) -> bytes:
        points = np.frombuffer(data, dtype=np.float32).reshape(-1, columns).copy()
        points[:, 0] = 0.5 + (points[:, 0] - 0.5) * factor
        points[:, 2] *= factor  # depth is in the scale of x
        return points.tobytes()

    return msgspec.structs.replace(
        body,
        image=stretched(body.image, 4),
        left_hand=stretched(body.left_hand, 3),
        right_hand=stretched(body.right_hand, 3),
    )
