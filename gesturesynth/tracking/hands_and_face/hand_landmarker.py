"""MediaPipe's hand landmarker on squares of a frame, or on whole frames, in VIDEO mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import paths
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.body_points import HAND_LANDMARKS, Side
from gesturesynth.tracking.hands_and_face.regions import Square
from gesturesynth.tracking.landmarker import import_mediapipe
from gesturesynth.tracking.native_files import native_name
from gesturesynth.tracking.native_stderr import CapturedStderr

CAPTURED_FRAMES: Final = 2
"""The native code writes messages while it is created and at its first frames."""

Image = NDArray[np.uint8]
Hand = NDArray[np.float32]


class HandLandmarker(Closable):
    """Finds hands, and follows them from frame to frame.

    Args:
        bundle: of `model.parts`.
        hands: how many it looks for.

    Raises:
        GestureSynthError: MediaPipe cannot be loaded, or refuses the bundle.
    """

    def __init__(self, bundle: Path, hands: int) -> None:
        self._tasks = import_mediapipe()
        vision = self._tasks.vision
        with CapturedStderr() as text, native_name(bundle) as name:
            options = vision.HandLandmarkerOptions(
                base_options=self._tasks.BaseOptions(model_asset_path=name),
                running_mode=vision.RunningMode.VIDEO,
                num_hands=hands,
            )
            try:
                self._task: Any = vision.HandLandmarker.create_from_options(options)
            except (RuntimeError, ValueError, OSError) as error:
                raise GestureSynthError(
                    f"MediaPipe cannot make a hand landmarker from {paths.printable(bundle)}: {error} ({text.text()})"
                ) from error
        self._last_time_ms = -1
        self._captures_left = CAPTURED_FRAMES

    def in_square(self, frame: Image, square: Square, time_s: float) -> Hand | None:
        """The hand in an upright square of a frame, float32 (21, 3) in fractions of the frame; None without one."""
        left, top = round(square.x - square.side / 2.0), round(square.y - square.side / 2.0)
        side = max(1, round(square.side))
        found = self._detect(cut(frame, left, top, side), time_s)
        if not found:
            return None
        height, width = frame.shape[:2]
        _, hand = found[0]
        scale = np.array([side / width, side / height, side / width])
        return np.asarray(hand * scale + (left / width, top / height, 0.0), dtype=np.float32)

    def in_frame(self, frame: Image, time_s: float) -> dict[Side, Hand]:
        """The hands in a whole frame, at most one of each side, likewise. Sides are as in a frame that is no mirror."""
        found: dict[Side, Hand] = {}
        for side, hand in self._detect(frame, time_s):
            found.setdefault(side if side not in found else _other(side), hand)
        return found

    def forget(self, time_s: float) -> None:
        """Stops following what it follows: it looks at nothing once."""
        self._detect(np.zeros((64, 64, 3), dtype=np.uint8), time_s)

    def close(self) -> None:
        """Frees the native landmarker; may be called twice."""
        task, self._task = self._task, None
        if task is not None:
            with CapturedStderr():
                task.close()

    def _detect(self, image: Image, time_s: float) -> list[tuple[Side, Hand]]:
        if self._task is None:
            raise GestureSynthError("the hand landmarker was closed and cannot take another frame")
        time_ms = max(self._last_time_ms + 1, round(time_s * 1000))
        self._last_time_ms = time_ms
        picture = self._tasks.Image(image_format=self._tasks.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        try:
            if self._captures_left <= 0:
                found = self._task.detect_for_video(picture, time_ms)
            else:
                self._captures_left -= 1
                with CapturedStderr():
                    found = self._task.detect_for_video(picture, time_ms)
        except (RuntimeError, ValueError) as error:
            raise GestureSynthError(f"MediaPipe failed on a hand: {error}") from error
        return [
            (_side(handedness), np.array([(p.x, p.y, p.z) for p in hand], dtype=np.float32).reshape(HAND_LANDMARKS, 3))
            for handedness, hand in zip(found.handedness, found.hand_landmarks, strict=True)
        ]


def cut(frame: Image, left: int, top: int, side: int) -> Image:
    """A square of a frame, uint8 (side, side, 3); black where it leaves the frame."""
    height, width = frame.shape[:2]
    rows = slice(max(top, 0), max(min(top + side, height), 0))
    columns = slice(max(left, 0), max(min(left + side, width), 0))
    inside = frame[rows, columns]
    if inside.shape[:2] == (side, side):
        return np.ascontiguousarray(inside)
    square = np.zeros((side, side, 3), dtype=np.uint8)
    if inside.size:
        y, x = rows.start - top, columns.start - left
        square[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
    return square


def _side(handedness: Any) -> Side:  # noqa: ANN401  # mediapipe has no types
    # As in a picture that is no mirror: on our footage 81 of 86 left hands at the pose's left wrist were named so.
    return "left" if handedness[0].category_name == "Left" else "right"


def _other(side: Side) -> Side:
    return "left" if side == "right" else "right"
