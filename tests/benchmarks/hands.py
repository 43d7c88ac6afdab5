"""What looking at hands and a face costs on top of the pose, and how much a still hand trembles.

Cost is processor time of the same frames in one process, in turns without and with them, so that other work on the
machine falls on all alike.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.runtime.body_points import all_points
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking import network_isolation
from gesturesynth.tracking.model.download import ensure_parts
from gesturesynth.tracking.offline_poses import read_poses
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan, footage

TITLE = "Hands and face: processor time on top of the pose's, and a still hand"
WARM_FRAMES = 15
REQUESTS: Final = {
    "hands": TrackingRequest(hands=True),
    "face": TrackingRequest(face=True),
    "hands and face": TrackingRequest(hands=True, face=True),
}
STILL: Final = ("right_hand.open", "right_hand.index.angle", "right_hand.roll", "right_hand.place.x")
STILL_FROM_S: Final = 5.0
"""From when on the hand of the clip is held still."""


def measure(plan: Plan) -> Iterator[Figure]:
    """A dancer whose hands are small, then a hand near the camera."""
    ensure_parts()
    frames, turns = plan.choose(90, 40), plan.choose(5, 1)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=network_isolation.leave_network) as pool:
        measured = [pool.submit(_turn, footage("dancer"), frames).result() for _ in range(turns)]
        hand = pool.submit(_poses, footage("hand")).result()
    yield of("a frame, the pose alone", "ms", [turn[0] for turn in measured])
    for place, what in enumerate(REQUESTS, 1):
        yield of(f"the same, with {what}", "ms", [turn[place] for turn in measured], aim_median=33.3)
        yield of(f"{what} by the pose alone", "", [turn[place] / turn[0] for turn in measured])
    yield from _still(hand)


def _still(poses: list[Pose]) -> Iterator[Figure]:
    """How much features of a still hand change from frame to frame, smoothed as in a piece."""
    extractor = FeatureExtractor(STILL)
    frames = [
        (pose.capture_time_s, extractor.extract(points, pose.width, pose.height, pose.capture_time_s))
        for pose in poses
        for points in [all_points(pose.bodies[0]) if pose.bodies else None]
    ]
    rows = np.array([frame.values for time_s, frame in frames if time_s >= STILL_FROM_S])
    steps = np.abs(np.diff(rows, axis=0))
    for name, column in zip(STILL, steps.T, strict=True):
        unit = "°" if name.endswith(("angle", "roll")) else ""
        yield of(f"still hand: {name}, from frame to frame", unit, column.tolist())


def _turn(clip: Path, frames: int) -> list[float]:
    """Processor time a frame, ms: of the pose alone, then with each of `REQUESTS`."""
    return [_busy_ms(clip, frames, request) for request in (NO_REQUEST, *REQUESTS.values())]


def _busy_ms(clip: Path, frames: int, request: TrackingRequest) -> float:
    found = read_poses(str(clip), request=request)
    for _ in itertools.islice(found, WARM_FRAMES):
        pass
    begun_s = time.process_time()
    count = sum(1 for _ in itertools.islice(found, frames))
    return 1000.0 * (time.process_time() - begun_s) / count


def _poses(clip: Path) -> list[Pose]:
    return list(read_poses(str(clip), request=REQUESTS["hands"]))
