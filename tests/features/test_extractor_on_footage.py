"""Features on landmarks that the real landmarker finds in real footage.

The spread of a feature is its range from the 5th to the 95th percentile over three clips of moving people; changes that
should not matter are held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.catalogue import BODY_FEATURES, columns
from gesturesynth.features.extractor import FeatureExtractor, FeatureFrame
from gesturesynth.tracking import network_isolation
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model import download
from tests.support import footage

Frame = NDArray[np.uint8]

MOVING = {"dancer": 120, "athlete": 100, "squats": 65}
"""Clip -> how many of its first frames (all of them)."""

STILL = (("dancer", 0), ("athlete", 25), ("squats", 0), ("squats", 20))
"""Clip and number of a frame that becomes a person who does not move."""

SIDE = 640  # frames are brought to this size; the landmarker looks at 256 x 256 of them anyway
CANVAS = (960, 720)  # width and height

# These exist to tell place and size.
NAMES = [name for name in BODY_FEATURES if name not in {"body.x", "body.y", "body.size", "presence"}]
COLUMNS = columns(NAMES)


@dataclass(frozen=True)
class Track:
    images: list[NDArray[np.float32] | None]
    width: int
    height: int
    fps: float

    def steps(self, names: list[str]) -> list[FeatureFrame]:
        extractor = FeatureExtractor(names)
        return [
            extractor.extract(image, self.width, self.height, index / self.fps)
            for index, image in enumerate(self.images)
        ]

    def measured(self) -> NDArray[np.float64]:
        """Every feature of NAMES in every frame, (frames, columns), with the smoothing that presets get."""
        return np.array([frame.values for frame in self.steps(NAMES)])


Show = Callable[[str, int], tuple[list[Frame], float]]
"""From the name of a clip and a number to pictures and their rate."""


def frames(name: str, count: int, longest: int | None = SIDE) -> tuple[list[Frame], float]:
    capture = cv2.VideoCapture(str(footage.clip(name)))
    found: list[Frame] = []
    while len(found) < count:
        good, frame = capture.read()
        if not good:
            break
        scale = longest / max(frame.shape[:2]) if longest else 1.0
        small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found.append(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
    fps = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return found, fps


def elsewhere(frame: Frame) -> Frame:
    """The same picture, smaller, in the lower right of a canvas of another shape."""
    width, height = CANVAS
    scale = 0.75 * height / max(frame.shape[:2])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas = np.full((height, width, 3), 127, dtype=np.uint8)
    top, left = height - small.shape[0] - 20, width - small.shape[1] - 40
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def plain(name: str, count: int) -> tuple[list[Frame], float]:
    return frames(name, count)


def moved(name: str, count: int) -> tuple[list[Frame], float]:
    pictures, fps = frames(name, count)
    return [elsewhere(picture) for picture in pictures], fps


def without_hips(name: str, count: int) -> tuple[list[Frame], float]:
    """The upper half of the dancer's frames: cut in the middle of the trunk."""
    pictures, fps = frames(name, count)
    return [np.ascontiguousarray(picture[: SIDE // 2]) for picture in pictures], fps


def stilled(name: str, number: int) -> tuple[list[Frame], float]:
    """One frame of a clip as a real camera would see it if nothing moved.

    The landmarker finds no body in the bust of the statue clip. What that clip has is the noise of a real camera that
    looks at something still: it is laid over the frame.
    """
    statue, fps = frames("statue", 60, longest=None)
    middle = np.mean(statue, axis=0, dtype=np.float32)
    picture = frames(name, number + 1)[0][number]
    height, width = picture.shape[:2]
    return [np.clip(picture + (frame - middle)[:height, :width], 0, 255).astype(np.uint8) for frame in statue], fps


def followed(bundle: Path, pictures: list[Frame], fps: float) -> Track:
    with Landmarker(bundle) as landmarker:
        bodies = [landmarker.detect(picture, index / fps) for index, picture in enumerate(pictures)]
    height, width = pictures[0].shape[:2]
    return Track([found[0].image_array() if found else None for found in bodies], width, height, fps)


def show(make: Show, name: str, number: int, bundle: Path) -> Track:
    """Runs in the process that tracks."""
    return followed(bundle, *make(name, number))


@pytest.fixture(scope="session")
def follow() -> Iterator[Callable[[Show, str, int], Track]]:
    """Tracks what `make(name, number)` gives, in a process without network, as the tracker is one."""
    for name in (*MOVING, "statue"):
        footage.clip(name)
    bundle = download.ensure_model("full")
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=network_isolation.leave_network) as pool:
        yield lambda make, name, number: pool.submit(show, make, name, number, bundle).result(timeout=100)


@pytest.fixture(scope="session")
def moving(follow: Callable[[Show, str, int], Track]) -> dict[str, Track]:
    return {name: follow(plain, name, count) for name, count in MOVING.items()}


@pytest.fixture(scope="session")
def spread(moving: dict[str, Track]) -> NDArray[np.float64]:
    values = np.concatenate([track.measured() for track in moving.values()])
    low, high = np.percentile(values, [5, 95], axis=0)
    return np.asarray(high - low)


def worst(shares: NDArray[np.float64]) -> str:
    order = np.argsort(-shares)[:8]
    return ", ".join(f"{COLUMNS[index]} {shares[index]:.1%}" for index in order)


def test_the_people_are_found_and_every_feature_moves(moving: dict[str, Track], spread: NDArray[np.float64]) -> None:
    for name, track in moving.items():
        assert all(image is not None for image in track.images), name
    assert (spread > 0.05).all(), [column for column, size in zip(COLUMNS, spread, strict=True) if size <= 0.05]


def test_a_person_elsewhere_and_smaller_in_the_image_has_the_same_features(
    moving: dict[str, Track], spread: NDArray[np.float64], follow: Callable[[Show, str, int], Track]
) -> None:
    changes = [
        np.abs(follow(moved, name, MOVING[name]).measured() - track.measured()) for name, track in moving.items()
    ]
    shares = np.median(np.concatenate(changes), axis=0) / spread
    assert shares.max() <= 0.03, worst(shares)


def test_the_same_landmarks_elsewhere_and_smaller_have_the_same_features(
    moving: dict[str, Track], spread: NDArray[np.float64]
) -> None:
    changes = []
    for track in moving.values():
        images: list[NDArray[np.float32] | None] = []
        for image in track.images:
            assert image is not None
            there = image.copy()
            there[:, 0] = (image[:, 0] * track.width * 0.5 + 300.0) / CANVAS[0]
            there[:, 1] = (image[:, 1] * track.height * 0.5 + 200.0) / CANVAS[1]
            images.append(there)
        changes.append(np.abs(Track(images, *CANVAS, track.fps).measured() - track.measured()))
    shares = np.median(np.concatenate(changes), axis=0) / spread
    assert shares.max() <= 0.005, worst(shares)


def test_a_still_person_gives_still_features(
    spread: NDArray[np.float64], follow: Callable[[Show, str, int], Track]
) -> None:
    shares = [follow(stilled, name, number).measured()[20:].std(axis=0) / spread for name, number in STILL]
    jitter = np.median(shares, axis=0)
    assert jitter.max() < 0.015, worst(jitter)


def test_the_arms_of_a_dancer_play_on_when_the_camera_sees_no_hips(
    moving: dict[str, Track], follow: Callable[[Show, str, int], Track]
) -> None:
    names = ["left_wrist.height", "right_wrist.height", "left_shoulder.angle", "right_elbow.angle"]
    half = follow(without_hips, "dancer", MOVING["dancer"])
    seen = half.steps([*names, "lean"])
    assert np.mean([frame.seen[:4] for frame in seen]) > 0.9
    assert not np.any([frame.seen[4] for frame in seen])
    assert seen[-1].notes == ("left_hip cannot be seen", "right_hip cannot be seen")
    whole = np.array([frame.values for frame in moving["dancer"].steps(names)])
    for column, name in enumerate(names):
        alike = np.corrcoef(whole[:, column], [frame.values[column] for frame in seen])[0, 1]
        assert alike > 0.95, name
