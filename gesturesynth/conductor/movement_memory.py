"""The poses of the last minutes, some of them: in memory only, for a bounded time. Pure."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from gesturesynth.runtime.body_points import all_points
from gesturesynth.runtime.messages import Body, Pose

KEEP_S: Final = 180.0
EVERY_S: Final = 0.25
"""Between poses that are kept: 720 at most."""
STILL: Final = 0.01
"""Of the image's width and height: a pose in which no landmark lies farther from where it was takes the place of the
one before, so that who stands still does not fill the memory."""


class MovementMemory:
    """Poses of the last minutes, at most four a second, for advice; older ones are forgotten."""

    def __init__(self) -> None:
        self._poses: deque[Pose] = deque(maxlen=round(KEEP_S / EVERY_S))

    def add(self, pose: Pose) -> None:
        """Keeps a pose, if it is due and a person is in it; poses come in the order of their times."""
        while self._poses and self._poses[0].capture_time_s < pose.capture_time_s - KEEP_S:
            self._poses.popleft()
        if pose.empty:
            return
        if self._poses:
            if pose.capture_time_s - self._poses[-1].capture_time_s < EVERY_S:
                return
            if _still(self._poses[-1], pose):
                self._poses.pop()
        self._poses.append(pose)

    def poses(self) -> tuple[Pose, ...]:
        """The poses that are kept, the oldest first."""
        return tuple(self._poses)


def _still(before: Pose, now: Pose) -> bool:
    """Whether the same bodies are there, and have hardly moved. Numbers that were sent without one count as moving."""
    if not before.bodies or [body.person for body in before.bodies] != [body.person for body in now.bodies]:
        return False
    return all(map(_stays, before.bodies, now.bodies))


def _stays(before: Body, now: Body) -> bool:
    places = all_points(before)[:, :2], all_points(now)[:, :2]
    return places[0].shape == places[1].shape and float(np.nan_to_num(np.abs(places[0] - places[1])).max()) < STILL
