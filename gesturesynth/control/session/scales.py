"""Commands about the scale that pitches follow: another scale, root or tuning, and how firmly it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import ChangeScale, Event, ScalePart, SetStrength, ShowMessage

PARTS: Final[dict[str, ScalePart]] = {"scale": "scale", "root": "root", "tuning": "tuning"}
"""What of the scale each command changes. Whether there is one of that name, the session controller knows."""
STRENGTH: Final = "quantise"


Handler = Callable[[Call], Iterable[Event]]


def _change(call: Call) -> Iterable[Event]:
    yield ChangeScale(PARTS[call.command], str(call.values[0]))


def _quantise(call: Call) -> Iterable[Event]:
    strength = float(call.values[0])
    yield SetStrength(strength)
    named = {0.0: "Pitches are free", 1.0: "Pitches keep to the scale"}
    yield ShowMessage(f"{named.get(strength, 'Pitches are drawn to the scale')}: strength {strength:.3g}.")


HANDLERS: Final[dict[str, Handler]] = {**dict.fromkeys(PARTS, _change), STRENGTH: _quantise}
"""What each of these commands leads to."""


def scale_refusal(call: Call, context: SessionContext) -> str:
    """Why a command about the scale cannot be carried out; empty when it can, or is about something else."""
    if call.command not in HANDLERS:
        return ""
    if not context.pitches:
        return "This preset moves no pitch that could follow a scale."
    if call.command != "scale" and not context.scale:
        return "There is no scale: choose one first, as in `scale A minor`."
    return ""
