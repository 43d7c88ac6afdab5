"""What each instrument costs, sounding and suspended, beside a patch of the same kind in scsynth."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import LEVEL
from gesturesynth.synthesis.instruments.grain_source import grain_source
from tests.benchmarks import graphs
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.scsynth.patches import PATCHES, made
from tests.benchmarks.scsynth.render import RATE_HZ, available, rendered
from tests.benchmarks.setup import MeasuringError, Plan

TITLE = "Cost of each instrument: processor time at 48 kHz, 256 frames; scsynth in blocks of 64"
AIM_PERCENT = 12.0
AIM_FACTOR = 4.0


def measure(plan: Plan) -> Iterator[Figure]:
    """Three rows for each instrument; of scsynth only where it is installed."""
    times = plan.choose(9, 3)
    empty = graphs.racks(graphs.scene_of(()), times)
    for kind in catalogue():
        sounding = graphs.alone(kind, times)
        yield of(kind, "%", sounding, aim_median=AIM_PERCENT)
        scene = graphs.scene_of([graphs.silent(kind)])
        suspended = graphs.racks(scene, times, graphs.SUSPENDED_S)
        yield of(f"{kind}: suspended", "%", graphs.above(suspended, empty), note="its layer included")
        if available() and kind in PATCHES:
            patch, room = _scsynth(plan, kind)
            factor = float(np.median(sounding)) / float(np.median(patch))
            note = f"pyo takes {factor:.1f} times as much; room {room:.2f} %"
            differs = PATCHES[kind].differs
            yield of(f"{kind}: scsynth", "%", patch, note="; ".join(filter(None, (note, differs))))
    without = [kind for kind in catalogue() if kind not in PATCHES]
    if not available():
        raise MeasuringError("scsynth is missing: apt-get install supercollider-server")
    if without:
        raise MeasuringError(f"there is no patch for scsynth of {', '.join(without)}")


def _scsynth(plan: Plan, kind: str) -> tuple[list[float], float]:
    """Percent of a core of the patch, several times, and of its room alone."""
    parameters = {parameter.name: parameter.default for parameter in catalogue()[kind].parameters} | {LEVEL.name: 0.0}
    seconds = plan.choose(60, 20)
    sound = _sound(plan.folder) if kind == "granular" else None
    whole, dry, nothing = [], [], []
    for _ in range(plan.choose(5, 2)):
        nothing.append(rendered(None, seconds)[0])
        used, rms = rendered(made(kind, parameters), seconds, sound)
        if not 1e-4 < rms < 10:
            raise MeasuringError(f"the patch of scsynth for {kind} gives an RMS of {rms:g}")
        whole.append(used)
        dry.append(rendered(made(kind, parameters, room=False), seconds, sound)[0])
    patch = [100 * (used - min(nothing)) / seconds for used in whole]
    return patch, 100 * (min(whole) - min(dry)) / seconds


def _sound(folder: Path) -> Path:
    """The source sound of granular as a file."""
    path = folder / "source.wav"
    if not path.is_file():
        samples = np.asarray(grain_source(), np.float64)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes((samples / np.abs(samples).max() * 32000).astype("<i2").tobytes())
    return path
