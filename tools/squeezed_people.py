"""How well people are seen in pictures whose pixels are not square: `python -m tools.squeezed_people`.

Real footage, 576 pixels on its longer side, is squeezed as a recorder would, and tracked in three ways: as it is, with
the landmarks stretched afterwards; enlarged to square pixels; shrunk to square pixels. Each is compared with the clip
that was never squeezed. Prints a table for docs/performance.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.images import Image, as_rgb
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.video_file import Clip
from tests.support import footage

FRAMES: Final = 60
LONGER_PX: Final = 576
ASPECTS: Final = {"64:45": 64 / 45, "8:9": 8 / 9, "2:1": 2.0}
CLIPS: Final = {"dancer": 1, "athlete": 1, "squats": 1, "walker": 3}
"""Clips, and which of their frames are taken."""
JOINTS: Final = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]

Points = NDArray[np.float64]
Detection = list[Points | None]


def main() -> int:
    """Measures and prints."""
    print(
        "| clip | pixels | landmarks stretched | picture shrunk | picture enlarged |\n| --- | --- | --- | --- | --- |"
    )
    for name, step in CLIPS.items():
        frames = _frames(name, step)
        height, width = frames[0].shape[:2]
        right = _tracked(frames)
        for text, aspect in ASPECTS.items():
            wide = aspect > 1
            narrow = (round(width / aspect), height) if wide else (width, round(height * aspect))
            short = (narrow[0], round(height / aspect)) if wide else (round(width * aspect), narrow[1])
            squeezed = _resized(frames, narrow)
            ways = (squeezed, _resized(squeezed, short), _resized(squeezed, (width, height), cv2.INTER_LINEAR))
            cells = [_compared(right, _tracked(way), (width, height)) for way in ways]
            print(f"| {name} | {text} | {' | '.join(cells)} |", flush=True)
    return 0


def _frames(name: str, step: int) -> list[Image]:
    frames: list[Image] = []
    number = 0
    with Clip(footage.clip(name)) as clip:
        while len(frames) < FRAMES and (shot := clip.read()):
            if number % step == 0:
                frames.append(shot[0])
            number += 1
    scale = LONGER_PX / max(frames[0].shape)
    return _resized(frames, (round(frames[0].shape[1] * scale), round(frames[0].shape[0] * scale)))


def _resized(frames: list[Image], size: tuple[int, int], how: int = cv2.INTER_AREA) -> list[Image]:
    return [np.asarray(cv2.resize(frame, size, interpolation=how), np.uint8) for frame in frames]


def _tracked(frames: list[Image]) -> Detection:
    with Landmarker(ensure_model()) as landmarker:
        found = [landmarker.detect(as_rgb(frame), number / 30) for number, frame in enumerate(frames)]
    return [bodies[0].image_array()[:, :2].astype(np.float64) if bodies else None for bodies in found]


def _compared(right: Detection, seen: Detection, size: tuple[int, int]) -> str:
    pairs = [
        (good * size, points * size)
        for good, points in zip(right, seen, strict=True)
        if good is not None and points is not None
    ]
    errors = [np.median(np.linalg.norm((good - points)[JOINTS], axis=1)) / _torso(good) for good, points in pairs]
    spans = [_span(points) / _span(good) for good, points in pairs]
    middle: Callable[[list[float]], float] = lambda values: float(np.median(values)) if values else float("nan")  # noqa: E731
    there = sum(points is not None for points in right)
    return f"{middle(errors):.3f}, span {middle(spans):.2f}, {len(pairs)} of {there}"


def _torso(points: Points) -> float:
    return float(np.linalg.norm(points[[11, 12]].mean(axis=0) - points[[23, 24]].mean(axis=0)))


def _span(points: Points) -> float:
    return float(np.linalg.norm(points[15] - points[16])) / _torso(points)


if __name__ == "__main__":
    sys.exit(main())
