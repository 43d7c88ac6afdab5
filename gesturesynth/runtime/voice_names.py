"""Names of the copies that a preset with a voice for each person has of an instrument, a trigger or a pattern.

The first voice has the names as they are written; those of the second are called `theremin@2`, which no preset can
write, so that no name of an author is in the way.
"""

from __future__ import annotations

from typing import Final

MARK: Final = "@"


def name_in_voice(name: str, voice: int) -> str:
    """The name of what a voice has, of what the first one has under `name`.

    Args:
        name: of an instrument, bus or pattern; or of a part of it, `theremin.pitch`.
        voice: number of the voice, from 1.
    """
    if voice == 1:
        return name
    owner, dot, part = name.partition(".")
    return f"{owner}{MARK}{voice}{dot}{part}"


def voice_of(name: str) -> int:
    """The number of the voice, from 1, that has what is called so."""
    number = name.partition(".")[0].partition(MARK)[2]
    return int(number) if number.isdecimal() else 1
