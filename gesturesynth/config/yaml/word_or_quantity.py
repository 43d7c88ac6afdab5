"""The type of a quantity in whose place a word may stand: `camera`, `auto`, `8 ms`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.types import format_range, parse_in_range, quantity_schema, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.core.units import Unit


@dataclass(frozen=True)
class WordOrQuantity:
    """One of `words`, or a number in `unit` within `low`..`high`; kept as the text that was written."""

    words: tuple[str, ...]
    unit: Unit
    low: float
    high: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.words)}, quantity_schema(self.unit, self.low, self.high)]}

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        text = plain(text_of(value, str(self))).strip()
        if text in self.words:
            return text
        if not re.match(r"[\d.+-]", text):
            near = difflib.get_close_matches(text, self.words, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"expected {self}, not '{shortened(text)}'{hint}")
        parse_in_range(text, self.unit, self.low, self.high)
        return text

    def number(self, text: str) -> float | None:
        """The number of a checked text, in the unit; None for a word."""
        return None if text in self.words else parse_in_range(text, self.unit, self.low, self.high)

    def __str__(self) -> str:
        words = ", ".join(f"`{word}`" for word in self.words)
        return f"{words}, or {format_range(self.low, self.high, self.unit)}"
