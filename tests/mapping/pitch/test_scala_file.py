"""Scala files: what the format allows is read, everything else is refused in one sentence with its line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.mapping.pitch.scala_file import MOST_BYTES, ScalaFileError, parse_scala, tuning_of
from gesturesynth.mapping.pitch.scales import Scale
from gesturesynth.mapping.pitch.setting import ScaleSetting

MEANTONE = b"""! mean.scl
!
A quarter of a comma
 12
!
 76.04900
 193.15686
 310.26471
 5/4
 503.42157
 579.47057
 696.57843
 25/16
 889.73529
 1006.84314
 1082.89214
 2/1
"""


def test_notes_may_be_cents_or_ratios() -> None:
    scale = parse_scala(MEANTONE, "mean.scl")
    assert (scale.name, scale.about, scale.period) == ("mean.scl", "A quarter of a comma", 1200.0)
    assert len(scale.cents) == 12
    assert scale.cents[:2] == (0.0, 76.049)
    assert scale.cents[4] == pytest.approx(386.3137, abs=1e-4)


def test_what_follows_a_note_is_ignored_and_ends_of_lines_may_be_of_any_system() -> None:
    data = (
        b"tritave\r\n3 notes\r\n1.5E2\r\n".replace(b"1.5E2", b"9/7  the third") + b"\t 884.359 cents\r\n3 ! twelfth\r\n"
    )
    scale = parse_scala(data, "bp.scl")
    assert scale.cents == pytest.approx((0.0, 435.084, 884.359), abs=1e-3)
    assert scale.period == pytest.approx(1901.955, abs=1e-3)


def test_the_description_may_be_empty_and_in_other_letters() -> None:
    assert parse_scala(b"\n1\n2/1", "a.scl").about == ""
    assert parse_scala("Gamelan Véritable\n1\n2".encode("latin-1"), "a.scl").about == "Gamelan Véritable"


def test_notes_in_disorder_are_sorted_and_doubles_count_once() -> None:
    assert parse_scala(b"x\n5\n700.\n200.\n700.4\n1/1\n2/1", "a.scl").cents == (0.0, 200.0, 700.0)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "a.scl: is no Scala file: a description and the number of notes are needed"),
        (b"! only a comment\nabout\n\n2/1", "a.scl:3: expected the number of notes, not ''"),
        (b"about\nseven\n", "a.scl:2: expected the number of notes, not 'seven'"),
        (b"about\n0\n", "a.scl:2: 0 notes are outside 1 to 1000"),
        (b"about\n2\n2/1\n", "a.scl:2: 2 notes are announced, but 1 follow"),
        (b"about\n2\n3:2\n2/1", "a.scl:3: expected a ratio such as 3/2 or cents such as 701.955, not '3:2'"),
        (b"about\n2\n3/0\n2/1", "a.scl:3: '3/0' is no ratio: both numbers must be above 0"),
        (b"about\n2\n.\n2/1", "a.scl:3: expected a ratio such as 3/2 or cents such as 701.955, not '.'"),
        (b"about\n2\n-3/2\n2/1", "a.scl:3: expected a ratio such as 3/2 or cents such as 701.955, not '-3/2'"),
        (b"about\n2\n-5.0\n2/1", "a.scl:3: '-5.0' is -5 cents, which is outside 0 to 1200, the last note"),
        (b"about\n2\n3/1\n2/1", "a.scl:3: '3/1' is 1901.96 cents, which is outside 0 to 1200, the last note"),
        (
            b"about\n1\n1/1",
            "a.scl:3: the last note, at which the scale repeats, is at 0 cents; it must be from 10 to 12000",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(ScalaFileError) as error:
        parse_scala(data, "a.scl")
    assert str(error.value) == sentence


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(ScalaFileError, match="at most 100000"):
        parse_scala(b"\n" * (MOST_BYTES + 1), "a.scl")


def test_twelve_notes_in_an_octave_are_a_tuning_and_others_are_not() -> None:
    assert tuning_of(parse_scala(MEANTONE, "mean.scl")).cents[7] == 696.57843
    with pytest.raises(ScalaFileError, match=r"a.scl: a tuning needs 12 notes in an octave .* use it as a scale"):
        tuning_of(parse_scala(b"x\n2\n3/2\n2/1", "a.scl"))


NOTES = st.lists(
    st.one_of(
        st.from_regex(r"[0-9]{1,25}/[0-9]{1,25}", fullmatch=True),
        st.floats(-10, 1300).map(lambda cents: f"{cents:f}"),
        st.integers(0, 3).map(str),
    ),
    max_size=12,
)


def scale_or_sentence(data: bytes) -> Scale | str:
    try:
        return parse_scala(data, "a.scl")
    except ScalaFileError as error:
        return str(error)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda text: text.encode("utf-8", "ignore"))))
def test_garbage_is_refused_in_one_line(data: bytes) -> None:
    found = scale_or_sentence(data)
    assert isinstance(found, Scale) or (found.startswith("a.scl:") and found.isprintable())


@given(NOTES)
def test_whatever_notes_are_announced_they_are_refused_or_make_a_scale_that_can_be_played(notes: list[str]) -> None:
    found = scale_or_sentence("\n".join(("about", str(len(notes) + 1), *notes, "2/1")).encode())
    if isinstance(found, str):
        assert found.isprintable()
        return
    assert found.cents[0] == 0.0
    assert all(math.isfinite(cents) for cents in found.cents)
    assert all(low < high for low, high in zip(found.cents, (*found.cents[1:], found.period), strict=True))
    ladder = ScaleSetting(found).notes(55.0, 3520.0, "Hz")
    assert list(ladder) == sorted(set(ladder))
    assert 6 <= len(ladder) <= 7200
