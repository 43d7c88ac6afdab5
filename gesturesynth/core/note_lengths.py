"""Lengths of notes as parts of a whole note: `1/8`, `3/16`, `1/8.` (dotted), `1/8t` (triplet)."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

QUARTER: Final = 0.25
SHORTEST: Final = 1 / 96
"""`1/64t`."""
LONGEST: Final = 16.0
"""`16/1`: sixteen whole notes."""
_PARTS: Final = (1, 2, 4, 8, 16, 32, 64)
_STRAIGHT: Final = tuple(2.0**power for power in range(4, -7, -1))
NOTE_PATTERN: Final = r"\s*([0-9]{1,2})\s*/\s*([0-9]{1,2})\s*(t|\.)?\s*"
"""How a note is written, right or wrong."""
_NOTE = re.compile(NOTE_PATTERN, re.ASCII)
_FACTORS: Final = {None: Fraction(1), "t": Fraction(2, 3), ".": Fraction(3, 2)}


def is_note(value: object) -> bool:
    """Whether a value is written as the length of a note, right or wrong: `1/8`, `1/7t`."""
    return isinstance(value, str) and _NOTE.fullmatch(value) is not None


def parse_note_length(value: object) -> float:
    """Reads the length of a note.

    Args:
        value: a text: a fraction of a whole note, and behind it `.` for half as long again or `t` for a triplet's.

    Returns:
        Whole notes: 0.125 for `1/8`; from `SHORTEST` to `LONGEST`.

    Raises:
        ValueError: it is none; the message says what is allowed.
    """
    match = _NOTE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f"expected the length of a note, such as '1/8', '3/16', '1/8.' (dotted) or '1/8t' (triplet), not '{value}'"
        )
    if int(match[1]) == 0 or int(match[2]) not in _PARTS:
        raise ValueError(
            f"'{value}' is not the length of a note: the lower number is one of {', '.join(map(str, _PARTS))}"
        )
    length = float(Fraction(int(match[1]), int(match[2])) * _FACTORS[match[3]])
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"'{value}' is outside 1/64t to 16/1")
    return length


def note_length_text(length: float) -> str:
    """A length as it is written: `1/8`, `1/8t`, `1/8.`, `5/16`.

    Args:
        length: whole notes.
    """
    exact = Fraction(length).limit_denominator(192)
    for mark in (None, ".", "t"):
        plain = exact / _FACTORS[mark]
        if plain.denominator in _PARTS and (mark is None or plain.numerator == 1):
            if mark is None and plain.numerator == 3 and plain.denominator > 1:
                continue  # 3/16 is 1/8.
            return f"{plain.numerator}/{plain.denominator}{mark or ''}"
    return f"{exact.numerator}/{exact.denominator}"


def notes_between(first: float, last: float) -> tuple[float, ...]:
    """The lengths from one to another, both included: all straight ones (1/1, 1/2, 1/4 ...) between them.

    Where an end is dotted, all dotted ones between them as well; likewise triplets.

    Args:
        first: one end, in whole notes.
        last: the other one, above or below it.

    Returns:
        Whole notes, longest first.
    """
    ends = (first, last)
    low, high = min(ends), max(ends)
    kinds = [_STRAIGHT]
    kinds += [
        tuple(length * float(factor) for length in _STRAIGHT)
        for factor in (_FACTORS["."], _FACTORS["t"])
        if any(_is_straight(end / float(factor)) for end in ends)
    ]
    between = {length for kind in kinds for length in kind if low < length < high and not _near(length, ends)}
    return tuple(sorted({low, high} | between, reverse=True))


def _is_straight(length: float) -> bool:
    return abs(math.log2(length) - round(math.log2(length))) < 1e-9


def _near(length: float, others: tuple[float, ...]) -> bool:
    return any(math.isclose(length, other, rel_tol=1e-9) for other in others)
