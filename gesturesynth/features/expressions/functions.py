"""The functions that expressions may call, as plain data, and how those without a memory are computed.

Those with a memory (windows, differences, smoothing) are computed by `memories`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Limits = tuple[float, float]

SHORTEST_S: Final = 0.001
LONGEST_S: Final = 30.0
"""Of a window, a delay and a smoothing, seconds."""
MOST_RECENT: Final = 64
"""Frames that `recent` keeps."""
ANY: Final = 1_000_000
MANY: Final = 32


@dataclass(frozen=True)
class Function:
    """What can be called.

    Attributes:
        usage: how it is written.
        help: one line for people.
        least, most: how many values it takes.
        compute: the value from values; None for one with a memory. What is not finite counts as not seen.
        operator: it is written with a sign or a word of the grammar.
        fixed: for the places, from the end, that take a number only: its limits; None: any expression.
        times: which places, from 1, are seconds.
        whole: whether the numbers of `fixed` are whole ones.
    """

    usage: str
    help: str
    least: int
    most: int
    compute: Callable[..., float] | None = None
    operator: bool = False
    fixed: tuple[Limits | None, ...] = ()
    times: tuple[int, ...] = ()
    whole: bool = False

    def constants(self, count: int) -> tuple[Limits | None, ...]:
        """For each of `count` values: the limits of the number that must stand there, or None."""
        return (None,) * (count - len(self.fixed)) + self.fixed

    def timed(self, place: int) -> bool:
        """Whether the value at this place, from 1, is in seconds."""
        return place in self.times


def _scaled(value: float, low: float, high: float, to_low: float, to_high: float) -> float:
    return to_low + (value - low) * (to_high - to_low) / (high - low)


def _power(base: float, exponent: float) -> float:
    result = base**exponent
    return result if isinstance(result, float) else math.nan


def _sign(value: float) -> float:
    return float(value > 0) - float(value < 0)


def _operator(compute: Callable[..., float], count: int = 2) -> Function:
    return Function("", "", count, count, compute, operator=True)


_WINDOW: Final[tuple[Limits | None, ...]] = ((SHORTEST_S, LONGEST_S),)

FUNCTIONS: Final[dict[str, Function]] = {
    "abs": Function("abs(x)", "The size of x, without its sign.", 1, 1, abs),
    "min": Function("min(x, y, ...)", "The least of several values.", 2, MANY, min),
    "max": Function("max(x, y, ...)", "The greatest of several values.", 2, MANY, max),
    "clip": Function("clip(x, low, high)", "x, held between two values.", 3, 3, lambda x, a, b: min(max(x, a), b)),
    "scale": Function(
        "scale(x, from_low, from_high, to_low, to_high)", "One range led to another, not held within it.", 5, 5, _scaled
    ),
    "if": Function("if(condition, x, y)", "x while the condition is not 0, else y.", 3, 3),
    "sqrt": Function("sqrt(x)", "The square root; not seen below 0.", 1, 1, math.sqrt),
    "exp": Function("exp(x)", "e to the power of x.", 1, 1, math.exp),
    "log": Function("log(x)", "The natural logarithm; not seen at 0 and below.", 1, 1, math.log),
    "sin": Function("sin(x)", "The sine of an angle in radians.", 1, 1, math.sin),
    "cos": Function("cos(x)", "The cosine of an angle in radians.", 1, 1, math.cos),
    "atan2": Function("atan2(y, x)", "The angle of a direction, -pi to pi.", 2, 2, math.atan2),
    "hypot": Function("hypot(x, y, ...)", "The length of a vector.", 2, MANY, math.hypot),
    "floor": Function("floor(x)", "The next whole number below.", 1, 1, lambda x: float(math.floor(x))),
    "round": Function("round(x)", "The nearest whole number.", 1, 1, lambda x: float(round(x))),
    "sign": Function("sign(x)", "1 above 0, -1 below, else 0.", 1, 1, _sign),
    "smooth": Function("smooth(x, 200 ms)", "x, following with a time constant.", 2, 2, fixed=_WINDOW, times=(2,)),
    "delay": Function("delay(x, 500 ms)", "What x was some time ago.", 2, 2, fixed=_WINDOW, times=(2,)),
    "lowest": Function("lowest(x, 1 s)", "The least of the last second.", 2, 2, fixed=_WINDOW, times=(2,)),
    "highest": Function("highest(x, 1 s)", "The greatest of the last second.", 2, 2, fixed=_WINDOW, times=(2,)),
    "mean": Function("mean(x, 1 s)", "The mean of the last second.", 2, 2, fixed=_WINDOW, times=(2,)),
    "deviation": Function(
        "deviation(x, 1 s)", "The standard deviation of the last second.", 2, 2, fixed=_WINDOW, times=(2,)
    ),
    "energy": Function(
        "energy(x, 1 s)",
        "The mean square of the change a second, in the last second.",
        2,
        2,
        fixed=_WINDOW,
        times=(2,),
    ),
    "onsets": Function(
        "onsets(x, 0.5, 1 s)",
        "How often x has come to 0.5 from below in the last second.",
        3,
        3,
        fixed=((-ANY, ANY), (SHORTEST_S, LONGEST_S)),
        times=(3,),
    ),
    "change": Function("change(x)", "The change a second; of the change, the second difference.", 1, 1),
    "recent": Function(
        "recent(x, 8)",
        "The newest values of x, as so many numbers, newest first; it stands alone.",
        2,
        2,
        fixed=((2, MOST_RECENT),),
        whole=True,
    ),
    "add": _operator(lambda x, y: x + y),
    "subtract": _operator(lambda x, y: x - y),
    "multiply": _operator(lambda x, y: x * y),
    "divide": _operator(lambda x, y: x / y),
    "modulo": _operator(lambda x, y: x % y),
    "power": _operator(_power),
    "negate": _operator(lambda x: -x, 1),
    "below": _operator(lambda x, y: float(x < y)),
    "at_most": _operator(lambda x, y: float(x <= y)),
    "above": _operator(lambda x, y: float(x > y)),
    "at_least": _operator(lambda x, y: float(x >= y)),
    "equal": _operator(lambda x, y: float(x == y)),
    "different": _operator(lambda x, y: float(x != y)),
    "and": _operator(lambda x, y: float(x != 0 and y != 0)),
    "or": _operator(lambda x, y: float(x != 0 or y != 0)),
    "not": _operator(lambda x: float(x == 0), 1),
}
"""By name; those with a memory have no `compute`, and `if` looks at one of its values only."""
