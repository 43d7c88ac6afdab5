"""How people name notes and messages of MIDI: `C4`, `control 74`, `note C4 on 10`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from gesturesynth.midi.decoder import MidiEvent

_SEMITONES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE: Final = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d{1,2})")
_NAME: Final = re.compile(r"([a-z]+)(?:\s+(?!on\b)([A-Ga-g]?[#♯b♭]?-?\d{1,3}))?(?:\s+on\s+(\d{1,2}))?", re.IGNORECASE)

NameKind = Literal["note", "control", "program", "pressure", "bend", "pitch"]
NUMBERED: Final = ("note", "control", "program")
"""These have a number."""
WITHOUT_NUMBER: Final = ("pressure", "bend", "pitch")
"""`pitch`: the number of the note that was begun last."""


class MessageNameError(ValueError):
    """A text that names no message; its text is a sentence."""


@dataclass(frozen=True)
class MessageName:
    """Which messages are meant.

    Attributes:
        kind: see `NUMBERED` and `WITHOUT_NUMBER`.
        number: of the note, controller or program, 0..127; 0 for kinds without one. People count programs from 1.
        channel: 1..16; 0 for any.
    """

    kind: NameKind
    number: int = 0
    channel: int = 0

    def matches(self, event: MidiEvent) -> bool:
        """Whether an event is one of them."""
        kind = "note" if self.kind == "pitch" else self.kind
        if event.kind != kind or self.channel not in (0, event.channel):
            return False
        return self.kind in WITHOUT_NUMBER or event.number == self.number

    def __str__(self) -> str:
        number = f" {self.number + (self.kind == 'program')}" if self.kind in NUMBERED else ""
        return f"{self.kind}{number}" + (f" on {self.channel}" if self.channel else "")


def parse_note(text: str) -> int:
    """The number of a note such as `C4` (middle C, 60), `f#2` or `60`.

    Raises:
        MessageNameError: it is none, or is outside 0..127 (C-1 to G9).
    """
    plain = text.strip()
    if match := _NOTE.fullmatch(plain):
        accidental = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[match[2]]
        number = _SEMITONES[match[1].upper()] + accidental + 12 * (int(match[3]) + 1)
    elif re.fullmatch(r"-?\d{1,4}", plain):
        number = int(plain)
    else:
        raise MessageNameError(f"'{plain[:40]}' is no note; write a name such as `C4` (middle C), or 0 to 127")
    if not 0 <= number <= 127:
        raise MessageNameError(f"the note {plain} is outside of MIDI's 0 to 127 (C-1 to G9)")
    return number


def parse_message_name(text: str, kinds: tuple[str, ...] = (*NUMBERED, *WITHOUT_NUMBER)) -> MessageName:
    """Which messages a text means, such as `control 74`, `note C4 on 10` or `bend`.

    Args:
        text: the name of a kind, its number where it has one, and perhaps `on` and a channel.
        kinds: those that are allowed.

    Raises:
        MessageNameError: it means none, with a sentence that says what is allowed.
    """
    plain = " ".join(text.split())
    match = _NAME.fullmatch(plain)
    kind = match[1].lower() if match else ""
    if match is None or kind not in kinds:
        examples = ", ".join(f"`{one} {'C4' if one == 'note' else '64'}`" for one in kinds if one in NUMBERED)
        others = "".join(f", `{one}`" for one in kinds if one in WITHOUT_NUMBER)
        raise MessageNameError(
            f"'{plain[:40]}' is no MIDI message; allowed are {examples}{others}, each perhaps with a channel: `on 10`"
        )
    if (match[2] is None) == (kind in NUMBERED):
        needed = "needs a number, such as" if kind in NUMBERED else "has no number; write"
        raise MessageNameError(f"`{kind}` {needed} `{kind}{' 64' if kind in NUMBERED else ''}`")
    number = _number(kind, match[2])
    channel = int(match[3] or 0)
    if match[3] is not None and not 1 <= channel <= 16:
        raise MessageNameError(f"there is no channel {match[3]}: channels are 1 to 16")
    return MessageName(kind, number, channel)  # type: ignore[arg-type]  # one of `kinds`


def _number(kind: str, text: str | None) -> int:
    if text is None:
        return 0
    if kind == "note":
        return parse_note(text)
    first = 1 if kind == "program" else 0
    if not text.isdecimal() or not first <= int(text) <= first + 127:
        raise MessageNameError(f"the number of `{kind}` is {first} to {first + 127}, not {text}")
    return int(text) - first
