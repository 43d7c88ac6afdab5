"""The tracker process: it owns the camera and the landmarker, publishes poses, and cannot talk to the network."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log as logs
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.messages import Pose, ProcessStats, TrackerStatus
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.status_line import tracker_line
from gesturesynth.tracking.cameras import camera_at
from gesturesynth.tracking.capture import SourceReport
from gesturesynth.tracking.live_poses import LivePoses, leave_network_for, warn_of_network
from gesturesynth.tracking.network_isolation import disable_core_dumps
from gesturesynth.tracking.sources import FindCamera, Source, SourceSettings, needs_landmarker, resolve

STATUS_EVERY_S: Final = 0.5
POLL_S: Final = 0.1
LOADING_S: Final = 30.0
"""MediaPipe takes about a second to load, on a slow computer with a cold disk many more."""
RATE_OVER_S: Final = 2.0
"""Frames a second and inference times are means over this long."""


@dataclass(frozen=True)
class TrackerSettings:
    """What the tracker does.

    Attributes:
        source: where frames come from and how they are looked at.
        model: the pose model: `full`, or the path of a bundle.
    """

    source: SourceSettings = field(default_factory=SourceSettings)
    model: str = "full"


def run_tracker(settings: TrackerSettings, service: Service, find_camera: FindCamera = camera_at) -> int:
    """Tracks until the service is asked to stop.

    Args:
        settings: what to do.
        service: entered already; SIGTERM and SIGINT end this within a second, also when the camera hangs.
        find_camera: gives the camera at a place of the list, or None.

    Returns:
        The exit code, 0.

    Raises:
        UserError: the source cannot be used.
        GestureSynthError: the pose model or MediaPipe cannot be had.
    """
    source = resolve(settings.source.source, find_camera)
    bundle = _pose_model_file(source, settings.model)
    # From here on nothing needs the network. It has to be now: later there are threads, and what has threads stays.
    network = leave_network_for(source)
    disable_core_dumps()
    logs.get().info("tracker starts", source=source.name, network=network)
    advice = warn_of_network(source, network)
    if source.fallback:
        logs.get().warning("there is no camera: the demo performer plays until there is one")
    with ExitStack() as stack:
        context = stack.enter_context(zmq.Context())
        poses = Publisher(context, Pose)
        stack.callback(poses.close)
        board = _StatusPublisher(Publisher(context, TrackerStatus), (network, advice), service.stats)
        stack.callback(board.close)
        board.publish(SourceReport(source.name, "opening", "", float("inf")))
        live = stack.enter_context(
            LivePoses(source, settings.source, bundle, find_camera, lambda: service.extend_watchdog(LOADING_S))
        )
        service.ready(source.name)
        while not service.stopping:
            pose = live.next(POLL_S)
            if pose:
                poses.send(pose)
                board.count(pose)
            report = live.report()
            board.publish_if_due(report)
            if report.recoverable:
                service.heartbeat(board.line)
            else:
                service.stop_if_orphaned()
        service.notify_stopping()
    logs.get().info("tracker has stopped")
    return 0


def _pose_model_file(source: Source, model: str) -> Path | None:
    """The file of the pose model; None where it is not needed, or where the show can go on without it."""
    if not needs_landmarker(source):
        return None
    from gesturesynth.tracking.model.download import ensure_model  # noqa: PLC0415 - the demo alone does without

    try:
        return ensure_model(model)
    except UserError:
        raise
    except GestureSynthError as missing:
        if not source.fallback:
            raise
        logs.get().warning("no pose model: the demo performer plays on even when a camera appears", reason=str(missing))
        return None


class _StatusPublisher:
    """Publishes how the tracker does, twice a second.

    Attributes:
        line: the same in one line.
    """

    def __init__(
        self, publisher: Publisher[TrackerStatus], network: tuple[str, str], life: Callable[[], ProcessStats]
    ) -> None:
        self._publisher = publisher
        self._network, self._advice = network
        self._life = life
        self._people = 0
        self.line: str | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._due_s = float("-inf")

    def count(self, pose: Pose) -> None:
        """A pose was published."""
        self._recent.append((time.monotonic(), pose.inference_s))
        self._people = len(pose.bodies)

    def publish_if_due(self, report: SourceReport) -> None:
        """Publishes when half a second has passed."""
        if time.monotonic() >= self._due_s:
            self.publish(report)

    def publish(self, report: SourceReport) -> None:
        """Publishes."""
        now_s = time.monotonic()
        self._due_s = now_s + STATUS_EVERY_S
        while self._recent and self._recent[0][0] < now_s - RATE_OVER_S:
            self._recent.popleft()
        count = len(self._recent)
        if not count:
            self._people = 0
        status = TrackerStatus(
            time_s=now_s,
            pid=os.getpid(),
            source=report.name,
            state=report.state,
            detail=report.detail,
            fps=count / RATE_OVER_S,
            frame_age_s=report.frame_age_s,
            inference_ms=1000.0 * sum(inference_s for _, inference_s in self._recent) / max(1, count),
            network=self._network,
            network_advice=self._advice,
            people=self._people,
            life=self._life(),
        )
        self._publisher.send(status)
        self.line = tracker_line(status)

    def close(self) -> None:
        """Frees the socket."""
        self._publisher.close()
