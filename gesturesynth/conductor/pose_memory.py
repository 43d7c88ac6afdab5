"""The newest poses, and what the outputs were meanwhile: in memory only, for a bounded time. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

import numpy as np

from gesturesynth.runtime.messages import Pose

MOST: Final = 240
"""Entries a second that are kept at most, whatever a source sends."""


class PoseMemory:
    """Poses and sounds of the last seconds; older ones are forgotten.

    Args:
        keep_s: for so long, seconds.
    """

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._poses: deque[Pose] = deque(maxlen=round(keep_s * MOST))
        self._sounds: deque[tuple[float, dict[str, float]]] = deque(maxlen=round(keep_s * MOST))

    def add_pose(self, pose: Pose) -> None:
        """Keeps a pose; poses come in the order of their times."""
        while self._poses and self._poses[0].capture_time_s < pose.capture_time_s - self._keep_s:
            self._poses.popleft()
        self._poses.append(pose)

    def add_sound(self, values: Mapping[str, float], time_s: float) -> None:
        """Keeps the values of the outputs at a time, monotonic seconds."""
        while self._sounds and self._sounds[0][0] < time_s - self._keep_s:
            self._sounds.popleft()
        self._sounds.append((time_s, dict(values)))

    def poses(self, start_s: float, end_s: float) -> list[Pose]:
        """The poses of that time, monotonic seconds, as far as they are kept."""
        return [pose for pose in self._poses if start_s <= pose.capture_time_s <= end_s]

    def middle_sound(self, start_s: float, end_s: float) -> dict[str, float]:
        """The middle (median) of each output in that time; empty when nothing is kept of it.

        Outputs are those of the newest sound: before a change of preset there were others.
        """
        sounds = [sound for time_s, sound in self._sounds if start_s <= time_s <= end_s]
        if not sounds:
            return {}
        same = [sound for sound in sounds if sound.keys() == sounds[-1].keys()]
        return {name: float(np.quantile([sound[name] for sound in same], 0.5, method="lower")) for name in sounds[-1]}
