"""An expression while it is computed, frame after frame. Pure: values and time are passed in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from gesturesynth.features.expressions.functions import FUNCTIONS
from gesturesynth.features.expressions.memories import Recent, memory
from gesturesynth.features.expressions.syntax import Apply, FeatureValue, Node, Number

GREATEST: Final = 1e9
"""A value beyond it counts as not seen: what is computed from it could not be told from infinity."""

_Step = Callable[[Mapping[str, float], float], float]


class Evaluator:
    """One expression with its memory.

    Args:
        tree: from `syntax.parse`.

    Attributes:
        width: how many numbers it gives.
    """

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        recent = isinstance(tree, Apply) and tree.function == "recent"
        self.width = int(tree.operands[1].value) if recent else 1  # type: ignore[union-attr]  # checked by the parser
        self.reset()

    def reset(self) -> None:
        """Forgets all frames."""
        self._recent: Recent | None = None
        tree = self._tree
        if isinstance(tree, Apply) and tree.function == "recent":
            self._recent = Recent(self.width)
            tree = tree.operands[0]
        self._step = _built(tree)

    def step(self, values: Mapping[str, float], time_s: float) -> list[float]:
        """The next frame.

        Args:
            values: of the features that it needs, by name; NaN, or none, for one that is not seen.
            time_s: of the frame, later than the one before.

        Returns:
            `width` numbers; NaN for what is not seen.
        """
        value = _bounded(self._step(values, time_s))
        return [value] if self._recent is None else self._recent.step(value)


def _bounded(value: float) -> float:
    return value if abs(value) <= GREATEST else math.nan


def _built(node: Node) -> _Step:
    """A function that computes the node; every node is computed in every frame, so that memories miss none."""
    if isinstance(node, Number):
        constant = node.value
        return lambda _values, _time_s: constant
    if isinstance(node, FeatureValue):
        name = node.name
        return lambda values, _time_s: values.get(name, math.nan)
    if node.function == "if":
        return _choice(*(_built(operand) for operand in node.operands))
    compute = FUNCTIONS[node.function].compute
    if compute is None:
        constants = tuple(operand.value for operand in node.operands[1:] if isinstance(operand, Number))
        return _remembering(_built(node.operands[0]), node.function, constants)
    return _computing(compute, [_built(operand) for operand in node.operands])


def _choice(condition: _Step, then: _Step, otherwise: _Step) -> _Step:
    def step(values: Mapping[str, float], time_s: float) -> float:
        chosen, first, second = condition(values, time_s), then(values, time_s), otherwise(values, time_s)
        return math.nan if math.isnan(chosen) else first if chosen else second

    return step


def _remembering(operand: _Step, function: str, constants: tuple[float, ...]) -> _Step:
    kept = memory(function, constants)
    return lambda values, time_s: _bounded(kept.step(_bounded(operand(values, time_s)), time_s))


def _computing(compute: Callable[..., float], operands: list[_Step]) -> _Step:
    def step(values: Mapping[str, float], time_s: float) -> float:
        found = [operand(values, time_s) for operand in operands]
        # Comparisons, `min` and `max` would give a value for one that is not there.
        if any(math.isnan(value) for value in found):
            return math.nan
        try:
            return _bounded(compute(*found))
        except (ArithmeticError, ValueError):
            return math.nan

    return step
