"""Moments of a sound that last for ever: tables with the spectrum of a moment, and phases by chance.

A table of random phases has no beginning and no end: played round and round it neither clicks nor beats (the idea of
Paulstretch, P. Nasca 2006, with one transform as long as the table).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.grain_source import RATE_HZ, SCANNED_S, ear_weight, grain_source

MOMENTS: Final = 8
"""Evenly spread over the sound."""
SIZE: Final = 2**17
"""Samples of a table, 2.7 s at RATE_HZ: its repetition is not noticed, as both sides read it at different speeds."""
WINDOW: Final = 2**15
"""Samples that count as one moment, 0.68 s: lobes of 6 Hz, so that a chord stays a chord. With 0.09 s (47 Hz) every
partial is a band of noise."""
HIGHEST_HZ: Final = 11500.0
"""Nothing above, so that an octave higher there is nothing above half the sample rate."""
RMS: Final = 0.1
"""Of every table, weighted as an ear does."""


def frozen_moments(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tables, float32, shape (MOMENTS, SIZE): equally loud, cyclic.

    Args:
        sound: one channel at RATE_HZ, at least one sample.
    """
    chance = np.random.default_rng(8)
    padded = np.pad(sound.astype(np.float64), WINDOW // 2)
    centres = np.linspace(0, max(len(sound) - 1, 0), MOMENTS + 2).astype(int)[1:-1]
    hz = np.arange(SIZE // 2 + 1) * (RATE_HZ / SIZE)
    weight, audible = ear_weight(hz), (hz > 30.0) & (hz < HIGHEST_HZ)
    tables = np.zeros((MOMENTS, SIZE), np.float32)
    for table, centre in zip(tables, centres, strict=True):
        magnitude = np.abs(np.fft.rfft(padded[centre : centre + WINDOW] * np.hanning(WINDOW), SIZE)) * audible
        made = np.fft.irfft(magnitude * np.exp(2j * np.pi * chance.random(len(magnitude))), SIZE)
        heard = np.sqrt(np.sum((magnitude * weight) ** 2) * 2.0) / SIZE  # Parseval
        # pyo reads a 0 behind the last sample, so it begins where it crosses 0: the seam would click otherwise.
        table[:] = np.roll(made, -int(np.argmin(np.abs(made)))) * (RMS / max(float(heard), 1e-9))
    return tables


@cache
def made_moments() -> NDArray[np.float32]:
    """Moments of the sound that the granular instrument is cut from, from dark to bright."""
    tables = frozen_moments(grain_source()[: round(SCANNED_S * RATE_HZ)])
    power = np.abs(np.fft.rfft(tables[:, : SIZE // 4])) ** 2
    return tables[np.argsort((power * np.arange(power.shape[1])).sum(axis=1) / power.sum(axis=1))]
