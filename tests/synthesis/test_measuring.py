"""What measures instruments, against signals whose measures are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from gesturesynth.synthesis import measuring
from gesturesynth.synthesis.measuring import k_weighted, loudness_lufs, momentary_lufs, strongest_hz
from gesturesynth.synthesis.solo import RATE_HZ, Samples


def sine(hz: float, gain: float, seconds_s: float) -> Samples:
    one = gain * np.sin(2 * np.pi * hz * np.arange(round(seconds_s * RATE_HZ)) / RATE_HZ)
    return np.stack([one, one], axis=1)


def test_a_sine_is_as_loud_as_the_standard_says() -> None:
    """BS.1770: a full-scale sine of 997 Hz on one channel is -3.01 LUFS, on both 3.01 dB more."""
    assert loudness_lufs(sine(997.0, 1.0, 3.0)) == pytest.approx(0.0, abs=0.05)
    left = sine(997.0, 1.0, 3.0) * [1.0, 0.0]
    assert loudness_lufs(left) == pytest.approx(-3.01, abs=0.05)
    assert loudness_lufs(left * 0.1) == pytest.approx(-23.01, abs=0.05)


def test_the_weighting_is_that_of_the_filters_of_the_standard() -> None:
    noise = np.random.default_rng(1).normal(size=(RATE_HZ, 2))
    expected = lfilter(*measuring._HIGH_PASS, lfilter(*measuring._SHELF, noise, axis=0), axis=0)
    assert np.abs(k_weighted(noise) - expected).max() < 1e-6


def test_pauses_do_not_count() -> None:
    tone = sine(997.0, 0.1, 2.0)
    pause = np.zeros((5 * RATE_HZ, 2))
    assert loudness_lufs(np.concatenate([tone, pause])) == pytest.approx(loudness_lufs(tone), abs=0.7)
    assert loudness_lufs(pause) == -np.inf
    assert np.isneginf(momentary_lufs(pause)).all()


def test_pitch_peak_dc_and_bends_are_found() -> None:
    tone = sine(313.7, 0.5, 1.0)
    assert strongest_hz(tone) == pytest.approx(313.7, abs=0.3)
    assert measuring.peak_db(tone) == pytest.approx(-6.02, abs=0.01)
    assert measuring.constant_part(tone) < 1e-4
    assert measuring.constant_part(tone + 0.1) == pytest.approx(0.1 / (0.5 / np.sqrt(2)), rel=0.01)
    assert measuring.centroid_hz(tone) == pytest.approx(313.7, rel=0.01)
    broken = tone.copy()
    broken[20000:] += 0.1
    assert measuring.bend(broken) > 20 * measuring.bend(tone)
