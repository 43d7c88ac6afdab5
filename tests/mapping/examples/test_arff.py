"""Examples as ARFF: files for Weka, and files of Weka and Wekinator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import arff as independent

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.arff import read_arff, write_arff
from gesturesynth.mapping.examples.dataset import examples_from_rows
from tests.support.example_sets import assert_refused, assert_same_examples

GOOD = """% made by hand
@RELATION poses

@Attribute take INTEGER
@attribute 'feature:right_wrist.height' real
@attribute "output:pitch" numeric
@attribute output:level numeric
@attribute class {up, 'arms wide'}

@DATA
1,0.25,220,-12,?
% in between
2, 0.75 ,880,-9,up
3,1e-1,?,?,'arms wide'
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "examples.arff"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_weka_is_read(own_folders: Path) -> None:
    for text in (GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD):
        examples = read_arff(write(own_folders, text))
        assert examples.columns == ("right_wrist.height",)
        assert examples.outputs == ("pitch", "level")
        assert examples.takes.tolist() == [1, 2, 3]
        assert examples.labels.tolist() == ["", "up", "arms wide"]
        np.testing.assert_array_equal(examples.X, [[0.25], [0.75], [0.1]])
        np.testing.assert_array_equal(examples.Y, [[220, -12], [880, -9], [np.nan, np.nan]])


def test_a_file_of_wekinator_is_read_by_the_names_of_the_preset(own_folders: Path) -> None:
    text = """@relation dataset

@attribute ID numeric
@attribute Time date 'yyyy/MM/dd HH:mm:ss:SSS'
@attribute 'Training round' numeric
@attribute right_wrist.height numeric
@attribute lean numeric
@attribute pitch numeric
@attribute kind {1,2}

@data
1,'2026/03/01 12:00:00:123',1,0.5,2,220,1
2,'2026/03/01 12:00:00:223',1,0.75,3,220,2
3,'2026/03/01 12:00:09:001',2,1,4,880,2
"""
    examples = read_arff(write(own_folders, text), ["lean", "right_wrist.height"], ["pitch", "kind"])
    assert examples.columns == ("right_wrist.height", "lean")
    assert examples.outputs == ("pitch", "kind")
    assert examples.takes.tolist() == [1, 1, 2]
    np.testing.assert_array_equal(examples.X, [[0.5, 2], [0.75, 3], [1, 4]])
    np.testing.assert_array_equal(examples.Y, [[220, 1], [220, 2], [880, 2]])


def test_another_reader_understands_what_is_written(own_folders: Path) -> None:
    path = own_folders / "e.arff"
    rows = [
        (1, "up", np.array([0.5, 2.0]), np.array([220.5])),
        (2, "at-rest", np.array([-1e-9, 3.0]), np.array([440.0])),
    ]
    write_arff(examples_from_rows(rows, ["right_wrist.height", "lean"], ["pitch"]), path)
    data, meta = independent.loadarff(path)
    assert meta.types() == ["numeric"] * 4 + ["nominal"]
    assert meta["class"][1] == ("up", "at-rest")
    np.testing.assert_array_equal(data["output:pitch"], [220.5, 440.0])
    np.testing.assert_array_equal(data["feature:right_wrist.height"], [0.5, -1e-9])
    assert data["class"].tolist() == [b"up", b"at-rest"]


numbers = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(
    str.strip
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(-99, 99), names, st.tuples(numbers, numbers), st.tuples(numbers)), max_size=5),
    st.lists(names.filter(bool), min_size=2, max_size=2, unique=True),
)
def test_numbers_and_names_come_back_exactly(
    own_folders: Path, rows: list[tuple[int, str, tuple[float, float], tuple[float]]], columns: list[str]
) -> None:
    packed = [(take, label, np.array(x), np.array(y)) for take, label, x, y in rows]
    before = examples_from_rows(packed, columns, ["o"])
    write_arff(before, own_folders / "e.arff")
    assert_same_examples(read_arff(own_folders / "e.arff"), before)


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("@attribute output:level numeric", "@attribute level numeric", ":7: ", "not clear what the attribute 'level'"),
        ("@attribute output:level numeric", "@attribute output:level string", ":7: ", "numeric, real, integer"),
        ("@attribute output:level numeric", "@attribute output:pitch numeric", ":7: ", "twice"),
        ("@attribute output:level numeric", "output:level numeric", ":7: ", "not ARFF"),
        ("{up, 'arms wide'}", "{up}", ":14: ", "'arms wide' is not one of the values"),
        ("{up, 'arms wide'}", "string", ":8: ", "numeric, real, integer"),
        ("'feature:right_wrist.height'", "output:x", ": ", "no feature"),
        ("@DATA", "@date", ":10: ", "not ARFF"),
        ("0.25", "?", ":11: ", "no feature"),
        ("0.25", "nan", ":11: ", "finite number"),
        ("0.25", "0_25", ":11: ", "finite number"),
        ("2, 0.75", "2_0, 0.75", ":13: ", "whole number"),
        ("880,", "loud,", ":13: ", "'output:pitch' must be"),
        ("2, 0.75", "2.5, 0.75", ":13: ", "whole number"),
        (",up\n", "\n", ":13: ", "4 values"),
        ("'arms wide'\n", "'arms wide\n", ":14: ", "quote"),
        ("1,0.25,220,-12,?", "{1 0.25}", ":11: ", "sparse"),
    ],
)
def test_a_mistake_is_named_with_its_line(own_folders: Path, before: str, after: str, place: str, message: str) -> None:
    head, data = GOOD.split("@DATA")
    text = GOOD.replace(before, after) if before in head + "@DATA" else head + "@DATA" + data.replace(before, after, 1)
    assert_refused(read_arff, write(own_folders, text), place, message)


