"""Commands about single outputs: switched off for recording, training or running; their examples deleted."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.command_table import SNAPSHOTS
from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import DeleteOutput, Event, OutputMask, SwitchOutput

MASKS: Final[dict[str, OutputMask]] = {"record-output": "record", "train-output": "train", "run-output": "run"}
"""What each command switches an output on or off for."""
DELETE: Final = "delete-output"

_ON: Final[dict[OutputMask, str]] = {
    "record": "On for recording: {}. New takes name it.",
    "train": "On for training: {}. It learns from all takes at the next training.",
    "run": "On for running: {}. The body plays it.",
}
_OFF: Final[dict[OutputMask, str]] = {
    "record": "Off for recording: {}. New takes say nothing about it.",
    "train": "Off for training: {}. It keeps the model that it has.",
    "run": "Off for running: {}. It is idle, whatever the body does.",
}

Handler = Callable[[Call], Iterable[Event]]


def handlers(context: Callable[[], SessionContext]) -> dict[str, Handler]:
    """What each of these commands leads to."""

    def switch(call: Call) -> list[Event]:
        mask, name = MASKS[call.command], str(call.values[0])
        is_off = name in getattr(context().off, mask)
        return [SwitchOutput(mask, name, on=bool(call.values[1]) if len(call.values) > 1 else is_off)]

    return dict.fromkeys(MASKS, switch) | {DELETE: lambda call: [DeleteOutput(str(call.values[0]))]}


def switched_text(event: SwitchOutput) -> str:
    """The answer to a command that has switched an output."""
    return (_ON if event.on else _OFF)[event.mask].format(event.output)


def output_refusal(call: Call, context: SessionContext) -> str:
    """Why a command about an output cannot be carried out; empty when it can, or is about something else."""
    if call.command not in MASKS and call.command != DELETE:
        return ""
    name = str(call.values[0])
    if call.command == DELETE and name in context.named:
        return ""
    if name not in context.output_names:
        # One that the preset does not have any more can still be switched on.
        off = getattr(context.off, MASKS[call.command]) if call.command in MASKS else ()
        return "" if name in off else _no_output(name, context)
    if call.command != "run-output" and name in context.driven:
        source = context.driven[name]
        return f"The output {name} follows {source} and is not learned: it can be switched off for running alone."
    untrained = not context.trained and context.named.get(name)
    reasons = {
        DELETE: f"No take names {name}: there is nothing to delete.",
        "train-output": f"There is no model yet that {name} could keep. Switch it off when the training has ended."
        if untrained and False in call.values
        else "",
    }
    return reasons.get(call.command, "")


def unrecorded_refusal(target: str, context: SessionContext) -> str:
    """Why no take can be recorded for a target: each output is off for recording; empty when one can."""
    learned = set(context.output_names) - set(context.driven)
    if target in SNAPSHOTS and learned and learned <= set(context.off.record):
        return "Every output is off for recording: a take would teach nothing. Switch one on first (record-output)."
    return ""


def delete_question(name: str, context: SessionContext) -> str:
    """What is asked before the examples of an output are deleted."""
    count = context.named.get(name, 0)
    return f"Delete the examples of {name} in {'the only take' if count == 1 else f'all {count} takes'} that name it?"


def _no_output(name: str, context: SessionContext) -> str:
    if not context.output_names:
        return "This preset has no outputs."
    near = difflib.get_close_matches(name.lower(), context.output_names, n=1)
    hint = f", did you mean '{near[0]}'?" if near else ";"
    return f"There is no output '{name}'{hint} This preset has {', '.join(context.output_names)}."
