"""Verbs that talk to the Gesture Synth that runs: `gesturesynth train`, `gesturesynth select 3`, `gesturesynth state`.

One for each command of the table, made from it. Exit codes: 0 done; 1 not done, or no conductor runs; 2 the command
itself was wrong.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import App, Group, Parameter

from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import COMMANDS, Command
from gesturesynth.control.commands import COMMAND_LINE, Call, call
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.preset_reports import EditReading
from gesturesynth.runtime.readings import AdaptationReading, GestureReading, ScaleReading, TempoReading
from gesturesynth.runtime.session_state import SessionState

if TYPE_CHECKING:
    from gesturesynth.control.command_socket import CommandClient, Response

GROUP: Final = Group("Teaching and playing, from any shell, while it runs", sort_key=0.5)
OWN_VERBS: Final = frozenset({"evaluate", "advise", "try"})
"""Commands whose verbs do more than send them; see `evaluate.py` and `text_edits.py`."""
WAITING_S: Final = 0.1
"""Between two requests for the state while waiting for something to end."""
SAVING_S: Final = 3.0
"""A take that is not on disk by then has not been saved."""

JSON: Final = Parameter(negative="", help="JSON, for programs: ok, words and the state.")
WAIT: Final = Parameter(negative="", help="Wait for its end, and tell by the exit code how it went.")
YES: Final = Parameter(negative="", help="Say yes to its question.")


class StateSummary(msgspec.Struct, frozen=True):
    """The part of the conductor's state that is used here (see `messages.ConductorStatus`)."""

    session: SessionState = SessionState()
    preset: str = ""
    preset_error: str = ""
    settings_error: str = ""
    model: str = ""
    model_error: str = ""
    model_note: str = ""
    present: bool = False
    confidence: float | None = None
    recognised: str = ""
    gestures: tuple[GestureReading, ...] = ()
    hours: str = ""
    origins: dict[str, str] = {}
    scale: ScaleReading = ScaleReading()
    tempo: TempoReading = TempoReading()
    adaptation: AdaptationReading = AdaptationReading()
    scenes: tuple[str, ...] = ()
    scene: str = ""
    edit: EditReading = EditReading()
    predict_ms: float = 0.0


def mount(app: App) -> None:
    """Adds a verb for each command of the table to the command line, and `state`.

    Where a verb has sub-commands already, as `preset` has, the command becomes its default.
    """
    for command in COMMANDS.values():
        if command.name in OWN_VERBS:
            continue
        if command.name in app:
            app[command.name].default(_verb(command, without_values=partial(_help, app, command.name)))
        else:
            app.command(_verb(command), name=command.name, group=GROUP)
    app.command(state, group=GROUP)


def state(*, json: Annotated[bool, JSON] = False) -> int:
    """Tells what plays, what is taught, and the last command and its sender."""
    with command_client() as client:
        answer = client.ask(None)
    if json:
        _print(answer.state)
    else:
        for name, text in _summary(_read(answer)):
            _print(f"{name:<10}{text}")
    return 0


# ----------------------------------------------------------------------------------------------------- making the verbs
def _verb(command: Command, without_values: Callable[[], None] | None = None) -> Callable[..., int]:
    """A function for cyclopts, with the command's arguments as its own.

    Args:
        command: what it does.
        without_values: called instead when no values are given, where they are needed.
    """

    def verb(*values: str | None, json: bool = False, wait: bool = False, yes: bool = False) -> int:
        given = [value for value in values if value is not None]
        last = len(command.arguments) - 1
        if len(given) > last >= 0 and command.arguments[last].words:
            given[last:] = [" ".join(given[last:])]
        if without_values and not given:
            without_values()
            return 0
        return run_command(call(command.name, given, COMMAND_LINE), json=json, wait=wait, yes=yes)

    flags = {"json": JSON} | ({"wait": WAIT} if command.name in _ENDS else {}) | ({"yes": YES} if command.armed else {})
    parameters = [
        _parameter(argument, optional=argument.optional or without_values is not None) for argument in command.arguments
    ]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, flag])
        for name, flag in flags.items()
    ]
    # cyclopts reads both, and nothing else of a function.
    verb.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
    verb.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": int}
    verb.__name__ = command.name.replace("-", "_")
    verb.__doc__ = command.help + (" It asks first: give it again within a few seconds." if command.armed else "")
    return verb


def _parameter(argument: Argument, *, optional: bool) -> inspect.Parameter:
    # Texts: `call` reads them, with their units, and says better what is wrong with them.
    text = f"{argument.help} {argument.range[0].upper()}{argument.range[1:]}."
    parameter = Parameter(name=argument.name, help=text, allow_leading_hyphen=True, show_default=False)
    return inspect.Parameter(
        argument.name.lower(),
        inspect.Parameter.VAR_POSITIONAL if argument.words else inspect.Parameter.POSITIONAL_ONLY,
        default=None if optional and not argument.words else inspect.Parameter.empty,
        annotation=Annotated[str | None, parameter] if optional and not argument.words else Annotated[str, parameter],
    )


def _help(app: App, name: str) -> None:
    app.help_print([name])


