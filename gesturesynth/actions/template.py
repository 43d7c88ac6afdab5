"""Texts with values in them: `{pitch}` stands for the value of the output `pitch`. Pure.

Braces of JSON are left as they are, since a placeholder has nothing but a name between its braces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

Value = float | str

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}")
POSITION: Final = ".position"
"""Behind the name of an output: where it is in its range, 0 to 1."""
WORDS: Final = ("action", "voice", "person", "people", "confidence", "scene")
"""Values that every piece has; an output or a feature of such a name comes first."""


def placeholders(text: str) -> tuple[str, ...]:
    """The names that stand in braces in a text, in order."""
    return tuple(PLACEHOLDER.findall(text))


def single_placeholder(text: str) -> str:
    """The name where a text is one placeholder and nothing else; else an empty text."""
    match = PLACEHOLDER.fullmatch(text)
    return match[1] if match else ""


def value_text(value: Value) -> str:
    """A value as it stands in a text: six digits, `0` for what is not finite; no `+`, in an address a blank."""
    if isinstance(value, str):
        return value
    return format(value, ".6g").replace("e+", "e") if math.isfinite(value) else "0"


def filled(text: str, values: Mapping[str, Value]) -> str:
    """The text with the values in the places of their names; `0` where there is none of that name."""
    return PLACEHOLDER.sub(lambda match: value_text(values.get(match[1], 0.0)), text)
