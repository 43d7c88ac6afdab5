"""One piece, played offline with ill will until its time is over: `python -m tests.endurance.performance PIECE RATE
...`.

A process of its own: when native code ends it, whoever started it goes on, and knows from its last line how far it
came.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.synthesis.cues import CUES
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.meter import SignalMonitor
from gesturesynth.synthesis.offline import OfflineEngine
from tests.endurance.movement import STEP_S, Movement

ALL: Final = "everything"
"""All instruments at once, with cues."""
PIECES: Final = (*catalogue(), ALL)
CEILING_DB: Final = -3.0
GLIDES_S: Final = (0.005, 0.02, 0.1, 0.5)
TOLD_S: Final = 10.0
"""Of sound, from one line to the next."""


class Told(msgspec.Struct, frozen=True):
    """How far a performance has come.

    Attributes:
        sound_s: rendered so far.
        processor_s: what that took.
        peak: greatest sample that left the master, 1 is full scale; `raw_peak` of the instruments, before it.
        constant: DC of what left the master, as a part of its RMS.
        trouble: what was wrong: samples that are not numbers, an instrument that runs away, a sample above the ceiling.
    """

    sound_s: float = 0.0
    processor_s: float = 0.0
    peak: float = 0.0
    raw_peak: float = 0.0
    constant: float = 0.0
    trouble: str = ""


class Performance:
    """A piece under way.

    Args:
        piece: one of PIECES.
        rate_hz: sample rate.
        seed: the same gives the same sound.
    """

    def __init__(self, piece: str, rate_hz: int, seed: int) -> None:
        chance = self._chance = np.random.default_rng([seed, 1])
        kinds = catalogue()
        names = tuple(kinds) if piece == ALL else (piece,)
        moved = tuple((name, parameter) for name in names for parameter in kinds[name].parameters)
        self._scene = Scene(
            preset=piece,
            instruments=tuple(InstrumentSetup(name, name) for name in names),
            parameters=tuple(f"{name}.{parameter.name}" for name, parameter in moved),
            glides_s=tuple(float(chance.choice(GLIDES_S)) for _ in moved),
            triggers=tuple(f"{name}.{trigger.name}" for name in names for trigger in kinds[name].triggers),
            ceiling_db=CEILING_DB,
            fade_in_s=0.01,
        )
        self._movement = Movement(tuple(parameter for _, parameter in moved), seed)
        self._strikes = [0] * len(self._scene.triggers)
        self._cues = [0] * len(CUES)
        self._rate_hz = rate_hz
        self._frames = self._turned = 0
        self._sums = np.zeros(2)
        self._squares = 0.0
        self._told = Told()

    def play(self, sound_s: float, processor_s: float, tell: Callable[[Told], None]) -> Told:
        """Plays until either is reached, or something is wrong; tells now and then how far it has come."""
        begin_s, told_at = time.process_time(), TOLD_S
        with OfflineEngine(self._rate_hz) as engine:
            signal_monitor = SignalMonitor(self._rate_hz)
            while self._frames < sound_s * self._rate_hz and time.process_time() - begin_s < processor_s:
                self._step(engine, signal_monitor)
                self._told = msgspec.structs.replace(
                    self._told,
                    sound_s=self._frames / self._rate_hz,
                    processor_s=time.process_time() - begin_s,
                    constant=self._constant(),
                )
                if self._told.trouble:
                    break
                if self._told.sound_s >= told_at:
                    told_at += TOLD_S
                    tell(self._told)
        return self._told

    def _step(self, engine: OfflineEngine, signal_monitor: SignalMonitor) -> None:
        """A step of the movement, and the sound until the next."""
        for counts, likely in ((self._strikes, 0.1), (self._cues, 0.01)):
            for number in range(len(counts)):
                counts[number] += int(self._chance.random() < likely)
        self._turned += 1
        engine.apply(
            Sound(
                capture_time_s=self._turned * STEP_S,
                scene=self._scene,
                values=self._movement.step(),
                trigger_counts=tuple(self._strikes),
                cue_counts=tuple(self._cues),
                volume_db=0.0,
            )
        )
        player = engine._require_open()
        until = round(self._turned * STEP_S * self._rate_hz)
        while self._frames < until:
            engine._server.process()
            self._frames += len(engine._output)
            self._sums += engine._output.sum(axis=0)
            self._squares += float(np.square(engine._output, dtype=np.float64).sum())
        sounded, raw = player.collect()
        self._judge(sounded, raw, signal_monitor.check(raw), player.broken())

    def _judge(self, sounded: Any, raw: Any, word: str, broken: tuple[str, ...]) -> None:
        peak, raw_peak = (float(np.abs(block).max(initial=0.0)) for block in (sounded, raw))
        trouble = f"{word} ({', '.join(broken)})" if word else ""
        if not np.isfinite(sounded).all():
            trouble = "samples that are not numbers left the master"
        elif peak > db_to_gain(CEILING_DB):
            trouble = f"a sample of {peak:.4f} is above the ceiling"
        self._told = msgspec.structs.replace(
            self._told,
            peak=max(self._told.peak, peak),
            raw_peak=max(self._told.raw_peak, raw_peak),
            trouble=trouble,
        )

    def _constant(self) -> float:
        rms = float(np.sqrt(self._squares / max(2 * self._frames, 1)))
        return float(np.abs(self._sums).max() / max(self._frames, 1) / max(rms, 1e-9))


def main(text: list[str]) -> int:
    """PIECE RATE_HZ SEED SOUND_S PROCESSOR_S: writes a line of JSON now and then and at the end."""
    piece, rate_hz, seed, sound_s, processor_s = text

    def tell(told: Told) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()

    tell(Performance(piece, int(rate_hz), int(seed)).play(float(sound_s), float(processor_s), tell))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
