"""The keys of `tempo` in a preset, and the types that are made of notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, Quantity, WholeNumber, text_of
from gesturesynth.core.confusables import plain, unusual_character
from gesturesynth.core.note_lengths import NOTE_PATTERN, note_length_text, parse_note_length
from gesturesynth.runtime.tempo import FASTEST_BPM, SLOWEST_BPM, Tempo

_USUAL: Final = Tempo()
MOST_BEATS: Final = 16
METRE_UNITS: Final = (2, 4, 8, 16)


@dataclass(frozen=True)
class NoteLength:
    """The length of a note from `shortest` to `longest`, in whole notes."""

    shortest: float
    longest: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{NOTE_PATTERN}$"}

    def check(self, value: object) -> float:
        """The length in whole notes, or ValueError with a sentence."""
        text = text_of(value, "the length of a note")
        length = parse_note_length(plain(text))
        if not self.shortest <= length <= self.longest:
            raise ValueError(f"{shortened(text)} is outside {self.range}")
        return length

    @property
    def range(self) -> str:
        """Both ends."""
        return f"{note_length_text(self.shortest)} to {note_length_text(self.longest)}"

    def __str__(self) -> str:
        return f"a note: {self.range}"


@dataclass(frozen=True)
class Metre:
    """A metre, as beats and their unit."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^[0-9]{{1,2}}/({'|'.join(map(str, METRE_UNITS))})$"}

    def check(self, value: object) -> tuple[int, int]:
        """Beats and unit, or ValueError with a sentence."""
        text = text_of(value, str(self))
        match = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", plain(text), re.ASCII)
        if match is None or not 1 <= int(match[1]) <= MOST_BEATS or int(match[2]) not in METRE_UNITS:
            raise ValueError(f"expected {self}, not '{shortened(text)}'{unusual_character(text)}")
        return int(match[1]), int(match[2])

    def __str__(self) -> str:
        units = ", ".join(map(str, METRE_UNITS[:-1]))
        return f"a metre such as `4/4`: 1 to {MOST_BEATS} beats, each of 1/{units} or {METRE_UNITS[-1]}"


class TempoEntry(Section):
    """The beat of the piece. A number alone is short for `bpm`: `tempo: 96`."""

    bpm: Annotated[float, Quantity("", SLOWEST_BPM, FASTEST_BPM)] = Field(
        default=_USUAL.bpm, description="Quarter notes a minute, until a command or a gesture changes it."
    )
    metre: Annotated[tuple[int, int], Metre()] = Field(
        default=(_USUAL.beats, _USUAL.unit),
        description="What a bar is made of: `4/4`, `3/4`, `7/8`.",
        json_schema_extra={"default": f"{_USUAL.beats}/{_USUAL.unit}"},
    )
    swing: Annotated[float, Quantity("", 0.0, 1.0)] = Field(
        default=_USUAL.swing,
        description="How late the second of each two notes is: 0 even, 1 as the last note of a triplet.",
    )
    swung: Annotated[float, NoteLength(1 / 32, 0.25)] = Field(
        default=_USUAL.swung,
        description="Which notes swing: sixteenths unless it says `1/8`.",
        json_schema_extra={"default": note_length_text(_USUAL.swung)},
    )
    follow: Annotated[str, PlainText(70)] | None = Field(
        default=None,
        description="A gesture whose performances set the tempo, one after the other: `GESTURE.period`. The tempo is "
        "that of the last intervals between them (their median), and stays when they stop.",
    )
    follow_beats: Annotated[int, WholeNumber(1, MOST_BEATS)] = Field(
        default=1, description="How many quarter notes one performance lasts: 4 for a conductor's whole bar in 4/4."
    )


def short_tempo(value: object) -> object:
    """`96` as the keys that it is short for."""
    return value if isinstance(value, dict | TempoEntry | None) else {"bpm": value}


ON: Final = NoteLength(1 / 64, 4.0)
ON_HELP: Final = (
    "A note that the trigger waits for: `1/8` strikes with the next eighth of the tempo. Left out, it strikes at once."
)
"""The key `on` of classes and gestures."""
