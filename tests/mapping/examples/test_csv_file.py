"""CSV files of examples as spreadsheets, pandas and people write them: read right, or refused with the cause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.arff import read_arff
from gesturesynth.mapping.examples.dataset import Examples, read_csv, read_movements, write_csv
from gesturesynth.mapping.examples.text_file import plain_number, whole_number
from gesturesynth.mapping.gestures.takes import GestureTake
from tests.support.example_sets import assert_refused, assert_same_examples

PLAIN = """take,class,feature:hips.height,feature:hands.distance,output:pitch,output:level
1,,1.7,0.4,110,-12
1,up,1.7,2.2,110,-3
2,,0.8,0.4,45,
2,none,0.8,2.25,,
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "examples.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".", ",").replace("hips,h", "hips.h").replace("hands,d", "hands.d")


def tabs(text: str) -> str:
    return text.replace(",", "\t")


def with_row_numbers(text: str) -> str:
    head, *rows = text.splitlines()
    return "\n".join([f",{head}", *(f"{number},{row}" for number, row in enumerate(rows))])


DIALECTS: dict[str, Callable[[str], str | bytes]] = {
    "semicolons and decimal commas": semicolons,
    "semicolons and points": lambda text: text.replace(",", ";"),
    "tabs": tabs,
    "tabs and decimal commas": lambda text: semicolons(text).replace(";", "\t"),
    "bars": lambda text: text.replace(",", "|"),
    "a line sep=,": lambda text: f"sep=,\n{text}",
    "a line sep=;": lambda text: f"sep=;\n{semicolons(text)}",
    "a line sep=tab": lambda text: f"sep=\t\n{tabs(text)}",
    "a quoted line sep=": lambda text: f'"sep=;"\n{semicolons(text)}',
    "a mark of UTF-8 and a line sep=": lambda text: f"\ufeffsep=;\r\n{semicolons(text)}".encode(),
    "UTF-16": lambda text: tabs(text).encode("utf-16"),
    "UTF-16, the other end first": lambda text: b"\xfe\xff" + tabs(text).encode("utf-16-be"),
    "blank rows": lambda text: text.replace("\n2,,", "\n,,,,,\n\n2,,", 1) + ',,,,,\n"","",,,,\n',
    "blank rows at the beginning": lambda text: ",,,,,\n" + text,
    "empty columns at the end": lambda text: text.replace("\n", ",,\n"),
    "an empty column in the middle": lambda text: "\n".join(
        line.replace(",", ",,", 1) for line in text.strip().split("\n")
    ),
    "takes of pandas": lambda text: text.replace("\n1,", "\n1.0,").replace("\n2,", "\n2.0,"),
    "row numbers of pandas": with_row_numbers,
    "a table of pandas that was saved twice": lambda text: with_row_numbers(text).replace(",take", "Unnamed: 0,take"),
    "blanks around names and cells": lambda text: text.replace(",", " , "),
    "quotes around everything": lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.strip().split("\n")
    ),
    "the typographic minus sign": lambda text: text.replace("-", "\u2212"),
    "carriage returns alone": lambda text: text.replace("\n", "\r"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_read_as_what_it_means(own_folders: Path, dialect: str) -> None:
    plain = read_csv(write(own_folders, PLAIN))
    assert_same_examples(read_csv(write(own_folders, DIALECTS[dialect](PLAIN))), plain)
    np.testing.assert_array_equal(plain.Y, [[110, -12], [110, -3], [45, np.nan], [np.nan, np.nan]])


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("0.4,110", '"0,4",110', ":2:8: ", "decimals are written with a point"),
        ("1.7,0.4", "1,7,0.4", ":2:12: ", "a decimal comma needs ';' or tabs"),
        ("feature:hands.distance", "", ":2:8: ", "no name for the column"),
        ("2,none", ",none", ":5:1: ", "take must be a whole number, not ''"),
        ("take,class", "take class", ":1:1: ", "separated by ',', ';', tabs, '|'"),
        ("110,-12", "110,1.234.5", ":2:16: ", "must be a finite number"),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_place(
    own_folders: Path, before: str, after: str, place: str, message: str
) -> None:
    assert before in PLAIN
    assert_refused(read_csv, write(own_folders, PLAIN.replace(before, after, 1)), place, message)


MOVING = """take,class,time_s,feature:hips.height,feature:hands.distance,output:pitch
1,bow,0.0,1.7,,
1,bow,0.05,1.2,,
2,bow,0,1.7,0.3,
2,bow,0.1,,,
3,up,,1.8,0.4,110
"""


def test_rows_with_a_time_are_movements_and_no_examples(own_folders: Path) -> None:
    for text in (MOVING, semicolons(MOVING)):
        path = write(own_folders, text)
        rows = read_csv(path)
        assert (rows.takes.tolist(), rows.labels.tolist()) == ([3], ["up"])
        first, second = read_movements(path, ("hands.distance", "hips.height", "lean"))
        assert (first.name, first.label, second.label) == ("bow", "factory take 1", "factory take 2")
        np.testing.assert_array_equal(first.times_s, [0.0, 0.05])
        np.testing.assert_array_equal(first.features, [[np.nan, 1.7, np.nan], [np.nan, 1.2, np.nan]])
        np.testing.assert_array_equal(second.features, [[0.3, 1.7, np.nan], [np.nan, np.nan, np.nan]])
    assert read_movements(write(own_folders, PLAIN), ("hips.height",)) == ()


@pytest.mark.parametrize("text", [PLAIN, PLAIN.splitlines()[0]], ids=["beside rows", "alone"])
def test_movements_that_are_written_read_back(own_folders: Path, text: str) -> None:
    names = ("hips.height", "lean")
    rows = read_csv(write(own_folders, text))
    take = GestureTake("bow", np.array([0.0, 0.033]), np.array([[1.7, 0.1], [np.nan, 0.2]]))
    path = own_folders / "written.csv"
    write_csv(rows, path, [take, take], names)
    assert_same_examples(read_csv(path).aligned(rows.columns, rows.outputs), rows)
    first = int(rows.takes.max(initial=0)) + 1
    assert [each.label for each in read_movements(path, names)] == [f"factory take {n}" for n in (first, first + 1)]
    for each in read_movements(path, names):
        np.testing.assert_array_equal(each.times_s, take.times_s)
        np.testing.assert_array_equal(each.features, take.features)


def test_a_movement_without_a_name_is_refused(own_folders: Path) -> None:
    assert_refused(read_csv, write(own_folders, MOVING.replace("2,bow,0,", "2,,0,")), ":4:4: ", "must name a gesture")
    assert_refused(read_csv, write(own_folders, MOVING.replace("0.05", "soon")), ":3:7: ", "'time_s' must be a finite")


def test_points_and_commas_in_one_file_are_not_guessed_at(own_folders: Path) -> None:
    with pytest.raises(UserError, match="decimals are written with a point here"):
        read_csv(write(own_folders, semicolons(PLAIN).replace("0,4", "0.4", 1)))


def test_text_of_another_encoding_is_refused_with_what_to_do(own_folders: Path) -> None:
    with pytest.raises(UserError, match="save them as UTF-8"):
        read_csv(write(own_folders, PLAIN.replace("up", "gr\u00fc\u00df").encode("cp1252")))
    with pytest.raises(UserError, match="save them as UTF-8"):
        read_csv(write(own_folders, PLAIN.encode("utf-16-le")))


@pytest.mark.parametrize("reader", [read_csv, read_arff])
def test_the_number_of_columns_is_bounded(own_folders: Path, reader: Callable[[Path], Examples]) -> None:
    names = [f"feature:f{number}" for number in range(20_000)]
    text = ",".join(names) if reader is read_csv else "".join(f"@attribute {name} numeric\n" for name in names)
    with pytest.raises(UserError, match="more than 10000"):
        reader(write(own_folders, text))


@pytest.mark.parametrize(
    "text", ["1_7", "1 7", "", " ", "+", ".", "e5", "0x10", "1e", "inf", "nan", "\u0663", "1,5", "9e999"]
)
def test_texts_that_only_python_reads_as_numbers_are_refused(text: str) -> None:
    assert plain_number(text) is None
    assert whole_number(text) is None


def test_numbers_are_read_as_they_are_written() -> None:
    written = {"17": 17.0, " -1.5 ": -1.5, "+.5": 0.5, "5.": 5.0, "1e-3": 1e-3, "\u221212": -12.0}
    assert {text: plain_number(text) for text in written} == written
    assert [whole_number(text) for text in ("3", "3.0", "-3e2", "3.5", "9007199254740993", "1e300")] == [
        3,
        3,
        -300,
        None,
        9007199254740993,
        None,
    ]
