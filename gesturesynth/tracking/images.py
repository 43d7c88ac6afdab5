"""Transforms of pictures before tracking and of landmarks afterwards. Pure.

A module of its own although it is short: capture, player, offline poses and landmarker share it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.body_points import SIDES, hand_points
from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.sources import Rotation

Image = NDArray[np.uint8]


def rotated(image: Image, degrees: Rotation) -> Image:
    """Turns a picture of shape (h, w, 3) clockwise, without copying."""
    return np.rot90(image, -degrees // 90) if degrees else image


def as_rgb(image: Image) -> Image:
    """A BGR picture, uint8 (h, w, 3), as the landmarker needs it: RGB and contiguous.

    Its size stays. Averaging 1080x1920 down to 1280, 640 or 480 pixels saved 3 ms of inference, cost 1 to 14 ms, and
    moved the landmarks by 0.5 to 3 % of the torso (median): the landmarker scales its input down by itself.
    """
    rgb: Image = load_cv2().cvtColor(np.ascontiguousarray(image), load_cv2().COLOR_BGR2RGB)
    return rgb


def mirrored(body: Body) -> Body:
    """Flips a body left to right. Landmarks keep their names: a right wrist stays a right wrist."""
    image = body.image_array().copy()
    world = body.world_array().copy()
    image[:, 0] = 1.0 - image[:, 0]
    world[:, 0] = -world[:, 0]
    flipped = {side: _flipped(hand_points(body, side)) for side in SIDES}
    return Body(image.tobytes(), world.tobytes(), body.person, flipped["left"], flipped["right"], body.face)


def _flipped(hand: NDArray[np.float32] | None) -> bytes:
    if hand is None:
        return b""
    hand = hand.copy()
    hand[:, 0] = 1.0 - hand[:, 0]
    return hand.tobytes()
