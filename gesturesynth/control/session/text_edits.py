"""Commands about the text of the preset that plays: try it, change a value of it, keep it, or go back to its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.events import ChangeText, DropText, Event, KeepText, TryText

HANDLERS: Final[dict[str, Callable[[Call], Iterable[Event]]]] = {
    "try": lambda call: [TryText(str(call.values[0]))],
    "change": lambda call: [ChangeText(str(call.values[0]), str(call.values[1]) if len(call.values) > 1 else None)],
    "keep": lambda _: [KeepText()],
    "back": lambda _: [DropText()],
}
"""What each of these commands leads to. Whether there is an edit, and whether it can be read, its report tells."""
