"""The type of a key that actions may press, for presets and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.types import text_of, unknown_name
from gesturesynth.control.keypad.key_names import KEY_CODES, MODIFIERS, SHIFT, SHIFTS
from gesturesynth.core.confusables import plain

_NOT_PRESSED: Final = SHIFTS | MODIFIERS | {"SYSRQ", "COMPOSE", "CAPSLOCK", "NUMLOCK", "SCROLLLOCK", "102ND"}
PRESSABLE: Final = tuple(name for name in KEY_CODES if name not in _NOT_PRESSED)
"""The keys that may be pressed: none that leads to another console, restarts the computer, or stays switched."""


@dataclass(frozen=True)
class PressableKey:
    """A key that may be pressed, perhaps with `SHIFT+` in front of it. The value is its name in capitals."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": [*PRESSABLE, *(SHIFT + key for key in PRESSABLE)]}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        text = plain(text_of(value, "the name of a key")).upper()
        key = text.removeprefix(SHIFT)
        if key not in PRESSABLE:
            raise ValueError(unknown_name(key, "a key that may be pressed", PRESSABLE))
        return text

    def __str__(self) -> str:
        return "a key, such as `RIGHT` or `SHIFT+A`"


def codes_of(key: str) -> tuple[int, ...]:
    """The codes of a checked key, in the order in which they go down."""
    name = key.removeprefix(SHIFT)
    return (*((KEY_CODES["LEFTSHIFT"],) if name != key else ()), KEY_CODES[name])
