"""The type of a ratio that may be found out: `auto`, `64:45`, `1.42`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.types import text_of
from gesturesynth.core.confusables import plain

_RATIO: Final = r"(\d{1,6}(?:\.\d{1,9})?)(?:\s*[:/]\s*(\d{1,6}(?:\.\d{1,9})?))?"


@dataclass(frozen=True)
class AutoRatio:
    """`auto`, or a ratio within `low`..`high`: `16:11`, `16/11` or `1.4545`; kept as the text that was written."""

    low: float
    high: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "pattern": rf"^\s*(auto|{_RATIO})\s*$"}
        return {"anyOf": [{"type": "number", "minimum": self.low, "maximum": self.high}, text]}

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        text = plain(text_of(value, str(self)))
        if text.strip() != "auto" and not self.low <= parse_ratio(text) <= self.high:
            raise ValueError(f"expected {self}, not '{shortened(text)}'")
        return text.strip()

    def __str__(self) -> str:
        return f"`auto`, or {self.low:g} to {self.high:g} as a number or a ratio (`64:45`)"


def parse_ratio(text: str) -> float:
    """A ratio written as `64:45`, `64/45` or `1.42`; 0 for `auto` and for any other text."""
    match = re.fullmatch(rf"\s*{_RATIO}\s*", text, re.ASCII)
    below = float(match[2] or 1.0) if match else 0.0
    return float(match[1]) / below if match and below else 0.0
