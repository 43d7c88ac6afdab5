"""The contents of a YAML file with the place of each value, and the problems found in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gesturesynth.core.confusables import mentioned_character
from gesturesynth.core.errors import UserError

Value: TypeAlias = "dict[str, Value] | list[Value] | str | None"
"""The contents of a file: nested texts. None is a key without a value."""
KeyPath: TypeAlias = "tuple[str | int, ...]"
"""The keys and list positions that lead to a value."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file.

    Attributes:
        file: its name as given by the user.
        line, column: from 1.
        where: the path to the value, `outputs.pitch.range`; empty for the file as a whole.
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
    """A file that cannot be used. `problems` holds all problems, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file, from 1."""

    line: int
    column: int


@dataclass
class Document:
    """The contents of a file with places.

    Attributes:
        file: its name as given by the user.
        data: its contents; empty when the file could not be read at all.
        keys, values: the place of each key and each value.
        written, written_keys: of each text and each key, its place and its source text, with quotes.
        problems: those found so far; readers add theirs.
    """

    file: str
    data: dict[str, Value] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    written: dict[KeyPath, tuple[Place, str]] = field(default_factory=dict)
    written_keys: dict[KeyPath, tuple[Place, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """The place of the value at `path`, or of its key; for a missing one, the place of its nearest parent."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while path:
            if path in first:
                return first[path]
            if path in second:
                return second[path]
            path = path[:-1]
        return Place(1, 1)

    def add_problem(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Adds a problem of the value at `path`, or of its key (which may be missing)."""
        while not key and path and path not in self.values:  # a short form, such as `model: rbf` for `{kind: rbf}`
            path = path[:-1]
        place = self._character(path, mentioned_character(message), key=key) or self.place(path, key=key)
        self.problems.append(Problem(self.file, place.line, place.column, dotted(path), message))

    def _character(self, path: KeyPath, character: str, *, key: bool) -> Place | None:
        """The place of a character that a sentence names: in the text or key at `path`, or below it."""
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
    """A text as it can be quoted in a sentence: on one line, not longer than `limit`."""
    printable = "".join(c if c.isprintable() else "?" for c in text[: limit + 1])
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"
