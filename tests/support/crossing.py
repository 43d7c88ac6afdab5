"""Two persons who cross, made of two real clips with one person each: cut out along their outlines, and moved.

The persons are cut out with the mask that BlazePose's landmark network computes, which the product itself leaves out.
One comes from the left, the other from the right; they meet in the middle, where one of them covers the other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.landmarker import _Tasks
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.native_stderr import CapturedStderr
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.video_file import Clip
from tests.support import footage

WIDTH, HEIGHT = 640, 480
RATE_HZ: Final = 30.0
HIGH_PX: Final = 360
"""Of a cut-out person, before scaling."""
MARGIN: Final = 0.12
CLIPS: Final = ("dancer", "squats", "athlete")
MOST_FRAMES: Final = 30


@dataclass(frozen=True)
class CutOut:
    """A person of a clip.

    Attributes:
        pictures: uint8 (n, h, w, 3), red first.
        masks: float32 (n, h, w), 0..1.
    """

    pictures: NDArray[np.uint8]
    masks: NDArray[np.float32]


@dataclass(frozen=True)
class Crossing:
    """What a seed gives: who crosses whom, and how.

    Attributes:
        clips: the one from the left, and the one from the right.
        scales: their sizes.
        seconds: how long each takes from one side to the other.
        feet: where their lower edges are, pixels.
        front: which of them covers the other, 0 or 1.
        late_s: how much later the second one starts.
    """

    clips: tuple[str, str]
    scales: tuple[float, float]
    seconds: tuple[float, float]
    feet: tuple[int, int]
    front: int
    late_s: float

    @classmethod
    def of(cls, seed: int) -> Crossing:
        """The crossing of a seed."""
        random = np.random.default_rng(seed)
        first, second = random.permutation(len(CLIPS))[:2]
        scales = random.uniform(0.8, 1.15, 2)
        seconds = random.uniform(1.3, 2.4, 2)
        feet = random.integers(430, 475, 2)
        return cls(
            (CLIPS[first], CLIPS[second]),
            (float(scales[0]), float(scales[1])),
            (float(seconds[0]), float(seconds[1])),
            (int(feet[0]), int(feet[1])),
            int(random.integers(2)),
            float(random.uniform(0.0, 0.4)),
        )

    def middles(self, time_s: float) -> tuple[float, float]:
        """Where the middles of the two are, pixels from the left; they stand before and after their way."""
        ways = (
            np.clip(time_s / self.seconds[0], 0.0, 1.0),
            np.clip((time_s - self.late_s) / self.seconds[1], 0.0, 1.0),
        )
        left, right = 0.25 * WIDTH, 0.75 * WIDTH
        return float(left + ways[0] * (right - left)), float(right - ways[1] * (right - left))

    def frames(self, still_s: float = 0.5) -> Iterator[tuple[NDArray[np.uint8], float, tuple[float, float]]]:
        """Frames, red first, with their times and the middles; the persons stand for `still_s` before and after."""
        people = [scaled(cut_out(clip), scale) for clip, scale in zip(self.clips, self.scales, strict=True)]
        ground = background()
        end_s = max(self.seconds[0], self.late_s + self.seconds[1])
        for number in range(round((end_s + 2 * still_s) * RATE_HZ)):
            time_s = number / RATE_HZ
            middles = self.middles(time_s - still_s)
            frame = ground.copy()
            for which in (1 - self.front, self.front):
                pictures, masks = people[which]
                place = to_and_fro(number, len(pictures))
                paste(frame, pictures[place], masks[place], middles[which], self.feet[which])
            yield frame, time_s, middles


@functools.cache
def cut_out(name: str) -> CutOut:
    """The person of a clip of `footage.CLIPS`, at most MOST_FRAMES frames; the same box in all of them."""
    cv2 = load_cv2()
    frames, masks = _with_masks(footage.clip(name))
    seen = np.max(masks, axis=0) > 0.5
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    margin = round(MARGIN * (rows[-1] - rows[0]))
    top, bottom = max(0, rows[0] - margin), min(seen.shape[0], rows[-1] + margin)
    left, right = max(0, columns[0] - margin), min(seen.shape[1], columns[-1] + margin)
    size = (max(1, round((right - left) * HIGH_PX / (bottom - top))), HIGH_PX)
    shrunk = [cv2.resize(frame[top:bottom, left:right], size, interpolation=cv2.INTER_AREA) for frame in frames]
    small = [cv2.resize(mask[top:bottom, left:right], size, interpolation=cv2.INTER_AREA) for mask in masks]
    return CutOut(np.stack(shrunk), np.stack(small))


def _with_masks(path: Path) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]]]:
    tasks = _Tasks()
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(ensure_model())),
        running_mode=tasks.vision.RunningMode.VIDEO,
        output_segmentation_masks=True,
    )
    frames: list[NDArray[np.uint8]] = []
    masks: list[NDArray[np.float32]] = []
    with CapturedStderr(), tasks.vision.PoseLandmarker.create_from_options(options) as task, Clip(path) as clip:
        while len(frames) < MOST_FRAMES and (shot := clip.read()):
            frame = np.ascontiguousarray(shot[0][:, :, ::-1])
            image: Any = tasks.Image(image_format=tasks.ImageFormat.SRGB, data=frame)
            found = task.detect_for_video(image, len(frames) * 33 + 1)
            if found.segmentation_masks:
                frames.append(frame)
                masks.append(found.segmentation_masks[0].numpy_view().copy().reshape(frame.shape[:2]))
    return frames, masks


def scaled(person: CutOut, scale: float) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]]]:
    """A person in another size."""
    cv2 = load_cv2()
    high, wide = person.masks.shape[1:]
    size = (round(wide * scale), round(high * scale))
    return [cv2.resize(one, size) for one in person.pictures], [cv2.resize(one, size) for one in person.masks]


def background() -> NDArray[np.uint8]:
    """A wall and a floor, with some unevenness that is always the same."""
    random = np.random.default_rng(1)
    shade = np.where(np.arange(HEIGHT) < 0.75 * HEIGHT, 150.0, 110.0)[:, None, None]
    coarse = load_cv2().resize(random.normal(0.0, 12.0, (12, 16, 3)), (WIDTH, HEIGHT))
    return np.asarray(np.clip(shade + coarse, 0, 255), dtype=np.uint8)


def paste(
    frame: NDArray[np.uint8], picture: NDArray[np.uint8], mask: NDArray[np.float32], middle: float, feet: int
) -> None:
    """Puts a person into a frame; `middle` is the middle from the left, `feet` the lower edge, pixels."""
    high, wide = mask.shape
    left, top = round(middle - wide / 2), feet - high
    rows = slice(max(0, top), min(HEIGHT, feet))
    columns = slice(max(0, left), min(WIDTH, left + wide))
    inner = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    share = mask[inner][:, :, None]
    frame[rows, columns] = (share * picture[inner] + (1 - share) * frame[rows, columns]).astype(np.uint8)


def to_and_fro(number: int, count: int) -> int:
    """The picture of a clip that is shown forwards and backwards in turns."""
    place = number % max(1, 2 * (count - 1))
    return place if place < count else 2 * (count - 1) - place
