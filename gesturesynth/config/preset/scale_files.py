"""Scales and tunings by their names: out of the tables, or out of Scala files beside the preset."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.types import text_of, unknown_name
from gesturesynth.core import paths
from gesturesynth.core.confusables import plain
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.pitch.notes import parse_note
from gesturesynth.mapping.pitch.scala_file import MOST_BYTES, SUFFIX, parse_scala, tuning_of
from gesturesynth.mapping.pitch.scales import SCALES, Scale
from gesturesynth.mapping.pitch.tunings import TUNINGS, Tuning

FOLDER: Final = "scales"
"""In the config folder: Scala files for all presets."""
LISTER: Final = "gesturesynth scales"
"""The command that lists scales and tunings."""
_LONGEST: Final = 80
_SEPARATOR: Final = re.compile(r"[\s_-]+")
_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class NameOrScalaFile:
    """A name out of a table, or that of a Scala file; a file is looked up when it is read."""

    names: Callable[[], Sequence[str]]
    what: str

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "enum": list(self.names())}, {"type": "string", "pattern": r"\.scl$"}]}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        written = text_of(value, self.what)
        text = " ".join(plain(written).split())
        if text.endswith(SUFFIX):
            if "/" in text or "\\" in text or len(text) > _LONGEST:
                raise ValueError(
                    f"'{shortened(text)}' is not the name of a file: Scala files lie beside the preset, or in the "
                    f"folder {paths.config_dir() / FOLDER}"
                )
            return text
        name = _SEPARATOR.sub(" ", text.lower())
        if name not in self.names():
            raise ValueError(unknown_name(written, f"{self.what}, nor a file ending in {SUFFIX}", self.names(), LISTER))
        return name

    def __str__(self) -> str:
        return f"{self.what}, or the name of a Scala file (`{SUFFIX}`)"


SCALE: Final = NameOrScalaFile(lambda: tuple(SCALES), "a scale")
TUNING: Final = NameOrScalaFile(lambda: tuple(TUNINGS), "a tuning")


def scale_named(name: str, folder: Path) -> Scale:
    """A scale of the table, or of a Scala file.

    Args:
        name: as `SCALE.check` gives it.
        folder: of the preset.

    Raises:
        UserError: there is no such file, or it holds no scale.
    """
    return SCALES[name] if name in SCALES else _read(name, folder)


def tuning_named(name: str, folder: Path) -> Tuning:
    """A tuning of the table, or of a Scala file; else as `scale_named`."""
    return TUNINGS[name] if name in TUNINGS else tuning_of(_read(name, folder))


def root_and_name(text: str) -> tuple[str, str]:
    """The short form of a scale, `A minor`, taken apart: its root, empty where there is none, and its name."""
    words = plain(text).strip()
    separator = _BLANK if words.endswith(SUFFIX) else _SEPARATOR
    head, *rest = separator.split(words, maxsplit=1)
    return (head, rest[0]) if rest and parse_note(head) is not None else ("", text)


def scala_file(name: str, folder: Path) -> Path:
    """Where a Scala file is: beside the preset, or in the folder for all presets.

    Raises:
        UserError: it is in neither.
    """
    places = folder / name, paths.config_dir() / FOLDER / name
    for path in places:
        if is_there(path):
            return path
    raise UserError(f"there is no file '{name}' in {paths.printable(folder)}, nor in {places[1].parent}")


def _read(name: str, folder: Path) -> Scale:
    path = scala_file(name, folder)
    try:
        with path.open("rb") as file:
            return parse_scala(file.read(MOST_BYTES + 1), name)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
