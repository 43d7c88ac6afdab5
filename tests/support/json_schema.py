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
_ANNOTATIONS = {"$schema", "$defs", "title", "description", "default", "markdownEnumDescriptions", "then", "else"}


def valid(value: Any, schema: Any, root: Schema) -> bool:
    """Whether a value follows a schema (a part of `root`)."""
    if isinstance(schema, bool):
        return schema
    return all(
        _CHECKS[keyword](value, rule, schema, root)
        for keyword, rule in schema.items()
        if keyword not in _ANNOTATIONS and (keyword not in _ONLY_FOR or _is(value, _ONLY_FOR[keyword]))
    )


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in {"number", "integer"})


def _has_type(value: Any, rule: Any, _schema: Schema, _root: Schema) -> bool:
    return any(_is(value, name) for name in (rule if isinstance(rule, list) else [rule]))


def _branch(value: Any, rule: Any, schema: Schema, root: Schema) -> bool:
    return valid(value, schema.get("then" if valid(value, rule, root) else "else", True), root)


def _additional(value: Any, rule: Any, schema: Schema, root: Schema) -> bool:
    patterns = schema.get("patternProperties", {})
    known = {key for key in value if any(re.search(pattern, key) for pattern in patterns)}
    known |= set(schema.get("properties", {}))
    return all(valid(item, rule, root) for key, item in value.items() if key not in known)


def _by_pattern(value: Any, rule: Any, _schema: Schema, root: Schema) -> bool:
    pairs = [(item, part) for pattern, part in rule.items() for key, item in value.items() if re.search(pattern, key)]
    return all(valid(item, part, root) for item, part in pairs)


_CHECKS: dict[str, Callable[[Any, Any, Schema, Schema], bool]] = {
    "$ref": lambda value, rule, _, root: valid(value, root["$defs"][rule.removeprefix("#/$defs/")], root),
    "type": _has_type,
    "enum": lambda value, rule, *_: value in rule,
    "const": lambda value, rule, *_: bool(value == rule),
    "anyOf": lambda value, rule, _, root: any(valid(value, part, root) for part in rule),
    "allOf": lambda value, rule, _, root: all(valid(value, part, root) for part in rule),
    "if": _branch,
    "minimum": lambda value, rule, *_: bool(value >= rule),
    "maximum": lambda value, rule, *_: bool(value <= rule),
    "pattern": lambda value, rule, *_: re.search(rule, value) is not None,
    "minLength": lambda value, rule, *_: len(value) >= rule,
    "maxLength": lambda value, rule, *_: len(value) <= rule,
    "minItems": lambda value, rule, *_: len(value) >= rule,
    "maxItems": lambda value, rule, *_: len(value) <= rule,
    "prefixItems": lambda value, rule, _, root: all(valid(v, p, root) for v, p in zip(value, rule, strict=False)),
    "items": lambda value, rule, _, root: all(valid(item, rule, root) for item in value),
    "required": lambda value, rule, *_: all(key in value for key in rule),
    "maxProperties": lambda value, rule, *_: len(value) <= rule,
    "properties": lambda value, rule, _, root: all(valid(value[k], p, root) for k, p in rule.items() if k in value),
    "patternProperties": _by_pattern,
    "propertyNames": lambda value, rule, _, root: all(valid(key, rule, root) for key in value),
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
