"""Random choices that can be repeated: the same seed gives the same ones, on every computer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Random choices.

    Only `random.Random.random` is used: of all its methods it is the one whose numbers Python promises to keep for a
    seed from version to version (documentation of `random`, "Notes on Reproducibility").

    Args:
        seed: 0 or greater.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 - poems, no secrets

    def chance(self, probability: float) -> bool:
        """True with this probability, 0..1."""
        return self._random() < probability

    def index(self, count: int) -> int:
        """A whole number from 0 to below `count`, which is 1 or greater."""
        return min(int(self._random() * count), count - 1)

    def choice(self, items: Sequence[T]) -> T:
        """One of some items, of which there is one at least."""
        return items[self.index(len(items))]

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * self._random()
