"""What the tracker takes of the processor in front of an empty room, and how soon it finds a person who enters.

In turns with `camera.idle_rate` and without it, so that other work on the machine falls on both alike. The room is real
footage without a person; the one who enters is the dancer, in frames that follow it in the same film.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import psutil

from gesturesynth.runtime.messages import Pose, TrackerStatus
from gesturesynth.tracking.idle_pacing import IDLE_AFTER_S
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.video_file import Clip
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Arrivals, MeasuringError, Plan, footage, tracker

TITLE = "An empty room (30 fps)"
FPS: Final = 30
RATES: Final = (0, 10)
SETTLED_S: Final = IDLE_AFTER_S + 2
AIM_ENTRY_MS: Final = 300.0


def measure(plan: Plan) -> Iterator[Figure]:
    """Processor, then the delay of a person who enters."""
    statue = str(footage("statue"))
    turns = plan.choose(3, 1)
    shares: dict[int, list[float]] = {rate: [] for rate in RATES}
    for _ in range(turns):
        for rate in RATES:
            shares[rate].append(_share(plan, statue, rate, plan.choose(15, 3)))
    for rate in RATES:
        yield of(f"tracker: processor, {_how(rate)}", "% of a core", shares[rate])
    film = _entry(plan)
    for rate in RATES:
        delays = [_delay_ms(plan, film, rate) for _ in range(plan.choose(5, 1))]
        yield of(f"a person enters until they are found, {_how(rate)}", "ms", delays, aim_p99=AIM_ENTRY_MS)


def _how(rate: int) -> str:
    return f"idle_rate {rate}" if rate else "every frame looked at"


def _share(plan: Plan, source: str, rate: int, window_s: float) -> float:
    with tracker(plan, {}, "--source", source, "--idle-rate", str(rate)) as folder:
        time.sleep(SETTLED_S)
        with Arrivals(folder, TrackerStatus) as arrivals:
            time.sleep(1.0)
        process = psutil.Process(arrivals.heard[TrackerStatus][-1][1].pid)
        before, begun_s = process.cpu_times(), time.monotonic()
        time.sleep(window_s)
        after, passed_s = process.cpu_times(), time.monotonic() - begun_s
    return 100 * (after.user + after.system - before.user - before.system) / passed_s


def _entry(plan: Plan) -> Path:
    """A film: nine seconds of an empty room, then two of the dancer."""
    path = Path(tempfile.mkdtemp(dir=plan.folder, prefix="entry-")) / "entry.avi"
    dancer = _frames(footage("dancer"), 2 * FPS)
    height, width = dancer[0].shape[:2]
    room = cv2.resize(_frames(footage("statue"), 1)[0], (width, height))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (width, height))
    for image in [room] * (9 * FPS) + dancer:
        writer.write(image)
    writer.release()
    return path


def _frames(clip: Path, count: int) -> list[Image]:
    frames: list[Image] = []
    with Clip(clip) as film:
        while len(frames) < count and (shot := film.read()):
            frames.append(shot[0])
    return frames


def _delay_ms(plan: Plan, film: Path, rate: int) -> float:
    """By the numbers of frames, so that a busy machine, which leaves out frames, is no excuse."""
    with (
        tracker(plan, {}, "--source", str(film), "--idle-rate", str(rate)) as folder,
        Arrivals(folder, Pose) as arrivals,
    ):
        time.sleep(11.0)
    found = [pose.sequence for _, pose in arrivals.heard[Pose] if pose.bodies]
    if not found:
        raise MeasuringError("the tracker has found no person in the film")
    return float(1000 * (found[0] - 9 * FPS + 1) / FPS)
