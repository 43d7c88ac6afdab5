"""Sounds between two sounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.teaching.blend import blended

PITCH = Output("pitch", 100.0, 1600.0, "Hz", "exp")
LEVEL = Output("level", -30.0, 0.0, "dB")


def test_half_way_is_half_way_in_the_warp_of_each_output() -> None:
    sound = blended((PITCH, LEVEL), {"pitch": 100.0, "level": -20.0}, {"pitch": 400.0, "level": -10.0}, 0.5)
    assert sound == {"pitch": pytest.approx(200.0), "level": pytest.approx(-15.0)}


def test_an_output_that_one_sound_names_has_its_value_and_one_that_neither_names_is_left_out() -> None:
    assert blended((PITCH, LEVEL), {"pitch": 300.0}, {}, 0.9) == {"pitch": pytest.approx(300.0)}
    assert blended((PITCH, LEVEL), {}, {"level": -3.0}, 0.1) == {"level": pytest.approx(-3.0)}


@given(st.floats(1.0, 5000.0), st.floats(1.0, 5000.0), st.floats(0.0, 1.0))
def test_it_is_never_out_of_range_and_lies_between_the_ends(one: float, other: float, part: float) -> None:
    value = blended((PITCH,), {"pitch": one}, {"pitch": other}, part)["pitch"]
    ends = sorted(PITCH.value(PITCH.position(end)) for end in (one, other))
    assert 100.0 <= value <= 1600.0
    assert ends[0] * (1 - 1e-9) <= value <= ends[1] * (1 + 1e-9)
