"""Of several volumes that one sender sends at once only the newest is carried out: a fader sends many.

Each is answered. Later commands of the same sender are carried out after it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from gesturesynth.control.commands import Call

COALESCED: Final = frozenset({"volume"})
"""Commands that set one number whatever it was, so that the newest replaces the others."""

Reply = Callable[[bool, str], None]


class NewestVolume:
    """Defers a volume until it is known whether a newer one follows at once.

    Args:
        carry_out: called for each call that is to be done, with its replies.
    """

    def __init__(self, carry_out: Callable[[Call, Reply, Reply | None], None]) -> None:
        self._carry_out = carry_out
        self._deferred: dict[Hashable, tuple[Call, Reply, Reply | None]] = {}

    def submit(self, sender: Hashable, call: Call, reply: Reply, outcome: Reply | None = None) -> None:
        """A call of a sender, in the order of arrival."""
        older = self._deferred.pop(sender, None)
        if call.command in COALESCED:
            if older:
                older[1](True, f"Volume {older[0].values[0]:.3g} dB, until the next, which came with it.")
            self._deferred[sender] = call, reply, outcome
            return
        if older:
            self._carry_out(*older)
        self._carry_out(call, reply, outcome)

    def flush(self) -> None:
        """Nothing follows for now: carries out what was deferred."""
        deferred, self._deferred = self._deferred, {}
        for each in deferred.values():
            self._carry_out(*each)
