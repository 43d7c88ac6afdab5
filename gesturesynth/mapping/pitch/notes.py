"""Names of notes: the root of a scale as people write it, and a frequency as they read it."""

from __future__ import annotations

import math
import re
from typing import Final

NAMES: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""By semitones above C, as they are shown."""
_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE: Final = re.compile(r"([A-Ga-g])([#♯b♭]?)")

REFERENCE_HZ: Final = 440.0
"""Of the A above middle C, unless a preset says otherwise (ISO 16)."""
_A: Final = 9
_A_OCTAVE: Final = 4
IN_TUNE_CENTS: Final = 0.5
"""What is nearer to a note is shown without a difference."""


def parse_note(text: str) -> int | None:
    """The semitones above C, 0..11, of a note such as `A`, `c#` or `Bb`; None where the text is no note."""
    match = _NOTE.fullmatch(text.strip())
    return (_LETTERS[match[1].upper()] + _ACCIDENTALS[match[2]]) % 12 if match else None


def note_hz(semitone: int, reference_hz: float = REFERENCE_HZ) -> float:
    """The frequency of a note in the octave from middle C on, equally tempered; `semitone` above C, 0..11."""
    return float(reference_hz * 2.0 ** ((semitone - _A) / 12))


def note_text(hz: float, reference_hz: float = REFERENCE_HZ) -> str:
    """The nearest equally tempered note, and how many cents it is off: `A4`, `E5 -14`."""
    semitones = 12 * math.log2(hz / reference_hz) + _A + 12 * _A_OCTAVE
    nearest = round(semitones)
    cents = 100.0 * (semitones - nearest)
    off = f" {cents:+.0f}" if abs(cents) > IN_TUNE_CENTS else ""
    return f"{NAMES[nearest % 12]}{nearest // 12}{off}"
