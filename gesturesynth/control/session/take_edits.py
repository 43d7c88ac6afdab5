"""Commands about one take: relabelled, trimmed, switched off, deleted, restored. Undo takes each of them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.events import DeleteTake, Event, RelabelTake, RestoreTake, SwitchTake, TrimTake

Handler = Callable[[Call], Iterable[Event]]


def _take(call: Call) -> int:
    return int(call.values[0])


HANDLERS: Final[dict[str, Handler]] = {
    "relabel": lambda call: [RelabelTake(_take(call), str(call.values[1]))],
    "trim": lambda call: [TrimTake(_take(call), float(call.values[1]), float(call.values[2]))],
    "switch-take": lambda call: [SwitchTake(_take(call), bool(call.values[1]) if len(call.values) > 1 else None)],
    "delete-take": lambda call: [DeleteTake(_take(call))],
    "restore-take": lambda call: [RestoreTake(_take(call))],
}
"""What each of these commands leads to. Whether there is such a take, the examples know."""
