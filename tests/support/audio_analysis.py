"""Measurements of samples: pitch, level, steps. Short, because four kinds of tests need nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, lfilter, upfirdn

from gesturesynth.synthesis.levels.k_weighting import OFFSET_LU, filters


def pitch_hz(samples: NDArray[np.float32], sample_rate: float) -> float:
    """The strongest frequency of mono samples, by the peak of a windowed spectrum with parabolic interpolation."""
    spectrum = np.log(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) + 1e-12)
    top = int(np.argmax(spectrum[1:-1])) + 1
    left, middle, right = spectrum[top - 1 : top + 2]
    return float((top + 0.5 * (left - right) / (left - 2 * middle + right)) * sample_rate / len(samples))


def rms(samples: NDArray[np.float32], frames: int) -> NDArray[np.float64]:
    """RMS of consecutive pieces of `frames` samples (mono); an incomplete last piece is left out."""
    whole = samples[: len(samples) // frames * frames].astype(np.float64).reshape(-1, frames)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))


def steps(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sizes of the steps from sample to sample; a click is a step that the sound does not have otherwise."""
    return np.abs(np.diff(samples, axis=0))


def bends(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sizes of the second differences: finds clicks that are smaller than the sound's own steps."""
    return np.abs(np.diff(samples, n=2, axis=0))


def true_peak_db(samples: NDArray[np.float32], times: int = 8) -> float:
    """The greatest point between and at the samples, dB relative to 1, by interpolation to `times` the rate.

    The interpolator is nearly ideal (192 samples long, flat to 0.98 of half the rate), stricter than the one of
    ITU-R BS.1770-5. The last 300 samples do not count: the end of a piece is a step that the sound does not have.
    Only the neighbourhood of samples within 6 dB of the greatest is interpolated: no sound here rises by as much
    between its samples.
    """
    half, near = 96, 64
    taps = times * firwin(times * 2 * half + 1, 1.0 / times, window=("kaiser", 12.0))
    counted = samples[:-300].astype(np.float64)
    loud = np.abs(counted).reshape(len(counted), -1).max(axis=1)
    marks = np.zeros(len(counted) + 1)
    hot = np.flatnonzero(loud >= loud.max() / 2)
    np.add.at(marks, np.maximum(hot - near, 0), 1)
    np.add.at(marks, np.minimum(hot + near, len(counted)), -1)
    edges = np.flatnonzero(np.diff(np.cumsum(marks) > 0, prepend=False))
    padding = [(2 * half, 2 * half), *[(0, 0)] * (counted.ndim - 1)]
    padded = np.pad(samples.astype(np.float64), padding)
    greatest = float(loud.max())
    for begin, end in edges.reshape(-1, 2):
        points = upfirdn(taps, padded[begin : end + 4 * half], up=times, axis=0)
        inner = points[3 * half * times : (3 * half + end - begin) * times]  # the filter delays by half its length
        greatest = max(greatest, float(np.abs(inner).max()))
    return float(20 * np.log10(greatest + 1e-12))


def period_pitch_hz(samples: NDArray[np.float32], sample_rate: float, low_hz: float, high_hz: float) -> float:
    """The pitch of mono samples by their period (YIN: de Cheveigné and Kawahara 2002), exact to about a cent.

    Args:
        samples: at least two periods of `low_hz`.
        sample_rate: Hz.
        low_hz, high_hz: where the pitch is looked for.

    Returns:
        The pitch, Hz; NaN where there is no period.
    """
    shortest, longest = int(sample_rate / high_hz), int(sample_rate / low_hz) + 2
    wave = samples.astype(np.float64)
    width = len(wave) - longest
    difference = np.array([np.sum((wave[:width] - wave[lag : lag + width]) ** 2) for lag in range(longest)])
    lags = np.arange(1, longest)
    normal = np.ones(longest)
    normal[1:] = difference[1:] * lags / np.maximum(np.cumsum(difference[1:]), 1e-12)
    for lag in range(max(2, shortest - 1), longest - 1):
        if normal[lag] < 0.2 and normal[lag] <= normal[lag + 1]:
            left, middle, right = difference[lag - 1 : lag + 2]
            bend = left - 2 * middle + right
            return float(sample_rate / (lag + (0.5 * (left - right) / bend if bend else 0.0)))
    return float("nan")


def window_lufs(samples: NDArray[np.float32], window_s: float, sample_rate: float) -> NDArray[np.float64]:
    """Loudness of every window of so many seconds, each beginning a hundredth of a second after the one before.

    ITU-R BS.1770-5 without gating; what was before the first sample counts as silence.
    """
    window, hop = round(window_s * sample_rate), round(sample_rate / 100)
    weighted = np.concatenate([np.zeros((window, samples.shape[1])), samples])
    for one in filters(sample_rate):
        weighted = lfilter(one[:3], (1.0, *one[3:]), weighted, axis=0)
    power = np.concatenate([[0.0], np.cumsum(np.square(weighted).sum(axis=1))])
    means = (power[window:] - power[:-window])[::hop] / window
    return np.asarray(OFFSET_LU + 10 * np.log10(np.maximum(means, 1e-12)))


def integrated_lufs(samples: NDArray[np.float32], sample_rate: float) -> float:
    """Loudness of a whole performance, gated (ITU-R BS.1770-5): silence and soft passages do not count."""
    blocks = window_lufs(samples, 0.4, sample_rate)[40::10]
    heard = blocks[blocks > -70.0]
    if not len(heard):
        return -120.0
    threshold = _mean_lufs(heard) - 10.0
    return _mean_lufs(heard[heard > threshold])


def _mean_lufs(blocks: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (blocks / 10))))
