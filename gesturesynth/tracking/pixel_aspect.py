"""Pixels that are not square: their aspect ratio, and pictures scaled so that pixels are square.

DVDs, DV, broadcasts and many video recorders store a picture of 16:9 in 720x576 pixels, each 64/45 times as wide as
high (ITU-R BT.601). OpenCV gives such pixels as they are. The picture is stretched before it is tracked, not only the
landmarks afterwards: the landmarker was not trained on squeezed people, and misses or misplaces them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.sources import GREATEST_ASPECT, LEAST_ASPECT

SQUARE: Final = 1.0
CLOSE_ENOUGH: Final = 0.005
"""A picture nearer to square than this is not scaled: less than three pixels of 576."""


def stream_aspect(capture: Any, wanted: float) -> float:  # noqa: ANN401 - OpenCV has no types
    """Width divided by height of the pixels that an OpenCV capture gives.

    Args:
        capture: open.
        wanted: what the settings say instead; 0 to ask the stream.

    Returns:
        The aspect; 1 where the stream does not give one, or an impossible one.
    """
    if wanted:
        return wanted
    cv2 = load_cv2()
    width, height = float(capture.get(cv2.CAP_PROP_SAR_NUM)), float(capture.get(cv2.CAP_PROP_SAR_DEN))
    if not (width > 0.0 and height > 0.0 and LEAST_ASPECT <= width / height <= GREATEST_ASPECT):
        return SQUARE
    # A telephone held upright stores its picture on its side, with a note; OpenCV turns the picture, not the aspect.
    turns = bool(capture.get(cv2.CAP_PROP_ORIENTATION_AUTO))
    on_its_side = capture.get(cv2.CAP_PROP_ORIENTATION_META) in (90, 270)
    return height / width if turns and on_its_side else width / height


def squared(image: Image, aspect: float) -> Image:
    """A picture, uint8 (h, w, 3), with square pixels: longer on the side on which it was squeezed.

    Enlarged rather than shrunk: its landmarks are nearer to those of a square picture (see docs/performance.md).
    """
    if abs(aspect - SQUARE) < CLOSE_ENOUGH:
        return image
    height, width = image.shape[:2]
    size = (round(width * aspect), height) if aspect > SQUARE else (width, round(height / aspect))
    cv2 = load_cv2()
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
