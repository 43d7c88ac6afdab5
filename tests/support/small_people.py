"""Frames in which a person is small, dark, cut off or blurred, made of real footage."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.images import Image
from gesturesynth.tracking.video_file import Clip
from tests.support import footage

WIDTH, HEIGHT = 640, 480
DANCER_SHARE = 0.42
"""Height of the dancer in parts of the clip's height."""


def clip_frames(name: str, count: int, step: int = 1) -> list[Image]:
    """Frames of a clip, BGR; forwards, then backwards, until there are enough."""
    frames: list[Image] = []
    with Clip(footage.clip(name)) as clip:
        number = 0
        while len(frames) < count and (shot := clip.read()):
            if number % step == 0:
                frames.append(shot[0])
            number += 1
    whole = [*frames, *reversed(frames)]
    return [whole[number % len(whole)] for number in range(count)]


@functools.cache
def room() -> Image:
    """A real room without a person: the median of the walker's film."""
    frames = [
        cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for frame in clip_frames("walker", 7, step=20)
    ]
    return np.asarray(np.median(np.stack(frames), axis=0), np.uint8)


def noisy(image: Image, seed: int, deviation: float = 3.0) -> Image:
    """With the noise of a sensor, in grey levels."""
    noise = np.random.default_rng(seed).normal(0.0, deviation, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def small_dancer(share: float, count: int, place: tuple[float, float] = (0.3, 0.6)) -> Iterator[Image]:
    """The dancer in a room, `share` of the picture's height tall; RGB."""
    return dancers(count, (share, place, 0))


def dancers(count: int, *those: tuple[float, tuple[float, float], int]) -> Iterator[Image]:
    """The dancer in a room, several times: share of the picture's height, place, and the frame of arrival; RGB."""
    background = room()
    shots = clip_frames("dancer", count)
    for number in range(count):
        scene = background.astype(np.float32)
        for which, (share, place, arrival) in enumerate(those):
            if number >= arrival:
                _paste(scene, shots[(number + 40 * which) % count], share, place)
        yield np.ascontiguousarray(noisy(scene.astype(np.uint8), number)[..., ::-1])


def _paste(scene: NDArray[np.float32], shot: Image, share: float, place: tuple[float, float]) -> None:
    side = round(HEIGHT * share / DANCER_SHARE)
    top, left = round(place[1] * HEIGHT - side / 2), round(place[0] * WIDTH - side / 2)
    ramp = np.clip((np.minimum(np.arange(side), np.arange(side)[::-1]) + 1) / max(2, side // 12), 0.0, 1.0)
    rows, columns = slice(max(0, -top), HEIGHT - top), slice(max(0, -left), WIDTH - left)
    mask = np.minimum.outer(ramp, ramp)[rows, columns, None]
    part = scene[max(0, top) : top + side, max(0, left) : left + side]
    part[:] = part * (1 - mask) + mask * cv2.resize(shot, (side, side), interpolation=cv2.INTER_AREA)[rows, columns]
