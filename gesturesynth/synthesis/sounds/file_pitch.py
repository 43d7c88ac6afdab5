"""The pitch that the name of a sound file says: `cello_C3.wav`, `bell-A#4.ogg`, `060.flac`. Pure."""

from __future__ import annotations

import re
from typing import Final

A4_HZ: Final = 440.0
A4_MIDI: Final = 69
LOWEST_MIDI: Final = 12
"""C0. Smaller numbers are counts of files, not pitches."""
HIGHEST_MIDI: Final = 127
MIDDLE_C_HZ: Final = A4_HZ * 2 ** (-9 / 12)
"""C4, MIDI 60: what a file counts as whose name says no pitch."""

_STEPS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHIFTS: Final = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE: Final = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])([#♯b♭]?)(-?\d)(?![A-Za-z0-9])")
_NUMBER: Final = re.compile(r"(?:^|.*[^0-9])(\d{3})|(\d{2,3})")


def pitch_in(name: str) -> float | None:
    """The pitch in a file's name without its ending, Hz; None where there is none.

    It is the last note name of scientific pitch notation (C4 is middle C) that stands by itself, or a MIDI number: the
    whole name, or three digits at its end.
    """
    notes = list(_NOTE.finditer(name))
    if notes:
        letter, shift, octave = notes[-1].groups()
        midi = 12 * (int(octave) + 1) + _STEPS[letter.lower()] + _SHIFTS[shift]
    elif number := _NUMBER.fullmatch(name):
        midi = int(number[1] or number[2])
    else:
        return None
    return A4_HZ * 2 ** ((midi - A4_MIDI) / 12) if LOWEST_MIDI <= midi <= HIGHEST_MIDI else None
