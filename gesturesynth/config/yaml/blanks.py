"""Replaces unusual blanks where YAML needs spaces: after a key's colon, after a dash, in front of a line. Pure.

A no-break space or a tab there looks like a space, but YAML reads it as part of the text, and the error appears lines
later. Only blanks that cannot mean anything else are replaced, one for one, so that places in the file stay the same.
Blanks inside texts stay.

The scanner parses as much of YAML as is needed to tell structure from text: quotes, brackets, comments, one key a line.
Where it is wrong about a file, the parser reads that file as it was written.
"""

from __future__ import annotations

import re
from typing import Final

from gesturesynth.core.confusables import BLANKS

_NARROW: Final = "".join(blank for blank in BLANKS if blank not in "\u2001\u2003\u3000")
"""Not wider than an ordinary space: in front of a line, where width has a meaning, each is one column."""
_BLANK: Final = f"[ \t{BLANKS}]"
_BREAKS: Final = ("\n", "\r", "\r\n")
_BREAK: Final = re.compile(r"(\r\n|\r|\n)")
_INDENT: Final = re.compile(rf"[ {_NARROW}]*")
_GAP: Final = re.compile(rf"{_BLANK}*")
_DASH: Final = re.compile(rf"-(?={_BLANK}|$)")
_KEY: Final = re.compile(
    rf"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s{BLANKS}#:,\[\]{{}}"'&*!|>%@`-][^\s:,\[\]{{}}]*){_BLANK}*:(?={_BLANK}|$)"""
)
_QUOTED: Final = {'"': re.compile(r'(?:[^"\\]|\\.)*'), "'": re.compile(r"(?:[^']|'')*")}
_PLAIN_IN_BRACKETS: Final = re.compile(r"[^,\[\]{}]*")


def normalise_blanks(text: str) -> str:
    """A YAML text with ordinary spaces where spaces are structure; of the same length, with the same lines."""
    if text.isascii() and "\t" not in text:
        return text
    reader = _LineScanner()
    return "".join(reader.normalised(part) if part not in _BREAKS else part for part in _BREAK.split(text))


class _LineScanner:
    """Scans line by line and tracks open quotes and brackets."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0

    def normalised(self, text: str) -> str:
        """The line with its structural blanks made ordinary."""
        gaps: list[tuple[int, int]] = []
        at = 0
        if not self._quote and not self._depth:  # in brackets indentation has no meaning
            at = _end(_INDENT, text, 0)
            gaps.append((0, at))
            at = _end(_GAP, text, at)  # these are mistakes: a tab, or a blank of another width
        while at < len(text):
            if self._quote:
                at = self._quoted(text, at)
                continue
            end = _end(_GAP, text, at)
            gaps.append((at, end))
            at, done = self._item(text, end)
            if done:
                break
        return _filled(text, gaps)

    def _item(self, text: str, at: int) -> tuple[int, bool]:
        """The position after the next item, and whether the rest of the line is only text."""
        if at >= len(text) or text[at] == "#":
            return at, True
        if found := _KEY.match(text, at) or _DASH.match(text, at):
            return found.end(), False
        if text[at] in "[{]},":
            self._depth += {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0}[text[at]]
            self._depth = max(self._depth, 0)
            return at + 1, False
        if text[at] in _QUOTED:
            self._quote = text[at]
            return at + 1, False
        if not self._depth:
            return at, True  # a text to the end of the line
        return max(_end(_PLAIN_IN_BRACKETS, text, at), at + 1), False

    def _quoted(self, text: str, at: int) -> int:
        """The position after the closing quote, or the end of the line when the quote goes on."""
        end = _end(_QUOTED[self._quote], text, at)
        if end < len(text):
            self._quote = ""
            return end + 1
        return end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a match that begins at `at` ends."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _filled(text: str, gaps: list[tuple[int, int]]) -> str:
    """The text with spaces in its gaps, which are in order and do not overlap."""
    parts, last = [], 0
    for start, end in gaps:
        parts += [text[last:start], " " * (end - start)]
        last = end
    return "".join([*parts, text[last:]])
