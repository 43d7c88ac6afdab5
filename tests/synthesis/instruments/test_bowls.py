"""Singing bowls sound by rubbing alone, by strokes alone, and by a stroke while they are rubbed."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.synthesis.instruments.bowls import RATIOS
from tests.support.instrument_player import RATE_HZ, Samples, TimedChange, bend, loudness_lufs, peak_db, play

STROKE = TimedChange(2.0, triggers=("strike",))


@pytest.mark.parametrize("pitch_hz", [110.0, 880.0])
@pytest.mark.parametrize("ring_s", [0.3, 8.0])
def test_a_rubbed_bowl_is_as_loud_as_the_others(pitch_hz: float, ring_s: float) -> None:
    rubbed = loudness_lufs(play("bowls", 4.0, rub=0.7, pitch=pitch_hz, ring=ring_s)[RATE_HZ:])
    assert rubbed == pytest.approx(-16.0, abs=3.0)
    assert loudness_lufs(play("bowls", 4.0, rub=0.1, pitch=pitch_hz, ring=ring_s)[RATE_HZ:]) < rubbed - 4.0


def test_a_bowl_that_is_not_touched_is_silent() -> None:
    assert peak_db(play("bowls", 2.0, rub=0.0)) < -120.0


def test_a_stroke_sounds_the_partials_of_a_bowl() -> None:
    struck = play("bowls", 5.0, STROKE, rub=0.0, pitch=150.0, hardness=8000.0, ring=8.0)[2 * RATE_HZ :]
    spectrum = np.abs(np.fft.rfft(struck.sum(axis=1) * np.hanning(len(struck))))
    hz = np.fft.rfftfreq(len(struck), 1 / RATE_HZ)
    for ratio in RATIOS:
        near, around = (np.abs(hz / (150.0 * ratio) - 1) < width for width in (0.006, 0.15))
        assert spectrum[near].max() > 50 * np.median(spectrum[around]), ratio


def test_a_stroke_is_heard_while_the_bowl_is_rubbed() -> None:
    heard = play("bowls", 3.0, STROKE, hardness=8000.0)
    begin = round(2.0 * RATE_HZ)
    assert high(heard[begin : begin + RATE_HZ // 50]) > 2.0 * high(heard[begin - RATE_HZ : begin])


def high(samples: Samples) -> float:
    """How strong the edges of the waveform are."""
    return float(np.diff(samples, 2, axis=0).std())


def test_a_pitch_that_jumps_while_the_bowl_rings_does_not_click() -> None:
    for before, after in ((110.0, 880.0), (880.0, 110.0)):
        heard = play("bowls", 4.0, TimedChange(2.0, {"pitch": after}), pitch=before, ring=8.0)
        jump, landed = round(1.99 * RATE_HZ), round(2.3 * RATE_HZ)
        assert bend(heard[jump:landed]) < 1.5 * max(bend(heard[RATE_HZ:jump]), bend(heard[landed:]))
