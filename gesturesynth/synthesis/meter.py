"""Reading sound out of the running graph: a ring buffer that misses no sample, a level meter, a signal monitor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.units import gain_to_db
from gesturesynth.synthesis.levels.peak_limiter import POINTS, TAPS, interpolator
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import PyoObject, Server

RING_BUFFER_S: Final = 4.0
"""A reader that waits longer than this loses samples."""
RUNAWAY_DB: Final = 24.0
"""Neither one instrument (all are levelled below 0 dBFS) nor eight together reach this."""
RUNAWAY_S: Final = 0.5

Block = NDArray[np.float32]
"""Samples, shape (frames, channels)."""


class RingBuffer:
    """Keeps the last seconds of some streams for the program to read.

    The audio callback writes only while it holds the interpreter's lock, so a read is a consistent piece.

    Args:
        server: the booted pyo server.
        source: pyo object of any number of streams.

    Attributes:
        lost: frames that were overwritten before they were read.
    """

    def __init__(self, server: Server, source: PyoObject) -> None:
        pyo = load_pyo()
        self._server = server
        self._frames = round(RING_BUFFER_S * server.getSamplingRate())
        self._table = pyo.DataTable(self._frames, chnls=len(source))
        self._fill = pyo.TableFill(source, self._table)
        self._channels = len(source)
        self._read_to = 0
        self._read_at = server.getCurrentTimeInSamples()
        self.lost = 0

    def read(self) -> Block:
        """All samples since the last read (since the construction at first), oldest first."""
        at = self._server.getCurrentTimeInSamples()
        to = int(self._fill.getCurrentPos())
        if at - self._read_at >= self._frames:
            self.lost += at - self._read_at
        self._read_at = at
        start, self._read_to = self._read_to, to
        parts = [slice(start, to)] if to >= start else [slice(start, None), slice(0, to)]
        # pyo frees a table's memory although views of it exist: they must not be kept.
        memory = [np.asarray(self._table.getBuffer(channel)) for channel in range(self._channels)]
        return np.stack([np.concatenate([channel[part] for part in parts]) for channel in memory], axis=1)


class Levels(NamedTuple):
    """What left the master in some time, dBFS, at least -120.

    Attributes:
        rms_db: over all channels.
        peak_db: the greatest sample.
        true_peak_db: the greatest of the samples and of what lies between them.
        channel_rms_db, channel_peak_db: of each channel.
    """

    rms_db: float
    peak_db: float
    true_peak_db: float
    channel_rms_db: tuple[float, ...] = ()
    channel_peak_db: tuple[float, ...] = ()


class LevelMeter:
    """RMS, greatest sample and true peak of what was added since the last reading.

    The true peak is the greatest of the samples and of three points between each two (ITU-R BS.1770-5, annex 2).

    Args:
        channels: of the sound.
    """

    def __init__(self, channels: int = 2) -> None:
        self._between = [interpolator(point / POINTS) for point in range(1, POINTS)]
        self._newest = np.zeros((TAPS - 1, channels), np.float32)
        self._true_peak = 0.0
        self._squares = np.zeros(channels)
        self._frames = 0
        self._peaks = np.zeros(channels)

    def add(self, block: Block) -> None:
        """More samples, any number of frames of all channels."""
        if block.size:
            self._squares += np.square(block, dtype=np.float64).sum(axis=0)
            self._frames += len(block)
            self._peaks = np.maximum(self._peaks, np.abs(block).max(axis=0))
            joined = np.concatenate([self._newest, block])
            self._newest = joined[-(TAPS - 1) :]
            points = [np.abs(np.convolve(side, taps, "valid")).max() for side in joined.T for taps in self._between]
            self._true_peak = max(self._true_peak, float(self._peaks.max()), *map(float, points))

    def take(self) -> Levels:
        """The levels since the last reading."""
        powers = self._squares / max(1, self._frames)
        taken = Levels(
            gain_to_db(math.sqrt(powers.mean())),
            gain_to_db(float(self._peaks.max())),
            gain_to_db(self._true_peak),
            tuple(gain_to_db(math.sqrt(power)) for power in powers),
            tuple(gain_to_db(float(peak)) for peak in self._peaks),
        )
        self._squares, self._peaks = np.zeros_like(self._squares), np.zeros_like(self._peaks)
        self._frames, self._true_peak = 0, 0.0
        return taken


class SignalMonitor:
    """Checks what the instruments give, before any guard, for faults that only a new start of the engine ends.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: float) -> None:
        self._limit = 10 ** (RUNAWAY_DB / 20)
        self._loud_limit_frames = round(RUNAWAY_S * sample_rate)
        self._loud_frames = 0

    def check(self, raw: Block) -> str:
        """A sentence about what is wrong with the sound, or an empty text. `raw` is what came since the last check."""
        if not raw.size:
            return ""
        if not np.isfinite(raw).all():
            return "an instrument gives samples that are not numbers"
        rms = math.sqrt(float(np.mean(np.square(raw, dtype=np.float64))))
        self._loud_frames = self._loud_frames + len(raw) if rms > self._limit else 0
        if self._loud_frames >= self._loud_limit_frames:
            return f"the instruments have been louder than +{RUNAWAY_DB:g} dBFS for {RUNAWAY_S:g} s: they run away"
        return ""
