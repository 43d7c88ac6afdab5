"""What is measured of a sound for its picture: against the standard, and against sounds whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.pipeline.pictures.sound_trace import SoundTrace

RATE = 48000


def sine(hz: float, seconds: float, gain: float = 1.0, rate: int = RATE) -> NDArray[np.float32]:
    """On the left channel alone."""
    wave = gain * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, np.zeros_like(wave)], axis=1).astype(np.float32)


def traced(sound: NDArray[np.float32], *, rate: int = RATE, piece: int = 777) -> SoundTrace:
    trace = SoundTrace(rate)
    for start in range(0, len(sound), piece):
        trace.add(sound[start : start + piece])
    trace.finish()
    return trace


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_a_sine_of_full_scale_on_one_channel_is_as_loud_as_the_standard_says(rate: int) -> None:
    assert traced(sine(997.0, 2.0, rate=rate), rate=rate).momentary_lufs[-1] == pytest.approx(-3.01, abs=0.02)


def test_loudness_follows_level_and_needs_four_tenths_of_a_second() -> None:
    loudness = traced(np.concatenate([sine(997.0, 1.0, 0.1), sine(997.0, 1.0, 0.01)])).momentary_lufs
    assert loudness[49] == pytest.approx(-23.01, abs=0.05)
    assert -43.0 < loudness[59] < -24.0
    assert loudness[-1] == pytest.approx(-43.01, abs=0.05)


def test_silence_has_a_floor() -> None:
    trace = traced(np.zeros((RATE, 2), np.float32))
    assert np.isfinite(trace.momentary_lufs).all()
    assert trace.momentary_lufs.max() < -115.0
    assert trace.spectrogram.max() == -120.0


@pytest.mark.parametrize("hz", [55.0, 110.0, 440.0, 3000.0])
def test_a_tone_is_brightest_in_its_band_at_its_level(hz: float) -> None:
    trace = traced(sine(hz, 1.0, 0.5))
    band = int(trace.spectrogram[-1].argmax())
    low, high = trace.edges_hz[band], trace.edges_hz[band + 1]
    assert low * 0.95 <= hz <= high * 1.05
    assert trace.spectrogram[-1][band] == pytest.approx(-12.0, abs=1.5)  # half of full scale, on one of two channels


def test_its_size_depends_on_the_time_alone_and_its_values_not_on_the_blocks() -> None:
    sound = sine(330.0, 1.3) * np.linspace(0, 1, round(1.3 * RATE), dtype=np.float32)[:, np.newaxis]
    small, whole = traced(sound, piece=101), traced(sound, piece=len(sound))
    assert small.spectrogram.shape == (65, 120)
    np.testing.assert_allclose(small.spectrogram, whole.spectrogram, atol=0.2)
    np.testing.assert_allclose(small.momentary_lufs, whole.momentary_lufs, atol=1e-6)
    for one, other in zip(small.envelope, whole.envelope, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_envelope_holds_a_single_sample() -> None:
    sound = np.zeros((RATE, 2), np.float32)
    sound[12345] = (0.0, -0.7)
    low, high = traced(sound).envelope
    assert int(low.argmin()) == 12345 // 960
    assert float(low.min()) == pytest.approx(-0.7)
    assert high.max() == 0.0


def test_a_sound_shorter_than_a_hop_shows_nothing_and_is_no_error() -> None:
    trace = traced(sine(440.0, 0.001))
    assert (len(trace.times_s), trace.spectrogram.shape, len(trace.momentary_lufs)) == (0, (0, 120), 0)
