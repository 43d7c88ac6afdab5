"""Plays one instrument by itself, without device, master and clock: for what measures instruments."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.audio.pyo_server import CHANNELS, make_server
from gesturesynth.synthesis.instruments.base import Instrument
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import Server

RATE_HZ: Final = 48000
FRAMES: Final = 256

Samples = NDArray[np.float64]
"""Shape (samples, 2): left and right."""


@dataclass(frozen=True)
class TimedChange:
    """A change while an instrument plays: values to glide to, or triggers to fire."""

    time_s: float
    values: Mapping[str, float] = field(default_factory=dict)
    triggers: Sequence[str] = ()


@contextmanager
def server(seed: int = 1, frames: int = FRAMES) -> Iterator[Server]:
    """A pyo server that computes a buffer on request; only one at a time in a process."""
    made = make_server("manual", RATE_HZ, frames)
    made.deactivateMidi()
    made.setGlobalSeed(seed)
    made.boot()
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.shutdown()


class SoloPlayer:
    """One instrument in a running server.

    Parameters stand at `fixed` or their defaults (level at 0 dB) and glide to new values in their own glide.

    Args:
        made: from `server`.
        kind: the class of the instrument.
        fixed: values by parameter.
    """

    def __init__(self, made: Server, kind: type[Instrument], fixed: Mapping[str, float]) -> None:
        pyo = load_pyo()
        self._server = made
        start = {parameter.name: parameter.default for parameter in kind.parameters}
        start |= {"level": 0.0} | {name: float(value) for name, value in fixed.items()}
        self.controls = {
            parameter.name: pyo.SigTo(start[parameter.name], time=parameter.glide_s, init=start[parameter.name])
            for parameter in kind.parameters
        }
        self.instrument = kind(self.controls)
        self.instrument.output.out()
        frames = made.getBufferSize()
        address = int(made.getOutputAddr(), 16)
        memory = (ctypes.c_float * (CHANNELS * frames)).from_address(address)
        self._buffer = np.ctypeslib.as_array(memory).reshape(frames, CHANNELS)

    def render(self, seconds_s: float, *happenings: TimedChange) -> Samples:
        """The next seconds, float64, shape (samples, 2); `happenings` are applied at buffers, times from now."""
        waiting = sorted(happenings, key=lambda happening: happening.time_s)
        blocks = []
        for block in range(round(seconds_s * RATE_HZ / len(self._buffer))):
            while waiting and waiting[0].time_s <= block * len(self._buffer) / RATE_HZ:
                happening = waiting.pop(0)
                for name, value in happening.values.items():
                    self.controls[name].value = value
                for trigger in happening.triggers:
                    self.instrument.fire(trigger)
            self._server.process()
            blocks.append(self._buffer.copy())
        return np.concatenate(blocks).astype(np.float64)


def play_solo(
    kind: type[Instrument], seconds_s: float, *happenings: TimedChange, seed: float = 1, **fixed: float
) -> Samples:
    """What an instrument plays from its first sample, float64, shape (samples, 2)."""
    with server(int(seed)) as made:
        return SoloPlayer(made, kind, fixed).render(seconds_s, *happenings)
