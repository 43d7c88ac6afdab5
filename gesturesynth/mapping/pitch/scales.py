"""Scales: which pitches above a root belong together, as a table of plain data.

A scale is a list of cents above its root (a hundredth of an equally tempered semitone; 1200 are an octave), repeated in
each period. Where its numbers come from:

- Modes, minors and pentatonics are whole semitones, as any theory of harmony has them. So is `octatonic`: Messiaen's
  second mode of limited transposition.
- Maqamat are in the quarter tones of the notation that the Congress of Arab Music in Cairo agreed on (1932). Players
  shade them by place and phrase; a Scala file can hold what one player plays.
- Slendro and pelog are the gamelans that A. J. Ellis measured (On the Musical Scales of Various Nations, Journal of the
  Society of Arts, 1885). Every gamelan has a tuning of its own; these two are examples.
- `harmonics` are the overtones 8 to 16: 1200 * log2(n / 8).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OCTAVE: Final = 1200.0
SEMITONE: Final = 100.0


@dataclass(frozen=True)
class Scale:
    """Pitches above a root.

    Attributes:
        name: lower case, words joined by blanks; for a Scala file, the file's name.
        about: one line for people.
        cents: above the root, ascending, from 0 (the root itself) to below `period`.
        period: cents after which it repeats, above 0.
    """

    name: str
    about: str
    cents: tuple[float, ...]
    period: float = OCTAVE


def _scale(name: str, about: str, *semitones: float) -> Scale:
    return Scale(name, about, tuple(SEMITONE * step for step in semitones))


_TABLE: Final = (
    _scale("chromatic", "All twelve semitones.", *range(12)),
    _scale("major", "The bright seven-note scale.", 0, 2, 4, 5, 7, 9, 11),
    _scale("minor", "The natural minor.", 0, 2, 3, 5, 7, 8, 10),
    _scale("harmonic minor", "Minor with a leading note below the root.", 0, 2, 3, 5, 7, 8, 11),
    _scale("melodic minor", "Minor as it rises: a major sixth and seventh.", 0, 2, 3, 5, 7, 9, 11),
    _scale("ionian", "Church mode: the same as major.", 0, 2, 4, 5, 7, 9, 11),
    _scale("dorian", "Church mode: minor with a major sixth.", 0, 2, 3, 5, 7, 9, 10),
    _scale("phrygian", "Church mode: minor with a minor second.", 0, 1, 3, 5, 7, 8, 10),
    _scale("lydian", "Church mode: major with a raised fourth.", 0, 2, 4, 6, 7, 9, 11),
    _scale("mixolydian", "Church mode: major with a minor seventh.", 0, 2, 4, 5, 7, 9, 10),
    _scale("aeolian", "Church mode: the same as minor.", 0, 2, 3, 5, 7, 8, 10),
    _scale("locrian", "Church mode: minor with a minor second and a narrow fifth.", 0, 1, 3, 5, 6, 8, 10),
    _scale("major pentatonic", "Five notes without semitones, bright.", 0, 2, 4, 7, 9),
    _scale("minor pentatonic", "Five notes without semitones, dark.", 0, 3, 5, 7, 10),
    _scale("blues", "Minor pentatonic and the note between its fourth and fifth.", 0, 3, 5, 6, 7, 10),
    _scale("hirajoshi", "A koto tuning: five notes, two of them a semitone above their neighbours.", 0, 2, 3, 7, 8),
    _scale("in sen", "A koto tuning: five notes, the second close to the root.", 0, 1, 5, 7, 10),
    _scale("whole tone", "Six equal steps: no note is home.", 0, 2, 4, 6, 8, 10),
    _scale("octatonic", "Whole tones and semitones in turn.", 0, 1, 3, 4, 6, 7, 9, 10),
    _scale("fifths", "Roots and fifths alone: hardly a melody, never a wrong note.", 0, 7),
    _scale("maqam rast", "Three-quarter tones at the third and the seventh.", 0, 2, 3.5, 5, 7, 9, 10.5),
    _scale("maqam bayati", "A three-quarter tone above the root.", 0, 1.5, 3, 5, 7, 8, 10),
    _scale("maqam hijaz", "A wide step between the second and the third.", 0, 1, 4, 5, 7, 8, 10),
    _scale("maqam saba", "As bayati below; its fourth is narrow.", 0, 1.5, 3, 4, 7, 8, 10),
    _scale("maqam sikah", "Begins on a note between the tempered ones.", 0, 1.5, 3.5, 5.5, 7, 8.5, 10.5),
    _scale("maqam nahawand", "As harmonic minor.", 0, 2, 3, 5, 7, 8, 11),
    _scale("maqam kurd", "As phrygian.", 0, 1, 3, 5, 7, 8, 10),
    _scale("maqam ajam", "As major.", 0, 2, 4, 5, 7, 9, 11),
    Scale("slendro", "A gamelan of five nearly equal steps, measured.", (0.0, 228.0, 484.0, 728.0, 960.0)),
    Scale(
        "pelog",
        "A gamelan of seven unequal steps, measured.",
        (0.0, 137.0, 446.0, 575.0, 687.0, 820.0, 1098.0),
    ),
    Scale("harmonics", "The overtones 8 to 16.", tuple(OCTAVE * math.log2(n / 8) for n in range(8, 16))),
)

SCALES: Final[Mapping[str, Scale]] = {scale.name: scale for scale in _TABLE}
"""Every scale by its name, in the order of the documents."""
