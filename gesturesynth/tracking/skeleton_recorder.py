"""`gesturesynth record-skeleton`: writes the landmarks of a source into a file, and nothing else of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core import log as logs
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking.live_poses import LivePoses, leave_network_for, warn_of_network
from gesturesynth.tracking.model.download import ensure_model, fetch_parts
from gesturesynth.tracking.network_isolation import disable_core_dumps
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from gesturesynth.tracking.sources import SourceSettings, resolve

POLL_S: Final = 0.1


def record_skeleton(
    out: Path,
    settings: SourceSettings,
    *,
    model: str = "full",
    request: TrackingRequest = NO_REQUEST,
    seconds: float = math.inf,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Writes the poses of a source to a new skeleton recording, with times from 0.

    Of a file, every frame, as fast as the computer can; of a camera or an address, the newest frame each time, in real
    time. For a source of images it isolates the process from the network first, unless the source is on it: call
    it in the main thread of a process that does nothing else.

    Args:
        out: must not exist yet.
        settings: the source and how to read it; a file is not looped.
        model: which pose model: see `model.download.ensure_model`.
        request: what else is looked for, such as hands.
        seconds: duration to record; without one, until the file ends or `stopping` returns true.
        stopping: called ten times a second or more; true ends the recording and completes the file.

    Returns:
        The number of poses written.

    Raises:
        UserError: the source cannot be used, there is no camera for `auto`, or `out` exists.
        GestureSynthError: the pose model cannot be fetched, or the disk is full.
    """
    if not seconds > 0.0:
        raise UserError(f"{seconds} s cannot be recorded; give a time above 0 s.")
    source = resolve(settings.source)
    if source.fallback:
        raise UserError("there is no camera to record from. Plug one in, or give --source a video file.")
    bundle = None
    if source.kind != "skeleton":

        def tell(message: str) -> None:
            logs.get().info("pose model requested", message=message)

        bundle = ensure_model(model, progress=tell)
        fetch_parts(request, progress=tell)
        network = leave_network_for(source)
        disable_core_dumps()
        logs.get().info("skeleton recording started", message="landmarks only", source=source.name, network=network)
        warn_of_network(source, network)
    about = f"landmarks of {source.name}"
    try:
        with SkeletonWriter(out, about) as writer:
            if source.kind in ("clip", "skeleton"):
                return _write(writer, read_poses(settings.source, settings, model, request), seconds, stopping)
            with LivePoses(source, settings, bundle) as live:
                live.change_request(request)
                return _write(writer, _live_poses(live, stopping), seconds, stopping)
    except OSError as error:
        raise GestureSynthError(
            f"the recording {out} has ended early: {error.strerror or error}. What was written so far can be played."
        ) from error


def _live_poses(live: LivePoses, stopping: Callable[[], bool]) -> Iterator[Pose]:
    while not stopping():
        pose = live.next(POLL_S)
        if pose:
            yield pose


def _write(writer: SkeletonWriter, poses: Iterator[Pose], seconds: float, stopping: Callable[[], bool]) -> int:
    first_s: float | None = None
    count = 0
    for pose in poses:
        first_s = pose.capture_time_s if first_s is None else first_s
        time_s = pose.capture_time_s - first_s
        if time_s >= seconds or stopping():
            break
        writer.write(msgspec.structs.replace(pose, capture_time_s=time_s, sequence=count, inference_s=0.0))
        count += 1
    return count
