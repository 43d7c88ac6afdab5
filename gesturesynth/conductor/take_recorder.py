"""Records the poses of a take. Pure."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.control.session.targets import is_class
from gesturesynth.runtime.body_points import is_sound
from gesturesynth.runtime.messages import Pose

MOST_POSES: Final = 60_000
"""Of a take. Messages of inputs may be thousands a second: with 66 numbers each, so many need half a gigabyte until
they are stored. A minute of a camera has 14,400 at most."""
MOST_CHANGED_VALUES: Final = 6_000_000
"""Of all changes of values in a take together: as many as 60,000 poses have of a hundred outputs; half a gigabyte."""


@dataclass
class TakeRecorder:
    """Collects the poses between the start and the end of a take.

    Attributes:
        target: `"1"`..`"9"` for a snapshot, a class, or one of `control.session.targets`.
        values: values of the outputs in this take: output -> value in its unit; empty when it is for a class.
        start_s, end_s: monotonic seconds.
        changes: where the values changed meanwhile: when, monotonic seconds, and to what, in order.
    """

    target: str
    values: dict[str, float]
    start_s: float
    end_s: float
    changes: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    _poses: list[Pose] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The class of the take; empty when it is for a sound."""
        return self.target if is_class(self.target) else ""

    def add_pose(self, pose: Pose) -> None:
        """Adds a pose, if its time is within the take, and there is room for it."""
        if len(self._poses) < MOST_POSES and self.start_s <= pose.capture_time_s <= self.end_s:
            self._poses.append(pose)

    def change_values(self, time_s: float, values: dict[str, float]) -> None:
        """From a time on the take is for these values. Where there is no room for more of them, it ends then."""
        if values == (self.changes[-1][1] if self.changes else self.values):
            return
        if (len(self.changes) + 1) * len(values) <= MOST_CHANGED_VALUES:
            self.changes.append((time_s, values))
        else:
            self.end_s = min(self.end_s, time_s)

    def sounds(self, poses: Sequence[Pose]) -> tuple[list[dict[str, float]], str]:
        """The values at each of the poses, and no remark."""
        times_s = [time_s for time_s, _ in self.changes]
        values = [self.values, *(values for _, values in self.changes)]
        return [values[bisect.bisect_left(times_s, pose.capture_time_s)] for pose in poses], ""

    def poses(self, end_s: float) -> list[Pose]:
        """The poses until then. A pose with landmarks that are not finite is left out, so that the take is not lost."""
        return [pose for pose in self._poses if pose.capture_time_s <= end_s and _is_finite(pose)]


def _is_finite(pose: Pose) -> bool:
    return all(is_sound(body) for body in pose.bodies)
