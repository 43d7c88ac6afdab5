"""The edited text of a preset, beside its file: checked, changed, kept or dropped. Reads and writes files.

One thread uses it. An edit begins with what the file holds at that moment, and is kept only if the file still holds
that. While it is not kept, a copy lies in the runtime folder, so that the next start can say that it was not.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.scale_files import scala_file
from gesturesynth.config.yaml import parser
from gesturesynth.config.yaml.document import FileError
from gesturesynth.config.yaml.editor import path_of, remove, set_value
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there, replace_file
from gesturesynth.runtime.preset_reports import PresetTextReport, TextProblem

COPY: Final = "edit.yaml"
NOT_KEPT: Final = "not-kept.yaml"
NOTHING: Final = "There is no edit: the file of the preset plays."


class EditedPreset:
    """At most one edit of one preset.

    Args:
        folder: for the copy of what is not kept; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._base = b""
        self._text: str | None = None

    def lose(self) -> str:
        """Sets aside an edit that was not kept, of a former run or of a former preset: a sentence, or empty."""
        self._text = self._path = None
        left = self._folder / NOT_KEPT
        try:
            (self._folder / COPY).replace(left)
        except OSError:
            return ""
        return f"The edit of a preset was not kept: it is in {left}, and `gesturesynth try` plays it again."

    def text(self, path: Path) -> str:
        """The edited text of the preset, or that of its file; raises UserError when that cannot be read."""
        if path == self._path and self._text is not None:
            return self._text
        return _decoded(_bytes_of(path), path)

    def play(self, path: Path, text: str) -> bool:
        """Checks a text, and holds it as the edit of the preset. Returns False where it is what the file holds.

        Raises:
            PresetError: the text cannot be used; what was held before stays.
            UserError: the file cannot be read.
        """
        loader.loads(text, path)
        if path != self._path or self._text is None:
            self._base = _bytes_of(path)
        self._path = path
        if text.encode() == self._base and self._base == _bytes_of(path):
            self.drop()
            return False
        self._text = text
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._folder / COPY, text.encode())
        return True

    def change(self, path: Path, key: str, value: str | None) -> str:
        """The text of the preset with another value (YAML on one line) of a key; None removes the key.

        Raises:
            UserError: the key or the value is none, or the text cannot be changed there.
        """
        text, steps = self.text(path), path_of(key)
        if value is None:
            return remove(text, steps)
        try:
            read = parser.parse(f"value: {value}\n".encode(), "the value")
        except FileError as error:
            raise UserError(f"'{value}' is no value in YAML: {error.problems[0].message}") from error
        if read.problems or set(read.data) != {"value"}:
            raise UserError(f"'{value}' is no value in YAML on one line")
        return set_value(text, steps, read.data["value"])

    def keep(self, path: Path) -> Path:
        """Writes the edit; the file in which it is from now on.

        Raises:
            UserError: there is no edit, the file was changed meanwhile, or it cannot be written.
        """
        if path != self._path or self._text is None:
            raise UserError("There is nothing to keep: the preset is not edited.")
        if _bytes_of(path) != self._base:
            raise UserError(
                f"{path} was changed by another program since the edit began, and is not overwritten. `back` plays the "
                f"file; the edit is in {self._folder / COPY}."
            )
        try:
            if is_shipped(path):
                kept = self._copy_of_own(path, self._text)
            else:
                kept = path
                file = path.resolve()  # a link stays a link
                replace_file(file, self._text.encode(), lambda new: shutil.copymode(file, new))
        except OSError as error:
            raise UserError(
                f"the edit cannot be written to {error.filename or path}: {error.strerror or error}. It plays on; its "
                f"text is in {self._folder / COPY}."
            ) from error
        self.drop()
        return kept

    def drop(self) -> bool:
        """Forgets the edit; whether there was one."""
        edited, self._text, self._path = self._text is not None, None, None
        with suppress(OSError):
            (self._folder / COPY).unlink(missing_ok=True)
        return edited

    def report(self, path: Path) -> PresetTextReport:
        """The text with its values and problems; raises UserError when the file cannot be read."""
        text = self.text(path)
        edited = path == self._path and self._text is not None
        values = None
        with suppress(FileError):
            values = parser.parse(text.encode(), str(path)).data
        return PresetTextReport(
            paths.printable(path),
            is_shipped(path),
            text,
            edited,
            edited and _bytes_of(path) != self._base,
            values,
            problems_of(text, path),
        )

    def _copy_of_own(self, path: Path, text: str) -> Path:
        """Writes a copy of a shipped preset, with what it reads, into the folder of one's own presets."""
        own = paths.config_dir() / "presets" / path.name
        if is_there(own):
            raise UserError(f"{own} exists already and is not overwritten: play that one, and edit it")
        own.parent.mkdir(parents=True, exist_ok=True)
        scale = loader.loads(text, path).scale
        beside = {name: scala_file(name, path.parent) for name in (scale.files if scale else ())}
        if is_there(path.with_suffix(".csv")):
            beside[own.with_suffix(".csv").name] = path.with_suffix(".csv")
        for name, file in beside.items():
            if not is_there(own.with_name(name)):
                replace_file(own.with_name(name), file.read_bytes())
        replace_file(own, text.encode())
        return own


def is_shipped(path: Path) -> bool:
    """Whether a preset is one of those that come with the program."""
    return path.resolve().is_relative_to(paths.presets_dir().resolve())


def problems_of(text: str, path: Path) -> tuple[TextProblem, ...]:
    """Everything that is wrong with a text that is, or will be, at `path`."""
    try:
        loader.loads(text, path)
    except FileError as error:
        return tuple(TextProblem(one.line, one.column, one.where, one.message) for one in error.problems)
    return ()


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(parser.MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{paths.printable(path)} cannot be read: {error.strerror or error}") from error


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{paths.printable(path)} is not UTF-8 text; save the file as UTF-8") from error
