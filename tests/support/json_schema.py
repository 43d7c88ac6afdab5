"""A small JSON Schema validator: the keywords that our schemas use, and a KeyError for any other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]

_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}
_REMARKS = {"$schema", "$defs", "title", "description", "default", "markdownEnumDescriptions", "then", "else"}


def valid(value: Any, schema: Any, root: Schema) -> bool:
    """Whether a value follows a schema (a part of `root`)."""
    if isinstance(schema, bool):
        return schema
    return all(
        _CHECKS[keyword](value, told, schema, root)
        for keyword, told in schema.items()
        if keyword not in _REMARKS and (keyword not in _ONLY_FOR or _is(value, _ONLY_FOR[keyword]))
    )


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in {"number", "integer"})


def _has_type(value: Any, told: Any, _schema: Schema, _root: Schema) -> bool:
    return any(_is(value, name) for name in (told if isinstance(told, list) else [told]))


def _branch(value: Any, told: Any, schema: Schema, root: Schema) -> bool:
    return valid(value, schema.get("then" if valid(value, told, root) else "else", True), root)


def _additional(value: Any, told: Any, schema: Schema, root: Schema) -> bool:
    patterns = schema.get("patternProperties", {})
    known = {key for key in value if any(re.search(pattern, key) for pattern in patterns)}
    known |= set(schema.get("properties", {}))
    return all(valid(item, told, root) for key, item in value.items() if key not in known)


def _by_pattern(value: Any, told: Any, _schema: Schema, root: Schema) -> bool:
    pairs = [(item, part) for pattern, part in told.items() for key, item in value.items() if re.search(pattern, key)]
    return all(valid(item, part, root) for item, part in pairs)


_CHECKS: dict[str, Callable[[Any, Any, Schema, Schema], bool]] = {
    "$ref": lambda value, told, _, root: valid(value, root["$defs"][told.removeprefix("#/$defs/")], root),
    "type": _has_type,
    "enum": lambda value, told, *_: value in told,
    "const": lambda value, told, *_: bool(value == told),
    "anyOf": lambda value, told, _, root: any(valid(value, part, root) for part in told),
    "allOf": lambda value, told, _, root: all(valid(value, part, root) for part in told),
    "if": _branch,
    "minimum": lambda value, told, *_: bool(value >= told),
    "maximum": lambda value, told, *_: bool(value <= told),
    "pattern": lambda value, told, *_: re.search(told, value) is not None,
    "minLength": lambda value, told, *_: len(value) >= told,
    "maxLength": lambda value, told, *_: len(value) <= told,
    "minItems": lambda value, told, *_: len(value) >= told,
    "maxItems": lambda value, told, *_: len(value) <= told,
    "prefixItems": lambda value, told, _, root: all(valid(v, p, root) for v, p in zip(value, told, strict=False)),
    "items": lambda value, told, _, root: all(valid(item, told, root) for item in value),
    "required": lambda value, told, *_: all(key in value for key in told),
    "maxProperties": lambda value, told, *_: len(value) <= told,
    "properties": lambda value, told, _, root: all(valid(value[k], p, root) for k, p in told.items() if k in value),
    "patternProperties": _by_pattern,
    "propertyNames": lambda value, told, _, root: all(valid(key, told, root) for key in value),
    "additionalProperties": _additional,
}
_ONLY_FOR = {
    **dict.fromkeys(("minimum", "maximum"), "number"),
    **dict.fromkeys(("pattern", "minLength", "maxLength"), "string"),
    **dict.fromkeys(("minItems", "maxItems", "prefixItems", "items"), "array"),
    **dict.fromkeys(
        ("required", "maxProperties", "properties", "patternProperties", "propertyNames", "additionalProperties"),
        "object",
    ),
}
"""Keywords that say nothing about values of another type."""
