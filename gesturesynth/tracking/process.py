"""The process `tracker`: opens the source, finds poses in its frames, and publishes them. It has no network."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log as logs
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.flash_reading import FlashReading
from gesturesynth.runtime.messages import Pose, TrackerStatus
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.status_line import tracker_line
from gesturesynth.tracking.camera_controls.control_session import restore_all
from gesturesynth.tracking.cameras import camera_at
from gesturesynth.tracking.capture import SourceReport
from gesturesynth.tracking.flash_watch import FlashWatch
from gesturesynth.tracking.live_poses import LivePoses, leave_network_for, warn_of_network
from gesturesynth.tracking.network_isolation import disable_core_dumps
from gesturesynth.tracking.request_inbox import RequestInbox
from gesturesynth.tracking.sources import FindCamera, Source, SourceSettings, needs_landmarker, resolve

STATUS_EVERY_S: Final = 0.5
POLL_S: Final = 0.1
LOADING_S: Final = 30.0
"""MediaPipe takes about a second to load, on a slow computer with a cold disk many more."""
RATE_OVER_S: Final = 2.0
"""Frames a second and inference times are means over so many seconds."""


@dataclass(frozen=True)
class TrackerSettings:
    """What to track, and with which model.

    Attributes:
        source: where frames come from, and how they are read.
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
        GestureSynthError: the pose model or MediaPipe cannot be loaded.
    """
    source = resolve(settings.source.source, find_camera)
    model_file = _pose_model_file(source, settings.model)
    network = _isolate(source)
    restore_all()
    # What starts, in this order; it stops in reverse.
    with (
        zmq.Context() as context,
        closing(RequestInbox(context, settings.source.people)) as requests,
        closing(Publisher(context, Pose)) as poses,
        closing(FlashWatch(OnDemandPublisher(context, FlashReading))) as flashes,
        closing(_StatusPublisher(Publisher(context, TrackerStatus), network, service.stats)) as statuses,
    ):
        statuses.publish(SourceReport(source.name, "opening", "", float("inf")))
        loading = partial(service.extend_watchdog, LOADING_S)
        with LivePoses(source, settings.source, model_file, find_camera, loading, on_frame=flashes.see) as live:
            service.ready(source.name)
            _publish_until_stopped(service, live, poses, statuses, requests, flashes=flashes)
            service.notify_stopping()
    logs.get().info("tracker stopped")
    return 0


def _pose_model_file(source: Source, model: str) -> Path | None:
    """The file of the pose model; None where it is not needed, or where the demo performer can play without it."""
    if not needs_landmarker(source):
        return None
    from gesturesynth.tracking.model.download import ensure_model  # noqa: PLC0415 - not needed for the demo alone

    try:
        return ensure_model(model)
    except UserError:
        raise
    except GestureSynthError as error:
        if not source.fallback:
            raise
        message = "the demo performer plays on even when a camera appears"
        logs.get().warning("no pose model found", message=message, reason=str(error))
        return None


def _isolate(source: Source) -> _Network:
    """Takes the process off the network, and forbids core dumps.

    Nothing needs the network after the pose model was fetched. It has to be before anything starts a thread, because
    the kernel does not move a process with several threads.
    """
    network = leave_network_for(source)
    disable_core_dumps()
    logs.get().info("tracker started", source=source.name, network=network)
    advice = warn_of_network(source, network)
    if source.fallback:
        logs.get().warning("no camera found", message="the demo performer plays until there is one")
    return _Network(network, advice)


def _publish_until_stopped(
    service: Service,
    live: LivePoses,
    poses: Publisher[Pose],
    statuses: _StatusPublisher,
    requests: RequestInbox,
    *,
    flashes: FlashWatch,
) -> None:
    """The loop of the process. A heart-beat is sent as long as a source can be recovered in this process."""
    while not service.stopping:
        live.change_request(requests.newest(time.monotonic()))
        pose = live.next(POLL_S)
        if pose:
            flashes.send(pose)
            poses.send(pose)
            statuses.count(pose)
        report = live.report()
        statuses.publish_if_due(report)
        if report.recoverable:
            service.heartbeat(statuses.line)
        else:
            service.stop_if_orphaned()


@dataclass(frozen=True)
class _Network:
    """`reach`: `TrackerStatus.network`; `advice`: `TrackerStatus.network_advice`."""

    reach: str
    advice: str


class _StatusPublisher:
    """Publishes the status of the tracker, twice a second.

    Attributes:
        line: the newest status in one line; None before the first.
    """

    def __init__(
        self, publisher: Publisher[TrackerStatus], network: _Network, stats: Callable[[], ProcessStats]
    ) -> None:
        self._publisher = publisher
        self._network = network
        self._stats = stats
        self._people = 0
        self.line: str | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._due_s = float("-inf")

    def count(self, pose: Pose) -> None:
        """Counts a published pose."""
        self._recent.append((time.monotonic(), pose.inference_s))
        self._people = len(pose.bodies)

    def publish_if_due(self, report: SourceReport) -> None:
        """Publishes when `STATUS_EVERY_S` has passed since the last time."""
        if time.monotonic() >= self._due_s:
            self.publish(report)

    def publish(self, report: SourceReport) -> None:
        """Publishes now."""
        now_s = time.monotonic()
        self._due_s = now_s + STATUS_EVERY_S
        while self._recent and self._recent[0][0] < now_s - RATE_OVER_S:
            self._recent.popleft()
        count = len(self._recent)
        if not count:
            self._people = 0
        looked_s = [inference_s for _, inference_s in self._recent if inference_s]
        status = TrackerStatus(
            time_s=now_s,
            pid=os.getpid(),
            source=report.name,
            state=report.state,
            detail=report.detail,
            fps=count / RATE_OVER_S,
            frame_age_s=report.frame_age_s,
            inference_ms=1000.0 * sum(looked_s) / max(1, len(looked_s)),
            network=self._network.reach,
            network_advice=self._network.advice,
            people=self._people,
            life=self._stats(),
            view=report.view,
        )
        self._publisher.send(status)
        self.line = tracker_line(status)

    def close(self) -> None:
        """Closes the socket."""
        self._publisher.close()
