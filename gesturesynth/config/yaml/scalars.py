"""Writes values as YAML, on one line. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.config.yaml.document import Value
from gesturesynth.core.confusables import BLANKS, INVISIBLE
from gesturesynth.core.errors import UserError

if TYPE_CHECKING:
    from gesturesynth.config.yaml.editor import NewValue

_PLAIN: Final = re.compile(r"(?:[^\W_]|[_./+]|-(?=[\w.]))(?:[\w./+%()'-]| (?![ #]))*")
"""Texts that need no quotes anywhere; others have quotes, which are never wrong."""


def as_texts(value: NewValue) -> Value:
    """A value as it is read again: numbers and switches are texts in a file.

    Raises:
        UserError: a number that is not finite, or a text that no file can hold.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(key): as_texts(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [as_texts(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UserError("a number in a preset is finite")
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None if value is None else str(value)


def _text(text: str) -> str:
    if any(not character.isprintable() and character not in "\n\t" and character not in BLANKS for character in text):
        raise UserError("a text in a preset has no control characters")
    return text


def written(value: Value, *, style: str | None = None) -> str:
    """The value in YAML's short form.

    Args:
        value: as `as_texts` gives it.
        style: `"` or `'` for a text that gets quotes in any case.
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if value is None:
        return "~"
    if style == "'" and not set(value) & set("\n\t"):
        return "'" + value.replace("'", "''") + "'"
    if style is None and _PLAIN.fullmatch(value) and value == value.strip(f" {BLANKS}{INVISIBLE}"):
        return value
    return json.dumps(value, ensure_ascii=False)


def entry(key: str, value: Value, indent: str, newline: str) -> str:
    """`key: value`; a section of several sections gets a line for each, indented by two more than `indent`."""
    if isinstance(value, dict) and len(value) > 1 and any(isinstance(inner, dict | list) for inner in value.values()):
        lines = [f"{indent}  {written(inner)}: {written(value[inner])}" for inner in value]
        return newline.join([f"{written(key)}:", *lines])
    return f"{written(key)}: {written(value)}"
