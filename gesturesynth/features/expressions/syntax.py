"""The grammar of expressions: a text becomes a tree, or a sentence that says what is wrong and where.

    expression   alternative
    alternative  conjunction ("or" conjunction)*
    conjunction  negation ("and" negation)*
    negation     "not" negation | comparison
    comparison   sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
    sum          product (("+" | "-") product)*
    product      sign (("*" | "/" | "%") sign)*
    sign         "-" sign | power
    power        operand ("^" sign)?
    operand      NUMBER ["s" | "ms"] | NAME | NAME "(" expression ("," expression)* ")" | "(" expression ")"

A NAME is that of a feature (`right_wrist.height`, `phone.1`), or of a function where a bracket follows. A number with
`ms` counts in seconds, as one with `s` does. What is true is 1, what is false 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.features.expressions.functions import FUNCTIONS

LONGEST: Final = 500
"""Characters."""
MOST_NODES: Final = 200
GREATEST: Final = 1e9
"""Of numbers."""
DEEPEST: Final = 24
"""Levels of brackets, signs and calls within each other."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/%^<>(),])"
    r"|(?P<end>$))"
)
_UNITS_S: Final = {"s": 1.0, "ms": 0.001}
_COMPARISONS: Final = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "==": "equal", "!=": "different"}
_SUMS: Final = {"+": "add", "-": "subtract"}
_PRODUCTS: Final = {"*": "multiply", "/": "divide", "%": "modulo"}
_WORDS: Final = frozenset({"and", "or", "not"})


class ExpressionError(UserError, ValueError):
    """A text that is not an expression; the message says where."""


@dataclass(frozen=True)
class Number:
    """A number; times are in seconds."""

    value: float


@dataclass(frozen=True)
class FeatureValue:
    """The value of another feature."""

    name: str


@dataclass(frozen=True)
class Apply:
    """A function of other nodes; operators are functions, too."""

    function: str
    operands: tuple[Node, ...]


Node = Number | FeatureValue | Apply


@cache
def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionError: it is none.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression of {len(text)} characters is too long; at most {LONGEST}")
    return _Parser(text).whole()


def sources(node: Node) -> Iterator[str]:
    """The names of the features that it needs, as often as they stand there."""
    if isinstance(node, FeatureValue):
        yield node.name
    elif isinstance(node, Apply):
        for operand in node.operands:
            yield from sources(operand)


def _check_alone(tree: Node) -> None:
    """`recent` gives several numbers, so nothing can be computed from it."""
    for operand in tree.operands if isinstance(tree, Apply) else ():
        if isinstance(operand, Apply) and operand.function == "recent":
            raise ExpressionError("recent(...) gives several numbers and stands alone: nothing can be computed from it")
        _check_alone(operand)


