"""The text that an artist gives: its bytes decoded, and taken apart into sentences of words. Pure."""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from typing import Final

from gesturesynth.core.errors import UserError

MOST_BYTES: Final = 512 * 1024
"""Of a file. A volume of poems has 100 kB, a novel 500: its table is made in 0.2 s of processor time, and has 20 MB."""
MOST_MARKS: Final = 30
"""On one letter, as in the Stream-Safe Text Format (Unicode Standard Annex 15, section 13): to compose a run of marks
takes time that grows with the square of its length, in which nothing else in the process is done."""
VERSE_CHARACTERS: Final = 55
"""A text three quarters of whose lines are shorter than this is verse: each line stands for itself. Prose that a
program has broken into lines has 65 to 80 characters in most of them."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_JOINERS: Final = "\u200c\u200d\u200e\u200f"
"""Characters without a width that some scripts need: Persian, Hindi, Arabic and Hebrew between Latin letters."""
_ALONE: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f"
"""Kana, Chinese characters and Thai, which are written without blanks: each character counts as a word."""
_LONGEST_WORD: Final = 60
"""Characters; what is longer is taken apart, so that no line of a few words is endless."""
_WORD: Final = re.compile(rf"\s*(?:[{_ALONE}][\u0e30-\u0e4e]{{,8}}|[^\s{_ALONE}]{{1,{_LONGEST_WORD}}})")
_END: Final = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]]*$")


def decoded(data: bytes, name: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark at the beginning.

    Characters that cannot be shown, and those that turn the direction of all that follows, are left out.

    Args:
        data: at most MOST_BYTES + 1 of its bytes.
        name: of the file, for sentences.

    Raises:
        UserError: it is too large, no such text, or has no word.
    """
    if len(data) > MOST_BYTES:
        raise UserError(f"'{name}' is larger than {MOST_BYTES // 1024} kB: leave a part of the text out")
    encoding, what = next(((code, what) for mark, code, what in _MARKS if data.startswith(mark)), ("utf-8", "UTF-8"))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"'{name}' is not {what} text (line {line}): save it as UTF-8") from error
    if "\0" in text:
        raise UserError(f"'{name}' is not UTF-8 text (there are zero bytes in it): save it as UTF-8")
    text = shown(text)
    if not any(map(str.isalnum, text)):
        raise UserError(f"'{name}' has no word in it")
    return text


def shown(text: str) -> str:
    """The text with all that can be shown, composed (NFC); line breaks stay, and so do MOST_MARKS on one letter."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    unified = unicodedata.normalize("NFC", _with_few_marks(text))
    return "".join(
        character
        for character in unified
        if character in _JOINERS or character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
    )


def _with_few_marks(text: str) -> str:
    """The text without the marks on a letter that are beyond MOST_MARKS."""
    if text.isascii():
        return text
    runs = itertools.groupby(text, lambda character: unicodedata.combining(character) > 0)
    return "".join("".join(itertools.islice(run, MOST_MARKS) if marks else run) for marks, run in runs)


def sentences(text: str) -> list[list[str]]:
    """The sentences of a text, or the lines of verse; each word with a blank before it where the text has one."""
    lines = [line.strip() for line in text.split("\n")]
    filled = sorted(len(line) for line in lines if line)
    verse = bool(filled) and filled[len(filled) * 3 // 4] < VERSE_CHARACTERS
    found: list[list[str]] = []
    current: list[str] = []
    for line in lines:
        words = _WORD.findall(line)
        if not words and current:
            found.append(current)
            current = []
        for word in words:
            bare = word.strip()
            current.append(f" {bare}" if word != bare or word is words[0] else bare)
            if _END.search(bare):
                found.append(current)
                current = []
        if verse and current:
            found.append(current)
            current = []
    return [*found, current] if current else found
