"""Measures of what a parameter does to a sound: pitch, place in the spectrum, onsets, movement, noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from gesturesynth.synthesis.measuring import bend, centroid_hz, strongest_hz
from gesturesynth.synthesis.solo import RATE_HZ, Samples

__all__ = [
    "band_unrest_db",
    "bandwidth",
    "centroid_hz",
    "decay_s",
    "edge",
    "even_part",
    "formants_hz",
    "fundamental_hz",
    "level",
    "modulation_hz",
    "off_partials",
    "onsets",
    "pitch_swing",
    "repeats",
    "rise_s",
    "strongest_hz",
    "strongest_modulation_hz",
    "sway",
    "swing",
]


def fundamental_hz(samples: Samples, lowest_hz: float = 30.0, highest_hz: float = 4000.0) -> float:
    """The pitch: the first high peak of the autocorrelation, to a fraction of a sample."""
    mono = samples.sum(axis=1) - samples.sum(axis=1).mean()
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 2 * len(mono))) ** 2
    correlation = np.fft.irfft(power)
    correlation = correlation[: round(RATE_HZ / lowest_hz) + 2] / correlation[0]
    first = round(RATE_HZ / highest_hz)
    inner = correlation[1:-1]
    peaks = np.flatnonzero((inner > correlation[:-2]) & (inner >= correlation[2:])) + 1
    peaks = peaks[peaks >= first]
    high = peaks[correlation[peaks] > 0.9 * correlation[peaks].max()][0]
    left, middle, right = correlation[high - 1 : high + 2]
    return float(RATE_HZ) / float(high + 0.5 * (left - right) / (left - 2 * middle + right))


def onsets(samples: Samples, least: float = 0.02) -> float:
    """Onsets a second: where the level over 5 ms rises above all of the 40 ms before it by half."""
    level = np.abs(samples).max(axis=1)[: len(samples) // 240 * 240].reshape(-1, 240).max(axis=1)
    count = sum(
        bool(level[i] > least and level[i] > 1.5 * level[max(i - 8, 0) : i].max(initial=0.0)) for i in range(len(level))
    )
    return count / (len(samples) / RATE_HZ)


def unlikeness_of_halves(samples: Samples) -> float:
    """By how much two halves of a sound differ, dB: the mean over sixteenths of a second, down to -50 dB."""
    frame = RATE_HZ // 16
    count = len(samples) // (2 * frame)
    pieces = samples[: 2 * count * frame].reshape(2, count, frame * samples.shape[1])
    levels = 10 * np.log10(np.square(pieces, dtype=np.float64).mean(axis=2) + 1e-5)
    return float(np.abs(levels[0] - levels[1]).mean())


def band_unrest_db(samples: Samples) -> float:
    """How much the sound moves: the greatest standard deviation over time, dB, of the level of an octave band."""
    mono = samples.sum(axis=1)
    found = []
    for low_hz in (100, 200, 400, 800, 1600, 3200):
        band = sosfilt(butter(4, (low_hz, 2 * low_hz), "bandpass", fs=RATE_HZ, output="sos"), mono)[RATE_HZ // 2 :]
        found.append(float(np.std([20 * np.log10(piece.std() + 1e-9) for piece in np.array_split(band, 24)])))
    return max(found)


def pitch_swing(samples: Samples) -> float:
    """How far the pitch of a nearly pure tone sways, as a part of it."""
    mono = samples.sum(axis=1)
    crossings = np.flatnonzero((mono[:-1] < 0) & (mono[1:] >= 0))
    exact = crossings - mono[crossings] / (mono[crossings + 1] - mono[crossings])
    hz = RATE_HZ / np.convolve(np.diff(exact), np.ones(8) / 8, "valid")
    return float((np.percentile(hz, 98) - np.percentile(hz, 2)) / np.median(hz))


def edge(samples: Samples) -> float:
    """How hard the edges of the waveform are: its greatest second difference, as a part of its RMS."""
    return bend(samples) / float(samples.std())


def swing(samples: Samples) -> float:
    """How much the level beats: deviation of the level over 75 ms, as a part of its mean."""
    mono = samples.sum(axis=1)
    level = np.array([piece.std() for piece in np.array_split(mono, len(mono) // 3600)])
    return float(level.std() / level.mean())


def decay_s(samples: Samples) -> float:
    """How long the sound rings: from its loudest moment until it is 20 dB lower for good, seconds."""
    level = np.abs(samples).max(axis=1)[: len(samples) // 480 * 480].reshape(-1, 480).max(axis=1)
    loudest = int(np.argmax(level))
    return float(np.flatnonzero(level > level[loudest] * 0.1)[-1] - loudest + 1) * 0.01


def rise_s(samples: Samples) -> float:
    """How long the sound takes from its beginning to nine tenths of its greatest level over 10 ms, seconds."""
    level = np.abs(samples).max(axis=1)[: len(samples) // 480 * 480].reshape(-1, 480).max(axis=1)
    return float(np.flatnonzero(level > 0.9 * level.max())[0] + 1) * 0.01


def level(samples: Samples) -> float:
    """RMS."""
    return float(samples.std())


def sway(samples: Samples) -> float:
    """How far the pitch of any tone above 300 Hz sways, as a part of it: deviation over pieces of 40 ms."""
    found = [fundamental_hz(piece, 300.0, 1500.0) for piece in np.array_split(samples, len(samples) // 1920)]
    return float(np.std(found) / np.mean(found))


def bandwidth(samples: Samples) -> float:
    """How far the spectrum reaches around its mean, in octaves: standard deviation, weighted by power."""
    power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples))))[1:] ** 2
    octave = np.log2(np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[1:])
    mean = (power * octave).sum() / power.sum()
    return float(np.sqrt((power * (octave - mean) ** 2).sum() / power.sum()))


def modulation_hz(samples: Samples, highest_hz: float = 4.0) -> float:
    """How quickly the level of the left side rises and falls: the mean frequency from 0.05 Hz, weighted by power."""
    power, hz = _modulation(samples)
    heard = (hz > 0.05) & (hz < highest_hz)
    return float((power * hz)[heard].sum() / power[heard].sum())


def strongest_modulation_hz(samples: Samples) -> float:
    """The frequency, 0.05 to 20 Hz, at which the level of the left side changes most."""
    power, hz = _modulation(samples)
    return float(hz[np.argmax(power * ((hz > 0.05) & (hz < 20.0)))])


def _modulation(samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The spectrum of the level of the left side over 17 ms: power, and the frequencies."""
    loud = np.sqrt((samples[:, 0] ** 2)[: len(samples) // 800 * 800].reshape(-1, 800).mean(axis=1))
    size = 8 * len(loud)
    power = np.abs(np.fft.rfft((loud - loud.mean()) * np.hanning(len(loud)), size)) ** 2
    return power.astype(np.float64), np.linspace(0.0, RATE_HZ / 1600, len(power))


def off_partials(samples: Samples, hz: float = 110.0) -> float:
    """Power between the partials of a tone, as a part of all."""
    power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples)))) ** 2
    numbers = np.fft.rfftfreq(len(samples), 1 / RATE_HZ) / hz
    between = np.abs(numbers - np.round(numbers)) > 0.05
    return float(power[between].sum() / power.sum())


