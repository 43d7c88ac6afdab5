"""Finds the body in a frame: MediaPipe's pose landmarker, with errors as sentences and without its log messages.

It runs in VIDEO mode, in the caller's thread, one frame after the other: there the landmarks are smoothed from frame to
frame, and no frame is dropped (LIVE_STREAM mode differs in both). MediaPipe is imported only when a `Landmarker` is
made, because it is big, and because the process should be isolated from the network before (see
`gesturesynth.tracking.network_isolation`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import log as logs
from gesturesynth.core import paths
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import ProgramsForbidden
from gesturesynth.runtime.messages import LANDMARKS, Body
from gesturesynth.tracking.model.segmentation import LARGEST_BUNDLE, without_segmentation
from gesturesynth.tracking.native_files import native_name
from gesturesynth.tracking.native_stderr import CapturedStderr
from gesturesynth.tracking.opencv import load_cv2

CAPTURED_BODIES: Final = 2
"""The native code writes messages while it is created, at its first frame, and when it first follows a body. They are
captured until so many bodies were found; afterwards standard error is left as it is."""


class Landmarker(Closable):
    """A pose landmarker for one stream of frames; it follows a body from frame to frame.

    Create it in the process that uses it, after that process has started: a forked child that uses its parent's
    landmarker hangs. Use it as a context manager, or call `close()`.

    Args:
        bundle: a pose landmarker bundle, from `model.download.ensure_model`.
        segmentation: whether the bundle's landmark model computes the mask that is used nowhere: only to measure what
            it costs. One that is not recognised computes it all the same, which the log says.

    Raises:
        GestureSynthError: MediaPipe cannot be loaded, or refuses the bundle; its own message is part of ours.
    """

    def __init__(self, bundle: Path, *, segmentation: bool = False) -> None:
        self._bundle = bundle
        self._segmentation = segmentation
        self._unrecognised = False
        self._tasks = import_mediapipe()
        self._task: Any = None
        self._last_time_ms = -1
        self._captures_left = 0
        self.reset()

    def detect(self, frame_rgb: NDArray[np.uint8], capture_time_s: float) -> tuple[Body, ...]:
        """The bodies in one frame: one or none.

        Args:
            frame_rgb: uint8, shape (height, width, 3), red first.
            capture_time_s: when the frame was taken, in seconds of any clock that starts at or above 0. A time that
                is not later than the last frame's is taken as one millisecond later.

        Raises:
            ValueError: the frame has another shape or type.
            GestureSynthError: the landmarker is closed or failed; its own message is part of ours.
        """
        if frame_rgb.dtype != np.uint8 or frame_rgb.ndim != 3 or frame_rgb.shape[2] != 3 or not frame_rgb.size:
            raise ValueError(f"a frame is uint8 (height, width, 3), not {frame_rgb.dtype} {frame_rgb.shape}")
        if self._task is None:
            # MediaPipe itself would return an empty result, which means "no person in view".
            raise GestureSynthError("the landmarker was closed and cannot take another frame")
        time_ms = max(self._last_time_ms + 1, round(capture_time_s * 1000))
        self._last_time_ms = time_ms
        image = self._tasks.Image(
            image_format=self._tasks.ImageFormat.SRGB, data=np.ascontiguousarray(frame_rgb, dtype=np.uint8)
        )
        if self._captures_left <= 0:
            return self._detect(image, time_ms, None)
        with CapturedStderr() as text:
            bodies = self._detect(image, time_ms, text)
        self._captures_left -= len(bodies)
        return bodies

    def reset(self) -> None:
        """Forgets the body that it follows, for a new clip or source. Takes about a quarter of a second."""
        self.close()
        tasks = self._tasks
        with CapturedStderr() as text:
            try:
                self._task = self._create(tasks)
            except (RuntimeError, ValueError, OSError, UserError) as error:
                raise GestureSynthError(
                    f"MediaPipe cannot make a pose landmarker from {paths.printable(self._bundle)}: "
                    f"{_joined(error, text)}. Delete the file if it came from the cache; pass another bundle with "
                    "--model if it is yours."
                ) from error
        self._last_time_ms = -1
        self._captures_left = CAPTURED_BODIES

    def close(self) -> None:
        """Frees the native landmarker; may be called twice."""
        task, self._task = self._task, None
        if task is not None:
            with CapturedStderr():
                task.close()

    def _create(self, tasks: _Tasks) -> Any:  # noqa: ANN401  # mediapipe has no types
        with native_name(self._bundle) as name:
            model = None if self._segmentation else self._without_segmentation(Path(name))
            options = tasks.vision.PoseLandmarkerOptions(
                base_options=tasks.BaseOptions(model_asset_buffer=model)
                if model
                else tasks.BaseOptions(model_asset_path=name),
                running_mode=tasks.vision.RunningMode.VIDEO,
                num_poses=1,  # with more, MediaPipe does not smooth
            )
            return tasks.vision.PoseLandmarker.create_from_options(options)

    def _without_segmentation(self, file: Path) -> bytes | None:
        model = None
        if file.stat().st_size <= LARGEST_BUNDLE:
            model = without_segmentation(file.read_bytes())
        if model is None and not self._unrecognised:
            self._unrecognised = True
            logs.get().info(
                "pose model not recognised",
                message="it is used as it is, with its segmentation mask, which costs a quarter of the time",
                model=paths.printable(self._bundle),
            )
        return model

    def _detect(self, image: Any, time_ms: int, text: CapturedStderr | None) -> tuple[Body, ...]:  # noqa: ANN401  # mediapipe has no types
        try:
            found = self._task.detect_for_video(image, time_ms)
        except (RuntimeError, ValueError) as error:
            raise GestureSynthError(f"MediaPipe failed on a frame: {_joined(error, text)}") from error
        return tuple(
            Body.from_arrays(_image_array(in_image), _world_array(in_world))
            for in_image, in_world in zip(found.pose_landmarks, found.pose_world_landmarks, strict=True)
        )


class _Tasks:
    """The names of MediaPipe that are used here, once it is imported."""

    def __init__(self) -> None:
        # MediaPipe's audio module opens PortAudio as it is imported, and so clients of a JACK server, which hangs when
        # this process ends with them. Without the module it goes on without audio.
        sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]
        import mediapipe  # takes 1 s and 200 MB: only in a process that tracks
        from mediapipe.tasks.python import BaseOptions, vision  # as above

        self.Image = mediapipe.Image
        self.ImageFormat = mediapipe.ImageFormat
        self.BaseOptions = BaseOptions
        self.vision = vision


def import_mediapipe() -> _Tasks:
    """MediaPipe, imported quietly; raises GestureSynthError where it cannot be loaded."""
    # MediaPipe imports matplotlib, which needs a folder that it can write to.
    if "MPLCONFIGDIR" not in os.environ:
        os.environ["MPLCONFIGDIR"] = os.fspath(paths.cache_dir() / "matplotlib")
    # One of its libraries runs the compiler and the linker to look for PortAudio.
    with CapturedStderr() as text, ProgramsForbidden():
        try:
            load_cv2()  # before MediaPipe does, which imports it as well: it reads its settings once
            return _Tasks()
        except (ImportError, OSError) as error:
            raise GestureSynthError(
                f"MediaPipe cannot be loaded: {_joined(error, text)}. On Debian and Ubuntu it needs the packages "
                "libegl1, libgles2, libgl1 and libglib2.0-0."
            ) from error


def _joined(error: BaseException, text: CapturedStderr | None) -> str:
    native = text.text() if text else ""
    return f"{error} ({native})" if native else str(error)


def _image_array(landmarks: Any) -> NDArray[np.float32]:  # noqa: ANN401  # mediapipe has no types
    array = np.array([(p.x, p.y, p.z, p.visibility or 0.0) for p in landmarks], dtype=np.float32)
    return array.reshape(LANDMARKS, 4)


def _world_array(landmarks: Any) -> NDArray[np.float32]:  # noqa: ANN401  # mediapipe has no types
    return np.array([(p.x, p.y, p.z) for p in landmarks], dtype=np.float32).reshape(LANDMARKS, 3)
