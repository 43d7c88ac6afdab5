"""Numbers as people and programs write them into text: decimal, with a point, perhaps an exponent; nothing else.

Python's `float` and `int` read more than that: `1_7` as 17, digits of other scripts, `infinity`. A typing error must
not become a number.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 80
"""Characters; a double needs 24 at most. Longer texts are not meant as numbers."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_EXACT: Final = 2.0**53
"""From here on doubles leave whole numbers out."""


def plain_number(text: str) -> float | None:
    """The number that a text is, blanks around it aside; None when it is none, or too great for a double."""
    text = text.strip().replace("\u2212", "-")  # the minus of typographers, which cannot mean anything else
    if len(text) > LONGEST or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) != float("inf") else None


def whole_number(text: str) -> int | None:
    """The whole number that a text is, also as spreadsheets write it (`3.0`, `3e2`); None when it is none."""
    text = text.strip().replace("\u2212", "-")
    if len(text) <= LONGEST and _WHOLE.fullmatch(text):
        return int(text)
    number = plain_number(text)
    return int(number) if number is not None and number == int(number) and abs(number) <= _EXACT else None
