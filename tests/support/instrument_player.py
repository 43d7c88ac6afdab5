"""Plays instruments by themselves, without a device, and measures what comes out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import Server

RATE_HZ: Final = 48000
FRAMES: Final = 256

Samples = NDArray[np.float64]

# ITU-R BS.1770-5, annex 1, tables 1 and 2: the two stages of K-weighting at 48 kHz, numerator and denominator.
_SHELF: Final = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS: Final = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@dataclass(frozen=True)
class At:
    """Something that happens while an instrument is played: values to glide to, or triggers to fire."""

    time_s: float
    values: Mapping[str, float] = field(default_factory=dict)
    triggers: Sequence[str] = ()


@contextmanager
def server(seed: int = 1, frames: int = FRAMES) -> Iterator[Server]:
    """A pyo server that runs when it is told to; only one at a time."""
    made = load_pyo().Server(sr=RATE_HZ, nchnls=2, buffersize=frames, duplex=0, audio="manual")
    made.deactivateMidi()
    made.setVerbosity(1)
    made.setGlobalSeed(seed)
    made.boot()
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.shutdown()


class PlayedInstrument:
    """One instrument of the catalogue in a running server.

    Parameters stand at `fixed` or their defaults (level at 0 dB) and glide to new values in their own glide.
    """

    def __init__(self, made: Server, kind: str, fixed: Mapping[str, float]) -> None:
        pyo = load_pyo()
        self._server = made
        instrument_class = catalogue()[kind]
        start = {parameter.name: parameter.default for parameter in instrument_class.parameters}
        start |= {"level": 0.0, **fixed}
        self.controls = {
            parameter.name: pyo.SigTo(start[parameter.name], time=parameter.glide_s, init=start[parameter.name])
            for parameter in instrument_class.parameters
        }
        self.instrument = instrument_class(self.controls)
        self.instrument.output.out()
        frames = made.getBufferSize()
        address = int(made.getOutputAddr(), 16)
        self._output = np.ctypeslib.as_array((ctypes.c_float * (2 * frames)).from_address(address)).reshape(frames, 2)

    def listen(self, seconds_s: float, *happenings: At) -> Samples:
        """The next seconds, float64, shape (samples, 2); `happenings` are applied at buffers, times from now."""
        waiting = sorted(happenings, key=lambda happening: happening.time_s)
        blocks = []
        for block in range(round(seconds_s * RATE_HZ / len(self._output))):
            while waiting and waiting[0].time_s <= block * len(self._output) / RATE_HZ:
                happening = waiting.pop(0)
                for name, value in happening.values.items():
                    self.controls[name].value = value
                for trigger in happening.triggers:
                    self.instrument.fire(trigger)
            self._server.process()
            blocks.append(self._output.copy())
        return np.concatenate(blocks).astype(np.float64)


def play(kind: str, seconds_s: float, *happenings: At, seed: float = 1, **fixed: float) -> Samples:
    """What an instrument plays from its first sample, float64, shape (samples, 2)."""
    with server(int(seed)) as made:
        return PlayedInstrument(made, kind, fixed).listen(seconds_s, *happenings)


def momentary_lufs(samples: Samples) -> Samples:
    """Momentary loudness of ITU-R BS.1770: K-weighted windows of 400 ms, every 100 ms; -inf for silence."""
    window, hop = round(0.4 * RATE_HZ), round(0.1 * RATE_HZ)
    weighted = lfilter(*_HIGH_PASS, lfilter(*_SHELF, samples, axis=0), axis=0)
    power = np.concatenate([np.zeros((1, 2)), np.cumsum(weighted**2, axis=0)])
    starts = np.arange(0, len(samples) - window + 1, hop)
    mean_squares = np.maximum((power[starts + window] - power[starts]) / window, 0.0).sum(axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(mean_squares))


def peak_db(samples: Samples) -> float:
    """The greatest sample, dBFS; -inf for silence."""
    with np.errstate(divide="ignore"):
        return float(20 * np.log10(np.max(np.abs(samples))))


def constant_part(samples: Samples) -> float:
    """DC of the worse side, as a part of its RMS. The window keeps low notes that do not fit the length out of it."""
    window = np.hanning(len(samples))[:, np.newaxis]
    return float(np.max(np.abs((samples * window).sum(axis=0)) / window.sum() / np.maximum(samples.std(axis=0), 1e-9)))


def bend(samples: Samples) -> float:
    """The greatest second difference: what a click is to the waveform."""
    return float(np.max(np.abs(np.diff(samples, 2, axis=0))))


def strongest_hz(samples: Samples) -> float:
    """The strongest frequency of both sides together, Hz, to a quarter of a bin."""
    mono = samples.sum(axis=1) * np.blackman(len(samples))
    return float(np.argmax(np.abs(np.fft.rfft(mono, 4 * len(mono))))) * RATE_HZ / (4 * len(mono))


def centroid_hz(samples: Samples) -> float:
    """The mean frequency, weighted by power, of both sides together."""
    power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples)))) ** 2
    return float((power * np.fft.rfftfreq(len(samples), 1 / RATE_HZ)).sum() / power.sum())
