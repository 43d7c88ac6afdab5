"""Explains syntax errors of PyYAML in plain sentences, at the place of their cause. Pure.

PyYAML reports where it stopped. A character shortly before that place which only looks like one of YAML's own is the
cause, and is reported at its own place.
"""

from __future__ import annotations

import re
from typing import Final

import yaml

from gesturesynth.config.yaml.document import Place, shortened
from gesturesynth.core.confusables import BLANKS, DASHES, INVISIBLE, QUOTES, advice, code_point_name

_TAB: Final = "a tab (U+0009); YAML is indented with spaces only"
# Beginning of the message of PyYAML -> the sentence for people.
_SYNTAX: Final[tuple[tuple[str, str], ...]] = (
    ("found character '\\t'", _TAB),
    ("found character '%'", "a text that begins with '%' needs quotes"),
    ("found character '@'", "a text that begins with '@' needs quotes"),
    ("found character '`'", "a text that begins with '`' needs quotes"),
    ("mapping values are not allowed", "a ':' is not allowed here; check the indentation, or put the text in quotes"),
    ("could not find expected ':'", "a ':' is missing after the key"),
    ("expected ',' or ']'", "a ',' or the closing ']' is missing"),
    ("expected ',' or '}'", "a ',' or the closing '}' is missing"),
    ("expected <block end>", "this line does not fit the ones above; check the indentation"),
    ("found unexpected end of stream", "the closing quote is missing"),
    ("but found another document", "a second document begins here; a file holds one"),
    ("found undefined alias", "an alias (*name) without its anchor (&name)"),
    ("found duplicate anchor", "an anchor of this name (&name) exists already"),
)

_BRACKETS: Final = "\uff3b\uff3d\uff5b\uff5d"
_SUSPECTS: Final = (
    re.compile(rf"(?P<at>[{INVISIBLE}])"),
    re.compile(rf"^ *(?P<at>[\t{BLANKS}])"),
    re.compile(rf"^ *(?P<at>[{DASHES}])[ {BLANKS}]"),
    re.compile(r"^ *(?:- *)?[\w.\"']+ *(?P<at>\uff1a)"),
    re.compile(rf"(?:^|[:,\[{{-]) *(?P<at>[{QUOTES}])"),
    re.compile(rf"(?P<at>[{_BRACKETS}])"),
    re.compile(rf"[\[{{{_BRACKETS}].*?(?P<at>[\uff0c\uff1a])"),
)
"""Characters in places where YAML has its own, by place."""
MAX_LINE: Final = 1000
"""Characters of a line that are searched: the patterns take the square of its length in the worst case."""
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*")


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, Place]:
    """A sentence for a syntax error, and the place of its cause.

    Args:
        error: from PyYAML.
        text: of the file.
    """
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return _sentence(error), Place(1, 1)
    first = error.context_mark.line if error.context_mark else mark.line
    return (
        find_suspect_character(text, first, mark.line, mark.column)
        or _find_missing_colon(error, text)
        or (_sentence(error), Place(mark.line + 1, mark.column + 1))
    )


def find_suspect_character(text: str, first: int, last: int, column: int) -> tuple[str, Place] | None:
    """The last character before a place that looks like one of YAML's own; None for none.

    Args:
        text: of the file.
        first: line to begin with, from 0; the nearest above `last` with more than a comment is searched in any case.
        last: line to end with.
        column: where the last line ends, from 0.
    """
    lines = _BREAK.split(text)[: last + 1]
    above = [number for number, line in enumerate(lines[:last]) if _COMMENT.sub("", line[:MAX_LINE]).strip()]
    first = max(0, min([first, *above[-1:]]), last - 20)
    for number in range(min(last, len(lines) - 1), first - 1, -1):
        line = lines[number][: column + 1] if number == last else lines[number]
        line = _COMMENT.sub("", line[:MAX_LINE])
        if places := [found.start("at") for rule in _SUSPECTS for found in rule.finditer(line)]:
            character = line[max(places)]
            sentence = (
                _TAB if character == "\t" else f"{code_point_name(character)} is not YAML here: {advice(character)}"
            )
            return sentence, Place(number + 1, max(places) + 1)
    return None


def _find_missing_colon(error: yaml.MarkedYAMLError, text: str) -> tuple[str, Place] | None:
    """The line above a ':' that is not allowed, when a ':' is missing there: YAML reads both lines as one text."""
    if not error.problem_mark or "mapping values are not allowed" not in (error.problem or ""):
        return None
    lines = [_COMMENT.sub("", line[:MAX_LINE]).rstrip() for line in _BREAK.split(text)[: error.problem_mark.line]]
    number = next((number for number in reversed(range(len(lines))) if lines[number]), None)
    if number is None or ":" in lines[number] or lines[number].lstrip().startswith("-"):
        return None
    return "a ':' is missing after the key", Place(number + 1, len(lines[number]) - len(lines[number].lstrip()) + 1)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    message = error.problem or error.context or "cannot be understood"
    for beginning, sentence in _SYNTAX:
        if beginning in message:
            return sentence
    return f"not valid YAML: {shortened(message, 120)}"
