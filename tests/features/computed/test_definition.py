"""The full names of computed features."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.features.catalogue import columns, feature, find, find_column
from gesturesynth.features.computed.definition import Definition, definition, input_source, label, of_column

SHAKE = Definition("shake", 0.0, 1.0, "deviation(phone.1, 500 ms)")
TRAIL = Definition("trail", -1.0, 1.0, "recent(right_wrist.x, 3)")


@pytest.mark.parametrize(
    "one", [SHAKE, TRAIL, Definition("a.b", -1e-3, 2.5e6, "x"), Definition("baro.1", 1e6, 1e6 + 1.25, "x")]
)
def test_a_full_name_holds_all_that_a_feature_is(one: Definition) -> None:
    assert definition(one.name) == one
    assert label(one.name) == one.label
    found = feature(one.name)
    assert (found.name, found.low, found.high) == (one.name, one.low, one.high)
    assert columns([one.name]) == one.columns
    for column in one.columns:
        assert of_column(column) == one
        assert find_column(column) == found


def test_several_numbers_are_several_columns() -> None:
    assert [label(column) for column in TRAIL.columns] == ["trail.1", "trail.2", "trail.3"]
    assert of_column(TRAIL.columns[2].replace("trail.3", "trail.4")) is None
    assert of_column(TRAIL.name) is None  # a name of the feature, not of a column


@pytest.mark.parametrize(
    "name",
    [
        "shake",
        "shake = 1",
        "shake [1, 0] = x",
        "shake [0, 1] = ",
        "shake [0, 1] = x +",
        "shake [a, 1] = x",
        "[0, 1] = x",
    ],
)
def test_any_other_name_is_none(name: str) -> None:
    assert definition(name) is None
    assert find(name) is None


def test_a_feature_of_the_table_keeps_its_name() -> None:
    assert label("right_wrist.height") == "right_wrist.height"


def test_a_value_of_an_input_is_its_name_and_its_place() -> None:
    assert input_source("phone.2") == ("phone", 1)
    for wrong in ("phone", "phone.0", "phone.x", ".1"):
        with pytest.raises(ValueError, match="no value of an input"):
            input_source(wrong)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    definition(text)
    of_column(text)
    label(text)
