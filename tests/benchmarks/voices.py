"""Twenty-four voices of bells on JACK: gaps while they ring, and while the engine only waits, turn by turn."""

from __future__ import annotations

import time
from collections.abc import Iterator

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.synthesis.instruments.bells import VOICES
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import EngineBench, MeasuringError, Plan, engine_bench, jack

TITLE = "24 voices of bells, JACK, 256 frames at 48 kHz, asynchronous"
WANTED = 24
INSTRUMENTS = -(-WANTED // VOICES)
SETTLED_S = 3.0
"""By then all voices ring: ten strokes a second each."""


def measure(plan: Plan) -> Iterator[Figure]:
    """The same number of gaps is wanted with bells as without."""
    lasts_s = plan.choose(20, 6)
    waiting: list[float] = []
    ringing: list[float] = []
    with jack(synchronous=False) as server:
        for _ in range(plan.choose(3, 1)):
            with engine_bench(plan, server) as at:
                waiting.append(_gaps(at, None, lasts_s))
                ringing.append(_gaps(at, _bells(), lasts_s))
    turns = f"{len(waiting)} times {lasts_s} s"
    yield of("the engine waits", "gaps", waiting, note=turns)
    note = f"{turns}; {INSTRUMENTS} instruments of {VOICES} bells, ten strokes a second each, ringing for 6 s"
    yield of("24 bells ring", "gaps", ringing, aim_median=sorted(waiting)[len(waiting) // 2], note=note)


def _bells() -> Scene:
    values = {"rate": 10.0, "decay": 6.0, "level": -12.0}
    bells = [InstrumentSetup(f"bells{number}", "bells", values) for number in range(INSTRUMENTS)]
    return Scene("bells", tuple(bells), parameters=(), glides_s=(), fade_in_s=0.05)


def _gaps(at: EngineBench, scene: Scene | None, lasts_s: float) -> float:
    def go_on(seconds: float) -> None:
        if scene is None:
            time.sleep(seconds)
        else:
            at.play(Sound(0.0, scene, ()), seconds)

    go_on(SETTLED_S)
    first = at.status()
    go_on(lasts_s)
    last = at.status()
    if min(first.xruns, last.xruns) < 0 or last.pid != first.pid:
        raise MeasuringError("the engine cannot count xruns here, or was started again")
    return float(last.xruns - first.xruns)
