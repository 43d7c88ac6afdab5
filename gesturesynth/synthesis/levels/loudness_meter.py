"""The loudness meter: momentary (0.4 s) and short-term (3 s) loudness, ten times a second. Pure.

As ITU-R BS.1770-5 and EBU Tech 3341 define them, without gating, which they have for whole programmes only.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.levels.k_weighting import loudness_lufs

TENTHS_MOMENTARY: Final = 4
TENTHS_SHORT_TERM: Final = 30


class LoudnessMeter:
    """Adds up K-weighted power in tenths of a second. What was before the first sample counts as silence.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: float) -> None:
        self._tenth = round(sample_rate / 10)
        self._sum = 0.0
        self._frames = 0
        self._powers: deque[float] = deque([0.0] * TENTHS_SHORT_TERM, maxlen=TENTHS_SHORT_TERM)

    def add(self, power: NDArray[np.float32]) -> int:
        """More K-weighted power, one number for each sample frame. Returns how many tenths of a second it completed."""
        completed = 0
        while len(power):
            piece = power[: self._tenth - self._frames]
            power = power[len(piece) :]
            self._sum += float(piece.sum(dtype=np.float64))
            self._frames += len(piece)
            if self._frames == self._tenth:
                # A number that is none, or infinite, is a fault of an instrument and not a loudness.
                self._powers.append(self._sum / self._tenth if np.isfinite(self._sum) else 0.0)
                self._sum, self._frames = 0.0, 0
                completed += 1
        return completed

    @property
    def momentary_lufs(self) -> float:
        """Of the last 0.4 s, LUFS, at least -120."""
        return loudness_lufs(sum(list(self._powers)[-TENTHS_MOMENTARY:]) / TENTHS_MOMENTARY)

    @property
    def short_term_lufs(self) -> float:
        """Of the last 3 s, LUFS, at least -120."""
        return loudness_lufs(sum(self._powers) / TENTHS_SHORT_TERM)
