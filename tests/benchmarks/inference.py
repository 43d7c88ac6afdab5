"""How long the landmarker takes for a frame, in the tracker's own process, in VIDEO mode; and what its mask would cost.

The mask is measured in turns, with it and without it, on the same frames in one process, so that other work on the
machine falls on both alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking import network_isolation
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.opencv import load_cv2
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Arrivals, Plan, camera, footage, tracker

TITLE = "Pose inference"
WARM_S = 1.0
CLIPS = ("dancer", "walker", "athlete")
WARM_FRAMES = 10


def measure(plan: Plan) -> Iterator[Figure]:
    """A camera of 640x480, then clips at their own size and pace."""
    eye = camera(plan)
    yield _of(plan, "camera, 640x480, 30 fps", eye.environment, eye.device)
    for name in CLIPS[: plan.choose(3, 0)]:
        yield _of(plan, f"clip: {name}", {}, str(footage(name)))
    yield from _mask(footage("dancer"), frames=plan.choose(100, 30), turns=plan.choose(5, 1))


def _of(plan: Plan, what: str, environment: dict[str, str], source: str) -> Figure:
    with tracker(plan, environment, "--source", source) as folder:
        time.sleep(WARM_S)
        with Arrivals(folder, Pose) as arrivals:
            time.sleep(plan.choose(10, 4))
    poses = [pose for _, pose in arrivals.heard[Pose]]
    fps = (len(poses) - 1) / max(1e-9, poses[-1].capture_time_s - poses[0].capture_time_s) if poses else 0.0
    size = f"{poses[-1].width}x{poses[-1].height}" if poses else ""
    return of(what, "ms", [1000 * pose.inference_s for pose in poses], note=f"{size}, {fps:.1f} poses a second")


def _mask(clip: Path, frames: int, turns: int) -> Iterator[Figure]:
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=network_isolation.leave_network) as pool:
        measured = [pool.submit(_turn, clip, frames).result() for _ in range(turns)]
    for place, how in enumerate(("with the segmentation mask", "without it, as in the product")):
        took_ms = np.concatenate([turn[place][0] for turn in measured])
        busy_ms = [turn[place][1] for turn in measured]
        yield of(f"one frame, {how}", "ms", list(took_ms), note=f"{np.median(busy_ms):.1f} ms of processor time")
    ratios = [without[1] / with_mask[1] for with_mask, without in measured]
    yield of("processor time without by with", "", ratios, aim_median=0.77, note=f"{turns} turns, alternating")


def _turn(clip: Path, frames: int) -> list[tuple[list[float], float]]:
    """With the mask, then without: milliseconds of each frame, and milliseconds of processor time a frame."""
    cv2 = load_cv2()
    video = cv2.VideoCapture(str(clip))
    images = [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(frames)]
    video.release()
    turn = []
    for segmentation in (True, False):
        took_ms: list[float] = []
        with Landmarker(ensure_model(), segmentation=segmentation) as landmarker:
            for number, image in enumerate(images):
                if number == WARM_FRAMES:
                    busy_s = time.process_time()
                begun_s = time.perf_counter()
                landmarker.detect(image, number / 30)
                took_ms.append(1000 * (time.perf_counter() - begun_s))
            busy_ms = 1000 * (time.process_time() - busy_s) / (frames - WARM_FRAMES)
        turn.append((took_ms[WARM_FRAMES:], busy_ms))
    return turn
