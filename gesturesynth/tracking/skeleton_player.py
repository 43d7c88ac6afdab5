"""Plays a skeleton recording as if it were a camera: each pose when it is due, in a loop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.capture import SourceReport
from gesturesynth.tracking.images import mirrored
from gesturesynth.tracking.skeleton_file import read_skeleton
from gesturesynth.tracking.source_warnings import WarnOnce
from gesturesynth.tracking.sources import Source, SourceSettings

LATE_S: Final = 2.0
"""A player that is further behind (the computer slept) goes on at its normal pace, without catching up."""

PAUSE_S: Final = 1 / 30
"""Between the last pose and the first one of the next round."""

PAUSE_AFTER_DAMAGE_S: Final = 1.0
"""Before a damaged recording begins again: where little of it can be read, its file is not read all the time."""

MOST_POSES_A_CALL: Final = 100
"""Poses that one call reads at most. More that are due wait for the next call, so that a file full of bad records does
not delay the heart-beat."""


class SkeletonFeed:
    """The poses of a recording at their own pace. Imports neither OpenCV nor MediaPipe.

    Raises:
        UserError: the recording cannot be read or is empty.
    """

    def __init__(self, source: Source, settings: SourceSettings, detail: str = "") -> None:
        self._path = Path(source.address)
        self._mirror = settings.mirror
        self._loop = settings.loop
        self._report = SourceReport(source.name, "live", detail, 0.0)
        self._on_warning = WarnOnce()
        self._poses: Iterator[Pose] = read_skeleton(self._path, self._on_warning)
        first = next(self._poses, None)
        if first is None:
            raise UserError(f"the skeleton recording {paths.printable(self._path)} has no poses.")
        self._next: Pose | None = first
        self._offset_s = time.monotonic() - first.capture_time_s
        self._number = 0
        self._damaged = False
        self._published_s = time.monotonic()

    def next(self, timeout_s: float) -> Pose | None:
        """The newest pose that is due, waiting up to `timeout_s` for one; or None. Older ones are left out."""
        now_s = time.monotonic()
        until_s = now_s + timeout_s
        due_s = self._due_s()
        if due_s is None or due_s > until_s:
            time.sleep(timeout_s)  # the pace of the recording
            return None
        if due_s < now_s - LATE_S:
            self._offset_s += now_s - due_s
        elif due_s > now_s:
            time.sleep(due_s - now_s)
        now_s = time.monotonic()
        pose = self._take_next()
        for _ in range(MOST_POSES_A_CALL):
            if (due_s := self._due_s()) is None or due_s > now_s:
                break
            pose = self._take_next()
        return pose

    def report(self) -> SourceReport:
        """The state of the source: live, unless the recording has ended or cannot be read any more."""
        return replace(self._report, frame_age_s=time.monotonic() - self._published_s)

    def close(self) -> None:
        """Closes the file, with its iterator."""
        self._next = None
        self._poses = iter(())

    def _due_s(self) -> float | None:
        return self._next.capture_time_s + self._offset_s if self._next else None

    def _take_next(self) -> Pose | None:
        """The next pose of the recording, with its time in this process."""
        pose, due_s = self._next, self._due_s()
        if pose is None or due_s is None:
            return None
        self._next = self._read_next()
        if self._next is None:
            self._restart(due_s)
        bodies = tuple(mirrored(body) for body in pose.bodies) if self._mirror else pose.bodies
        number, self._number = self._number, self._number + 1
        self._published_s = due_s
        return msgspec.structs.replace(pose, capture_time_s=due_s, sequence=number, bodies=bodies)

    def _read_next(self) -> Pose | None:
        try:
            return next(self._poses, None)
        except UserError as error:
            self._damaged = True
            self._on_warning(f"{error} What is before that is played.")
            return None

    def _restart(self, last_s: float) -> None:
        if not self._loop:
            self._report = SourceReport(
                self._report.name, "waiting", f"{self._report.name} is at its end", self._report.frame_age_s
            )
            return
        self._poses = read_skeleton(self._path, self._on_warning)
        self._next = self._read_next()
        if self._next:
            pause_s, self._damaged = PAUSE_AFTER_DAMAGE_S if self._damaged else PAUSE_S, False
            self._offset_s = last_s + pause_s - self._next.capture_time_s
            return
        # Its file was removed or changed: a new process reports that, until the file is there again.
        detail = f"{self._report.name} cannot be read any more"
        self._report = replace(self._report, state="waiting", detail=detail, recoverable=False)
