"""Lengths of notes as values of parameters: a rate in /s, a time in s. Pure."""

from __future__ import annotations

from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.instruments.base import Parameter

MUSICAL_UNITS = ("/s", "s")
"""Units of parameters that may be given as notes."""


def note_value(parameter: Parameter, length: float, tempo: Tempo) -> tuple[float, float]:
    """The value of a parameter for a note, and the length of the note that is played.

    A note that is too quick or too slow for the parameter at this tempo is doubled or halved until it is not, so that
    what is played stays on the beat.

    Args:
        parameter: in /s or s.
        length: whole notes, above 0.
        tempo: the tempo.
    """
    shortest, longest = (
        (1.0 / parameter.high, 1.0 / max(parameter.low, 1e-6))
        if parameter.unit == "/s"
        else (max(parameter.low, 1e-6), parameter.high)
    )
    while tempo.seconds(length) < shortest:
        length *= 2.0
    while tempo.seconds(length) > longest and tempo.seconds(length / 2.0) >= shortest:
        length /= 2.0
    seconds = tempo.seconds(length)
    return (1.0 / seconds if parameter.unit == "/s" else seconds), length
