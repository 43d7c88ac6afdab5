"""Measures rendered sound: loudness, peak, DC, place in the spectrum. numpy only. At 48 kHz."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.solo import RATE_HZ, Samples

# ITU-R BS.1770-5, annex 1, tables 1 and 2: the two stages of K-weighting at 48 kHz, numerator and denominator.
_SHELF: Final = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS: Final = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_SETTLING_S: Final = 0.5
"""Zeros behind the sound, so that the filters' end does not come round to its beginning."""
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0


def k_weighted(samples: Samples) -> Samples:
    """The sound as BS.1770 weights it before it measures power; both filters at once, in the frequency domain."""
    padded = 1 << int(np.ceil(np.log2(len(samples) + _SETTLING_S * RATE_HZ)))
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(padded))
    response = np.ones(len(turn), dtype=complex)
    for above, below in (_SHELF, _HIGH_PASS):
        response *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    spectrum = np.fft.rfft(samples, padded, axis=0) * response[:, np.newaxis]
    return np.asarray(np.fft.irfft(spectrum, padded, axis=0)[: len(samples)])


def momentary_lufs(samples: Samples) -> NDArray[np.float64]:
    """Momentary loudness of ITU-R BS.1770: K-weighted windows of 400 ms, every 100 ms; -inf for silence."""
    window, hop = round(0.4 * RATE_HZ), round(0.1 * RATE_HZ)
    power = np.concatenate([np.zeros((1, 2)), np.cumsum(k_weighted(samples) ** 2, axis=0)])
    starts = np.arange(0, len(samples) - window + 1, hop)
    mean_squares = np.maximum((power[starts + window] - power[starts]) / window, 0.0).sum(axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(mean_squares))


def loudness_lufs(samples: Samples) -> float:
    """Gated loudness of ITU-R BS.1770: the mean of what is not much softer than the rest; -inf for silence."""
    momentary = momentary_lufs(samples)
    for relative in (False, True):
        gate = _mean_lufs(momentary) + _RELATIVE_GATE_LU if relative else _ABSOLUTE_GATE_LUFS
        momentary = momentary[momentary > gate]
        if not len(momentary):
            return -np.inf
    return _mean_lufs(momentary)


def _mean_lufs(momentary: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (momentary / 10))))


def peak_db(samples: Samples) -> float:
    """The greatest sample, dBFS; -inf for silence."""
    with np.errstate(divide="ignore"):
        return float(20 * np.log10(np.max(np.abs(samples))))


def constant_part(samples: Samples) -> float:
    """DC of the worse side, as a part of its RMS. The window keeps low notes that do not fit the length out of it."""
    window = np.hanning(len(samples))[:, np.newaxis]
    return float(np.max(np.abs((samples * window).sum(axis=0)) / window.sum() / np.maximum(samples.std(axis=0), 1e-9)))


def centroid_hz(samples: Samples) -> float:
    """The mean frequency, weighted by power, of both sides together."""
    power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples)))) ** 2
    return float((power * np.fft.rfftfreq(len(samples), 1 / RATE_HZ)).sum() / power.sum())


def strongest_hz(samples: Samples) -> float:
    """The strongest frequency of both sides together, Hz, to a quarter of a bin."""
    mono = samples.sum(axis=1) * np.blackman(len(samples))
    return float(np.argmax(np.abs(np.fft.rfft(mono, 4 * len(mono))))) * RATE_HZ / (4 * len(mono))


def bend(samples: Samples) -> float:
    """The greatest second difference: what a click is to the waveform."""
    return float(np.max(np.abs(np.diff(samples, 2, axis=0))))
