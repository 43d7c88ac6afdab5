"""Types of preset keys that several sections share: the name of another preset, and a key without a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.types import text_of
from gesturesynth.core.confusables import unusual_character


def or_nothing(value: object) -> object:
    """The value; None for `null`, as an empty key has it."""
    return None if value == "null" else value


@dataclass(frozen=True)
class PresetName:
    """The name of another preset: its file's name without the ending. It is looked up when it has to play."""

    longest: int = 80

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^(?!\.)(?!.*\.ya?ml$)[^/\\]{{1,{self.longest}}}$"}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        text = text_of(value, "the name of a preset").strip()
        bare = text.removesuffix(".yaml").removesuffix(".yml")
        if bare != text and bare and "/" not in bare:
            raise ValueError(f"a preset is named without the ending of its file: '{shortened(bare)}'")
        if not text or len(text) > self.longest or not text.isprintable() or text[0] == "." or set("/\\") & set(text):
            raise ValueError(
                f"'{shortened(text)}' cannot be the name of a preset{unusual_character(text)}; "
                "`gesturesynth preset list` has those there are"
            )
        return text

    def __str__(self) -> str:
        return "the name of a preset"