def replaced(text: str, parts: Mapping[str, str]) -> str:
    """An expression with other expressions in the places of some of its features.

    Args:
        text: an expression.
        parts: expressions, by the name of the feature whose place they take.

    Raises:
        ExpressionError: `text` is no expression.
    """
    tokens = _tokens(text)
    result, place = "", 0
    for token, following in pairwise(tokens):
        part = parts.get(token.text, token.text)
        if token.kind == "name" and following.text != "(" and part != token.text:
            at = token.at - 1
            result += f"{text[place:at]}({part})"
            place = at + len(token.text)
    return result + text[place:]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int  # from 1


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            at = len(text) - len(text[position:].lstrip())
            raise ExpressionError(f"'{text[at]}' at character {at + 1} is not part of an expression")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._nodes = 0
        self._depth = 0

    def whole(self) -> Node:
        tree = self._alternative()
        if self._token.kind != "end":
            raise self._unexpected("an operator such as + or the end")
        _check_alone(tree)
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> str:
        """The token's text, if it is one of these; then the next one is looked at."""
        token = self._token
        if token.kind in ("sign", "name") and token.text in texts:
            self._next += 1
            return token.text
        return ""

    def _unexpected(self, wanted: str) -> ExpressionError:
        token = self._token
        if token.kind == "end":
            return ExpressionError(f"the expression ends where {wanted} is needed")
        return ExpressionError(f"'{token.text}' at character {token.at} stands where {wanted} is needed")

    def _made(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ExpressionError(f"an expression of more than {MOST_NODES} numbers, names and operators is too long")
        return node

    def _alternative(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"brackets and calls within each other go deeper than {DEEPEST} levels")
        left = self._conjunction()
        while self._take("or"):
            left = self._made(Apply("or", (left, self._conjunction())))
        self._depth -= 1
        return left

    def _conjunction(self) -> Node:
        left = self._negation()
        while self._take("and"):
            left = self._made(Apply("and", (left, self._negation())))
        return left

    def _negation(self) -> Node:
        count = 0
        while self._take("not"):
            count += 1
        node = self._comparison()
        for _ in range(count):
            node = self._made(Apply("not", (node,)))
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        sign = self._take(*_COMPARISONS)
        if not sign:
            return left
        node = self._made(Apply(_COMPARISONS[sign], (left, self._sum())))
        if self._token.text in _COMPARISONS:
            raise ExpressionError(
                f"'{self._token.text}' at character {self._token.at}: compare two values at a time, and join "
                "comparisons by 'and'"
            )
        return node

    def _sum(self) -> Node:
        left = self._product()
        while sign := self._take(*_SUMS):
            left = self._made(Apply(_SUMS[sign], (left, self._product())))
        return left

    def _product(self) -> Node:
        left = self._sign()
        while sign := self._take(*_PRODUCTS):
            left = self._made(Apply(_PRODUCTS[sign], (left, self._sign())))
        return left

    def _sign(self) -> Node:
        count = 0
        while self._take("-"):
            count += 1
        node = self._power()
        for _ in range(count):
            node = self._made(Number(-node.value) if isinstance(node, Number) else Apply("negate", (node,)))
        return node

    def _power(self) -> Node:
        base = self._operand()
        if not self._take("^"):
            return base
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"powers within each other go deeper than {DEEPEST} levels")
        exponent = self._sign()
        self._depth -= 1
        return self._made(Apply("power", (base, exponent)))

    def _operand(self) -> Node:
        token = self._token
        if token.kind == "number":
            self._next += 1
            unit = self._take(*_UNITS_S)
            value = float(token.text) * _UNITS_S.get(unit, 1.0)
            if value > GREATEST:
                raise ExpressionError(f"{token.text} at character {token.at} is too great; at most {GREATEST:g}")
            return self._made(Number(value))
        if self._take("("):
            inner = self._alternative()
            self._close()
            return inner
        if token.kind != "name" or token.text in _WORDS:
            raise self._unexpected("a number, a feature, a function or a bracket")
        self._next += 1
        if self._take("("):
            return self._call(token)
        if token.text in FUNCTIONS:
            raise ExpressionError(
                f"'{token.text}' at character {token.at} is a function: write {FUNCTIONS[token.text].usage}"
            )
        return self._made(FeatureValue(token.text))

    def _close(self) -> None:
        if not self._take(")"):
            raise self._unexpected("a closing bracket")

    def _call(self, name: _Token) -> Node:
        function = FUNCTIONS.get(name.text)
        if function is None or function.operator:
            known = ", ".join(sorted(one for one, entry in FUNCTIONS.items() if not entry.operator))
            raise ExpressionError(f"there is no function '{name.text}' (character {name.at}); there are {known}")
        operands: list[Node] = []
        if not self._take(")"):
            operands.append(self._alternative())
            while self._take(","):
                operands.append(self._alternative())
            self._close()
        if not function.least <= len(operands) <= function.most:
            raise ExpressionError(
                f"{name.text}(...) at character {name.at} has {len(operands)} values: write {function.usage}"
            )
        for place, (operand, limits) in enumerate(zip(operands, function.constants(len(operands)), strict=True), 1):
            if limits is None:
                continue
            low, high = limits
            right = isinstance(operand, Number) and low <= operand.value <= high
            if not right or (function.whole and isinstance(operand, Number) and operand.value % 1.0):
                raise ExpressionError(
                    f"value {place} of {name.text}(...) at character {name.at} must be a "
                    f"{'whole ' if function.whole else ''}number from {low:g} to "
                    f"{high:g}{' seconds' if function.timed(place) else ''}: write {function.usage}"
                )
        return self._made(Apply(name.text, tuple(operands)))
