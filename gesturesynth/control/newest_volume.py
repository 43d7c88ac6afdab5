"""Of several values of a fader (`FADERS`) that one sender sends at once only the newest is carried out.

Each is answered. Later commands of the same sender are carried out after it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from gesturesynth.control.command_table import FADERS
from gesturesynth.control.commands import Call

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
        if older and older[0].command == call.command:
            older[1](True, f"{_done(older[0])}, until the next, which came with it.")
        elif older:
            self._carry_out(*older)
        if call.command in FADERS:
            self._deferred[sender] = call, reply, outcome
        else:
            self._carry_out(call, reply, outcome)

    def flush(self) -> None:
        """Nothing follows for now: carries out what was deferred."""
        deferred, self._deferred = self._deferred, {}
        for each in deferred.values():
            self._carry_out(*each)


def _done(call: Call) -> str:
    *_, number = call.values
    texts = {"volume": f"Volume {number:.3g} dB", "morph": f"Morphed to {number:.3g}"}
    return texts.get(call.command, f"Strength {number:.3g}")
