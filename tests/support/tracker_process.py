"""A real tracker in a process of its own, with subscribers to its messages.

As a program (`python -m tests.support.tracker_process JSON`) it runs one; `TrackerProcess` starts and watches it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import zmq

from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import Pose, TrackerStatus
from gesturesynth.runtime.pubsub import M, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.tracking import backoff, freeze_detector
from gesturesynth.tracking.camera_controls.wish import ControlWish
from gesturesynth.tracking.cameras import Camera, camera_at
from gesturesynth.tracking.process import TrackerSettings, run_tracker
from gesturesynth.tracking.sources import FindCamera, SourceSettings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0


def main(text: dict[str, Any]) -> int:
    """Runs a tracker. `demo` names another demo performer, `plug` a file: while it exists there is a camera."""
    log.configure("tracker", json_lines=True)
    if "demo" in text:
        paths.demo_performer = lambda: Path(text["demo"])
    freeze_detector.SUSPICIOUS_AFTER_S = text.get("suspicious_after_s", freeze_detector.SUSPICIOUS_AFTER_S)  # type: ignore[misc]  # shorter for a test
    backoff.FIRST_PAUSE_S = text.get("first_pause_s", backoff.FIRST_PAUSE_S)  # type: ignore[misc]  # longer for a test
    find_camera: FindCamera = camera_at
    if "plug" in text:
        fake = Camera(0, text["device"], text["device"], "Virtual Camera")
        find_camera = lambda _: fake if Path(text["plug"]).exists() else None  # noqa: E731
    controls = ControlWish(**text.get("controls", {}))
    settings = TrackerSettings(source=SourceSettings(**text["source"], controls=controls))
    try:
        with Service() as service:
            return run_tracker(settings, service, find_camera)
    except GestureSynthError as error:
        print(error, file=sys.stderr)
        return error.exit_code


class TrackerProcess:
    """Starts a tracker in the folders of the test and subscribes to its messages; a context manager."""

    def __init__(self, environment: dict[str, str] | None = None, **settings: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.tracker_process", json.dumps(settings)],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stderr=subprocess.PIPE,
            text=True,
        )
        self._context = zmq.Context()
        self.poses = Subscriber(self._context, Pose)
        self.statuses = Subscriber(self._context, TrackerStatus)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        text = self.stop()[1]
        if error:
            print(text)
        self.poses.close()
        self.statuses.close()
        self._context.term()

    def pose(self) -> Pose:
        """The next pose."""
        return _next(self.poses, lambda _: True, self.process)

    def pose_where(self, good: Callable[[Pose], bool]) -> Pose:
        """The next pose that is so."""
        return _next(self.poses, good, self.process)

    def status_where(self, good: Callable[[TrackerStatus], bool]) -> TrackerStatus:
        """The next status that is so."""
        return _next(self.statuses, good, self.process)

    def stop(self, number: signal.Signals = signal.SIGTERM, patience_s: float = 10.0) -> tuple[int, str]:
        """Ends it; its exit code and what it wrote."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            text = self.process.communicate(timeout=patience_s)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            text = self.process.communicate()[1] + "\nthe tracker had to be killed"
        except ValueError:  # its output was read before
            text = ""
        return self.process.returncode, text


def _next(subscriber: Subscriber[M], good: Callable[[M], bool], process: subprocess.Popen[str]) -> M:
    until_s = time.monotonic() + PATIENCE_S
    last = None
    while time.monotonic() < until_s:
        message = subscriber.newest(0.2)
        if message is not None and good(message):
            return message
        last = message or last
        if message is None and process.poll() is not None:
            raise AssertionError(f"the tracker has left with exit code {process.returncode}; last message: {last}")
    raise AssertionError(f"no such message within {PATIENCE_S} s; the last one was {last}")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
