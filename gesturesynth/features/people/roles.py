"""Roles: which person is the first, the leftmost, the nearest. Pure; time is passed in.

Roles are sticky. A person who cannot be seen for less than `GAP_S` keeps each role, unless another has taken it by
position; a role that goes by position or size goes over to another person only when that one has been ahead by a
margin for a while. The margins were chosen on recorded movement (docs/people.md has the table).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.landmarks import POINT
from gesturesynth.features.one_euro import GREATEST
from gesturesynth.features.people.role_frame import RoleBody, RoleFrame
from gesturesynth.features.people.role_names import LEFTMOST, LONGEST, NEAREST, ORDINALS, OWN, RIGHTMOST
from gesturesynth.runtime.body_points import all_points
from gesturesynth.runtime.messages import Body, Pose

GAP_S: Final = 0.5
"""A person who cannot be seen for longer has left. As long as outputs hold by default, so that a short gap is not heard
at all, and a handover does not come after the way to idle has begun."""

AHEAD_S: Final = 0.3
"""How long another person has to be ahead until a role goes over."""

NEARER: Final = 1.15
"""How many times larger that person has to look, to be the nearest."""

SIDEWAYS: Final = 0.3
"""How far that person has to stand to the side of the other, in torso lengths, to be the leftmost or the rightmost."""

LONGER_S: Final = 2.0
"""How much longer that person has to have been here in all, to be the one who is here longest."""

SETTLE_S: Final = 0.5
"""Time constant with which the place and the size of a body are followed."""

REMEMBER_S: Final = 60.0
"""The time that a person was here is forgotten so long after that person has left."""

SHOULDER_RATIO: Final = 1.6
"""Torso length over shoulder width, see `features.body`."""

FARTHEST: Final = 100.0
"""Widths and heights of the picture. Landmarks farther away are no measurement."""

_TRUNK: Final = [POINT[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]


@dataclass
class _Person:
    """What is remembered of a person: seconds here in all; place and size in image heights, NaN before the first."""

    last_s: float
    here_s: float = 0.0
    x: float = math.nan
    size: float = math.nan
    measured_s: float = -math.inf


class _Holder:
    """Who holds one role that goes by a measure, with hysteresis."""

    def __init__(self) -> None:
        self.person = 0
        self._challenger, self._since_s = 0, math.inf

    def update(self, leads: dict[int, float], time_s: float) -> int:
        """The holder now.

        Args:
            leads: of the people who are here: above 0 is ahead of the present holder by more than the margin. The
                greatest one is the best. Never empty.
            time_s: now.
        """
        best = max(leads, key=lambda person: leads[person])
        if self.person not in leads:
            self.person, self._challenger = best, 0
        elif best == self.person or leads[best] <= 0.0:
            self._challenger = 0
        elif best != self._challenger:
            self._challenger, self._since_s = best, time_s
        elif time_s - self._since_s >= AHEAD_S:
            self.person, self._challenger = best, 0
        return self.person


class Roles:
    """Follows who has which role, from frame to frame."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets all people, as for a new clip."""
        self._people: dict[int, _Person] = {}
        self._order: list[int] = []
        self._holders = {role: _Holder() for role in (LEFTMOST, RIGHTMOST, NEAREST, LONGEST)}
        self._time_s = -math.inf

    def of_pose(self, pose: Pose) -> RoleFrame:
        """Who has which role in a pose. Poses come in the order of their times; an earlier one starts from nothing."""
        found = self.assign(pose.bodies, pose.width, pose.height, pose.capture_time_s)
        return dataclasses.replace(found, inputs=pose.inputs) if pose.inputs else found

    def assign(self, bodies: Sequence[Body], width: int, height: int, time_s: float) -> RoleFrame:
        """Who has which role in a frame.

        Args:
            bodies: as in a pose. Where numbers of persons are 0 or the same, their order tells them apart.
            width: of the frame in pixels.
            height: likewise.
            time_s: of the frame; what is not finite counts as that of the last frame.
        """
        if not abs(time_s) <= GREATEST:  # true for NaN too
            time_s = max(self._time_s, -GREATEST)
        if time_s < self._time_s - GAP_S:
            self.reset()
        time_s = max(time_s, self._time_s)  # clocks of two cameras may differ a little
        images = _by_person(bodies)
        self._time_s = time_s
        self._follow(images, width / height if width > 0 and height > 0 else 1.0, time_s)
        if not self._order:
            return RoleFrame()
        held = {person: RoleBody(person, images.get(person)) for person in self._order}
        roles = {role: held[person] for role, person in zip(ORDINALS, self._order, strict=False)}
        roles[OWN] = roles[ORDINALS[0]]
        roles |= {role: held[holder.update(self._leads(role), time_s)] for role, holder in self._holders.items()}
        return RoleFrame(roles, tuple(self._order))

    def _follow(self, images: dict[int, NDArray[np.float32]], aspect: float, time_s: float) -> None:
        """Who is here, since when, where and how large."""
        for person in [one for one in self._order if time_s - self._people[one].last_s > GAP_S and one not in images]:
            self._order.remove(person)
        self._rename(tuple(images))
        for person, image in images.items():
            known = self._people.setdefault(person, _Person(time_s))
            if person not in self._order:
                self._order.append(person)
            elif time_s - known.last_s <= GAP_S:
                known.here_s += time_s - known.last_s
            known.last_s = time_s
            _measure(known, image, aspect, time_s)
        gone = [one for one, known in self._people.items() if time_s - known.last_s > REMEMBER_S]
        for person in gone:
            del self._people[person]

    def _rename(self, persons: tuple[int, ...]) -> None:
        """Those who are here stay, in their order, when a tracker begins to tell persons apart, or ends it."""
        if any((person > 0) == (one > 0) for person in persons for one in self._order):
            return
        for place, (former, person) in enumerate(zip(self._order, persons, strict=False)):
            self._order[place] = person
            self._people[person] = self._people.pop(former)
            for holder in self._holders.values():
                holder.person = person if holder.person == former else holder.person

    def _leads(self, role: str) -> dict[int, float]:
        """How far each person who is here is ahead of the holder of a role, less the margin."""
        of = {person: self._people[person] for person in self._order}
        holder = of.get(self._holders[role].person) or of[self._order[0]]
        if role == LONGEST:
            return {person: known.here_s - holder.here_s - LONGER_S for person, known in of.items()}
        if role == NEAREST:
            return {person: _number(known.size / holder.size - NEARER) for person, known in of.items()}
        sign = 1.0 if role == LEFTMOST else -1.0  # the performers' left is the right of an unmirrored image
        return {
            person: _number(sign * (known.x - holder.x) / max(known.size, holder.size) - SIDEWAYS)
            for person, known in of.items()
        }


