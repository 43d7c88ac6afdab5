"""Quantities as people write them, and ranges that are mapped to 0..1 and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gesturesynth.core import units
from gesturesynth.core.units import Unit, Warp


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("60 ms", "s", 0.06),
        ("2s", "s", 2.0),
        ("1.5 min", "s", 90.0),
        ("-6 dB", "dB", -6.0),
        ("2 khz", "Hz", 2000.0),
        ("440", "Hz", 440.0),
        (-9, "dB", -9.0),
        (0.4, "%", 0.4),
        ("1e2 Hz", "Hz", 100.0),
    ],
)
def test_a_quantity_is_read_in_its_base_unit(text: object, unit: Unit, value: float) -> None:
    assert units.parse_quantity(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("60 dB", "s", "'dB' is not a unit for this, expected '1 s' or '1 ms' or '1 min'"),
        ("soon", "s", "expected a number"),
        (True, "s", "not True"),
        (None, "Hz", "not None"),
        ("1e999 s", "s", "finite"),
        (float("nan"), "dB", "finite"),
        ("3 apples", "", "a plain number"),
        ([1], "s", "expected a number"),
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(text: object, unit: Unit, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        units.parse_quantity(text, unit)


RANGES = st.tuples(st.floats(1.0, 1e4), st.floats(1.1, 100.0)).map(lambda pair: (pair[0], pair[0] * pair[1]))


@given(RANGES, st.sampled_from(units.WARPS), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5))
def test_a_range_is_mapped_to_a_position_and_back(
    ends: tuple[float, float], warp: Warp, positions: list[float]
) -> None:
    values = units.from_unit(np.array(positions), *ends, warp)
    assert np.all((values >= ends[0] * (1 - 1e-9)) & (values <= ends[1] * (1 + 1e-9)))
    assert units.to_unit(values, *ends, warp) == pytest.approx(np.array(positions), abs=1e-9)


@given(RANGES, st.sampled_from(units.WARPS), st.floats(allow_nan=False, allow_infinity=False))
@example((1.0, 1.1), "lin", 1.79e307)
def test_nothing_leaves_the_range(ends: tuple[float, float], warp: Warp, wild: float) -> None:
    assert 0.0 <= units.to_unit(np.array([wild]), *ends, warp)[0] <= 1.0
    back = units.from_unit(np.array([wild]), *ends, warp)[0]
    assert ends[0] * (1 - 1e-9) <= back <= ends[1] * (1 + 1e-9)


def test_the_middle_of_an_exponential_range_is_its_geometric_mean() -> None:
    assert units.from_unit(np.array([0.5]), 110.0, 1760.0, "exp")[0] == pytest.approx(440.0)
    assert units.from_unit(np.array([0.5]), 110.0, 1760.0, "lin")[0] == pytest.approx(935.0)


def test_decibels_are_amplitude_ratios() -> None:
    assert units.db_to_gain(-20.0) == pytest.approx(0.1)
    assert units.gain_to_db(0.1) == pytest.approx(-20.0)
    assert units.gain_to_db(0.0) == -120.0
