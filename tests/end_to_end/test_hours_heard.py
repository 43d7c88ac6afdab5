"""Closing and opening as it sounds: the doors' own steps, through the graph of the engine."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from gesturesynth.conductor.opening_hours_gate import FADE_DB, HAND_FADE_S, OpeningHoursGate
from gesturesynth.conductor.process import TICK_S
from gesturesynth.config.opening_hours import weekly_hours
from gesturesynth.core.units import db_to_gain
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import bends, rms
from tests.support.stub_instruments import KINDS, scene, sound, tone

RATE = 48000
TICK = round(RATE * TICK_S)
CLOSED = datetime(2026, 11, 24, 21, tzinfo=UTC)
TONE = scene(tone(pitch=500.0))  # -12 dBFS


def heard(fade_s: float, *, on: bool, seconds: float) -> np.ndarray:
    """Somebody closes what was open, or opens what was closed."""
    now_s = 100.0
    doors = OpeningHoursGate(weekly_hours(["closed"] * 7, UTC), fade_s, lambda: CLOSED)
    doors.update(now_s)
    with OfflineEngine(kinds=KINDS) as engine:
        if not on:
            doors.set(on=True)
            doors.update(now_s + 60.0)
            now_s += 60.0
        first = sound(TONE, volume_db=doors.gain_db, muted=doors.silent)
        engine.apply(first)
        engine.render(3 * RATE)
        doors.set(on=on)
        blocks = []
        for _ in range(round(seconds / TICK_S)):
            now_s += TICK_S
            doors.update(now_s)
            engine.apply(sound(TONE, volume_db=doors.gain_db, muted=doors.silent))
            blocks.append(engine.render(TICK))
        return np.concatenate(blocks)[:, 0]


@pytest.mark.parametrize("fade_s", [0.0, 0.5, 2.0, 10.0])
def test_closing_and_opening_have_neither_steps_nor_clicks(fade_s: float) -> None:
    closing = heard(fade_s, on=False, seconds=fade_s + 0.5)
    opening = heard(fade_s, on=True, seconds=HAND_FADE_S + 0.5)
    curve = (2.0 * np.pi * 500.0 / RATE) ** 2 * db_to_gain(-12.0)  # the greatest bend of the tone itself
    for samples in (closing, opening):
        # A mute takes 20 ms: the corners of that are less than half the bend that the tone has anyway.
        assert bends(samples[RATE // 100 :]).max() < 1.5 * curve
    assert np.abs(closing[-RATE // 10 :]).max() == 0.0, "then it is silent"
    assert np.abs(opening[-RATE // 10 :]).max() == pytest.approx(db_to_gain(-12.0), rel=0.02)


def test_a_fade_goes_evenly_down_in_decibels() -> None:
    samples = heard(4.0, on=False, seconds=4.5)
    with np.errstate(divide="ignore"):
        levels_db = 20.0 * np.log10(rms(samples, RATE // 10))
    falling = np.diff(levels_db[2:38])
    assert falling.max() < 0.0
    assert falling.min() > 3.0 * FADE_DB / 40.0, "a tenth of a second is a fortieth of the way"
    assert falling.mean() == pytest.approx(FADE_DB / 40.0, rel=0.1)
