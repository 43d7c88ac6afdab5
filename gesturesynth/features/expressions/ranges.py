"""Between which values an expression lies, from the ranges of the features in it: interval arithmetic.

The range is never too narrow for values within theirs, but it may be too wide: `x - x` counts as two different values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Final

from gesturesynth.features.expressions.syntax import Apply, FeatureValue, Node, Number

Range = tuple[float, float]

FASTEST_HZ: Final = 2.0
"""A change is as fast as a movement through the whole range in half a period of this rate."""
OPEN: Final = (-math.inf, math.inf)

_TRUTHS: Final = frozenset({"below", "at_most", "above", "at_least", "equal", "different", "and", "or", "not"})
_KEPT: Final = frozenset({"smooth", "delay", "lowest", "highest", "mean", "recent"})
_MONOTONIC: Final[Mapping[str, Callable[[float], float]]] = {
    "sqrt": lambda x: math.sqrt(max(0.0, x)),
    "exp": lambda x: math.exp(min(x, 700.0)),
    "log": lambda x: math.log(max(x, 1e-12)),
    "floor": lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    "round": lambda x: float(round(x)) if math.isfinite(x) else x,
    "sign": lambda x: float(x > 0) - float(x < 0),
    "negate": lambda x: -x,
}


def value_range(node: Node, ranges: Mapping[str, Range]) -> Range | None:
    """The least and the greatest value; None where there is none, as behind a division by what may be 0.

    Args:
        node: the expression.
        ranges: of the features in it, by name.

    Raises:
        KeyError: the range of a feature is missing.
    """
    try:
        low, high = _range(node, ranges)
    except OverflowError:
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else None


def _range(node: Node, ranges: Mapping[str, Range]) -> Range:
    if isinstance(node, Number):
        return node.value, node.value
    if isinstance(node, FeatureValue):
        return ranges[node.name]
    operands = [_range(operand, ranges) for operand in node.operands]
    return _of_call(node, operands)


def _of_call(node: Apply, operands: list[Range]) -> Range:
    if node.function in _TRUTHS:
        return 0.0, 1.0
    if node.function in _KEPT:
        return operands[0]
    if node.function in _MONOTONIC:
        return _ends(_MONOTONIC[node.function](end) for end in operands[0])
    return _SPECIAL[node.function](*operands)


def _ends(values: Iterable[float]) -> Range:
    found = list(values)
    return min(found), max(found)


def _corners(compute: Callable[[float, float], float]) -> Callable[[Range, Range], Range]:
    def of(left: Range, right: Range) -> Range:
        found = [compute(x, y) for x, y in product(left, right)]
        return OPEN if any(math.isnan(value) for value in found) else _ends(found)

    return of


def _quotient(left: Range, right: Range) -> Range:
    if right[0] <= 0.0 <= right[1]:
        return OPEN
    return _corners(lambda x, y: x / y)(left, right)


def _remainder(_left: Range, right: Range) -> Range:
    return min(0.0, right[0]), max(0.0, right[1])


def _power(base: Range, exponent: Range) -> Range:
    if exponent[0] != exponent[1]:
        if base[0] <= 0.0:
            return OPEN
        return _corners(lambda x, y: math.exp(min(700.0, y * math.log(x))))(base, exponent)
    power = exponent[0]
    if power == int(power) and power >= 0:
        ends = [base[0] ** int(power), base[1] ** int(power)]
        return _ends([*ends, 0.0] if base[0] < 0.0 < base[1] and int(power) % 2 == 0 else ends)
    if base[0] < 0.0 or (power < 0 and base[0] <= 0.0):
        return OPEN if power < 0 else (0.0, max(0.0, base[1]) ** power)
    return _ends(end**power for end in base)


def _size(value: Range) -> Range:
    low, high = value
    return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _length(*operands: Range) -> Range:
    sizes = [_size(operand) for operand in operands]
    return math.hypot(*(low for low, _ in sizes)), math.hypot(*(high for _, high in sizes))


def _clipped(value: Range, low: Range, high: Range) -> Range:
    return min(max(value[0], low[0]), high[0]), min(max(value[1], low[1]), high[1])


def _scaled(value: Range, low: Range, high: Range, to_low: Range, to_high: Range) -> Range:
    if low[0] != low[1] or high[0] != high[1] or low == high:
        return OPEN
    places = [(end - low[0]) / (high[0] - low[0]) for end in value]
    return _ends(a + place * (b - a) for place in places for a in to_low for b in to_high)


def _either(_condition: Range, *operands: Range) -> Range:
    return min(low for low, _ in operands), max(high for _, high in operands)


def _fastest(value: Range) -> float:
    """The greatest change a second."""
    return 2 * FASTEST_HZ * (value[1] - value[0])


_SPECIAL: Final[Mapping[str, Callable[..., Range]]] = {
    "add": _corners(lambda x, y: x + y),
    "subtract": _corners(lambda x, y: x - y),
    "multiply": _corners(lambda x, y: x * y),
    "divide": _quotient,
    "modulo": _remainder,
    "power": _power,
    "abs": _size,
    "hypot": _length,
    "min": lambda *operands: (min(low for low, _ in operands), min(high for _, high in operands)),
    "max": lambda *operands: (max(low for low, _ in operands), max(high for _, high in operands)),
    "clip": _clipped,
    "scale": _scaled,
    "if": _either,
    "change": lambda x: (-_fastest(x), _fastest(x)),
    "energy": lambda x, _length_s: (0.0, _fastest(x) ** 2),
    "deviation": lambda x, _length_s: (0.0, (x[1] - x[0]) / 2),
    "onsets": lambda _x, _threshold, length_s: (0.0, max(1.0, FASTEST_HZ * length_s[0])),
    "sin": lambda _x: (-1.0, 1.0),
    "cos": lambda _x: (-1.0, 1.0),
    "atan2": lambda _y, _x: (-math.pi, math.pi),
}