def in_order_of_roles(pose: Pose, frame: RoleFrame) -> Pose:
    """The pose with its bodies in the order of their roles, the first one in front."""
    order = {person: place for place, person in enumerate(frame.here)}
    bodies = [body for _, body in sorted(numbered(pose.bodies), key=lambda one: order.get(one[0], len(order)))]
    return pose if bodies == list(pose.bodies) else msgspec.structs.replace(pose, bodies=tuple(bodies))


def numbered(bodies: Sequence[Body]) -> list[tuple[int, Body]]:
    """The bodies with a number of their own each: below 0 where persons are not told apart."""
    found: list[tuple[int, Body]] = []
    taken: set[int] = set()
    for place, body in enumerate(bodies, 1):
        person = body.person if body.person > 0 and body.person not in taken else -place
        taken.add(person)
        found.append((person, body))
    return found


def _by_person(bodies: Sequence[Body]) -> dict[int, NDArray[np.float32]]:
    return {person: all_points(body) for person, body in numbered(bodies[: len(ORDINALS)])}


def _measure(known: _Person, image: NDArray[np.float32], aspect: float, time_s: float) -> None:
    trunk = image[_TRUNK, :2].astype(np.float64)
    if not (np.abs(trunk) < FARTHEST).all():  # false for NaN too
        return
    shoulders, hips = np.split(trunk * (aspect, 1.0), 2)
    middle = (shoulders.mean(axis=0), hips.mean(axis=0))
    torso = float(np.hypot(*(middle[0] - middle[1])))
    width = float(np.hypot(*(shoulders[0] - shoulders[1])))
    size, x = max(torso, SHOULDER_RATIO * width), float(middle[0][0] + middle[1][0]) / 2.0
    if size <= 0.0:
        return
    passed_s = time_s - known.measured_s
    weight = 1.0 if math.isnan(known.x) or passed_s > GAP_S else passed_s / (passed_s + SETTLE_S)
    known.x = x if weight == 1.0 else known.x + weight * (x - known.x)
    known.size = size if weight == 1.0 else known.size + weight * (size - known.size)
    known.measured_s = time_s


def _number(lead: float) -> float:
    return lead if math.isfinite(lead) else -math.inf
