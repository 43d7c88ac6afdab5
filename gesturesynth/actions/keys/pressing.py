"""Keys that are pressed for a moment, and always released. Pure: time is passed in, and a function sends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Protocol

HOLD_S: Final = 0.03
"""A key is down for so long: two frames of a program that looks at keys sixty times a second."""


class SendKey(Protocol):
    """Presses or releases a key."""

    def __call__(self, code: int, *, down: bool) -> None:
        """`code` as in linux/input-event-codes.h."""


class Pressing:
    """Presses keys.

    Args:
        send: presses or releases one.
    """

    def __init__(self, send: SendKey) -> None:
        self._send = send
        self._down: dict[tuple[int, ...], float] = {}  # keys that are down together, and when they go up

    @property
    def due_s(self) -> float:
        """When the next key is to be released, monotonic seconds; infinite while none is down."""
        return min(self._down.values(), default=math.inf)

    def press(self, codes: Sequence[int], now_s: float) -> None:
        """Presses keys one after the other.

        Those of them that are down are released before; all that are down, where `SHIFT` is or comes: it would count
        for the others, too.

        Args:
            codes: `SHIFT` first, if it is one of them.
            now_s: monotonic seconds.
        """
        for held in [held for held in self._down if set(held) & set(codes) or len(held) > 1 or len(codes) > 1]:
            self._release(held)
        self._down[tuple(codes)] = now_s + HOLD_S
        for code in codes:
            self._send(code, down=True)

    def step(self, now_s: float) -> None:
        """Releases what has been down for long enough."""
        for held in [held for held, due_s in self._down.items() if now_s >= due_s]:
            self._release(held)

    def release_all(self) -> None:
        """Releases everything."""
        for held in list(self._down):
            self._release(held)

    def _release(self, held: Sequence[int]) -> None:
        del self._down[tuple(held)]
        for code in reversed(held):
            self._send(code, down=False)
