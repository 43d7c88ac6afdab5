"""Frames from a camera, a network address or a clip, from one opening to its first failure.

A stream opens and reads; it never opens again. Its `read` may block for as long as the device does, so it runs in a
thread of its own (`capture.py`), and the owner checks the age of its frames.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from gesturesynth.core.errors import UserError
from gesturesynth.tracking.camera_controls.control_session import ControlSession
from gesturesynth.tracking.cameras import Camera, camera_at_path
from gesturesynth.tracking.clip_faults import codec
from gesturesynth.tracking.freeze_detector import FreezeDetector
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.pixel_aspect import squared, stream_aspect
from gesturesynth.tracking.source_warnings import WarnOnce
from gesturesynth.tracking.sources import FindCamera, Source, SourceSettings
from gesturesynth.tracking.video_file import Clip

# Above OpenCV's own limit of 2 s a read, so that as a rule the read returns and the device is closed in good order.
CAMERA_HANG_S: Final = 3.0
URL_OPEN_TIMEOUT_MS: Final = 3000
URL_READ_TIMEOUT_MS: Final = 2000
URL_HANG_S: Final = 4.0
CLIP_HANG_S: Final = 10.0

VIDEO4LINUX_MAJOR: Final = 81
"""The major device number of cameras, see admin-guide/devices.txt of Linux."""

MOST_UNDECODABLE: Final = 10
"""After so many frames in a row that cannot be decoded the device counts as broken."""

LATE_S: Final = 0.5
"""A clip that is further behind (the computer slept) goes on at its normal pace, without catching up."""


class StreamLost(Exception):  # noqa: N818 - it is a normal event of a source; the message is a sentence for people
    """This stream gives no more frames; a new one may."""


class StreamEnded(StreamLost):
    """The clip is at its end and should not begin again."""


class Stream(Protocol):
    """Frames, one after the other.

    Attributes:
        name: for people.
        hang_after_s: seconds without a frame after which it counts as hanging.
    """

    name: str
    hang_after_s: float

    def read(self) -> Image:
        """The next frame, BGR uint8 (h, w, 3), with square pixels, when it comes.

        Raises:
            StreamLost: there is none.
        """
        ...

    def close(self) -> None:
        """Frees the device; in the thread that reads."""
        ...


Opener = Callable[[threading.Event], Stream]
"""Opens a stream or raises StreamLost. The event is set when the stream is not needed any more."""


def opener(source: Source, settings: SourceSettings, find_camera: FindCamera) -> Opener:
    """A function that opens a source of images, at each call once."""
    if source.kind == "camera":
        detector = FreezeDetector()
        return lambda _: CameraStream(_camera(source.address, find_camera), settings, detector)
    if source.kind == "url":
        return lambda _: UrlStream(source, settings)
    if source.kind == "clip":
        return lambda cancelled: ClipStream(source, cancelled, settings)
    raise ValueError(f"a {source.kind} has no images")


def _camera(address: str, find_camera: FindCamera) -> Camera:
    if not address.isdigit():
        return camera_at_path(address)
    camera = find_camera(int(address))
    if camera is None:
        raise StreamLost("there is no camera" if address == "0" else f"there is no camera number {address}")
    return camera


def _reason_not_opened(camera: Camera) -> str:
    """A sentence about a camera that OpenCV could not open: it gives no reason, so likely ones are checked."""
    if camera.path and not Path(camera.path).exists():
        return f"{camera.path} is not there"
    if camera.path and not _is_video_device(camera.path):
        return f"{camera.path} is no camera (`gesturesynth cameras` lists them)"
    if camera.path and not os.access(camera.path, os.R_OK | os.W_OK):
        return f"{camera.name} is not for this user to open; on most systems the group 'video' may"
    return f"{camera.name} cannot be opened: perhaps another program uses it"


def _is_video_device(path: str) -> bool:
    """Whether a device may be a camera; on systems other than Linux, every one may."""
    try:
        about = Path(path).stat()
    except OSError:
        return True
    return sys.platform != "linux" or (stat.S_ISCHR(about.st_mode) and os.major(about.st_rdev) == VIDEO4LINUX_MAJOR)


def _next_image(capture: Any) -> Image | None:  # noqa: ANN401 - OpenCV has no types
    """The next frame, or None when there is none."""
    for _ in range(MOST_UNDECODABLE):
        # Real cameras send an empty buffer now and then, for which OpenCV's decoder raises an error.
        with contextlib.suppress(load_cv2().error):
            good, image = capture.read()
            return image if good else None
    return None


class CameraStream:
    """A camera, through V4L2 on Linux and whatever the system has elsewhere."""

    def __init__(self, camera: Camera, settings: SourceSettings, freeze_detector: FreezeDetector) -> None:
        cv2 = load_cv2()
        self.name = camera.name
        self.hang_after_s = max(CAMERA_HANG_S, 3.0 / settings.fps)
        self._capture: Any = (
            cv2.VideoCapture(camera.path, cv2.CAP_V4L2) if camera.path else cv2.VideoCapture(camera.number)
        )
        if not self._capture.isOpened():
            self._capture.release()
            raise StreamLost(_reason_not_opened(camera))
        # The order matters: the pixel format decides which sizes there are, the size which rates, and the buffers are
        # made last. Two buffers: with one, some drivers give every other frame only.
        for key, value in (
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG")),
            (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
            (cv2.CAP_PROP_FPS, settings.fps),
            (cv2.CAP_PROP_BUFFERSIZE, 2),
        ):
            self._capture.set(key, value)
        self._controls = ControlSession.begin(camera.path, settings.controls) if camera.path else None
        self._aspect = stream_aspect(self._capture, settings.pixel_aspect)
        self._freeze_detector = freeze_detector

    def read(self) -> Image:
        """See Stream."""
        image = _next_image(self._capture)
        if image is None:
            raise StreamLost(f"{self.name} gives no frames: it is unplugged or hangs")
        if self._freeze_detector.is_frozen(image, time.monotonic()):
            raise StreamLost(f"{self.name} repeats one frame without any noise, as some drivers do after an unplug")
        return squared(image, self._aspect)

    def close(self) -> None:
        """See Stream."""
        if self._controls:
            self._controls.close()
        self._capture.release()


class UrlStream:
    """A camera on the network."""

    hang_after_s = URL_HANG_S

    def __init__(self, source: Source, settings: SourceSettings) -> None:
        cv2 = load_cv2()
        self.name = source.name
        self._wanted_aspect = settings.pixel_aspect
        self._frames = 0
        self._capture: Any = cv2.VideoCapture(
            source.address,
            cv2.CAP_FFMPEG,
            [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                URL_OPEN_TIMEOUT_MS,
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                URL_READ_TIMEOUT_MS,
            ],
        )
        if not self._capture.isOpened():
            self._capture.release()
            raise StreamLost(f"{self.name} does not answer, or not with a video")

    def read(self) -> Image:
        """See Stream."""
        image = _next_image(self._capture)
        if image is None and not self._frames:
            coding = codec(int(self._capture.get(load_cv2().CAP_PROP_FOURCC)))
            raise StreamLost(f"{self.name} sends no frame that can be decoded ({coding}); set it to H.264 or MJPEG")
        if image is None:
            raise StreamLost(f"{self.name} sends no more frames")
        self._frames += 1
        # Asked for each frame: a broadcast changes from 4:3 to 16:9 and back.
        return squared(image, stream_aspect(self._capture, self._wanted_aspect))

    def close(self) -> None:
        """See Stream."""
        self._capture.release()


class ClipStream:
    """A clip at its own pace, as if it were a camera."""

    hang_after_s = CLIP_HANG_S

    def __init__(self, source: Source, cancelled: threading.Event, settings: SourceSettings) -> None:
        self._path = Path(source.address)
        self._settings = settings
        self._cancelled = cancelled
        self._on_warning = WarnOnce()
        self.name = source.name
        self._clip = self._open()
        self._begin_s = time.monotonic()

    def _open(self) -> Clip:
        try:
            return Clip(self._path, self._settings.pixel_aspect, self._on_warning)
        except UserError as error:
            raise StreamLost(str(error)) from None

    def read(self) -> Image:
        """See Stream. Blocks until the frame is due."""
        image, time_s = self._clip.read() or self._restart()
        early_s = self._begin_s + time_s - time.monotonic()
        if early_s > 0.0:
            self._cancelled.wait(early_s)
        elif early_s < -LATE_S:
            self._begin_s -= early_s
        return image

    def _restart(self) -> tuple[Image, float]:
        if not self._settings.loop:
            raise StreamEnded(f"{self.name} is at its end")
        self._clip.close()
        self._begin_s += self._clip.end_s
        self._clip = self._open()
        shot = self._clip.read()
        if shot is None:
            raise StreamLost(f"{self.name} has no frames any more")
        return shot

    def close(self) -> None:
        """See Stream."""
        self._clip.close()
