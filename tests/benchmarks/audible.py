"""From a parameter to the sound that it makes, in captured audio.

A real engine plays on a JACK server with the dummy driver at 256 frames. The bench stands in the conductor's place,
says a new Sound at a known time, and looks for its beginning in what JACK got, whose samples have times.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import EngineBench, Plan, engine_bench, jack
from tests.support.jack_capture import TimedCapture
from tests.support.jack_server import JackServer

TITLE = "From parameter to audible (engine on JACK, dummy driver, 256 frames at 48 kHz)"
AIM_MS = 20.0
LOW_DB, HIGH_DB = -40.0, -6.0
GLIDES = ((0.005, "5 ms, the shortest"), (0.08, "80 ms, its own"))
SEED = 20
NEIGHBOURS = 64
"""A call comes late or in time, never early: from the earliest of so many follows when all of them were due."""


def measure(plan: Plan) -> Iterator[Figure]:
    """A strike, and a level that jumps, with the shortest glide and with the instrument's own."""
    times = plan.choose(50, 12)
    with jack() as server:
        yield _found("strike: percussion.hat", _strikes(plan, server, times), AIM_MS)
        for glide_s, what in GLIDES[: plan.choose(2, 1)]:
            begun, there = _jumps(plan, server, times // 3, glide_s)
            aim = AIM_MS if glide_s < 0.01 else None
            yield _found(f"theremin.level, glide {what}: +3 dB", begun, aim)
            glide = f"{1000 * glide_s:g} ms of it are the glide"
            yield _found(f"theremin.level, glide {what}: 6 dB from its end", there, note=glide)


def _found(what: str, samples: list[float], aim: float | None = None, note: str = "") -> Figure:
    """Of those that were found in the recording; on a machine that is too busy, not all are."""
    there = [sample for sample in samples if math.isfinite(sample)]
    if len(there) < len(samples):
        note = "; ".join(filter(None, (note, f"{len(samples) - len(there)} of {len(samples)} not found")))
    return of(what, "ms", there, aim_median=aim, note=note)


@dataclass(frozen=True)
class RecordedSound:
    """Captured sound, and when JACK began with each of its buffers.

    Attributes:
        samples: float32 (n,).
        begins_s: monotonic times, one for each buffer.
        block: samples in a buffer.
        rate: samples a second.
    """

    samples: NDArray[np.float32]
    begins_s: NDArray[np.float64]
    block: int
    rate: float

    @classmethod
    def of(cls, capture: TimedCapture, server: JackServer) -> RecordedSound:
        """From what an listener wrote: the times are those at which it was called, each late by some wake-up."""
        block, rate = server.buffer_frames, float(server.sample_rate)
        called_s = capture.times_s[::block]
        return cls(capture.samples, even(called_s, block / rate), block, rate)

    def at(self, time_s: float) -> int:
        """The sample of a time: after the begin of its buffer by as much as the time is."""
        buffer = max(0, int(np.searchsorted(self.begins_s, time_s, side="right")) - 1)
        inside = min(self.block - 1, max(0, round((time_s - self.begins_s[buffer]) * self.rate)))
        return int(buffer * self.block + inside)

    def first_above(self, time_s: float, level: float, within_s: float) -> float:
        """Seconds from then to the first sample that is further from 0; NaN when there is none."""
        begin, end = self.at(time_s), self.at(time_s + within_s)
        above = np.flatnonzero(np.abs(self.samples[begin:end]) > level)
        return float(above[0] / self.rate) if len(above) else float("nan")

    def loudest(self, from_s: float, to_s: float) -> float:
        """The greatest sample between two times."""
        part = self.samples[self.at(from_s) : self.at(to_s)]
        return float(np.abs(part).max()) if len(part) else float("nan")


def even(called_s: NDArray[np.float64], period_s: float) -> NDArray[np.float64]:
    """Times of calls that come every `period_s`, without their lateness: among neighbours the earliest is in time."""
    due_s = np.arange(len(called_s)) * period_s
    late_s = np.pad(called_s - due_s, NEIGHBOURS // 2, mode="edge")
    earliest = np.lib.stride_tricks.sliding_window_view(late_s, NEIGHBOURS + 1 - NEIGHBOURS % 2).min(axis=1)
    return np.asarray(earliest[: len(called_s)] + due_s)


def _strikes(plan: Plan, server: JackServer, times: int) -> list[float]:
    scene = Scene(
        "strikes",
        (InstrumentSetup("percussion", "percussion", {"rate": 0.0, "decay": 0.08, "level": 0.0}),),
        parameters=(),
        glides_s=(),
        triggers=("percussion.hat",),
        fade_in_s=0.05,
    )

    def strike(count: int) -> Sound:
        return Sound(time.monotonic(), scene, (), (count,))

    chance = random.Random(SEED)
    said_s: list[float] = []
    with engine_bench(plan, server) as at:
        at.until_sounding(strike(0))
        with TimedCapture(server) as capture:
            at.play(strike(0), 0.5)
            for count in range(1, times + 1):
                said_s.append(_say(at, strike(count)))
                at.play(strike(count), 0.35 + chance.random() * 0.05)
    heard = RecordedSound.of(capture, server)
    return [1000 * heard.first_above(when_s, 4 * heard.loudest(when_s - 0.05, when_s) + 1e-3, 0.2) for when_s in said_s]


def _jumps(plan: Plan, server: JackServer, times: int, glide_s: float) -> tuple[list[float], list[float]]:
    scene = Scene(
        f"jumps {glide_s}",
        (InstrumentSetup("theremin", "theremin", {"pitch": 1760.0, "vibrato": 0.0, "timbre": 0.0}),),
        parameters=("theremin.level",),
        glides_s=(glide_s,),
        fade_in_s=0.05,
    )
    chance = random.Random(SEED)
    said_s: list[float] = []
    with engine_bench(plan, server) as at:
        at.until_sounding(Sound(0.0, scene, (LOW_DB,)))
        with TimedCapture(server) as capture:
            for _ in range(times):
                at.play(Sound(0.0, scene, (LOW_DB,)), 0.7 + chance.random() * 0.05)
                said_s.append(_say(at, Sound(0.0, scene, (HIGH_DB,))))
                at.play(Sound(0.0, scene, (HIGH_DB,)), 0.4)
    heard = RecordedSound.of(capture, server)
    begun = [1000 * heard.first_above(s, 1.41 * heard.loudest(s - 0.05, s), 0.3) for s in said_s]
    there = [1000 * heard.first_above(s, 0.5 * heard.loudest(s + 0.2, s + 0.35), 0.3) for s in said_s]
    return begun, there


def _say(at: EngineBench, sound: Sound) -> float:
    """Sends it once; returns when."""
    now_s = time.monotonic()
    at.sounds.send(sound)
    return now_s
