"""A pose in a few words: `right hand high, left hand low`. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor

_NAMES: Final = (
    "right_wrist.height",
    "left_wrist.height",
    "right_wrist.x",
    "left_wrist.x",
    "hips.height",
    "lean",
)
HEIGHTS: Final = ((0.45, "high"), (-0.25, "at the shoulder"), (-0.75, "at the waist"))
"""Of a wrist above the middle of the shoulders, torso lengths: from so high on; below the last it is `low`."""
FAR_OUT: Final = 0.9
ACROSS: Final = -0.1
"""Of a wrist to its own side, torso lengths."""
BENT: Final = 0.95
"""Of the hips above the ankles, torso lengths; a person who stands has about 1.4."""
LEANING: Final = 15.0
"""Degrees."""


def pose_words(image: NDArray[np.float32], width: int, height: int) -> str:
    """A pose in words, as its performer sees it; empty when the arms cannot be seen.

    Args:
        image: (33, 4), as `messages.Body.image_array`.
        width: of the frame in pixels.
        height: likewise.
    """
    extractor = FeatureExtractor(_NAMES, None)
    frame = extractor.extract(image, width, height, 0.0)
    value = dict(zip(extractor.columns, frame.values.tolist(), strict=True))
    seen = dict(zip(extractor.columns, frame.seen.tolist(), strict=True))
    hands = {
        side: _hand(value[f"{side}_wrist.height"], value[f"{side}_wrist.x"] * sign)
        for side, sign in (("right", 1.0), ("left", -1.0))
        if seen[f"{side}_wrist.height"]
    }
    if len(hands) == 2 and hands["right"] == hands["left"]:
        parts = [f"both hands {hands['right']}"]
    else:
        parts = [f"{side} hand {where}" for side, where in hands.items()]
    if seen["hips.height"] and value["hips.height"] < BENT:
        parts.append("knees bent")
    if seen["lean"] and abs(value["lean"]) > LEANING:
        parts.append(f"leaning to the {'right' if value['lean'] > 0 else 'left'}")
    return ", ".join(parts)


def _hand(up: float, out: float) -> str:
    where = next((word for least, word in HEIGHTS if up >= least), "low")
    if out > FAR_OUT:
        return f"{where} and far out"
    return f"{where} and across the body" if out < ACROSS else where
