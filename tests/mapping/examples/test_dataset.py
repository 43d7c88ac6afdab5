"""The CSV file of examples: as presets ship it, and as people may have edited it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows, read_csv, write_csv
from tests.support.example_sets import assert_refused, assert_same_examples

GOOD = """take,class,feature:right_wrist.height,output:pitch,output:level
1,,0.25,220,-12
2,up,0.75,880,-9
3,none,0.1,,
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "examples.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_shipped_file_is_read(own_folders: Path) -> None:
    examples = read_csv(write(own_folders, GOOD))
    assert examples.columns == ("right_wrist.height",)
    assert examples.outputs == ("pitch", "level")
    assert examples.takes.tolist() == [1, 2, 3]
    assert examples.labels.tolist() == ["", "up", "none"]
    np.testing.assert_array_equal(examples.X, [[0.25], [0.75], [0.1]])
    np.testing.assert_array_equal(examples.Y, [[220, -12], [880, -9], [np.nan, np.nan]])


def test_a_file_saved_by_a_spreadsheet_is_read_as_well(own_folders: Path) -> None:
    untouched = read_csv(write(own_folders, GOOD))
    touched = read_csv(write(own_folders, "\ufeff" + GOOD.replace("\n", "\r\n").replace("up", '"up"') + "\r\n\r\n"))
    assert touched.labels.tolist() == untouched.labels.tolist()
    np.testing.assert_array_equal(touched.Y, untouched.Y)


numbers = st.floats(allow_nan=False, allow_infinity=False)
labels = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-99, 99), labels, st.tuples(numbers, numbers), st.tuples(numbers)), max_size=5))
def test_numbers_and_names_come_back_exactly(
    own_folders: Path, rows: list[tuple[int, str, tuple[float, float], tuple[float]]]
) -> None:
    packed = [(take, label, np.array(x), np.array(y)) for take, label, x, y in rows]
    before = examples_from_rows(packed, ["a,b", 'c"d'], ["o"])
    write_csv(before, own_folders / "e.csv")
    assert_same_examples(read_csv(own_folders / "e.csv"), before)


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("feature:right_wrist.height", "featur:x", "1:12", "did you mean 'feature:'"),
        ("output:level", "output:pitch", "1:52", "twice"),
        ("output:level", "output:", "1:52", "output:NAME"),
        ("feature:right_wrist.height", "output:x", "1:1", "no feature column"),
        ("0.25", "o.25", "2:4", "'feature:right_wrist.height' must be a finite number, not 'o.25'"),
        ("0.25", "nan", "2:4", "finite"),
        ("0.25", "inf", "2:4", "finite"),
        ("0.25", "", "2:4", "no feature"),
        ("0.25", "0_25", "2:4", "must be a finite number, not '0_25'"),
        ("0.25", "٣", "2:4", "finite"),
        ("0.25", "1e999", "2:4", "finite"),
        ("0.25", "1" * 90, "2:4", "finite"),
        ("2,up", "2_0,up", "3:1", "whole number"),
        ("2,up", "2.5,up", "3:1", "whole number"),
        ("880", "loud", "3:11", "'output:pitch'"),
        ("2,up", "two,up", "3:1", "whole number"),
        ("2,up", "99999999999999999999,up", "3:1", "whole number"),
        ("-9\n", "-9,1\n", "3:15", "6 cells"),
        ("3,none,0.1,,", "3,none,0.1", "4:8", "3 cells"),
        ("up", '"up"x"', "3:1", "CSV"),
    ],
)
def test_a_mistake_is_named_with_line_and_column(
    own_folders: Path, before: str, after: str, place: str, message: str
) -> None:
    assert_refused(read_csv, write(own_folders, GOOD.replace(before, after, 1)), f":{place}: ", message)


def test_a_missing_empty_or_binary_file_is_an_error_sentence(own_folders: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_csv(own_folders / "missing.csv")
    with pytest.raises(UserError, match="1:1: the file is empty"):
        read_csv(write(own_folders, "\n \n"))
    (own_folders / "image.csv").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(UserError, match="not UTF-8"):
        read_csv(own_folders / "image.csv")


def test_a_file_too_large_for_the_memory_is_refused_before_it_is_read(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturesynth.mapping.examples.dataset.MAX_BYTES", 2**20)
    with pytest.raises(UserError, match="larger than 1 MB"):
        read_csv(write(own_folders, GOOD + "4,,0.25,220,-12\n" * 70_000))


def test_columns_are_found_by_name_and_missing_ones_are_named(own_folders: Path) -> None:
    examples = read_csv(write(own_folders, GOOD))
    np.testing.assert_array_equal(examples.select(["right_wrist.height"], ["level"]).Y[:2], [[-12], [-9]])
    with pytest.raises(UserError, match=r"feature 'left_wrist\.height'.*right_wrist\.height"):
        examples.select(["left_wrist.height"], ["level"])
    with pytest.raises(UserError, match=r"output 'timbre'"):
        examples.select(["right_wrist.height"], ["timbre"])


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rows"):
        Examples(("a",), np.zeros((2, 1)), (), np.zeros((2, 0)), np.array(["", ""]), np.array([1]))
