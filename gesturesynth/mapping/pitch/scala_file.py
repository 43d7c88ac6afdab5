"""Reads a scale in the format of Scala (`.scl`), the usual one for tunings of all kinds.

The format, as the pages of the program Scala describe it: lines that begin with `!` are comments. Of the others the
first is a description, the second the number of notes, and each one after that a note: cents, which have a point
(`701.955`), or a ratio (`3/2`, `2`); what follows behind it on its line is ignored. The root is not among the notes,
and the last of them is the period.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.pitch.scales import OCTAVE, Scale
from gesturesynth.mapping.pitch.tunings import STEPS, Tuning, cents_of

SUFFIX: Final = ".scl"
MOST_BYTES: Final = 100_000
MOST_NOTES: Final = 1000
LEAST_PERIOD: Final = 10.0
MOST_PERIOD: Final = 10 * OCTAVE
NEAREST: Final = 1.0
"""Cents: of notes nearer than this to each other only the lowest counts; no one hears two."""
_SHOWN: Final = 40
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_CENTS: Final = re.compile(r"[ \t]*(-?\d{0,9}\.\d{0,20})(?![^ \t!])")
_RATIO: Final = re.compile(r"[ \t]*(\d{1,20})(?:/(\d{1,20}))?(?![^ \t!])")
_COUNT: Final = re.compile(r"[ \t]*(\d{1,9})(?![^ \t!])")


class ScalaFileError(UserError):
    """A Scala file that cannot be used: one sentence, with its place."""


def parse_scala(data: bytes, where: str) -> Scale:
    """The scale in a Scala file.

    Args:
        data: the contents of the file.
        where: the file, for sentences and as the name of the scale.

    Raises:
        ScalaFileError: it is not one, or its notes make no scale.
    """
    if len(data) > MOST_BYTES:
        raise ScalaFileError(f"{where}: has {len(data)} bytes; a scale has at most {MOST_BYTES}")
    lines = [(number, line) for number, line in enumerate(_LINE_END.split(_text(data).rstrip()), 1) if line[:1] != "!"]
    if len(lines) < 2:
        raise ScalaFileError(f"{where}: is no Scala file: a description and the number of notes are needed")
    about, (place, written) = lines[0][1].strip(), lines[1]
    count = _COUNT.match(written)
    if not count:
        raise ScalaFileError(f"{where}:{place}: expected the number of notes, not '{_shown(written)}'")
    if not 1 <= int(count[1]) <= MOST_NOTES:
        raise ScalaFileError(f"{where}:{place}: {int(count[1])} notes are outside 1 to {MOST_NOTES}")
    notes = lines[2 : 2 + int(count[1])]
    if len(notes) < int(count[1]):
        raise ScalaFileError(f"{where}:{place}: {int(count[1])} notes are announced, but {len(notes)} follow")
    cents = [_note(line, f"{where}:{number}") for number, line in notes]
    place, period = notes[-1][0], cents[-1]
    if not LEAST_PERIOD <= period <= MOST_PERIOD:
        raise ScalaFileError(
            f"{where}:{place}: the last note, at which the scale repeats, is at {period:g} cents; it must be from "
            f"{LEAST_PERIOD:g} to {MOST_PERIOD:g}"
        )
    for (number, line), note in zip(notes, cents, strict=True):
        if not 0.0 <= note <= period:
            raise ScalaFileError(
                f"{where}:{number}: '{_shown(line)}' is {note:g} cents, which is outside 0 to {period:g}, the last note"
            )
    return Scale(where, _printable(about), tuple(_apart(cents, period)), period)


def tuning_of(scale: Scale) -> Tuning:
    """A scale from a Scala file as a tuning of the twelve semitones.

    Raises:
        ScalaFileError: it has not twelve notes in an octave.
    """
    if len(scale.cents) != STEPS or abs(scale.period - OCTAVE) > NEAREST:
        raise ScalaFileError(
            f"{scale.name}: a tuning needs {STEPS} notes in an octave of 1200 cents; this has {len(scale.cents)} in "
            f"{scale.period:g}: use it as a scale"
        )
    return Tuning(scale.name, scale.about, scale.cents)


def _note(line: str, place: str) -> float:
    """The cents of a note."""
    if match := _CENTS.match(line):
        if any(character.isdigit() for character in match[1]):
            return float(match[1])
    elif match := _RATIO.match(line):
        above, below = int(match[1]), int(match[2] or 1)
        if above and below:
            return cents_of(Fraction(above, below))
        raise ScalaFileError(f"{place}: '{_shown(line)}' is no ratio: both numbers must be above 0")
    raise ScalaFileError(f"{place}: expected a ratio such as 3/2 or cents such as 701.955, not '{_shown(line)}'")


def _apart(cents: list[float], period: float) -> list[float]:
    """The root and the notes below the period, ascending, each at least `NEAREST` above the one before."""
    kept = [0.0]
    for note in sorted(cents):
        if note - kept[-1] >= NEAREST and period - note >= NEAREST:
            kept.append(note)
    return kept


def _text(data: bytes) -> str:
    """Files are in ASCII or in 8-bit characters; newer ones in UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _shown(line: str) -> str:
    text = _printable(line.strip())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
