"""What each further person costs, how soon one who enters is found, and how calm a body is that stands still.

Costs are processor time, divided by that of the runs of the landmark network within it, so that other work on the
machine falls on both alike. Delays are counted in frames. The persons are cut out of the test
footage.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking import network_isolation
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.people.follower import DETECT_EVERY_S, PeopleFollower
from gesturesynth.tracking.people.networks import Networks
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan
from tests.support.crossing import WIDTH, background, cut_out, paste, scaled, to_and_fro

TITLE = "Several people (640x480, counted and as ratios)"
RATE_HZ: Final = 30.0
AIM_LOOKS: Final = 1.1
FEET: Final = 460
PLACES: Final = ((120, "athlete"), (330, "dancer"), (520, "squats"))
NOISE: Final = 2.0
"""Grey levels: standard deviation of a camera's noise."""
EVERY_S: Final = (0.0, 0.1, DETECT_EVERY_S, 0.33, 0.5, 1.0)

Frame = NDArray[np.uint8]


def measure(plan: Plan) -> Iterator[Figure]:
    """In a process of its own, which leaves the network as the tracker does."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=network_isolation.leave_network) as pool:
        turns = plan.choose(5, 1)
        for what, ratios in pool.submit(_costs, plan.choose(60, 20), turns).result().items():
            yield of(what, "networks", ratios, aim_median=AIM_LOOKS if "further" in what else None)
        for every_s in EVERY_S if turns > 1 else (DETECT_EVERY_S,):
            delays, looks = pool.submit(_entries, every_s, plan.choose(6, 2)).result()
            how = "as in the product" if every_s == DETECT_EVERY_S else "tried"
            yield of(
                f"one who enters until there is a body, searched every {every_s:g} s ({how})",
                "frames",
                delays,
                note=f"the detector looked at {100 * looks:.0f} % of the frames",
            )
        for what, steps_px in pool.submit(_trembling, plan.choose(90, 30)).result().items():
            yield of(f"a still body, from frame to frame, {what}", "pixels", steps_px)


def _shown(number: int, places: tuple[tuple[int, str], ...]) -> Frame:
    """A frame with a person at each place."""
    frame = background()
    for middle, name in places:
        pictures, masks = scaled(cut_out(name), 0.9)
        which = to_and_fro(number, len(pictures))
        paste(frame, pictures[which], masks[which], middle, FEET)
    return frame


def _costs(count: int, turns: int) -> dict[str, list[float]]:
    """Processor time of one, two and three persons, in runs of the landmark network."""
    networks = _TimedNetworks(ensure_model())
    frames = {people: [_shown(number, PLACES[:people]) for number in range(count)] for people in (1, 2, 3)}
    spent: dict[str, list[float]] = {"one person": [], "each further person": []}
    for _ in range(turns):
        took_s = {}
        networks.spent_s, networks.runs = 0.0, 0
        for people, shown in frames.items():
            follower = PeopleFollower(networks)
            for number in range(10):
                follower.find(shown[number], number / RATE_HZ, people)
            begun_s = time.process_time()
            for number, frame in enumerate(shown):
                follower.find(frame, 1.0 + number / RATE_HZ, people)
            took_s[people] = time.process_time() - begun_s
            if follower.following != people:
                raise RuntimeError(f"{follower.following} of {people} persons were followed")
        network_s = networks.spent_s / networks.runs * count
        spent["one person"].append(took_s[1] / network_s)
        spent["each further person"].append((took_s[3] - took_s[1]) / 2 / network_s)
    return spent


class _TimedNetworks(Networks):
    """Adds up the processor time of the landmark network, in seconds."""

    spent_s = 0.0
    runs = 0

    def run_landmarks(self) -> list[NDArray[np.float32]]:
        begun_s = time.process_time()
        outputs = super().run_landmarks()
        self.spent_s += time.process_time() - begun_s
        self.runs += 1
        return outputs


def _entries(every_s: float, count: int) -> tuple[list[float], float]:
    """Frames from the first in which half of a second person is in the picture, and the share that was searched."""
    networks = Networks(ensure_model())
    delays: list[float] = []
    frames = 0
    for turn in range(count):
        follower = PeopleFollower(networks, every_s)
        entered = 21 + 2 * turn
        for number in range(entered + 60):
            middle = max(480, WIDTH - 8 * (number - entered))
            places = (*PLACES[:1], (middle, "dancer")) if number >= entered else PLACES[:1]
            frames += 1
            if len(follower.find(_shown(number, places), number / RATE_HZ, 3)) == 2:
                delays.append(float(number - entered))
                break
    return delays, networks.looks["detector"] / frames


def _trembling(count: int) -> dict[str, list[float]]:
    """Steps of the landmarks of one picture with the noise of a camera, by MediaPipe and by the loop."""
    random = np.random.default_rng(4)
    still = _shown(0, PLACES[1:2]).astype(np.float64)
    frames = [np.clip(still + random.normal(0.0, NOISE, still.shape), 0, 255).astype(np.uint8) for _ in range(count)]
    with Landmarker(ensure_model()) as landmarker:
        theirs = [landmarker.detect(frame, number / RATE_HZ)[0] for number, frame in enumerate(frames)]
    follower = PeopleFollower(Networks(ensure_model()))
    ours = [follower.find(frame, number / RATE_HZ, 2)[0] for number, frame in enumerate(frames)]
    return {"MediaPipe": _steps(theirs), "the loop for several": _steps(ours)}


def _steps(bodies: list[Body]) -> list[float]:
    places = np.array([body.image_array()[:, :2] * (WIDTH, 480) for body in bodies])[10:]
    return [float(step) for step in np.median(np.linalg.norm(np.diff(places, axis=0), axis=2), axis=1)]
