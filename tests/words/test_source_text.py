"""A text as artists save it becomes sentences; what is no text is refused with a sentence."""

from __future__ import annotations

import codecs

import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.words.source_text import MOST_BYTES, MOST_MARKS, decoded, sentences, shown


@pytest.mark.parametrize(
    "data",
    [
        "Über dem Meer, Nacht.".encode(),
        codecs.BOM_UTF8 + "Über dem Meer, Nacht.".encode(),
        "Über dem Meer, Nacht.".encode("utf-16"),
        "U\u0308ber dem Meer,\u202e Nacht.\x07".encode(),
    ],
)
def test_utf_8_and_utf_16_are_read_and_what_cannot_be_shown_is_left_out(data: bytes) -> None:
    assert decoded(data, "sea.txt") == "Über dem Meer, Nacht."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"one\ntwo\n\xfcber", r"not UTF-8 text \(line 3\)"),
        (b"a\0b", "zero bytes"),
        (b" \n ...", "no word in it"),
        (b"", "no word in it"),
        (b"a " * MOST_BYTES, "larger than 512 kB"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        decoded(data, "sea.txt")


def test_lines_of_verse_stand_for_themselves_and_lines_of_prose_do_not() -> None:
    assert len(sentences("the sea is grey\nthe night is long\n")) == 2
    prose = "This is a sentence that a program has broken into lines somewhere in\nthe middle of it, as mail is. Two.\n"
    assert [len(one) for one in sentences(prose)] == [20, 1]


def test_a_word_without_end_is_taken_apart() -> None:
    (words,) = sentences("x" * 100_000)
    assert {len(word.strip()) for word in words} == {60, 40}
    assert "".join(words) == " " + "x" * 100_000


def test_words_keep_their_blanks_and_scripts_without_blanks_are_taken_apart() -> None:
    assert sentences("Nacht, kalt. 海は青い。") == [[" Nacht,", " kalt."], [" 海", "は", "青", "い", "。"]]


def test_a_letter_keeps_thirty_marks() -> None:
    """More of them would be composed in a time that grows with the square of their number."""
    text = "naïve a" + "\u0300\u0316" * 100_000 + "b"
    assert len(shown(text)) < len("naïve ab") + MOST_MARKS
    assert shown("a\u0308 e\u0316\u0301") == "ä é\u0316"
