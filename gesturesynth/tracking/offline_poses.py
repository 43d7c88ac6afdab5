"""Every pose of a file, as fast as possible: for rendering, for tests, and for making skeleton recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking.capture import Frame
from gesturesynth.tracking.images import mirrored
from gesturesynth.tracking.live_poses import PoseFinder
from gesturesynth.tracking.skeleton_file import read_skeleton
from gesturesynth.tracking.sources import Source, SourceSettings, resolve
from gesturesynth.tracking.video_file import Clip

DEFAULTS: Final = SourceSettings()


def read_poses(
    source: str, settings: SourceSettings = DEFAULTS, model: str = "full", request: TrackingRequest = NO_REQUEST
) -> Iterator[Pose]:
    """Every pose of a clip or a skeleton recording. The same input gives the same poses.

    A clip goes through the real landmarker, frame by frame; `capture_time_s` is the frame's time in the clip, from 0.
    A skeleton recording gives its poses with its own times. Tracking a clip imports MediaPipe into this process, so
    a program should first leave the network (`gesturesynth.tracking.network_isolation`).

    Args:
        source: a file or `demo`.
        settings: `mirror` and (for clips) `rotate`, `pixel_aspect` and `people` are used; the source in them is not.
        model: which pose model: see `model.download.ensure_model`.
        request: what is looked for in a clip: that of the preset, if there is one.

    Raises:
        UserError: no such file, a file that cannot be read, or a source that never ends.
        GestureSynthError: the pose model cannot be fetched.
    """
    found = recorded_source(source)
    if found.kind == "skeleton":
        return _skeleton_poses(found, settings)
    from gesturesynth.tracking.model.download import ensure_model  # noqa: PLC0415 - skeletons do not need it

    return _clip_poses(found, settings, ensure_model(model), request)


def recorded_source(text: str) -> Source:
    """A source that has an end: a file or `demo`.

    Raises:
        UserError: a camera or an address, or no such file.
    """
    if text == "auto":
        raise UserError("source 'auto' looks for a camera; here a file is needed: a video or a skeleton, or demo.")
    source = resolve(text, lambda _: None)
    if source.kind in ("camera", "url"):
        raise UserError(f"{source.name} never ends; here a file is needed: a video or a skeleton, or demo.")
    return source


def _skeleton_poses(source: Source, settings: SourceSettings) -> Iterator[Pose]:
    for pose in read_skeleton(Path(source.address)):
        if settings.mirror:
            yield msgspec.structs.replace(pose, bodies=tuple(mirrored(body) for body in pose.bodies))
        else:
            yield pose


def _clip_poses(source: Source, settings: SourceSettings, bundle: Path, request: TrackingRequest) -> Iterator[Pose]:
    with Clip(Path(source.address), settings.pixel_aspect) as clip:
        finder = PoseFinder(bundle, replace(settings, source=source.address))
        finder.change_request(request)
        try:
            number = 0
            while shot := clip.read():
                image, time_s = shot
                # Poses are the same each time; how long they took to find is not, so it is left out.
                yield msgspec.structs.replace(finder.find(Frame(image, time_s, number, 1)), inference_s=0.0)
                number += 1
            if not number:
                raise UserError(clip.why_empty())
        finally:
            finder.close()
