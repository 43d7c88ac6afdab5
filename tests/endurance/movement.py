"""Movements of parameters that are as hard as possible: ends of ranges, jumps, slow drifts, trembling. Pure; seeded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gesturesynth.synthesis.instruments.base import Parameter

STEP_S: Final = 1 / 60
"""From one set of values to the next, as a conductor sends them."""
LONGEST_S: Final = 8.0
"""A parameter moves in one manner for at most so long; the shortest is one step."""

MovementKind = Callable[[np.random.Generator, float, int], float]
"""(chance, place of the step before, 0 to 1, number of the step) to the place of this one."""


def _ends(chance: np.random.Generator, _before: float, _step: int) -> float:
    return float(chance.integers(2))


def _alternate(_chance: np.random.Generator, _before: float, step: int) -> float:
    return float(step % 2)


def _jump(chance: np.random.Generator, _before: float, _step: int) -> float:
    return float(chance.random())


def _walk(chance: np.random.Generator, before: float, _step: int) -> float:
    return before + float(chance.normal(0, 0.06))


def _creep(chance: np.random.Generator, before: float, _step: int) -> float:
    return before + float(chance.normal(0, 1e-5))


def _rise(_chance: np.random.Generator, before: float, _step: int) -> float:
    return before + 0.002


def _fall(_chance: np.random.Generator, before: float, _step: int) -> float:
    return before - 0.002


def _tremble_low(chance: np.random.Generator, _before: float, _step: int) -> float:
    return float(abs(chance.normal(0, 1e-7)))


def _tremble_high(chance: np.random.Generator, _before: float, _step: int) -> float:
    return 1.0 - float(abs(chance.normal(0, 1e-7)))


def _still(_chance: np.random.Generator, before: float, _step: int) -> float:
    return before


MOVEMENT_KINDS: Final[tuple[MovementKind, ...]] = (
    _ends, _alternate, _jump, _walk, _walk, _walk, _creep, _rise, _fall, _tremble_low, _tremble_high, _still,
)  # fmt: skip


@dataclass
class Moved:
    """One parameter under way."""

    parameter: Parameter
    place: float = 0.5
    manner: MovementKind = _still
    until: int = 0


class Movement:
    """Moves some parameters, each in a manner of its own that changes now and then.

    Args:
        parameters: to be moved.
        seed: the same gives the same movement.
    """

    def __init__(self, parameters: tuple[Parameter, ...], seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._moved = [Moved(parameter) for parameter in parameters]
        self._step = 0

    def next_values(self) -> tuple[float, ...]:
        """The next values, STEP_S after the ones before, each within the range of its parameter."""
        self._step += 1
        for one in self._moved:
            if self._step >= one.until:
                one.manner = MOVEMENT_KINDS[self._chance.integers(len(MOVEMENT_KINDS))]
                longest = LONGEST_S ** self._chance.random()
                one.until = self._step + max(1, round(longest / STEP_S))
            one.place = min(max(one.manner(self._chance, one.place, self._step), 0.0), 1.0)
        return tuple(_value(one.parameter, one.place) for one in self._moved)


def _value(parameter: Parameter, place: float) -> float:
    if parameter.warp == "exp":
        return float(parameter.low * (parameter.high / parameter.low) ** place)
    return parameter.low + (parameter.high - parameter.low) * place
