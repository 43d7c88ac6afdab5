"""The reverb's delay: pyo's delay line is read only within its length."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gesturesynth.synthesis.instruments.reverb import REFLECTION_S, SWING_S, exact_delays, reflection_delays

RATES_HZ = (4000, 8000, 11025, 16000, 22050, 24000, 32000, 44100, 47999, 48000, 64000, 88200, 96000, 176400, 192000)


def last_read(sample_rate: float, middle_s: float, longest_s: float, swing_s: float = SWING_S) -> bool:
    """Whether pyo.Delay, with the arithmetic of its C code in 32-bit floats, can read behind its line of `size`."""
    size = int(longest_s * sample_rate + 0.5)
    low, high = ((middle_s + sign * swing_s) * sample_rate for sign in (-1, 1))
    for position in range(int(low), int(high) + 2):
        # The delays next to every position that is written: the difference is as small as it can be.
        delay = np.nextafter(np.float32(position), np.float32(np.inf))
        read = np.float32(np.float32(position) - delay) + np.float32(size)
        if low <= delay <= high and read >= size:
            return True
    return False


@pytest.mark.parametrize("sample_rate", RATES_HZ)
def test_no_delay_is_rounded_to_the_end_of_the_line(sample_rate: int) -> None:
    middle_s, longest_s = reflection_delays(sample_rate)
    assert not last_read(sample_rate, middle_s, longest_s)
    assert longest_s > middle_s + SWING_S
    assert REFLECTION_S <= middle_s < 1.15 * REFLECTION_S

    # The organ's turning loudspeaker.
    middle_s, longest_s = exact_delays(sample_rate, 0.002, 0.0004)
    assert not last_read(sample_rate, middle_s, longest_s, 0.0004)
    assert longest_s > middle_s + 0.0004


def test_the_rounding_that_this_avoids_is_real() -> None:
    assert any(last_read(rate, REFLECTION_S, 0.02) for rate in RATES_HZ)
    assert last_read(44100, REFLECTION_S, 0.02)


def test_the_delay_is_about_the_same_at_every_rate() -> None:
    for one, other in itertools.pairwise(reflection_delays(rate)[0] for rate in RATES_HZ):
        assert abs(one - other) < 0.002
