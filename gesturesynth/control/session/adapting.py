"""The command `adapt`: whether the taught range follows the person in view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import Cue, Event, SetAdapt, ShowMessage

ADAPT: Final = "adapt"


def set_adapt(call: Call, context: SessionContext) -> Iterable[Event]:
    """Switches it on or off; without a value, to the other of the two."""
    on = not context.adapts if call.switch is None else call.switch
    yield SetAdapt(on)
    yield Cue("selected")
    yield ShowMessage(
        "The taught range follows the person in view: a few movements as far as the body reaches are enough."
        if on
        else "The taught range stays as it was taught."
    )


def adapt_refusal(call: Call, context: SessionContext) -> str:
    """Why the command cannot be carried out; empty when it can, or when it is another one."""
    if call.command == ADAPT and context.adapts is None:
        return "No output of this preset is learnt by a feature that limbs and reach limit: there is nothing to adapt."
    return ""
