"""The pictures that the networks look at, cut from a frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.people import detections, landmarks
from gesturesynth.tracking.people.regions import BodyRegion

Picture = NDArray[np.uint8]
Input = NDArray[np.float32]


def fit_whole(frame: Picture, into: Input) -> None:
    """A whole frame, uint8 (h, w, 3), in the middle of a black square.

    Args:
        frame: what is fitted.
        into: float32 (1, 224, 224, 3), gets values from -1 to 1.
    """
    cv2 = load_cv2()
    height, width = frame.shape[:2]
    side = detections.INPUT_PX
    scale = side / max(width, height)
    matrix = np.array(((scale, 0.0, (side - width * scale) / 2), (0.0, scale, (side - height * scale) / 2)))
    fitted = cv2.warpAffine(frame, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    np.multiply(fitted[None], np.float32(2.0 / 255.0), out=into, dtype=np.float32)
    np.subtract(into, np.float32(1.0), out=into)


def with_fourth_channel(frame: Picture, into: Picture | None) -> Picture:
    """A frame, uint8 (h, w, 3), as uint8 (h, w, 4): of which OpenCV cuts regions in half the time, to the same values.

    Args:
        frame: what is copied.
        into: is used again where it has the right shape: new memory costs as much as the copy.
    """
    cv2 = load_cv2()
    if into is None or into.shape[:2] != frame.shape[:2]:
        into = np.empty((*frame.shape[:2], 4), np.uint8)
    copied: Picture = cv2.cvtColor(frame, cv2.COLOR_RGB2RGBA, dst=into)
    return copied


def cut_part(frame: Picture, region: BodyRegion, into: Input) -> None:
    """A region of a frame, uint8 (h, w, 3), or (h, w, 4), of which the fourth channel does not count.

    Corners come to lie on corners, without a shift of half a pixel, as in MediaPipe. Beyond the frame its edge goes on.

    Args:
        frame: what is cut from.
        region: the part.
        into: float32 (1, 256, 256, 3), gets values from 0 to 1.
    """
    cv2 = load_cv2()
    side = landmarks.INPUT_PX
    cos, sin = math.cos(region.angle) * region.side / side, math.sin(region.angle) * region.side / side
    half = side / 2
    matrix = np.array(((cos, -sin, region.x - half * cos + half * sin), (sin, cos, region.y - half * sin - half * cos)))
    cut = cv2.warpAffine(
        frame, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    if cut.shape[2] == 4:
        cut = cv2.cvtColor(cut, cv2.COLOR_RGBA2RGB)
    np.multiply(cut[None], np.float32(1.0 / 255.0), out=into, dtype=np.float32)
