"""From `gesturesynth run` to the first sound, in captured audio."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Arrivals, Plan, camera, jack
from tests.support.app_process import AppProcess
from tests.support.jack_capture import TimedCapture

TITLE = "From `gesturesynth run` to the first sound"
AIM_S = 5.0
AUDIBLE = 1e-3
"""-60 dBFS."""
Kinds = dict[str, list[float]]


def measure(plan: Plan) -> Iterator[Figure]:
    """As after a power cut (nothing of ours in memory) and as after a restart; with a camera."""
    eye = camera(plan)
    for kind, times in (("cold", plan.choose(3, 1)), ("warm", plan.choose(4, 1))):
        found: Kinds = {"sound": [], "engine": [], "conductor": [], "tracker": []}
        for _ in range(times):
            if kind == "cold":
                _forget_files()
            for what, seconds in _once(eye.environment, eye.device).items():
                found[what].append(seconds)
        note = "files of the program out of the page cache" if kind == "cold" else ""
        yield of(f"{kind}: first sound above -60 dBFS", "s", found["sound"], aim_median=AIM_S, note=note)
        yield of(f"{kind}: first engine status", "s", found["engine"])
        yield of(f"{kind}: conductor plays a model", "s", found["conductor"])
        yield of(f"{kind}: first pose", "s", found["tracker"])


def _once(environment: dict[str, str], source: str) -> dict[str, float]:
    with jack() as server, TimedCapture(server) as capture:
        running = AppProcess("--source", source, "--audio", "jack", environment=server.environment | environment)
        try:
            with Arrivals(running.runtime, TrackerStatus, ConductorStatus, EngineStatus) as arrivals:
                begun_s = time.monotonic()
                running.launch()
                running.wait_until_playing()
                running.until(EngineStatus, lambda status: status.level_db > -40.0, "sound")
        finally:
            running.close()
    heard = np.flatnonzero(np.abs(capture.samples) > AUDIBLE)
    poses = [at for at, status in arrivals.heard[TrackerStatus] if status.fps > 0]
    models = [at for at, status in arrivals.heard[ConductorStatus] if status.model]
    return {
        "sound": float(capture.times_s[heard[0]]) - begun_s if len(heard) else float("nan"),
        "engine": arrivals.heard[EngineStatus][0][0] - begun_s,
        "conductor": models[0] - begun_s,
        "tracker": poses[0] - begun_s,
    }


def _forget_files() -> None:
    """Asks the system to drop what it keeps of our files, and of our libraries', in memory; those in use stay."""
    os.sync()
    for folder in {Path(sys.prefix), Path(__file__).parents[2] / "gesturesynth", *_bases()}:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                _drop(path)


def _bases() -> set[Path]:
    library = Path(os.__file__).parent
    return {library} if library.is_dir() else set()


def _drop(path: Path) -> None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # not ours to read, so nothing that we would load
        return
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)
