"""The sound that the granular instrument is cut from: made by our own code, the same on every machine.

Six textures follow one another, each a chord over the same D, each melting into the next. They are made in the
frequency domain: every partial is a narrow bump of energy with random phases, which gives a choir rather than an organ,
and one inverse transform makes the whole texture at once (the idea of the PADsynth algorithm, P. Nasca 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48000
"""Sample rate of the source."""

SCANNED_S: Final = 7.2
"""How far `position` reaches into the source, seconds."""

TAIL_S: Final = 2.0
"""More of the last texture, so that the longest, fastest grain from the end does not run out of sound."""

Audio = NDArray[np.float64]

_A: Final = 440.0
_D3 = _A * 2 ** (-19 / 12)


def _note(semitones: float) -> float:
    return float(_D3 * 2 ** (semitones / 12))


# Each texture: notes in semitones above D3 (146.8 Hz), formants as (Hz, width Hz, gain), width of a partial in cents,
# stretch of the partials (0 is harmonic), slope of the partials in dB an octave.
_TEXTURES: Final[tuple[tuple[Sequence[float], Sequence[tuple[float, float, float]], float, float, float], ...]] = (
    ((0, 7, 12), ((330, 120, 1.0), (800, 150, 0.3)), 16, 0.0, -9),  # hummed
    ((0, 7, 16, 19), ((700, 180, 1.0), (1150, 200, 0.8), (2700, 400, 0.25)), 24, 0.0, -6),  # sung, open
    ((2, 9, 14, 21), ((420, 140, 1.0), (2000, 300, 0.7), (2900, 400, 0.3)), 20, 0.0, -6),  # sung, bright
    ((12, 19, 24, 26, 31), ((1500, 2500, 1.0),), 5, 0.0, -5),  # glass
    ((0, 12, 15, 22, 27), ((1200, 1500, 1.0), (3200, 900, 0.4)), 6, 0.012, -4),  # metal
    ((7, 14, 24, 33), ((500, 400, 0.6), (2400, 900, 1.0), (5200, 1200, 0.5)), 90, 0.0, -5),  # breath
)


def _texture(index: int, size: int, rng: np.random.Generator) -> Audio:
    """One texture of `size` samples (a power of two), cyclic."""
    semitones, formants, width_cents, stretch, slope_db = _TEXTURES[index]
    bins = np.arange(size // 2 + 1)
    bin_hz = RATE_HZ / size
    magnitude = np.zeros(size // 2 + 1)
    for voice, semitone in enumerate(semitones):
        root_hz = _note(semitone)
        for harmonic in range(1, 64):
            hz = root_hz * harmonic ** (1 + stretch)
            if hz > 11000:
                break
            spread = max(hz * (2 ** (width_cents / 1200) - 1) / bin_hz, 0.7)
            low, high = int(hz / bin_hz - 4 * spread), int(hz / bin_hz + 4 * spread) + 2
            near = bins[low:high]
            formant = 0.03 + sum(g * np.exp(-(((hz - f) / w) ** 2)) for f, w, g in formants)
            weight = formant * 10 ** (slope_db * np.log2(hz / 147) / 20) / (1 + 0.25 * voice)
            magnitude[low:high] += weight / np.sqrt(spread) * np.exp(-0.5 * ((near - hz / bin_hz) / spread) ** 2)
    return np.fft.irfft(magnitude * np.exp(2j * np.pi * rng.random(len(magnitude))), size)


def _bells(length: int, rng: np.random.Generator) -> Audio:
    """Struck bars now and then, so that a slow scan finds events and not only colours."""
    ratios, decays_s = np.array([1.0, 2.756, 5.404, 8.933]), np.array([1.1, 0.6, 0.3, 0.15])
    out = np.zeros(length)
    t = np.arange(int(1.2 * RATE_HZ)) / RATE_HZ
    rings = [np.exp(-4 * t / decay_s) * np.minimum(t / 0.002, 1.0) / (k + 1) for k, decay_s in enumerate(decays_s)]
    roots = (12, 19, 24, 26, 31)
    bars = [
        sum(ring * np.sin(2 * np.pi * _note(root) * ratio * t) for ring, ratio in zip(rings, ratios, strict=True))
        for root in roots
    ]
    for start_s in np.arange(0.25, length / RATE_HZ - 1.2, 0.47):
        at = int(start_s * RATE_HZ)
        out[at : at + len(t)] += bars[rng.integers(len(roots))]
    return out


def ear_weight(hz: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Roughly the K-weighting of ITU-R BS.1770 as a factor of amplitude: 38 Hz high-pass, +4 dB above 1.7 kHz."""
    return np.asarray(hz**2 / (hz**2 + 38.0**2) * (1 + 0.585 * hz**2 / (hz**2 + 1680.0**2)))


@cache
def grain_source() -> NDArray[np.float32]:
    """The whole source, float32, shape ((SCANNED_S + TAIL_S) * RATE_HZ,), equally loud all along, RMS about 0.1."""
    rng = np.random.default_rng(20)
    length = round((SCANNED_S + TAIL_S) * RATE_HZ)
    time = np.arange(length) / RATE_HZ
    centres = np.linspace(0.0, SCANNED_S, len(_TEXTURES))
    out = np.zeros(length)
    for index, centre in enumerate(centres):
        around = [centre - centres[1], centre, centre + centres[1]]
        fade = np.interp(time, around, [0.0, 1.0, 0.0 if index < len(centres) - 1 else 1.0])
        texture = _texture(index, 2**17, rng)
        sounding = np.flatnonzero(fade)
        out[sounding] += np.sqrt(fade[sounding]) * (texture / texture.std())[sounding % 2**17]
    out += 1.1 * _bells(length, rng)

    weighted = np.fft.irfft(np.fft.rfft(out) * ear_weight(np.arange(length // 2 + 1) * (RATE_HZ / length)), length)
    window = RATE_HZ // 2
    power = np.convolve(weighted[::64] ** 2, np.hanning(window // 64), "same") / (window / 64 / 2)
    loud = np.interp(np.arange(length), np.arange(0, length, 64), np.sqrt(np.maximum(power, 1e-6)))
    return (0.1 * out / loud).astype(np.float32)
