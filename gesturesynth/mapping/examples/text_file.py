"""The text of a file of examples as editors, spreadsheets and other programs save it: bounded, decoded, its numbers."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import UserError

COLUMNS: Final = 10_000
"""At most so many columns are read; the largest preset has some three hundred."""

MAX_NUMBER_CHARACTERS: Final = 80
"""A double needs 24 at most. Longer texts are not meant as numbers."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_EXACT: Final = 2.0**53
"""From here on doubles cannot represent all whole numbers."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def read_text(path: Path, most_bytes: int) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark at the beginning, as Excel's "Unicode text" is.

    Raises:
        UserError: it cannot be read, is too large, or is no such text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise UserError(f"{path}: the examples cannot be read: {error.strerror}") from error
    if len(data) > most_bytes:
        raise UserError(f"{path}: the file is larger than {most_bytes // 2**20} MB: leave rows out")
    encoding, name = next(((code, name) for mark, code, name in _MARKS if data.startswith(mark)), ("utf-8", "UTF-8"))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: the examples are not {name} text (byte {error.start}): save them as UTF-8 (in Excel `CSV UTF-8`)"
        ) from error
    if "\0" in text:
        raise UserError(f"{path}: the examples are not UTF-8 text (there are zero bytes in it): save them as UTF-8")
    return text


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers, from 1. Not `splitlines`: that breaks where no editor begins a new line."""
    return list(enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1))


def plain_number(text: str) -> float | None:
    """The decimal number that a text holds, perhaps with blanks around it; None for other texts and for overflow.

    Python's `float` and `int` accept more: `1_7` as 17, digits of other scripts, `infinity`. A typing error must not
    become a number.
    """
    text = text.strip().replace("\u2212", "-")  # the typographic minus sign
    if len(text) > MAX_NUMBER_CHARACTERS or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) != float("inf") else None


def whole_number(text: str) -> int | None:
    """The whole number that a text holds, also as spreadsheets write it (`3.0`, `3e2`); None for other texts."""
    text = text.strip().replace("\u2212", "-")
    if len(text) <= MAX_NUMBER_CHARACTERS and _WHOLE.fullmatch(text):
        return int(text)
    number = plain_number(text)
    return int(number) if number is not None and number == int(number) and abs(number) <= _EXACT else None
