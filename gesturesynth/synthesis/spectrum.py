"""The spectrum of what is heard: 64 bands from 30 Hz to 16 kHz, of the newest 85 ms. numpy only; nothing is kept."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.spectrum_message import SPECTRUM_BANDS, SPECTRUM_HZ, SPECTRUM_LEAST_DB

WINDOW_S: Final = 0.085
"""Rounded to the power of two that is nearest: 4096 frames at 44.1 and 48 kHz, so lines lie 12 Hz apart."""


class SpectrumMeter:
    """Levels of the bands of a signal, from the newest frames that were added.

    Args:
        sample_rate: Hz.
        channels: of the signal.
    """

    def __init__(self, sample_rate: float, channels: int = 2) -> None:
        self._frames = 1 << round(np.log2(WINDOW_S * sample_rate))
        self._window = np.hanning(self._frames)
        # Parseval: the powers of all lines add up to the mean square of the signal under the window.
        self._scale = 2.0 / (self._frames * np.square(self._window).sum())
        self._edges_hz = np.geomspace(*SPECTRUM_HZ, SPECTRUM_BANDS + 1)
        # Each line stands for the frequencies half way to its neighbours; a band takes its share of those that it cuts.
        self._line_edges_hz = (np.arange(self._frames // 2 + 2) - 0.5) * sample_rate / self._frames
        self._newest: NDArray[np.float32] = np.zeros((self._frames, channels), np.float32)

    def add(self, block: NDArray[np.float32]) -> None:
        """More samples, shape (any number of frames, channels)."""
        if len(block) >= self._frames:
            self._newest = block[-self._frames :].copy()
        elif len(block):
            self._newest = np.concatenate([self._newest[len(block) :], block])

    def bands_db(self) -> tuple[float, ...]:
        """The level of each band, dBFS (RMS, mean of all channels), at least SPECTRUM_LEAST_DB.

        Together (as powers) they are the RMS level of what lies between the lowest and the highest edge.
        """
        lines = np.fft.rfft(self._newest * self._window[:, None], axis=0)
        powers = np.square(np.abs(lines)).mean(axis=1) * self._scale
        below = np.concatenate([[0.0], np.cumsum(powers)])
        bands = np.diff(np.interp(self._edges_hz, self._line_edges_hz, below))
        levels = 10.0 * np.log10(np.maximum(bands, 10 ** (SPECTRUM_LEAST_DB / 10)))
        return tuple(float(level) for level in levels.round(1))