def even_part(samples: Samples, hz: float = 110.0) -> float:
    """Power of the even partials of a tone, as a part of all."""
    power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples)))) ** 2
    bins = [round(hz * n * len(samples) / RATE_HZ) for n in range(1, 13)]
    partials = np.array([power[at - 3 : at + 4].sum() for at in bins])
    return float(partials[1::2].sum() / partials.sum())


def repeats(samples: Samples, period_s: float = 0.5) -> float:
    """How alike one period is to the next: mean correlation of short spectra, 1 for the same."""
    size = round(period_s / 4 * RATE_HZ)
    pieces = samples.sum(axis=1)[: len(samples) // size * size].reshape(-1, size)
    spectra = np.abs(np.fft.rfft(pieces * np.hanning(size)))[:, : size // 8]
    spectra /= np.linalg.norm(spectra, axis=1, keepdims=True)
    return float((spectra[:-4] * spectra[4:]).sum(axis=1).mean())


def formants_hz(samples: Samples, lowest_hz: float, highest_hz: float) -> float:
    """The peak of the long-term spectrum between two frequencies, of a tone whose glide has filled it out."""
    pieces = samples.sum(axis=1)[: len(samples) // 4096 * 4096].reshape(-1, 4096)
    greatest = np.abs(np.fft.rfft(pieces * np.hanning(4096), axis=1)).max(axis=0)
    hz = np.fft.rfftfreq(4096, 1 / RATE_HZ)
    smooth = np.convolve(greatest, np.hanning(7) / np.hanning(7).sum(), "same")
    inside = (hz >= lowest_hz) & (hz <= highest_hz)
    return float(hz[inside][np.argmax(smooth[inside])])
