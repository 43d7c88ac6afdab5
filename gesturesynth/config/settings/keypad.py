"""The section `keypad` of `gesturesynth.yaml`: the device and its bindings, checked by the table of commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Text, YesNo, text_of, unknown_name
from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import CommandError
from gesturesynth.control.keypad.bindings import command_of
from gesturesynth.control.keypad.key_names import KEY_CODES, MODIFIERS, NONE, SHIFT, SHIFTS
from gesturesynth.core.confusables import plain

KEYS: Final = tuple(name for name in KEY_CODES if name not in SHIFTS | MODIFIERS)
"""The names of keys that can be bound."""


@dataclass(frozen=True)
class KeyName:
    """A key of a keyboard, perhaps with `SHIFT+` in front of it. The value is its name in capitals."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": [*KEYS, *(SHIFT + key for key in KEYS)]}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        text = plain(text_of(value, "the name of a key")).upper()
        key = text.removeprefix(SHIFT)
        if key not in KEYS:
            raise ValueError(unknown_name(key, "a key", KEYS))
        return text

    def __str__(self) -> str:
        return "KEY"


@dataclass(frozen=True)
class CommandText:
    """A command with its values, as at a shell."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*({NONE}|({'|'.join(COMMANDS)})(\s.*)?)$"}

    def check(self, value: object) -> str:
        """The text, blanks joined, or ValueError with a sentence."""
        text = " ".join(plain(text_of(value, "a command, such as `select 3`")).split())
        name = text.partition(" ")[0]
        if name not in COMMANDS and text != NONE:
            raise ValueError(unknown_name(shortened(name), "a command", [*COMMANDS, NONE], "gesturesynth --help"))
        try:
            command_of(text)
        except CommandError as error:
            raise ValueError(str(error)) from error
        return text

    def __str__(self) -> str:
        return f"a command with its values, or {NONE}"


class KeypadSection(Section):
    """Keys without a screen: a keyboard or keypad that is read without a terminal."""

    enabled: YesNo = Field(
        default=False,
        description="Whether `gesturesynth run` reads it, too. `gesturesynth keypad`, and the service of a gallery "
        "with it, always do.",
    )
    device: Annotated[str, Text(200)] = Field(
        default="auto",
        description="Part of its name in `gesturesynth keypad --list`, or its file (`/dev/input/by-id/...`). `auto` "
        "takes whatever looks like a numeric keypad, and never a whole keyboard.",
    )
    grab: YesNo = Field(
        default=True,
        description="Whether it is grabbed, so that no other program gets its keys: no console, no desktop.",
    )
    bindings: dict[Annotated[str, KeyName()], Annotated[str, CommandText()]] = Field(
        default={},
        description="What keys ask for, instead of what they do [by default](keypad.md#the-keys): `KP0: train`. "
        f"`{NONE}`: nothing.",
    )
