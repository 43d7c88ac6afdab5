"""Outputs: positions and units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.core.units import WARPS
from gesturesynth.mapping.learning.outputs import Output, idle_positions, to_positions

PITCH = Output("pitch", 110.0, 1760.0, "Hz", "exp", idle=220.0)
LEVEL = Output("level", -40.0, -9.0, "dB")


@st.composite
def outputs(draw: st.DrawFn) -> Output:
    warp = draw(st.sampled_from(WARPS))
    lowest = 1e-3 if warp == "exp" else -1e4
    ends = st.floats(lowest, 1e4)
    low, high = draw(st.tuples(ends, ends).filter(lambda pair: abs(pair[0] - pair[1]) > 1e-3 * max(map(abs, pair))))
    return Output("any", low, high, "", warp)


@settings(deadline=None)
@given(outputs(), st.floats(0.0, 1.0))
def test_a_position_comes_back_from_its_value_and_the_value_is_within_the_range(
    output: Output, position: float
) -> None:
    value = output.value(position)
    assert min(output.low, output.high) <= value <= max(output.low, output.high)
    assert output.position(value) == pytest.approx(position, abs=1e-6)


@settings(deadline=None)
@given(outputs(), st.floats(allow_nan=False))
def test_whatever_value_is_asked_for_stays_within_the_range(output: Output, value: float) -> None:
    assert 0.0 <= output.position(value) <= 1.0


def test_half_way_between_two_octaves_is_the_octave_between_them() -> None:
    assert Output("pitch", 220.0, 880.0, "Hz", "exp").value(0.5) == pytest.approx(440.0)


def test_a_range_may_run_downwards() -> None:
    damping = Output("damping", 12.0, 0.5, "s", "exp")
    assert damping.value(0.0) == pytest.approx(12.0)
    assert damping.value(1.0) == pytest.approx(0.5)


def test_all_outputs_of_many_rows_are_turned_at_once() -> None:
    values = np.array([[110.0, -40.0], [1760.0, -9.0], [440.0, -24.5]])
    positions = to_positions((PITCH, LEVEL), values)
    np.testing.assert_allclose(positions, [[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]])
    back = [output.values(column) for output, column in zip((PITCH, LEVEL), positions.T, strict=True)]
    np.testing.assert_allclose(np.transpose(back), values)


def test_a_row_that_says_nothing_about_an_output_goes_on_saying_nothing() -> None:
    assert math.isnan(to_positions((LEVEL,), np.array([math.nan]))[0])


def test_an_output_without_idle_value_is_told_from_one_that_idles() -> None:
    positions = idle_positions((PITCH, LEVEL))
    assert positions[0] == pytest.approx(0.25)
    assert math.isnan(positions[1])


@pytest.mark.parametrize(
    ("low", "high", "warp", "idle", "word"),
    [
        (1.0, 1.0, "lin", None, "two different"),
        (0.0, math.inf, "lin", None, "finite"),
        (math.nan, 1.0, "lin", None, "finite"),
        (0.0, 100.0, "exp", None, "above 0"),
        (-1e308, 1.7e308, "lin", None, "too wide"),
        (0.0, 1.0, "lin", 1.5, "outside its range"),
        (0.0, 1.0, "lin", math.nan, "outside its range"),
    ],
)
def test_a_range_that_cannot_be_played_is_refused_with_a_reason(
    low: float, high: float, warp: str, idle: float | None, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        Output("pitch", low, high, "", warp, idle)  # type: ignore[arg-type]  # a plain text from the parameters
