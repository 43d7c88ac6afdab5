"""Validates a YAML document with a pydantic model; errors become sentences with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import pydantic
from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from gesturesynth.config.yaml.document import Document, KeyPath, dotted
from gesturesynth.config.yaml.types import did_you_mean
from gesturesynth.core.confusables import unusual_character

_SENTENCES: Final = {
    "dict_type": "expected keys and their values, as in `{key: value}`",
    "model_type": "expected keys and their values, as in `{key: value}`",
    "model_attributes_type": "expected keys and their values, as in `{key: value}`",
    "list_type": "expected a list, as in `[a, b]`",
    "too_short": "is empty; at least one is needed",
    "missing": "is missing and has no default",
}
"""Sentences for the error types of pydantic that the types of `yaml.types` do not cover."""

_UNKNOWN: Final = "unknown key"
_SHAPES: Final = frozenset(_SENTENCES[kind] for kind in ("dict_type", "list_type"))
"""Sentences about a text in place of keys or of a list: a wrong character may be the cause."""


class Section(BaseModel):
    """A group of keys: unknown keys are refused, values are immutable, an empty key counts as left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), hide_input_in_errors=True)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: object) -> object:
        if isinstance(data, dict):
            # An unknown key is reported even when it is empty.
            kept = set(data) - set(written_fields(cls)) if cls.model_config.get("extra") == "forbid" else set()
            return {key: value for key, value in data.items() if value is not None or key in kept}
        return {} if data is None else data


def written_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a schema by the keys that are written for them; `from` is no name in Python, and has an alias."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


# -------------------------------------------------------------------------------------------------------------- fitting
M = TypeVar("M", bound=BaseModel)


def validate_document(
    document: Document,
    model: type[M],
    placeholders: Mapping[str, object] | None = None,
    context: Mapping[str, object] | None = None,
) -> M | None:
    """Reads a document as a model. Problems are added to the document, and wrong parts left out of the result.

    Args:
        document: its `problems` grow.
        model: its schema.
        placeholders: values for required keys of the outermost level that are missing or wrong, so that the rest is
            checked, too.
        context: for the types of the schema: what they need to know of other parts of the document.

    Returns:
        The model made of all that is right; None when that is not enough for one.
    """
    data: Any = document.data
    for _ in range(8):  # leaving a part out can make its parent incomplete, which is at most as deep as the schema
        try:
            return model.model_validate(data, context=dict(context or {}))
        except pydantic.ValidationError as error:
            faults = list(_faults(model, error))
            if data is document.data:
                for path, sentence, at_key in faults:
                    document.add_problem(path, sentence + _cause(document, path, sentence, at_key=at_key), key=at_key)
            data = {**(placeholders or {}), **_pruned(data, [path for path, _, _ in faults])}
    return None


def _cause(document: Document, path: KeyPath, sentence: str, *, at_key: bool) -> str:
    """A clause about an unusual character that makes a key unknown, or turns a list into a text."""
    if sentence.startswith(_UNKNOWN):
        written = document.written_keys.get(path)
    else:
        written = document.written.get(path) if sentence in _SHAPES and not at_key else None
    return unusual_character(written[1]) if written else ""


def error_sentences(model: type[BaseModel], error: pydantic.ValidationError) -> list[str]:
    """The errors of values that come from no file, one line each: `camera.fps: 0 is outside 0.1 to 1000`."""
    return [f"{dotted(path)}: {sentence}" for path, sentence, _ in _faults(model, error)]


def _faults(model: type[BaseModel], error: pydantic.ValidationError) -> Iterator[tuple[KeyPath, str, bool]]:
    """Path, sentence, and whether it is about the key (rather than the value) for each error."""
    for item in error.errors(include_url=False, include_input=False):
        path: KeyPath = item["loc"]
        about_key = item["type"] in {"extra_forbidden", "missing"}
        if path[-1:] == ("[key]",):
            path, about_key = path[:-1], True
        yield path, _sentence(model, path, item["type"], item["msg"], item.get("ctx", {})), about_key


def _sentence(model: type[BaseModel], path: KeyPath, kind: str, message: str, context: dict[str, Any]) -> str:
    if kind == "extra_forbidden":
        parent = _annotation(model, path[:-1])
        allowed = sorted(written_fields(parent)) if isinstance(parent, type) and issubclass(parent, BaseModel) else []
        return f"{_UNKNOWN}{did_you_mean(str(path[-1]), allowed) or '.'} Allowed: {', '.join(allowed)}"
    if kind == "too_long":
        return f"holds too many; at most {context['max_length']} are allowed"
    return _SENTENCES.get(kind, message.removeprefix("Value error, "))


def _annotation(model: type[BaseModel], path: KeyPath) -> Any:  # noqa: ANN401 - any type can stand there
    """The type that the schema gives to the value at `path`."""
    found: Any = model
    for item in path:
        found = _bare(found)
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = written_fields(found).get(str(item))
            found = field.annotation if field else None
        else:
            found = (get_args(found) or (None,))[-1]
    return _bare(found)


def _bare(annotation: Any) -> Any:  # noqa: ANN401 - any type can stand there
    """The type without `Annotated` and `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif type(None) in get_args(annotation):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _pruned(data: Any, paths: Iterable[KeyPath]) -> Any:  # noqa: ANN401 - YAML data, any depth
    """A copy without the values at `paths`; for an item of a list or a missing key, without its whole parent."""
    removed: set[KeyPath] = set()
    for path in paths:
        shorter = path
        while len(shorter) > 1 and (isinstance(shorter[-1], int) or not _exists(data, shorter)):
            shorter = shorter[:-1]
        removed.add(shorter)

    def copy(value: Any, here: KeyPath) -> Any:  # noqa: ANN401 - YAML data, any depth
        if isinstance(value, dict):
            return {key: copy(item, (*here, key)) for key, item in value.items() if (*here, key) not in removed}
        return value

    return {} if () in removed else copy(data, ())


def _exists(data: Any, path: KeyPath) -> bool:  # noqa: ANN401 - YAML data, any depth
    for item in path:
        if not isinstance(data, dict) or item not in data:
            return False
        data = data[item]
    return True