# ----------------------------------------------------------------------------------------------------------- doing it
def run_command(requested: Call, *, json: bool = False, wait: bool = False, yes: bool = False) -> int:
    """Sends a command, and prints its outcome.

    Args:
        requested: the command.
        json: one JSON object on standard output instead of a text.
        wait: until what it begins (a take, a fit) has ended.
        yes: answers the question of an armed command.

    Returns:
        The exit code: 0 done, 1 not.

    Raises:
        NothingRunning: no conductor runs, or it does not answer.
    """
    with command_client() as client:
        before = _read(client.ask(None)).session if wait else SessionState()
        answer = client.ask(requested, wait=wait)
        if answer.ok and COMMANDS[requested.command].armed and _read(answer).session.asking:
            answer = client.ask(requested) if yes else msgspec.structs.replace(answer, ok=False)
        if answer.ok and wait:
            answer = _ENDS[requested.command](client, before, answer)
    if json:
        import json as json_text  # noqa: PLC0415 - for programs

        facts = {"ok": answer.ok, "words": answer.text, "state": json_text.loads(answer.state or "null")}
        _print(json_text.dumps(facts, ensure_ascii=False))
    elif answer.ok:
        _print(answer.text or "done")
    else:
        raise GestureSynthError(answer.text or f"'{requested.text}' was not done, without a reason")
    return 0 if answer.ok else 1


def command_client() -> CommandClient:
    """A client of the Gesture Synth that runs."""
    from gesturesynth.control.command_socket import CommandClient  # noqa: PLC0415 - likewise
    from gesturesynth.core import paths  # noqa: PLC0415 - help does not wait for ZeroMQ

    return CommandClient(folder=paths.running_dir())


def _after_fit(client: CommandClient, _before: SessionState, answer: Response) -> Response:
    while _read(answer).session.training:
        time.sleep(WAITING_S)
        answer = client.ask(None)
    state = _read(answer)
    error = (
        state.session.model_error or state.model_error or (state.session.message if state.session.message_bad else "")
    )
    called_off = state.session.last_command == "cancel"
    text = error or state.session.message or answer.text
    return msgspec.structs.replace(answer, ok=not error and not called_off, text=text)


def _after_take(client: CommandClient, before: SessionState, answer: Response) -> Response:
    while _read(answer).session.phase != "playing":
        time.sleep(WAITING_S)
        answer = client.ask(None)
    end_s = time.monotonic() + SAVING_S
    while True:
        session = _read(answer).session
        saved = sum(session.takes.values()) > sum(before.takes.values())
        if saved or session.message_bad or time.monotonic() > end_s:
            return msgspec.structs.replace(answer, ok=saved, text=session.message or answer.text)
        time.sleep(WAITING_S)
        answer = client.ask(None)


def _after_outcome(client: CommandClient, _before: SessionState, answer: Response) -> Response:
    return client.ended(answer.number)


_ENDS: Final[dict[str, Callable[[CommandClient, SessionState, Response], Response]]] = {
    "train": _after_fit,
    "record": _after_take,
    "hold": _after_take,
    "play-along": _after_outcome,
    "grab": _after_outcome,
    "preset": _after_outcome,
    "next": _after_outcome,
    "previous": _after_outcome,
}
"""How to wait for what a command begins."""


# ---------------------------------------------------------------------------------------------------------------- text
def _read(answer: Response) -> StateSummary:
    try:
        return msgspec.json.decode(answer.state, type=StateSummary)
    except msgspec.MsgspecError as error:
        raise GestureSynthError(
            f"the Gesture Synth that runs answers in a way that this one does not understand ({error}): they are of "
            "different versions. Start it again."
        ) from error


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _outputs_from(origin: str, state: StateSummary) -> str:
    return ", ".join(name for name, where in state.origins.items() if where == origin)


def _summary(state: StateSummary) -> list[tuple[str, str]]:
    session = state.session
    phase = {
        "playing": "playing",
        "countdown": f"counting down, {session.countdown_s:.1f} s",
        "recording": f"recording, {'at most ' * session.take_held}{session.take_left_s:.1f} s left",
    }[session.phase]
    loudness = f"{session.volume_db:g} dB" + (", panic" if session.panic else ", muted" if session.muted else "")
    person = [
        f"take {session.played_take}" if session.played_take else "here" if state.present else "not in view",
        "" if state.confidence is None or not state.present else f"confidence {state.confidence:.0%}",
        state.recognised,
    ]
    rows = [
        ("", state.settings_error),
        ("preset", state.preset),
        ("", "edited, and not kept" if state.edit.edited else state.edit.note),
        ("", state.preset_error),
        ("doing", phase + (", training" if session.training else "")),
        ("plays", f"take {session.played_take}, {session.played_left_s:.1f} s left" if session.played_take else ""),
        ("chosen", session.target or "nothing"),
        ("off for", session.off.text),
        ("takes", ", ".join(f"{target}: {count}" for target, count in sorted(session.takes.items())) or "none"),
        ("scene", f"{state.scene} (of {', '.join(state.scenes)})" if state.scene else ""),
        ("scale", state.scale.text if state.scale.name else ""),
        ("tempo", state.tempo.text if state.tempo.bpm else ""),
        ("adapted", state.adaptation.text),
        ("predicted", f"{state.predict_ms:g} ms" if state.predict_ms else ""),
        ("model", state.model or session.trained or "none yet"),
        ("", state.model_error or session.model_error),
        ("", state.model_note),
        ("factory", _outputs_from("factory", state)),
        ("untaught", _outputs_from("untaught", state)),
        ("person", ", ".join(word for word in person if word)),
        ("gestures", ", ".join(f"{gesture.name} {gesture.performed}×" for gesture in state.gestures)),
        ("volume", loudness),
        ("hours", state.hours),
        ("last", f"{session.last_command} ({session.last_by})" if session.last_command else ""),
        ("said", session.message),
        ("asks", session.asking),
    ]
    return [(name, text) for name, text in rows if text]
