"""What a picture shows of a sound, gathered block by block while it is made, so that hours of it need little memory."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.levels.k_weighting import OFFSET_LU, filters

Float = NDArray[np.float64]

HOP_S: Final = 0.02
"""Between two columns of the spectrogram."""
WINDOW_S: Final = 0.16
"""Of sound in one spectrum: tells 110 Hz from 120 Hz, and shows to a twentieth of a second when a note begins."""
LOWEST_HZ: Final = 30.0
HIGHEST_HZ: Final = 16000.0
BANDS: Final = 120
"""Thirteen an octave: semitones can be told apart."""
MOMENTARY_S: Final = 0.4
"""Of sound in one value of loudness (ITU-R BS.1770-5, EBU Tech 3341: momentary)."""
FLOOR_DB: Final = -120.0
_BLOCK_HOPS: Final = 64


class SoundTrace:
    """Envelope, spectrum and loudness of a sound.

    Args:
        sample_rate: Hz.
        channels: of the sound.
    """

    def __init__(self, sample_rate: int, channels: int = 2) -> None:
        self._channels = channels
        self.hop = round(HOP_S * sample_rate)
        self.hop_s = self.hop / sample_rate
        size = round(WINDOW_S * sample_rate)
        self._weighting = np.array([(*one[:3], 1.0, *one[3:]) for one in filters(sample_rate)])
        self._weighting_state = np.zeros((2, 2, channels))
        self._pending = np.empty((0, channels))
        self._past = np.zeros(size - self.hop)
        self._window = np.hanning(size)
        self.edges_hz: Float = np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, sample_rate / 2), BANDS + 1)
        self._bins_hz = np.fft.rfftfreq(size, 1.0 / sample_rate)
        self._lows: list[Float] = []
        self._highs: list[Float] = []
        self._spectra: list[NDArray[np.float16]] = []
        self._squares: list[Float] = []

    def add(self, block: NDArray[np.float32]) -> None:
        """More of the sound, (frames, channels), -1..1."""
        self._pending = np.concatenate([self._pending, block])
        if len(self._pending) >= _BLOCK_HOPS * self.hop:
            self._analyse(len(self._pending) // self.hop)

    def finish(self) -> None:
        """Analyses what is left; less than a hop of it is dropped."""
        self._analyse(len(self._pending) // self.hop)

    def _analyse(self, hops: int) -> None:
        from scipy.signal import sosfilt

        if not hops:
            return
        block, self._pending = np.split(self._pending, [hops * self.hop])
        pieces = block.reshape(hops, self.hop, self._channels)
        self._lows.append(pieces.min(axis=(1, 2)))
        self._highs.append(pieces.max(axis=(1, 2)))
        weighted, self._weighting_state = sosfilt(self._weighting, block, axis=0, zi=self._weighting_state)
        self._squares.append(np.square(weighted.reshape(hops, self.hop, self._channels)).mean(axis=1).sum(axis=1))
        mono = np.concatenate([self._past, block.mean(axis=1)])
        self._past = mono[hops * self.hop :]
        windows = np.lib.stride_tricks.sliding_window_view(mono, len(self._window))[:: self.hop][:hops]
        # A sine of full scale is 0 dB: the window's sum is its gain, and half of the sine lies at negative frequencies.
        power = np.square(np.abs(np.fft.rfft(windows * self._window)) * 2.0 / self._window.sum())
        self._spectra.append(self._band_levels(power))

    def _band_levels(self, power: Float) -> NDArray[np.float16]:
        """The greatest level inside each band, dB; between two bins, where a band is narrower, it is interpolated."""
        middles = np.sqrt(self.edges_hz[1:] * self.edges_hz[:-1])
        bands = np.empty((len(power), BANDS))
        for band, (low, high, middle) in enumerate(zip(self.edges_hz, self.edges_hz[1:], middles, strict=False)):
            first, after = np.searchsorted(self._bins_hz, (low, high))
            if first < after:
                bands[:, band] = power[:, first:after].max(axis=1)
            else:
                share = (middle - self._bins_hz[first - 1]) / (self._bins_hz[first] - self._bins_hz[first - 1])
                bands[:, band] = (1.0 - share) * power[:, first - 1] + share * power[:, first]
        levels = 10.0 * np.log10(np.maximum(bands, 10.0 ** (FLOOR_DB / 10.0)))
        return np.asarray(levels, dtype=np.float16)

    @property
    def times_s(self) -> Float:
        """The middle of each hop, (n,)."""
        return np.asarray((np.arange(sum(map(len, self._lows))) + 0.5) * self.hop_s, dtype=np.float64)

    @property
    def envelope(self) -> tuple[Float, Float]:
        """The least and the greatest sample of each hop, over all channels, (n,) each."""
        return _joined(self._lows), _joined(self._highs)

    @property
    def spectrogram(self) -> NDArray[np.float16]:
        """Levels in dB, (n, BANDS), from low to high bands; a sine of full scale is 0."""
        return np.concatenate([np.empty((0, BANDS), np.float16), *self._spectra])

    @property
    def momentary_lufs(self) -> Float:
        """Loudness of the 0.4 s up to the end of each hop, LUFS, (n,); at least -120."""
        squares = np.concatenate([[0.0], np.cumsum(_joined(self._squares))])
        hops = round(MOMENTARY_S / self.hop_s)
        ends = np.arange(1, len(squares))
        means = (squares[ends] - squares[np.maximum(0, ends - hops)]) / hops
        return np.asarray(OFFSET_LU + 10.0 * np.log10(np.maximum(means, 1e-12)), dtype=np.float64)


def _joined(parts: list[Float]) -> Float:
    return np.concatenate([np.empty(0), *parts])
