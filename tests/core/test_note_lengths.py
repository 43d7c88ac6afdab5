"""Lengths of notes: read, shown, and those between two."""

import pytest

from gesturesynth.core.note_lengths import is_note, note_length_text, notes_between, parse_note_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1/8", 0.125),
        ("3/16", 0.1875),
        ("1/8.", 0.1875),
        ("1/8t", 1 / 12),
        ("1/1", 1.0),
        ("4/1", 4.0),
        (" 5/16 ", 0.3125),
    ],
)
def test_notes_are_read(text: str, length: float) -> None:
    assert is_note(text)
    assert parse_note_length(text) == pytest.approx(length)


@pytest.mark.parametrize("text", ["1/7", "0/4", "1/8x", "", "8", "99/1", "1/64tt", "-1/8", None, 0.125])
def test_what_is_no_note_is_refused_with_a_sentence(text: object) -> None:
    with pytest.raises(ValueError, match=r"note|outside"):
        parse_note_length(text)


@pytest.mark.parametrize(
    "text", ["1/1", "1/2", "1/4", "1/8", "1/16", "1/32", "1/8t", "1/4.", "1/8.", "2/1", "5/16", "1/64t"]
)
def test_notes_are_shown_as_they_are_written(text: str) -> None:
    assert note_length_text(parse_note_length(text)) == text


def test_three_sixteenths_are_a_dotted_eighth() -> None:
    assert note_length_text(parse_note_length("3/16")) == "1/8."


def _between(first: str, last: str) -> list[str]:
    return [note_length_text(length) for length in notes_between(parse_note_length(first), parse_note_length(last))]


def test_between_two_notes_are_the_straight_ones_and_dots_or_triplets_where_an_end_has_them() -> None:
    assert _between("1/4", "1/16") == ["1/4", "1/8", "1/16"]
    assert _between("1/16", "1/4") == ["1/4", "1/8", "1/16"]
    assert _between("1/4t", "1/16") == ["1/4t", "1/8", "1/8t", "1/16"]
    assert _between("1/4.", "1/8") == ["1/4.", "1/4", "1/8.", "1/8"]
    assert _between("5/16", "1/8") == ["5/16", "1/4", "1/8"]
