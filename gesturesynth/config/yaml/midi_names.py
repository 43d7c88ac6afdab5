"""The types of notes and messages of MIDI, as presets and settings name them: `C4`, `control 74`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.types import PlainText, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.midi.encoder import DATA
from gesturesynth.midi.message_names import NUMBERED, WITHOUT_NUMBER, parse_message_name, parse_note


@dataclass(frozen=True)
class NoteText:
    """A note by its name or its number; the value is the number, 0..127."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        name = {"type": "string", "pattern": r"^\s*([A-Ga-g][#♯b♭]?-?\d{1,2}|\d{1,3})\s*$"}
        return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": DATA}, name]}

    def check(self, value: object) -> int:
        """The number, or ValueError with a sentence."""
        return parse_note(plain(text_of(value, "a note, such as `C4`")))

    def __str__(self) -> str:
        return "a note: `C4` (middle C), `F#2`, or 0 to 127"


@dataclass(frozen=True)
class DataOrName(PlainText):
    """A number that fits into 7 bits, or the name of an output that says it; the value is a text in both cases."""

    longest: int = 64

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        name = super().__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": DATA}, name]}

    def __str__(self) -> str:
        return f"a number up to {DATA}, or the name of an output, at most {self.longest} characters"


@dataclass(frozen=True)
class MessageText:
    """The name of MIDI messages that arrive, such as `control 74` or `note C4 on 10`; the value is its one form."""

    kinds: tuple[str, ...] = (*NUMBERED, *WITHOUT_NUMBER)

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*({'|'.join(self.kinds)})\b.*$"}

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        return str(parse_message_name(plain(text_of(value, "a MIDI message, such as `control 74`")), self.kinds))

    def __str__(self) -> str:
        numbered = [f"`{kind} {'C4' if kind == 'note' else '74'}`" for kind in NUMBERED if kind in self.kinds]
        others = [f"`{kind}`" for kind in WITHOUT_NUMBER if kind in self.kinds]
        return f"{', '.join((*numbered, *others))}, each perhaps with a channel: `on 10`"
