"""How small a person may be to be found: real footage made small, empty rooms in which something moves, and the cost.

`python -m tests.evaluation.small_people --page docs/camera.md`. Clips of `tests/support/footage.py` are scaled down and
put into frames of 640x480 with a still background and noise; each is looked at with and without the second look.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from gesturesynth.tracking.images import Image
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.second_look.crops import Box, box_of, crop_around
from gesturesynth.tracking.second_look.search import Detector, SecondLook
from tests.evaluation.page import arguments, write_part
from tests.support.small_people import HEIGHT, WIDTH, clip_frames, noisy, room

BEGIN, END = "<!-- small people: measured -->", "<!-- small people: end -->"
CLIPS: Final = {"dancer": (1, 30.0), "athlete": (2, 30.0), "squats": (1, 5.0), "walker": (1, 30.0)}
"""Step of the frames that are used, and how many of those a second."""
SHARES: Final = {0.08: (0.2, 0.3), 0.12: (0.8, 0.6), 0.16: (0.5, 0.5), 0.2: (0.3, 0.7), 0.3: (0.6, 0.5)}
"""Height of the person in the picture, and where."""
FRAMES: Final = 100
CROPS: Final = (1.3, 1.6, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0)
EMPTY_LOOKS: Final = 200
LOOKS_PER_S: Final = 10


@dataclass(frozen=True)
class Performer:
    """Frames of a clip, BGR, with the box of the person in one of them."""

    name: str
    frames: list[Image]
    fps: float
    box: Box

    def scenes(self, share: float, place: tuple[float, float]) -> Iterator[Image]:
        """The clip within 640x480, RGB, the person `share` of the height tall, and the middle of them at `place`."""
        rows, columns = self.frames[0].shape[:2]
        scale = share * HEIGHT / (self.box.height * rows)
        side = (round(columns * scale), round(rows * scale))
        x, y = self.box.centre
        left, top = round(place[0] * WIDTH - x * side[0]), round(place[1] * HEIGHT - y * side[1])
        background = cv2.GaussianBlur(cv2.resize(self.frames[0], (WIDTH, HEIGHT)), (0, 0), 8.0)
        for number, frame in enumerate(self.frames):
            scene = background.copy()
            small = cv2.resize(frame, side, interpolation=cv2.INTER_AREA)
            first = max(0, left), max(0, top)
            last = min(WIDTH, left + side[0]), min(HEIGHT, top + side[1])
            part = small[first[1] - top : last[1] - top, first[0] - left : last[0] - left]
            scene[first[1] : last[1], first[0] : last[0]] = part
            yield np.ascontiguousarray(noisy(scene, number)[..., ::-1])


def performers(landmarker: Landmarker) -> Iterator[Performer]:
    """One for each clip."""
    for name, (step, fps) in CLIPS.items():
        frames = clip_frames(name, FRAMES, step)
        landmarker.reset()
        found = [landmarker.detect(np.ascontiguousarray(frame[..., ::-1]), 1.0) for frame in frames[40:60:4]]
        boxes = [box_of(bodies[0]) for bodies in found if bodies]
        yield Performer(name, frames, fps, sorted(boxes, key=lambda box: box.height)[len(boxes) // 2])


def found_rows(landmarker: Landmarker) -> Iterator[str]:
    """A row for each clip and size."""
    second = SecondLook(landmarker)
    for performer in performers(landmarker):
        for share, place in SHARES.items():
            images = list(performer.scenes(share, place))
            landmarker.reset()
            before = [landmarker.detect(image, 10 + n / performer.fps) for n, image in enumerate(images[::3])]
            second.reset()
            after = [second.detect(image, 10 + n / performer.fps) for n, image in enumerate(images)]
            first = next((number for number, bodies in enumerate(after) if bodies), None)
            begun = "–" if first is None else f"{first / performer.fps:.1f}"
            kept = "–" if first is None else f"{np.mean([bool(bodies) for bodies in after[first:]]):.0%}"
            yield (
                f"| {performer.name} | {share:.0%} | {np.mean([bool(bodies) for bodies in before]):.0%} | "
                f"{np.mean([bool(bodies) for bodies in after]):.0%} | {begun} | {kept} |"
            )


def crop_rows(landmarker: Landmarker) -> Iterator[str]:
    """How often the detector alone finds a person of 12 % of the height, by the size of the crop."""
    for performer in performers(landmarker):
        images = list(performer.scenes(0.12, (0.5, 0.5)))[40:60:2]
        shares = []
        for size in CROPS:
            crop = crop_around(Box(0.5, 0.5, 0.5, 0.5), size * 0.12)
            found = 0
            for image in images:
                if landmarker.detect(crop.cut(image), 1.0):
                    found += 1
                    landmarker.reset()
            shares.append(f"{found / len(images):.0%}")
        yield f"| {performer.name} | {' | '.join(shares)} |"


def _curtain(number: int, background: Image) -> Image:
    scene = background.copy()
    swing = 0.6 * np.sin(number * 0.15)
    columns, rows = np.arange(160)[None, :], np.arange(HEIGHT)[:, None]
    folds = 110 + 60 * np.sin(columns / 9 + swing * 4 + rows / HEIGHT * swing * 3)
    scene[:, 420:580] = (folds[..., None] * (0.8, 0.9, 1.0)).astype(np.uint8)
    return scene


def _bands(number: int, background: Image) -> Image:
    rows = np.arange(HEIGHT)[:, None, None]
    return np.clip(background * (1 + 0.15 * np.sin(rows / 40 + number * 1.7)), 0, 255).astype(np.uint8)


def _shadow(number: int, background: Image) -> Image:
    columns = np.arange(WIDTH)[None, :, None]
    shade = 1 - 0.4 * np.exp(-(((columns - (number * 4) % 900 + 130) / 60.0) ** 2))
    return np.clip(background * shade, 0, 255).astype(np.uint8)


def _shaken(number: int, background: Image) -> Image:
    x, y = np.random.default_rng(number).normal(0, 2, 2)
    moved = cv2.warpAffine(background, np.array([[1, 0, x], [0, 1, y]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)


def _animal(number: int, background: Image) -> Image:
    scene = background.copy()
    x = (number * 5) % 560
    cv2.ellipse(scene, (x + 40, 380), (35, 16), 0, 0, 360, (40, 60, 90), -1)
    cv2.circle(scene, (x + 78, 362), 12, (40, 60, 90), -1)
    for leg in (10, 25, 55, 70):
        cv2.line(scene, (x + leg, 390), (x + leg + round(6 * np.sin(number + leg)), 420), (40, 60, 90), 5)
    return scene


EMPTY: Final[dict[str, Callable[[int, Image], Image]]] = {
    "nothing moves": lambda _, background: background,
    "bright and dark bands of a lamp": _bands,
    "the whole picture flickers by 25 %": lambda number, background: np.clip(
        background * (1 + 0.25 * np.sin(number * 2.1)), 0, 255
    ).astype(np.uint8),
    "a curtain in the wind": _curtain,
    "a shadow passes, again and again": _shadow,
    "the camera shakes by 2 pixels": _shaken,
    "a drawn animal walks": _animal,
}


def empty_rows(landmarker: Landmarker) -> Iterator[str]:
    """A row for each empty room."""
    second = SecondLook(landmarker)
    background = room()
    for name, scene in EMPTY.items():
        found, moving = [0, 0], 0
        images = [
            np.ascontiguousarray(noisy(scene(number, background), number)[..., ::-1]) for number in range(EMPTY_LOOKS)
        ]
        costs = []
        detectors: tuple[Detector, ...] = (landmarker, second)
        for kind, detector in enumerate(detectors):
            detector.reset()
            begun_s = time.process_time()
            for number, image in enumerate(images):
                found[kind] += bool(detector.detect(image, 10 + number / LOOKS_PER_S))
                moving += kind == 1 and bool(second.regions)
            costs.append(time.process_time() - begun_s)
        yield (
            f"| {name} | {moving / EMPTY_LOOKS:.0%} | {found[0]} | {found[1]} of {EMPTY_LOOKS} | "
            f"{costs[1] / costs[0]:.2f} |"
        )


def main() -> None:
    """Measures, prints, and writes into a page."""
    flags = arguments(__doc__).parse_args()
    lines = [
        "| clip | height | found before, of frames | with the second look | first after, s | of the frames since |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    with Landmarker(ensure_model()) as landmarker:
        lines += found_rows(landmarker)
        lines += [
            "",
            "How often the detector finds a person of 12 % of the height in one crop, by the crop's height in",
        ]
        lines += ["heights of the person:", ""]
        lines += [f"| clip | {' | '.join(f'{size:g}' for size in CROPS)} |", "| --- |" + " --- |" * len(CROPS)]
        lines += crop_rows(landmarker)
        lines += ["", "Rooms without a person, looked at ten times a second:", ""]
        lines += [
            "| what moves | in looks | person found before | with the second look | processor time, times before |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += empty_rows(landmarker)
    print("\n".join(lines))
    write_part(flags.page, lines, BEGIN, END)


if __name__ == "__main__":
    main()
