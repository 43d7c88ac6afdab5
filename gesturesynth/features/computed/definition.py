"""The full name of a computed feature: `LABEL [LOW, HIGH] = EXPRESSION`.

A source in the expression that is no feature of the table is a value of an input: `phone.2` is the second number of the
input `phone`. An input's own feature is the simplest case: `phone.2 [-1, 1] = phone.2`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from gesturesynth.features.expressions.syntax import Apply, ExpressionError, Node, Number, parse

SIGN: Final = "] = "
"""What tells a full name from that of a feature of the table."""

_FORM: Final = re.compile(
    r"(?P<label>[A-Za-z_][A-Za-z0-9_.]*) \[(?P<low>[-+.e0-9]+), (?P<high>[-+.e0-9]+)\] = (?P<expression>.+)", re.DOTALL
)


@dataclass(frozen=True)
class Definition:
    """A computed feature.

    Attributes:
        label: what people call it.
        low, high: its usual range.
        expression: as it is computed, in full.
    """

    label: str
    low: float
    high: float
    expression: str

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.label} [{_text(self.low)}, {_text(self.high)}{SIGN}{self.expression}"

    @property
    def tree(self) -> Node:
        """The expression as a tree."""
        return parse(self.expression)

    @property
    def width(self) -> int:
        """How many numbers it gives."""
        return width(self.tree)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns: its own, or for several numbers one for each, `LABEL.1` and so on."""
        if self.width == 1:
            return (self.name,)
        tail = self.name.removeprefix(self.label)
        return tuple(f"{self.label}.{number}{tail}" for number in range(1, self.width + 1))


def _text(value: float) -> str:
    """A number, short, and exactly as it is: two ends of a range that differ must not become the same text."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def width(tree: Node) -> int:
    """How many numbers an expression gives."""
    if isinstance(tree, Apply) and tree.function == "recent":
        count = tree.operands[1]
        return int(count.value) if isinstance(count, Number) else 1
    return 1


@cache
def definition(name: str) -> Definition | None:
    """What a full name says; None for any other name, and for one that is not right."""
    match = _FORM.fullmatch(name)
    if match is None:
        return None
    try:
        found = Definition(match["label"], float(match["low"]), float(match["high"]), match["expression"])
        parse(found.expression)
    except (ValueError, ExpressionError):
        return None
    return found if found.low < found.high else None


def of_column(column: str) -> Definition | None:
    """The definition that gives a column; None when none does."""
    found = definition(column)
    if found is None or found.width == 1:
        return found
    label, dot, number = found.label.rpartition(".")
    if not dot or not number.isdecimal() or not 1 <= int(number) <= found.width:
        return None
    return definition(column.replace(found.label, label, 1))


@lru_cache(maxsize=4096)
def label(name: str) -> str:
    """What people call a feature, or a column, of this name."""
    head, sign, _ = name.partition(SIGN)
    return head.partition(" [")[0] if sign else name


def input_source(source: str) -> tuple[str, int]:
    """The input and the place, from 0, of a value in an expression: `phone.2` is ("phone", 1).

    Raises:
        ValueError: it does not end in a number from 1.
    """
    name, _, number = source.rpartition(".")
    if not name or not number.isdecimal() or int(number) < 1:
        raise ValueError(f"'{source}' is no value of an input, such as 'phone.1'")
    return name, int(number) - 1