def test_a_missing_empty_or_binary_file_is_an_error_sentence(own_folders: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_arff(own_folders / "missing.arff")
    with pytest.raises(UserError, match="no line '@data'"):
        read_arff(write(own_folders, "\n \n"))
    (own_folders / "image.arff").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(UserError, match="not UTF-8"):
        read_arff(own_folders / "image.arff")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD)), st.text("@{}',\"\\?%\n 1ax", max_size=6))
def test_any_text_is_read_or_is_an_error_sentence(own_folders: Path, at: int, more: str) -> None:
    try:
        read_arff(write(own_folders, GOOD[:at] + more + GOOD[at:]))
    except UserError as error:
        assert "examples.arff" in str(error)  # noqa: PT017 - either is fine


HEAD, ROWS = GOOD.split("@DATA\n")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(ROWS.replace(",", "\t").replace(" 0.75 ", "0.75"), id="tabs"),
        pytest.param(ROWS.replace(",", "  ").replace(" 0.75 ", "0.75"), id="blanks"),
        pytest.param(ROWS.replace(",", " ,\t "), id="commas and blanks"),
        pytest.param(
            ROWS.replace("?\n", "?,\n").replace("up\n", "up,\n").replace("wide'\n", "wide',\n"), id="commas at the end"
        ),
        pytest.param(ROWS.replace(",?\n", ",? % no class\n").replace("up\n", "up%x\n"), id="comments"),
        pytest.param(ROWS.replace("1,0.25", "1.0,0.25"), id="takes that are floats"),
    ],
)
def test_dialects_of_other_programs_are_read(own_folders: Path, rows: str) -> None:
    plain, other = (read_arff(write(own_folders, f"{HEAD}@DATA\n{text}")) for text in (ROWS, rows))
    np.testing.assert_array_equal(other.X, plain.X)
    np.testing.assert_array_equal(other.Y, plain.Y)
    assert other.labels.tolist() == plain.labels.tolist()
    assert other.takes.tolist() == plain.takes.tolist()


def test_a_row_may_leave_single_outputs_and_features_open(own_folders: Path) -> None:
    examples = read_arff(write(own_folders, GOOD.replace("880,", "?,").replace("220,-12", "220,?")))
    np.testing.assert_array_equal(examples.Y, [[220, np.nan], [np.nan, -9], [np.nan, np.nan]])
    before = examples_from_rows([(1, "", np.array([np.nan, 1.0]), np.array([2.0, np.nan]))], ["a", "b"], ["o", "p"])
    write_arff(before, own_folders / "e.arff")
    after = read_arff(own_folders / "e.arff")
    np.testing.assert_array_equal(after.X, before.X)
    np.testing.assert_array_equal(after.Y, before.Y)


@pytest.mark.parametrize("mark", ["'", '"', "'\\", '"\\', "{'", "@attribute '", "?,'"])
def test_an_unclosed_quote_costs_one_pass_over_the_line(own_folders: Path, mark: str) -> None:
    """A million characters take as many steps; with quadratic time this test would not end."""
    for filling in ("x", "x ", "\\x", ",", "''"):
        line = mark + filling * (1_000_000 // len(filling))
        for text in (f"{HEAD}@DATA\n{line}\n", f"{line}\n@DATA\n"):
            with pytest.raises(UserError) as caught:
                read_arff(write(own_folders, text))
            assert len(str(caught.value)) < 500


def test_a_file_too_large_for_the_memory_is_refused_before_it_is_read(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturesynth.mapping.examples.arff.MAX_BYTES", 2**20)
    with pytest.raises(UserError, match="larger than 1 MB"):
        read_arff(write(own_folders, GOOD + "1,0.25,220,-12,?\n" * 70_000))
