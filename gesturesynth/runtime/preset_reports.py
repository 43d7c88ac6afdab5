"""Reports about the text of the preset that plays, for programs that edit it. Plain values, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec


class TextProblem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a text.

    Attributes:
        line, column: from 1.
        where: the path to the value, such as `outputs.pitch.range`; empty for the text as a whole.
        message: what is wrong, and what is allowed.
    """

    line: int
    column: int
    where: str
    message: str


class PresetTextReport(msgspec.Struct, frozen=True):
    """The text of the preset that plays.

    Attributes:
        file: where it was read from.
        shipped: that is a shipped file, which is never written: `keep` makes a copy.
        text: the edited text where there is one, else that of the file.
        edited: it is edited and not kept.
        file_changed: the file is not any more what the edit began with; then `keep` refuses.
        values: the text as nested keys, lists and texts; null where it cannot be read.
        problems: what is wrong with the text; then what played before plays.
    """

    file: str
    shipped: bool
    text: str
    edited: bool = False
    file_changed: bool = False
    values: Any = None
    problems: tuple[TextProblem, ...] = ()


class TextCheckReport(msgspec.Struct, frozen=True):
    """What is wrong with a text; nothing where `problems` is empty."""

    problems: tuple[TextProblem, ...] = ()


class EditReading(msgspec.Struct, frozen=True):
    """Whether the preset that plays is edited, to be shown to people.

    Attributes:
        edited: its text plays as it was edited, and is not kept in its file.
        note: what became of edits that were not kept; a sentence, or empty.
    """

    edited: bool = False
    note: str = ""
