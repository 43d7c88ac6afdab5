"""What is checked before a command: why it cannot be done now, or a question. Sentences for its sender."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.command_table import COMMANDS, FADERS, SNAPSHOTS
from gesturesynth.control.commands import KEYBOARD, PAGE, Call
from gesturesynth.control.session.adapting import adapt_refusal
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import Cue, Event, ShowMessage
from gesturesynth.control.session.outputs import DELETE, delete_question, output_refusal, unrecorded_refusal
from gesturesynth.control.session.scales import scale_refusal
from gesturesynth.control.session.scenes import scene_refusal
from gesturesynth.control.session.set_outputs import set_refusal
from gesturesynth.control.session.targets import BY_THEMSELVES, GRAB, PLAY_ALONG, is_class
from gesturesynth.control.session.tempo import tempo_refusal
from gesturesynth.control.session.transitions import ONLY_WHILE_PLAYING
from gesturesynth.runtime.session_state import SessionState

Needs = Callable[[SessionState, SessionContext], bool]

_NO_TARGET: Final = "A take of what? Choose a snapshot (1 to 9), or a class or gesture (l), first."
_ENDLESS: Final = (
    "This is a service of the system, which no command ends: `sudo systemctl stop gesturesynth.target` does, and the "
    "power switch may."
)
_NEEDS: Final[dict[str, tuple[Needs, str]]] = {
    "record": (lambda state, _: bool(state.target), _NO_TARGET),
    "hold on": (lambda state, _: bool(state.target), _NO_TARGET),
    "stop": (lambda state, _: bool(state.held or state.played_take), "There is nothing to stop."),
    "cancel": (
        lambda state, _: state.training or bool(state.asking or state.played_take),
        "There is nothing to call off.",
    ),
    "listen": (
        lambda state, context: bool(context.trained or state.played_take),
        "There is no model yet that could play a take: train first (t).",
    ),
    "undo": (lambda _, context: context.can_undo, "There is nothing to take back."),
    "redo": (lambda _, context: context.can_redo, "There is nothing to do again."),
    "delete-last": (lambda _, context: any(context.takes.values()), "There is no take to delete."),
    "clear": (lambda _, context: any(context.takes.values()), "There is no take to delete."),
    "save": (lambda _, context: bool(free_numbers(context)), "All nine snapshots are in use."),
    "nudge": (
        lambda state, context: context.outputs or is_class(state.target),
        "A take of what? This preset moves no output: choose a class (l) first.",
    ),
    "play-along": (
        lambda _, context: context.score_s > 0.0,
        "A score needs two snapshots or more. Find a sound (r) and save it (s).",
    ),
    "grab": (
        lambda _, context: context.outputs,
        "A grab teaches outputs, and this preset has none to teach. Choose a class or gesture (l) and record takes.",
    ),
    "hands-free": (
        lambda _, context: bool(context.snapshots or context.labels),
        "There is nothing to record takes for. Find a sound (r) and save it (s).",
    ),
    "open": (lambda _, context: bool(context.hours), "There are no opening hours here: it is always open."),
}
"""What a command needs while playing, and the message without it. `select` and `label` depend on their value."""


ENDS_ITS_OWN: Final = {"play-along": PLAY_ALONG, "grab": GRAB}
"""Commands that begin a take, and end the same but no other."""


@dataclass(frozen=True)
class Question:
    """Waits for the same command from the same sender.

    Attributes:
        command: the command that it is about, with its values (`Call.text`).
        sender: of that command: `Call.sender` without a port, since a program may send from another one next time.
        until_s: the last moment of the answer.
        text: for people.
    """

    command: str
    sender: str
    until_s: float
    text: str

    def concerns(self, call: Call) -> bool:
        """Whether a command comes from the same sender: it is a yes, or it withdraws the question.

        A volume is neither, nor is a morph: a fader sends them all the time.
        """
        return self.sender == sender_of(call) and call.command not in FADERS


def sender_of(call: Call) -> str:
    """Who sent a command, for what only the same one may answer or let go: each browser of the page is one."""
    return call.sender if call.sender.startswith(PAGE) else without_port(call.sender)


def without_port(sender: str) -> str:
    """`Call.sender` without the port of a program that sends OSC, or the number of a browser."""
    return re.sub(r":\d+$", "", sender)


def refusal_reason(call: Call, state: SessionState, context: SessionContext) -> str:
    """Why a command cannot be carried out now; empty when it can."""
    if call.command == "quit" and context.endless:
        return _ENDLESS
    if state.phase != "playing":
        return _not_now(call, state) or next(filter(None, _of_preset(call, context)), "")
    return next((reason for reason in _reasons(call, state, context) if reason), "")


def _reasons(call: Call, state: SessionState, context: SessionContext) -> Iterator[str]:
    """Why a command cannot be carried out while playing; empty texts where it can."""
    if call.command in ("select", "morph"):
        yield from (_no_snapshot(int(value), context) for value in call.values[:2])
    elif call.command == "label" and (not context.labels or call.values):
        yield _no_class(str(*call.values), context)
    elif call.command == "set-outputs":
        yield set_refusal(call, context)
    elif call.command == "relabel":
        yield _no_target(str(call.values[1]), context)
    elif call.command == "listen" and not (call.values or state.played_take or context.newest_take):
        yield "There is no take to listen to."
    elif call.command == "nudge" and state.played_take:
        yield "Not while a take is played: end it (b), and then 'nudge' again."
    elif call.command == "stop" and not (state.held or state.played_take) and context.holding:
        yield _held_without_command(context)
    yield output_refusal(call, context)
    yield from _of_preset(call, context)
    there, text = _NEEDS.get(call.text if call.command == "hold" else call.command, (None, ""))
    if there and not there(state, context):
        yield text
    if call.text in ("record", "hold on"):
        yield unrecorded_refusal(state.target, context)


def _of_preset(call: Call, context: SessionContext) -> tuple[str, ...]:
    """Why a command has nothing to act on in the preset that plays; empty texts where it has."""
    refusals = (output_refusal, scale_refusal, tempo_refusal, adapt_refusal, scene_refusal)
    return tuple(refusal(call, context) for refusal in refusals)


def refused(reason: str) -> tuple[Event, ...]:
    """The cue and the message when something was not done: `reason` is a sentence."""
    return Cue("error"), ShowMessage(reason, failed=True)


def question(call: Call, state: SessionState, context: SessionContext, confirm_s: float) -> str:
    """The question before a command is carried out; empty when it may be carried out at once."""
    if not COMMANDS[call.command].armed:
        return ""
    yes = f"Again within {confirm_s:g} s means yes."
    if call.command == DELETE:
        return f"{delete_question(str(call.values[0]), context)} {yes}"
    if call.command == "clear":
        count = sum(state.takes.values())
        return f"Delete {'the only take' if count == 1 else f'all {count} takes'}? {yes}"
    if state.phase != "playing":
        return f"End in the middle of a take? {yes}"
    return "" if call.sender == KEYBOARD else f"End everything? {yes}"


def free_numbers(context: SessionContext) -> list[int]:
    """The numbers that have no snapshot yet, lowest first."""
    return [number for number in map(int, SNAPSHOTS) if number not in context.snapshots]


def _not_now(call: Call, state: SessionState) -> str:
    if call.command in ONLY_WHILE_PLAYING or ENDS_ITS_OWN.get(call.command, state.target) != state.target:
        return f"Not during a take. End it (space) or throw it away (Esc), and then '{call.command}' again."
    if call.text == "hold on" and (state.phase == "recording" or state.target in BY_THEMSELVES):
        return "A take is being recorded already. End it (space) or throw it away (Esc), and then hold again."
    return ""


def _held_without_command(context: SessionContext) -> str:
    if context.holding in context.gestures:
        return f"There is nothing to stop: the gesture '{context.holding}' holds its sound for a while."
    return f"There is nothing to stop: the pose of class '{context.holding}' holds its sound; leave it to let go."


def _no_snapshot(number: int, context: SessionContext) -> str:
    if number in context.snapshots:
        return ""
    there = ", ".join(str(number) for number in sorted(context.snapshots))
    if there:
        return f"There is no snapshot {number}; this preset has {there}."
    return f"There is no snapshot {number}; this preset has none yet. Find a sound (r) and save it (s)."


def _no_target(target: str, context: SessionContext) -> str:
    if target in SNAPSHOTS:
        return _no_snapshot(int(target), context)
    if not context.labels:
        return f"There is no '{target}': takes are for snapshots (1 to 9) here; the preset names no classes."
    return _no_class(target, context)


def _no_class(name: str, context: SessionContext) -> str:
    labels = context.labels
    if not labels:
        return "This preset names neither classes nor gestures."
    if name in labels:
        return ""
    near = difflib.get_close_matches(name.lower(), labels, n=1)
    hint = f", did you mean '{near[0]}'?" if near else ";"
    what = " or ".join(kind for kind, names in (("class", context.classes), ("gesture", context.gestures)) if names)
    return f"There is no {what} '{name}'{hint} This preset names {', '.join(labels)}."
