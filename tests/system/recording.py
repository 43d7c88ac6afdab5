"""A recording of `jack_recorder.py`: when there was sound, when there was none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.system.jack_recorder import HEADER

AUDIBLE_DB = -55.0
"""RMS of a buffer, dBFS: below it, what these tests play is over."""
HOLE_S = 0.25
"""Shorter times without sound are gaps that a busy machine makes, in what is played or in the recording."""


def pauses(times_s: NDArray[np.float64], begin_s: float, end_s: float, longest_s: float) -> list[tuple[float, float]]:
    """From when to when nothing of what happened at `times_s` did, for longer than `longest_s`, between two times."""
    within = times_s[(times_s >= begin_s) & (times_s < end_s)]
    edges = np.concatenate([[begin_s], within, [end_s]])
    return [(float(left), float(right)) for left, right in pairwise(edges) if right - left > longest_s]


@dataclass(frozen=True)
class Recording:
    """The sound of a while.

    Attributes:
        times_s: the monotonic time at which each buffer was played, float64 (buffers,).
        buffers: the samples of each, all of one size, float32 (buffers, frames).
    """

    times_s: NDArray[np.float64]
    buffers: NDArray[np.float32]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """All that the recorder has written until now."""
        content = path.read_bytes()
        if len(content) < HEADER.size:
            return cls(np.empty(0), np.empty((0, 0), np.float32))
        frames = HEADER.unpack_from(content)[1]
        record = np.dtype([("time_s", "<f8"), ("frames", "<u4"), ("samples", "<f4", frames)])
        records = np.frombuffer(content[: len(content) // record.itemsize * record.itemsize], record)
        assert (records["frames"] == frames).all(), "the size of JACK's buffers has changed"
        return cls(records["time_s"].copy(), records["samples"].copy())

    def between(self, begin_s: float, end_s: float = float("inf")) -> Recording:
        """The part of it that was played then."""
        part = (self.times_s >= begin_s) & (self.times_s < end_s)
        return Recording(self.times_s[part], self.buffers[part])

    @property
    def samples(self) -> NDArray[np.float32]:
        """All samples in a row, whatever time is missing between them."""
        return self.buffers.reshape(-1)

    def levels_db(self) -> NDArray[np.float64]:
        """RMS of each buffer, dBFS."""
        power = np.mean(self.buffers.astype(np.float64) ** 2, axis=1)
        levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 1e-12))
        return levels

    def audible_s(self) -> NDArray[np.float64]:
        """The times of audible buffers."""
        return self.times_s[self.levels_db() > AUDIBLE_DB]

    def silences(self, begin_s: float, end_s: float) -> list[tuple[float, float]]:
        """Begin and end of each silence between two times; gaps shorter than `HOLE_S` do not count."""
        return pauses(self.audible_s(), begin_s, end_s, HOLE_S)
