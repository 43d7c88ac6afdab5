"""The command `predict`: how far the body is carried forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.events import Event, SetPredict, ShowMessage


def _predict(call: Call) -> Iterable[Event]:
    ahead_s = float(call.values[0])
    yield SetPredict(ahead_s)
    later = f"The sound follows the body as it will be in {ahead_s * 1000.0:.3g} ms."
    yield ShowMessage(later if ahead_s else "The sound follows the body as it is seen.")


HANDLERS: Final[dict[str, Callable[[Call], Iterable[Event]]]] = {"predict": _predict}
"""What the command leads to."""
