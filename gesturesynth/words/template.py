"""The small language of templates: `the <grey|white> <sky> <text>`. Pure.

In angle brackets, which need no quotes in YAML, stand alternatives, one of which is chosen; or the name of a rule, one
of whose texts is taken; or `text`, for a passage of the artist's text. `.upper`, `.lower` and `.capital` behind a name
change its letters. `<<` and `>>` are the characters themselves. Alternatives may hold brackets again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

TEXT: Final = "text"
"""The name that stands for a passage of the text."""
CHANGES: Final = ("upper", "lower", "capital")
"""What can be done to the letters of what a name stands for."""
DEEPEST: Final = 8
"""Brackets within brackets."""
_NAME: Final = re.compile(r"\s*([a-z][a-z0-9_]*)(?:\.([a-z]+))?\s*")


@dataclass(frozen=True)
class Named:
    """What a rule stands for, or a passage of the text; `change`: one of CHANGES, or empty."""

    name: str
    change: str = ""


@dataclass(frozen=True)
class Alternatives:
    """Several templates: one of them is chosen."""

    options: tuple[Template, ...]


Part = str | Named | Alternatives


@dataclass(frozen=True)
class Template:
    """Parts that follow each other."""

    parts: tuple[Part, ...]


class TemplateError(ValueError):
    """A template that cannot be read; the text is a sentence."""


def parse(text: str) -> Template:
    """A template.

    Raises:
        TemplateError: brackets do not match, or hold neither a name nor alternatives.
    """
    parser = _Parser(text)
    found = parser.sequence(0, "")
    if parser.place < len(text):
        raise TemplateError(f"a '>' closes nothing (character {parser.place + 1}); '>>' is the character itself")
    return found


def names(template: Template) -> list[str]:
    """All names in a template, in order, each as often as it is there."""
    found: list[str] = []
    for part in template.parts:
        if isinstance(part, Named):
            found.append(part.name)
        elif isinstance(part, Alternatives):
            found += [name for option in part.options for name in names(option)]
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self.place = 0

    def sequence(self, depth: int, ends: str) -> Template:
        """Parts until a character of `ends`, or a bracket that closes, which is not read."""
        parts: list[Part] = []
        plain = ""
        while self.place < len(self._text):
            character = self._text[self.place]
            if self._text.startswith(("<<", ">>"), self.place) and not (depth and character == ">"):
                plain += character
                self.place += 2
            elif character == ">" or character in ends:
                break
            elif character == "<":
                parts += [plain] if plain else []
                plain = ""
                parts.append(self._brackets(depth + 1))
            else:
                plain += character
                self.place += 1
        return Template((*parts, plain) if plain else tuple(parts))

    def _brackets(self, depth: int) -> Part:
        begin = self.place
        if depth > DEEPEST:
            raise TemplateError(f"angle brackets may be {DEEPEST} deep at most")
        options: list[Template] = []
        raw = begin + 1
        while True:
            self.place += 1  # the bracket, or the bar
            options.append(self.sequence(depth, "|"))
            if self.place >= len(self._text):
                raise TemplateError(f"the '<' at character {begin + 1} is not closed; '<<' is the character itself")
            if self._text[self.place] == ">":
                break
        inside = self._text[raw : self.place]
        self.place += 1
        if len(options) > 1:
            return Alternatives(tuple(options))
        matched = _NAME.fullmatch(inside)
        if not matched:
            raise TemplateError(
                f"in '<{inside[:40]}>' there is neither the name of a rule nor a '|' between alternatives"
            )
        if matched[2] and matched[2] not in CHANGES:
            raise TemplateError(f"'.{matched[2]}' is not one of .{', .'.join(CHANGES)}")
        return Named(matched[1], matched[2] or "")
