"""What was written in a YAML file and where, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gesturesynth.core.confusables import mentioned
from gesturesynth.core.errors import UserError

Value: TypeAlias = "dict[str, Value] | list[Value] | str | None"
"""What a file holds: texts, nested. None is a key without a value."""
KeyPath: TypeAlias = "tuple[str | int, ...]"
"""The keys and list positions that lead to a value."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file.

    Attributes:
        file: as the person named it.
        line, column: from 1.
        where: the way to it, `outputs.pitch.range`; empty for the file as a whole.
        message: what is wrong and what is allowed.
    """

    file: str
    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        """`FILE:LINE:COLUMN: where: message`, the form that editors and compilers share."""
        where = f"{self.where}: " if self.where else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.message}"


class FileError(UserError):
    """A file that cannot be used. `problems` holds all that is wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands, from 1."""

    line: int
    column: int


@dataclass
class Document:
    """A file as it was written.

    Attributes:
        file: as the person named it.
        data: its contents; empty when the file could not be read at all.
        keys, values: where each key and each value stands.
        written, written_keys: of each text and each key, where it begins and how it stands in the file.
        problems: what was found so far; readers add theirs.
    """

    file: str
    data: dict[str, Value] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    written: dict[KeyPath, tuple[Place, str]] = field(default_factory=dict)
    written_keys: dict[KeyPath, tuple[Place, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Where the value at `path` stands, or its key; for what is not there, where the next thing above it stands."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while path:
            if path in first:
                return first[path]
            if path in second:
                return second[path]
            path = path[:-1]
        return Place(1, 1)

    def add_problem(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Notes that something is wrong with the value at `path`, or with its key (which may be missing)."""
        while not key and path and path not in self.values:  # a short form, such as `model: rbf` for `{kind: rbf}`
            path = path[:-1]
        place = self._character(path, mentioned(message), key=key) or self.place(path, key=key)
        self.problems.append(Problem(self.file, place.line, place.column, dotted(path), message))

    def _character(self, path: KeyPath, character: str, *, key: bool) -> Place | None:
        """Where a character stands that a sentence names: in the text or key at `path`, or in what is below it."""
        if not character:
            return None
        table = self.written_keys if key else self.written
        for at, (start, text) in sorted(table.items(), key=lambda item: item[1][0]):
            if at[: len(path)] == path and character in text:
                before = text[: text.index(character)].split("\n")
                column = len(before[-1]) + 1
                return Place(start.line + len(before) - 1, column if len(before) > 1 else start.column + column - 1)
        return None


def dotted(path: Sequence[str | int]) -> str:
    """`outputs.pitch.range[0]`."""
    text = ""
    for item in path:
        text += f"[{item}]" if isinstance(item, int) else f".{shortened(item)}" if text else shortened(item)
    return text


def shortened(text: str, limit: int = 40) -> str:
    """A text fit to be repeated in a sentence: on one line, not longer than `limit`."""
    printable = "".join(c if c.isprintable() else "?" for c in text[: limit + 1])
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"
