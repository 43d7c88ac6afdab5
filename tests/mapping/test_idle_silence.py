"""Silence while no person is in view: after its time, and gone at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.mapping.idle_silence import IdleSilence
from gesturesynth.mapping.mapper import RETURN_S

VALUES = np.array([440.0, -20.0])
TICK_S = 0.05


def faded(silence: IdleSilence, awake: list[bool], start: int = 0) -> list[float]:
    levels = []
    for step, here in enumerate(awake, start):
        values = silence.fade(VALUES, step * TICK_S, awake=here)
        assert values[0] == 440.0
        levels.append(float(values[1]))
    return levels


def test_it_begins_in_silence_and_a_person_is_heard_soon() -> None:
    silence = IdleSilence({1: -80.0}, 0.5, 1.5)
    assert faded(silence, [False] * 5) == [-80.0] * 5
    levels = faded(silence, [True] * 10, 5)
    assert levels[round(RETURN_S / TICK_S)] == -20.0
    assert levels == sorted(levels)


def test_who_leaves_is_heard_on_for_a_while_and_then_less_and_less() -> None:
    silence = IdleSilence({1: -80.0}, 0.5, 1.5)
    faded(silence, [True] * 10)
    levels = faded(silence, [False] * 45, 10)
    assert levels[: round(0.5 / TICK_S)] == [-20.0] * 10
    assert levels == sorted(levels, reverse=True)
    assert -80.0 < levels[25] < -20.0
    assert levels[-1] == -80.0


def test_without_a_level_to_fade_the_very_same_values_come_back() -> None:
    silence = IdleSilence({}, 0.5, 1.5)
    assert silence.fade(VALUES, 0.0, awake=False) is VALUES
    assert silence.amount == 0.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 3.0)), max_size=30))
def test_whatever_happens_it_is_between_silence_and_the_value(steps: list[tuple[bool, float]]) -> None:
    silence, time_s = IdleSilence({1: -80.0}, 0.5, 0.0), 0.0
    for awake, passed_s in steps:
        time_s += passed_s
        level = silence.fade(VALUES, time_s, awake=awake)[1]
        assert -80.0 <= level <= -20.0
