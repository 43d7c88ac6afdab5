"""A take while it is recorded. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gesturesynth.control.commands import SNAPSHOTS
from gesturesynth.runtime.messages import Pose


@dataclass
class TakeRecorder:
    """Poses whose time is outside of a take do not belong to it.

    Attributes:
        target: what it is for: `"1"`..`"9"`, or a class.
        values: what it teaches the outputs: output -> value in its unit; nothing when it is for a class.
        start_s, end_s: monotonic seconds.
    """

    target: str
    values: dict[str, float]
    start_s: float
    end_s: float
    _poses: list[Pose] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The class that it teaches; empty when it is for a snapshot."""
        return "" if self.target in SNAPSHOTS else self.target

    def add_pose(self, pose: Pose) -> None:
        """A new pose."""
        if self.start_s <= pose.capture_time_s <= self.end_s:
            self._poses.append(pose)

    def poses(self, end_s: float) -> list[Pose]:
        """All until then. A frame whose landmarks are no numbers is left out: it is not to cost the whole take."""
        return [pose for pose in self._poses if pose.capture_time_s <= end_s and _makes_sense(pose)]


def _makes_sense(pose: Pose) -> bool:
    return all(np.isfinite(body.image_array()).all() and np.isfinite(body.world_array()).all() for body in pose.bodies)
