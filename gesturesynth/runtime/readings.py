"""What statuses show to people: features, outputs and gestures by name, the scale, the tempo, the adaptation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

USUAL_REFERENCE_HZ: Final = 440.0
MOST_STRETCHES: Final = 3
"""There is one for each number of a whole-body vector; a line has room for these."""


class Reading(msgspec.Struct, frozen=True):
    """One feature or output, by name, to be shown to people.

    Attributes:
        value: in `unit`, which is empty for a plain number.
        position: 0..1 within its range, for a bar.
        note: the note that an output plays while it follows a scale, such as `A4` or `E5 -14` (cents); else empty.
    """

    name: str
    value: float
    unit: str
    position: float
    note: str = ""


class VoiceReading(msgspec.Struct, frozen=True):
    """One voice of a preset that has one for each person, to be shown to people.

    Attributes:
        voice: its number, from 1.
        person: number of the person who plays it, or was the last one to play it; 0 for none, and where persons are not
            told apart.
        present: whether that person is in view.
        share: how far it is faded in, 0..1.
        leads: it is the one that teaching is about, and what is shown without a voice.
        recognised: the class of the pose, or an empty text.
        confidence: how near the pose is to what was taught, 0..1.
        outputs: what it plays.
    """

    voice: int
    person: int
    present: bool
    share: float
    leads: bool
    recognised: str
    confidence: float
    outputs: tuple[Reading, ...]

    @property
    def text(self) -> str:
        """For people: `1: person 3, first`; `2: -` for one that is silent."""
        person = f"person {self.person}" if self.person else "a person"
        state = (person if self.present else "no person") if self.share > 0.0 else "-"
        return f"{self.voice}: {state}{', first' if self.leads and self.present else ''}"


def voices_text(voices: Sequence[VoiceReading]) -> str:
    """All voices on one line for people; empty where there are none."""
    return "  ".join(voice.text for voice in voices)


class GestureReading(msgspec.Struct, frozen=True):
    """One gesture of the preset, to be shown to people.

    Attributes:
        followed: whether it was taught, and a person is in view; without, the next three are 0.
        progress: 0 at its beginning to 1 at its end.
        closeness: how near the movement is to it, 0..1; 0.5 only just counts.
        speed: 0 and up; 1 is the tempo of the takes.
        performed: how often it was performed since the conductor started.
    """

    name: str
    followed: bool
    progress: float
    closeness: float
    speed: float
    performed: int


class PersonReading(msgspec.Struct, frozen=True):
    """One of several people who are here.

    Attributes:
        person: as `messages.Body.person`.
        roles: `first`, `second` ... and others that features of the preset name, such as `leftmost`.
        in_view: whether the newest pose shows this person; one who is hidden for a moment stays here.
    """

    person: int
    roles: tuple[str, ...]
    in_view: bool


class TeachingTarget(msgspec.Struct, frozen=True):
    """Something that takes can be recorded for, to be shown to people.

    Attributes:
        name: `"1"` to `"9"` for a snapshot; the name of a class or gesture.
        kind: of it.
        values: of a snapshot: output -> value in its unit.
    """

    name: str
    kind: Literal["snapshot", "class", "gesture"]
    values: dict[str, float] = {}


class AdaptationReading(msgspec.Struct, frozen=True):
    """How the taught range follows the person in view, to be shown to people.

    Attributes:
        on: whether it does.
        stretches: by feature, how many times its movement counts; features that are as they were taught are left out.
    """

    on: bool = False
    stretches: dict[str, float] = {}

    @property
    def text(self) -> str:
        """For people: `right_wrist.height ×1.33, lean ×0.80 and 4 more`, those that differ most; `as taught` for none.

        Empty where it does not.
        """
        if not self.on:
            return ""
        order = sorted(self.stretches.items(), key=lambda entry: -abs(math.log(entry[1])))
        shown = ", ".join(f"{name} ×{stretch:.2f}" for name, stretch in order[:MOST_STRETCHES])
        more = len(order) - MOST_STRETCHES
        return (shown or "as taught") + (f" and {more} more" if more > 0 else "")


class TempoReading(msgspec.Struct, frozen=True):
    """The tempo, to be shown to people.

    Attributes:
        bpm: quarter notes a minute; 0 where nothing lies on a beat, and then nothing else counts.
        metre: such as `4/4`.
        swing: 0 (even) to 1 (triplets).
        follows: the gesture whose period it follows; empty for none.
        bar, beat: where it is, both from 1; beats are those of the metre.
    """

    bpm: float = 0.0
    metre: str = ""
    swing: float = 0.0
    follows: str = ""
    bar: int = 0
    beat: int = 0

    @property
    def text(self) -> str:
        """For people: `96 BPM, 4/4, swing 0.2, follows wave, bar 12`; what is usual is left out."""
        parts = [f"{self.bpm:.4g} BPM", self.metre]
        parts += [f"swing {self.swing:.2g}"] * (self.swing != 0.0)
        parts += [f"follows {self.follows}"] * bool(self.follows)
        return ", ".join((*parts, f"bar {self.bar}"))


class ScaleReading(msgspec.Struct, frozen=True):
    """The scale that pitches follow, to be shown to people.

    Attributes:
        name: as in the preset or the command; empty while there is none, and then nothing else counts.
        root: a note, such as `A`.
        tuning: its name.
        reference_hz: the A above middle C.
        strength: from 0 (free) to 1 (notes only).
        outputs: that follow it.
    """

    name: str = ""
    root: str = ""
    tuning: str = ""
    reference_hz: float = 0.0
    strength: float = 0.0
    outputs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people: `A minor pentatonic, just, A = 442 Hz, strength 0.5`; what is usual is left out."""
        parts = [f"{self.root} {self.name}"]
        parts += [self.tuning] * (self.tuning != "equal")
        parts += [f"A = {self.reference_hz:g} Hz"] * (self.reference_hz != USUAL_REFERENCE_HZ)
        parts += [f"strength {self.strength:.3g}"] * (self.strength != 1.0)
        return ", ".join(parts)
