"""Live poses: a source, the landmarker where the source has images, and the change from demo performer to camera."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final, Protocol, Self

import msgspec

from gesturesynth.core import log as logs
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.runtime.view_reading import ViewReading
from gesturesynth.tracking import userns_limits
from gesturesynth.tracking.cameras import camera_at
from gesturesynth.tracking.capture import Capture, Frame, SourceReport
from gesturesynth.tracking.idle_pacing import IdlePacing
from gesturesynth.tracking.images import as_rgb, mirrored, rotated
from gesturesynth.tracking.network_isolation import NONE, leave_network
from gesturesynth.tracking.skeleton_player import SkeletonFeed
from gesturesynth.tracking.sources import FindCamera, Source, SourceSettings
from gesturesynth.tracking.streams import opener
from gesturesynth.tracking.video_file import Clip
from gesturesynth.tracking.view_check import ViewCheck

CAMERA_RETRY_S: Final = 3.0

NO_CAMERA: Final = "there is no camera, so the demo performer plays until there is one"
NO_CAMERA_NO_MODEL: Final = "there is neither a camera nor a pose model, so the demo performer plays"


def leave_network_for(source: Source) -> str:
    """Takes this process off the network, unless its source is on it.

    Call it in the main thread before anything starts threads: a ZeroMQ context, OpenCV, MediaPipe.

    Returns:
        `none`, or a sentence that says why this process can still reach something.
    """
    if source.kind == "url":
        return f"this process can reach the network, because its source is on it: {source.name}"
    return leave_network()


def warn_of_network(source: Source, network: str) -> str:
    """Warns in the log when this process can reach the network, though its source is not on it.

    Args:
        source: the source. One that is on the network was requested, and is no reason for a warning.
        network: from `leave_network_for`.

    Returns:
        What a person should do about it; empty where nothing is wrong.
    """
    if network == NONE or source.kind == "url":
        return ""
    advice = userns_limits.advice()
    message = "the process that sees people can reach the network"
    logs.get().warning("network isolation failed", message=message, network=network, advice=advice)
    return advice


def _nothing(_: Frame) -> None:
    """For those who do not look at frames."""


class PoseFeed(Protocol):
    """A source of poses."""

    def next(self, timeout_s: float) -> Pose | None:
        """The newest pose that was not fetched yet, waiting up to `timeout_s` for one; or None."""
        ...

    def report(self) -> SourceReport:
        """The state of the source now."""
        ...

    def close(self) -> None:
        """Frees the device and the landmarker."""
        ...


class PoseFinder:
    """Frames in, poses out: rotation, finder of bodies, mirror. Runs in the caller's thread.

    Args:
        bundle: of the pose landmarker.
        settings: `rotate`, `mirror` and `people` are used.

    Raises:
        GestureSynthError: MediaPipe cannot be loaded or refuses the bundle.
    """

    def __init__(self, bundle: Path, settings: SourceSettings) -> None:
        from gesturesynth.tracking.body_finder import BodyFinder  # noqa: PLC0415 - skeletons need no MediaPipe
        from gesturesynth.tracking.hands_and_face.finder import HandsAndFace  # noqa: PLC0415 - as above
        from gesturesynth.tracking.model import parts  # noqa: PLC0415 - as above

        self._bodies = BodyFinder(bundle)
        self._view = ViewCheck(mirror=settings.mirror)
        self._parts = HandsAndFace(lambda: parts.found(paths.cache_dir() / "models"))
        self._settings = settings
        self._request = NO_REQUEST

    @property
    def problem(self) -> str:
        """Why something that was requested is not looked for; empty where nothing is wrong."""
        return self._bodies.problem or self._parts.problem

    def change_request(self, request: TrackingRequest) -> None:
        """Looks for what is requested from the next frame on; who is followed is not lost."""
        self._request = request
        self._parts.change_request(request)

    def find(self, frame: Frame) -> Pose:
        """The pose in a frame; raises GestureSynthError when the landmarker fails."""
        image = rotated(frame.image, self._settings.rotate)
        height, width = image.shape[:2]
        rgb = as_rgb(image)
        begun_s = time.perf_counter()
        people = self._request.people or self._settings.people
        bodies = self._bodies.find(rgb, frame.capture_time_s, people)
        bodies = self._parts.add(rgb, bodies, frame.capture_time_s)
        inference_s = time.perf_counter() - begun_s
        self._view.observe(rgb, bodies, self._bodies.regions, frame.capture_time_s)
        if self._settings.mirror:
            bodies = tuple(mirrored(body) for body in bodies)
        return Pose(frame.capture_time_s, frame.number, width, height, bodies, inference_s)

    def without_looking(self, frame: Frame) -> Pose:
        """The pose of a frame that is not looked at: no body in it."""
        height, width = rotated(frame.image, self._settings.rotate).shape[:2]
        return Pose(frame.capture_time_s, frame.number, width, height, ())

    @property
    def nearly_found(self) -> bool:
        """See `BodyFinder`."""
        return self._bodies.nearly_found

    @property
    def view(self) -> ViewReading:
        """What keeps a person from being seen well now."""
        return self._view.reading

    def reset(self) -> None:
        """Forgets the bodies that it follows."""
        self._bodies.reset()
        self._parts.reset()

    def close(self) -> None:
        """Frees the landmarker."""
        self._parts.close()
        self._bodies.close()


class ImageFeed:
    """Poses found in the newest frame of a capture.

    While no person is in view for long, not every frame is looked at; one that is not gives a pose without a body.
    """

    def __init__(
        self, capture: Capture, finder: PoseFinder, idle_rate: float, on_frame: Callable[[Frame], None] = _nothing
    ) -> None:
        self._capture = capture
        self._finder = finder
        self._opening = 0
        self._pacing = IdlePacing(idle_rate)
        self._on_frame = on_frame

    def next(self, timeout_s: float) -> Pose | None:
        """See PoseFeed."""
        frame = self._capture.newest(timeout_s)
        if frame is None:
            return None
        if self._opening not in (0, frame.opening):
            self._finder.reset()  # what was seen before the gap says nothing about what comes after it
        self._opening = frame.opening
        if not self._pacing.wants(frame.capture_time_s):
            return self._finder.without_looking(frame)
        self._on_frame(frame)
        pose = self._finder.find(frame)
        self._pacing.looked(frame.capture_time_s, found=bool(pose.bodies) or self._finder.nearly_found)
        return pose

    def change_request(self, request: TrackingRequest) -> None:
        """See PoseFinder."""
        self._finder.change_request(request)

    def report(self) -> SourceReport:
        """See PoseFeed."""
        report = dataclasses.replace(self._capture.report(), view=self._finder.view)
        return report if report.detail else dataclasses.replace(report, detail=self._finder.problem)

    def close(self) -> None:
        """See PoseFeed."""
        self._capture.close()
        self._finder.close()


class LivePoses:
    """The poses of a source, without an end. A context manager.

    Args:
        source: from `sources.resolve`.
        settings: how to read it.
        bundle: of the pose landmarker; None where there is none. Then only skeletons play.
        find_camera: gives the camera at a place of the list, or None.
        extend_watchdog: a context in which `next` may take long: MediaPipe is loaded when a camera appears.
        on_frame: is called with each frame that is looked at, before it is.

    Raises:
        UserError: a file that cannot be read.
        GestureSynthError: MediaPipe cannot be loaded or refuses the bundle.
    """

    def __init__(
        self,
        source: Source,
        settings: SourceSettings,
        bundle: Path | None,
        find_camera: FindCamera = camera_at,
        extend_watchdog: Callable[[], AbstractContextManager[None]] = nullcontext,
        *,
        on_frame: Callable[[Frame], None] = _nothing,
    ) -> None:
        self._settings = settings
        self._extend_watchdog, self._on_frame = extend_watchdog, on_frame
        self._bundle = bundle
        self._request = NO_REQUEST
        self._candidate: Capture | None = None
        self._next_number = 0
        self._first_number = 0
        self._feed: PoseFeed
        if source.kind == "skeleton":
            detail = NO_CAMERA if bundle else NO_CAMERA_NO_MODEL
            self._feed = SkeletonFeed(source, settings, detail if source.fallback else "")
            if source.fallback and bundle:
                first_camera = Source("camera", "0", "camera")
                self._candidate = Capture(
                    first_camera.name,
                    opener(first_camera, settings, find_camera),
                    longest_pause_s=CAMERA_RETRY_S,
                    announce=False,
                )
            return
        if source.kind == "clip":
            _check_clip(source)
        self._feed = self._images(Capture(source.name, opener(source, settings, find_camera)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self, timeout_s: float) -> Pose | None:
        """The newest pose that was not fetched yet, waiting up to `timeout_s` for one; or None.

        `sequence` increases over all sources; gaps are frames that were left out.
        """
        if self._candidate:
            self._switch_if_live(self._candidate)
        pose = self._feed.next(timeout_s)
        if pose is None:
            return None
        number = self._first_number + pose.sequence
        self._next_number = number + 1
        return pose if number == pose.sequence else msgspec.structs.replace(pose, sequence=number)

    def change_request(self, request: TrackingRequest) -> None:
        """Looks for what is requested from the next frame on; who is followed is not lost."""
        if request == self._request:
            return
        self._request = request
        if isinstance(self._feed, ImageFeed):
            self._feed.change_request(request)

    def report(self) -> SourceReport:
        """The state of the source now."""
        return self._feed.report()

    def close(self) -> None:
        """Stops and frees everything; takes at most a third of a second for each open device, also when it hangs."""
        self._feed.close()
        if self._candidate:
            self._candidate.close()
            self._candidate = None

    def _images(self, capture: Capture) -> ImageFeed:
        if self._bundle is None:
            raise ValueError("images need a landmarker")
        finder = PoseFinder(self._bundle, self._settings)
        finder.change_request(self._request)
        return ImageFeed(capture, finder, self._settings.idle_rate, self._on_frame)

    def _switch_if_live(self, candidate: Capture) -> None:
        candidate.check()
        report = candidate.report()
        if report.state != "live":
            return
        self._candidate = None
        try:
            with self._extend_watchdog():
                images = self._images(candidate)
        except GestureSynthError as error:
            logs.get().error("camera not used", message="the demo performer plays on", reason=str(error))
            candidate.close()
            return
        logs.get().info("camera found", message="it takes over from the demo performer", source=report.name)
        former, self._feed = self._feed, images
        former.close()
        self._first_number = self._next_number


def _check_clip(source: Source) -> None:
    """Raises UserError for a file that is not a video, which would otherwise be opened again and again."""
    with Clip(Path(source.address), on_warning=lambda _: None) as clip:
        if clip.read() is None:
            raise UserError(clip.why_empty())
