"""The quantiser: notes of the scale, held for their time, without flutter; strength; other outputs untouched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.pitch.quantiser import NoteFollower, Quantiser
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.setting import HOLD_S, HYSTERESIS_CENTS, ScaleSetting
from gesturesynth.mapping.pitch.tunings import TUNINGS

PITCH = Output("pitch", 110.0, 1760.0, "Hz", "exp")
LEVEL = Output("level", -40.0, 0.0, "dB")
SETTING = ScaleSetting(SCALES["minor pentatonic"], root=9)
TICK_S = 1 / 60


def cents(hz: float, semitones: float = 0.0) -> float:
    return hz * 2 ** (semitones / 12)


def played(tested: Quantiser, pitches: Sequence[float], tick_s: float = TICK_S) -> list[float]:
    found = []
    for step, pitch in enumerate(pitches):
        values, _ = tested.follow(np.array([pitch, -10.0]), np.array([PITCH.position(pitch), 0.75]), step * tick_s)
        found.append(float(values[0]))
    return found


def quantiser(setting: ScaleSetting | None = SETTING) -> Quantiser:
    return Quantiser((PITCH, LEVEL), ("pitch",), setting)


def test_a_pitch_becomes_the_nearest_note_and_other_outputs_stay() -> None:
    values, positions = quantiser().follow(np.array([435.0, -10.0]), np.array([0.49, 0.75]), 0.0)
    assert values.tolist() == [440.0, -10.0]
    assert positions.tolist() == [pytest.approx(0.5), 0.75]


@pytest.mark.parametrize("setting", [None, replace(SETTING, strength=0.0)])
def test_without_a_scale_or_strength_the_very_same_arrays_come_back(setting: ScaleSetting | None) -> None:
    values, positions = np.array([435.0, -10.0]), np.array([0.49, 0.75])
    result = quantiser(setting).follow(values, positions, 0.0)
    assert result[0] is values
    assert result[1] is positions


def test_a_hand_that_trembles_at_a_border_holds_one_note() -> None:
    border = math.sqrt(440.0 * cents(440.0, 3))
    trembling = [cents(border, 0.3 * math.sin(step)) for step in range(600)]
    assert set(played(quantiser(), trembling)) == {played(quantiser(), trembling)[0]}
    assert len(set(played(quantiser(replace(SETTING, hysteresis_cents=0.0)), trembling))) == 2


def test_a_note_is_left_when_the_pitch_is_beyond_the_border_by_the_hysteresis() -> None:
    follower = NoteFollower((440.0, cents(440.0, 3)), 0.0, HYSTERESIS_CENTS)
    assert follower.follow(440.0, 0.0) == 440.0
    assert follower.follow(cents(440.0, 1.5 + 0.39), 1.0) == 440.0
    assert follower.follow(cents(440.0, 1.5 + 0.41), 2.0) == cents(440.0, 3)


def test_notes_close_together_can_all_be_reached() -> None:
    steps = ScaleSetting(SCALES["chromatic"], hysteresis_cents=1000.0)
    targets = [cents(440.0, step) for step in range(12)]
    assert played(quantiser(steps), targets, tick_s=1.0) == pytest.approx(targets)


def test_a_sweep_plays_notes_of_the_least_duration() -> None:
    sweep = [cents(110.0, 48 * step / 60) for step in range(61)]  # four octaves in a second
    notes = played(quantiser(), sweep)
    changes = np.flatnonzero(np.diff(notes)) + 1
    assert len(changes) >= 5
    assert np.diff(changes).min() * TICK_S >= HOLD_S - 1e-9


def test_half_the_strength_is_half_the_way_in_cents() -> None:
    half = played(quantiser(replace(SETTING, strength=0.5)), [cents(440.0, 1)])
    assert half == [pytest.approx(cents(440.0, 0.5))]


def test_a_fader_for_the_strength_does_not_end_the_note() -> None:
    moved = quantiser()
    played(moved, [440.0])
    moved.setting = replace(SETTING, strength=0.9)
    assert moved.notes == {"pitch": 440.0}
    moved.setting = replace(SETTING, root=0)
    assert moved.notes == {"pitch": 0.0}


def test_another_root_is_heard_at_the_next_step() -> None:
    moved = quantiser()
    assert played(moved, [440.0]) == [440.0]
    moved.setting = replace(SETTING, root=10)
    assert played(moved, [441.0]) == [pytest.approx(cents(440.0, 1))]


def test_a_range_between_two_notes_stays_free() -> None:
    narrow = Output("pitch", 270.0, 300.0, "Hz", "exp")
    free = Quantiser((narrow,), ("pitch",), ScaleSetting(SCALES["fifths"]))
    values = np.array([280.0])
    assert free.follow(values, np.array([0.5]), 0.0)[0] is values
    assert free.notes == {}


def test_soft_limits_have_notes_beyond_the_range() -> None:
    soft = Output("pitch", 220.0, 440.0, "Hz", "exp", limits=(55.0, 3520.0))
    values, positions = Quantiser((soft,), ("pitch",), SETTING).follow(np.array([870.0]), np.array([1.98]), 0.0)
    assert values.tolist() == [880.0]
    assert positions.tolist() == [pytest.approx(2.0)]


SETTINGS = st.builds(
    ScaleSetting,
    st.sampled_from(sorted(SCALES.values(), key=lambda scale: scale.name)),
    st.integers(0, 11),
    st.sampled_from(sorted(TUNINGS.values(), key=lambda tuning: tuning.name)),
    st.floats(400.0, 480.0),
    strength=st.floats(0.01, 1.0),
    hold_s=st.floats(0.0, 1.0),
    hysteresis_cents=st.floats(0.0, 200.0),
)


@given(SETTINGS, st.lists(st.tuples(st.floats(110.0, 1760.0), st.floats(0.001, 1.0)), min_size=1, max_size=30))
def test_whatever_moves_it_plays_notes_within_the_range_for_their_time(
    setting: ScaleSetting, steps: list[tuple[float, float]]
) -> None:
    tested = quantiser(setting)
    notes = setting.notes(110.0, 1760.0, "Hz")
    time_s, began_s, last = 0.0, None, 0.0
    for pitch, passed_s in steps:
        values, positions = tested.follow(np.array([pitch, -10.0]), np.array([0.5, 0.75]), time_s)
        note = tested.notes["pitch"]
        assert note in notes
        assert 110.0 <= values[0] <= 1760.0
        assert min(pitch, note) * (1 - 1e-9) <= values[0] <= max(pitch, note) * (1 + 1e-9)
        assert values[1] == -10.0
        assert 0.0 <= positions[0] <= 1.0
        if note != last:
            assert began_s is None or time_s - began_s >= setting.hold_s - 1e-9
            began_s, last = (None if last == 0.0 else time_s), note
        time_s += passed_s


@given(SETTINGS, st.floats(110.0, 1760.0))
def test_a_hand_that_keeps_still_hears_a_note_that_is_near(setting: ScaleSetting, pitch: float) -> None:
    tested = quantiser(setting)
    for step in range(5):
        tested.follow(np.array([pitch, -10.0]), np.array([0.5, 0.75]), 2.0 * step)
    notes = np.array(setting.notes(110.0, 1760.0, "Hz"))
    away = np.abs(1200 * np.log2(notes / pitch))
    assert abs(1200 * math.log2(tested.notes["pitch"] / pitch)) == pytest.approx(away.min())
