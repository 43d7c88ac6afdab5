"""Tunings: how the twelve semitones of an octave are tuned, as a table of plain data.

A tuning moves the notes of a scale that are whole semitones; those between (quarter tones, gamelans) have a pitch of
their own and stay. It counts from the root, so a just fifth is pure in every key.

`just` has the ratios of the smallest whole numbers made of 2, 3 and 5; `pythagorean` is a chain of pure fifths, from
five below the root to six above it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gesturesynth.mapping.pitch.scales import OCTAVE, SEMITONE, Scale

STEPS: Final = 12
"""Notes of a tuning."""


@dataclass(frozen=True)
class Tuning:
    """Twelve pitches above a root.

    Attributes:
        name: one lower-case word; for a Scala file, the file's name.
        about: one line for people.
        cents: of each semitone above the root, ascending, the first 0.
    """

    name: str
    about: str
    cents: tuple[float, ...]


def cents_of(ratio: Fraction) -> float:
    """The size of an interval: 1200 times the binary logarithm of its ratio, which is above 0."""
    # Apart, because the numbers of a ratio may be too great for a float.
    return OCTAVE * (math.log2(ratio.numerator) - math.log2(ratio.denominator))


_JUST: Final = ("1", "16/15", "9/8", "6/5", "5/4", "4/3", "45/32", "3/2", "8/5", "5/3", "9/5", "15/8")


def _fifths() -> tuple[float, ...]:
    """Each semitone by pure fifths, each brought back into the octave."""
    chain = [cents_of(Fraction(3, 2) ** count) % OCTAVE for count in range(-5, 7)]
    return tuple(sorted(chain))


EQUAL: Final = Tuning("equal", "Twelve equal semitones.", tuple(SEMITONE * step for step in range(STEPS)))

TUNINGS: Final[Mapping[str, Tuning]] = {
    tuning.name: tuning
    for tuning in (
        EQUAL,
        Tuning("just", "Pure thirds and fifths above the root.", tuple(cents_of(Fraction(text)) for text in _JUST)),
        Tuning("pythagorean", "Pure fifths, wide thirds.", _fifths()),
    )
}
"""Every tuning by its name, in the order of the documents."""


def retuned(scale: Scale, tuning: Tuning) -> Scale:
    """The scale with its whole semitones as the tuning has them, if its period is an octave; else as it is."""
    if scale.period != OCTAVE:
        return scale
    return Scale(scale.name, scale.about, tuple(sorted({_tuned(cents, tuning) for cents in scale.cents})))


def _tuned(cents: float, tuning: Tuning) -> float:
    step, beside = divmod(cents, SEMITONE)
    return cents if beside else tuning.cents[int(step)]
