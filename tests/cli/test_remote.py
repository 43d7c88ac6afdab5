"""The verbs of a shell while Gesture Synth runs: what they do, print, and leave with."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
import zmq
from cyclopts import App

from gesturesynth.cli import app as cli
from gesturesynth.cli.remote import OWN_VERBS, StateSummary, mount
from gesturesynth.control.command_socket import CommandServer, PendingRequest
from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import Call
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.session_state import SessionState

FITTED = SessionState(message="Trained: linear rbf, 60 examples.")
TAKEN = SessionState(takes={"3": 1}, message="Take 1 for snapshot 3 is saved.")


class FakeConductor:
    """Answers on the real socket, out of a script: each request moves the state on by one.

    Attributes:
        calls: the commands that came.
        end: how what was begun ends, for requests with `wait`.
    """

    def __init__(
        self, *states: SessionState, ok: bool = True, text: str = "", end: tuple[bool, str] | None = None
    ) -> None:
        self.end = end
        self._states = list(states) or [SessionState()]
        self._ok, self._words = ok, text
        self.calls: list[Call] = []

    def answer(self, server: CommandServer, requested: PendingRequest) -> None:
        if requested.call:
            self.calls.append(requested.call)
        session = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        state = StateSummary(
            session, preset="Air theremin", model="linear rbf, 18 examples", present=True, confidence=0.9
        )
        text = self._words or session.asking or session.message
        server.answer(requested, self._ok, text, msgspec.json.encode(state).decode())
        if requested.wait and self.end:
            server.finished(requested, *self.end, msgspec.json.encode(state).decode())

    @contextmanager
    def running(self) -> Iterator[FakeConductor]:
        ended = threading.Event()
        with zmq.Context() as context:
            server = CommandServer(context)

            def work() -> None:
                while not ended.is_set():
                    if server.socket.poll(20):
                        for requested in server.poll():
                            self.answer(server, requested)

            thread = threading.Thread(target=work)
            thread.start()
            try:
                yield self
            finally:
                ended.set()
                thread.join()
                server.close()


@pytest.fixture
def shell() -> Callable[[str], int]:
    app = App(name="gesturesynth")
    presets = App(name="preset", help="Presets.")
    presets.command(lambda: print("all of them"), name="list")
    app.command(presets)
    mount(app)

    def run(line: str) -> int:
        code = cli.exit_code_of(lambda: app(line.split(), exit_on_error=False, result_action="return_value"))
        assert isinstance(code, int)
        return code

    return run


Capture = pytest.CaptureFixture[str]
Shell = Callable[[str], int]


@pytest.mark.parametrize(
    ("line", "command", "values"),
    [
        ("select 3", "select", (3,)),
        ("volume -6dB", "volume", (-6.0,)),
        ("volume -12", "volume", (-12.0,)),
        ("mute", "mute", ()),
        ("mute on", "mute", (True,)),
        ("label wave", "label", ("wave",)),
        ("delete-last", "delete-last", ()),
        ("preset drums", "preset", ("drums",)),
        ("next", "next", ()),
        ("scale A minor pentatonic", "scale", ("A minor pentatonic",)),
        ("tuning 442 Hz", "tuning", ("442 Hz",)),
    ],
)
def test_a_verb_does_what_its_key_does(
    shell: Shell, capsys: Capture, line: str, command: str, values: tuple[Any, ...]
) -> None:
    with FakeConductor(text="As you like.").running() as conductor:
        assert shell(line) == 0
    assert conductor.calls == [Call(command, values, "command line")]
    assert capsys.readouterr().out == "As you like.\n"


def test_every_command_is_a_verb_with_its_help_and_the_ranges_of_its_values(shell: Shell, capsys: Capture) -> None:
    for command in COMMANDS.values():
        if command.name == "preset" or command.name in OWN_VERBS:
            continue  # the former has the help of its sub-commands; the others are in test_evaluate.py
        assert shell(f"{command.name} --help") == 0
        text = " ".join(capsys.readouterr().out.replace("│", " ").split())
        assert " ".join(command.help.split()[:6]) in text
        for argument in command.arguments:
            assert argument.range[1:] in text


@pytest.mark.parametrize(
    "line", ["select 12", "select", "select 1 2", "scale", "volume loud", "volume nan", "selekt 1"]
)
def test_a_wrong_command_is_refused_without_asking_the_conductor(shell: Shell, capsys: Capture, line: str) -> None:
    with FakeConductor().running() as conductor:
        assert shell(line) == 2
    assert conductor.calls == []
    captured = capsys.readouterr()
    assert captured.err or captured.out


def test_with_nothing_running_the_exit_code_is_1_and_the_words_say_what_to_do(shell: Shell, capsys: Capture) -> None:
    for line in ("train", "state", "record --wait", "state --json"):
        assert shell(line) == 1
        captured = capsys.readouterr()
        assert "Start it with `gesturesynth run`" in captured.err
        assert captured.out == ""


def test_what_is_refused_is_said_and_fails(shell: Shell, capsys: Capture) -> None:
    with FakeConductor(ok=False, text="There is no take.").running():
        assert shell("delete-last") == 1
        assert capsys.readouterr().err == "gesturesynth: There is no take.\n"
        assert shell("delete-last --json") == 1
        facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is False
    assert facts["words"] == "There is no take."
    assert facts["state"]["session"]["phase"] == "playing"


def test_the_state_is_printed_for_people_and_for_programs(shell: Shell, capsys: Capture) -> None:
    state = SessionState(
        phase="recording",
        target="3",
        take_left_s=1.25,
        takes={"1": 2, "3": 1},
        last_command="record",
        last_by="keyboard",
        muted=True,
        volume_db=-6.0,
    )
    with FakeConductor(state).running() as conductor:
        assert shell("state") == 0
        text = capsys.readouterr().out
        assert shell("state --json") == 0
        facts = json.loads(capsys.readouterr().out)
    assert conductor.calls == []
    for expected in (
        "Air theremin",
        "recording, 1.2 s left",
        "1: 2, 3: 1",
        "linear rbf, 18 examples",
        "here, confidence 90%",
        "-6 dB, muted",
        "record (keyboard)",
    ):
        assert expected in text, expected
    assert facts["session"]["takes"] == {"1": 2, "3": 1}


def test_a_take_that_is_held_has_no_length_yet(shell: Shell, capsys: Capture) -> None:
    state = SessionState(phase="recording", target="3", take_left_s=58.5, take_held=True)
    with FakeConductor(state).running():
        assert shell("state") == 0
    assert "recording, at most 58.5 s left" in capsys.readouterr().out


def test_training_can_be_waited_for(shell: Shell, capsys: Capture) -> None:
    fitting = SessionState(training=True, message="Training.")
    with FakeConductor(SessionState(), fitting, fitting, fitting, FITTED).running() as conductor:
        assert shell("train --wait") == 0
    assert [call.command for call in conductor.calls] == ["train"]
    assert capsys.readouterr().out == "Trained: linear rbf, 60 examples.\n"


@pytest.mark.parametrize(
    "end",
    [
        SessionState(message="There are no takes.", message_bad=True),
        SessionState(message="Trained.", model_error="There are no takes."),
        SessionState(message="Called off.", last_command="cancel", last_by="keyboard"),
    ],
)
def test_a_training_that_fails_while_it_is_waited_for_fails(shell: Shell, capsys: Capture, end: SessionState) -> None:
    with FakeConductor(SessionState(), SessionState(training=True), end).running():
        assert shell("train --wait") == 1
    assert (end.model_error or end.message) in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["record", "hold off"])
def test_a_take_can_be_waited_for_until_it_is_on_disk(shell: Shell, capsys: Capture, verb: str) -> None:
    states = (
        SessionState(target="3"),
        SessionState(phase="countdown", target="3"),
        SessionState(phase="recording", target="3"),
        SessionState(target="3", message="The take is over."),
        TAKEN,
    )
    with FakeConductor(*states).running():
        assert shell(f"{verb} --wait") == 0
    assert capsys.readouterr().out == "Take 1 for snapshot 3 is saved.\n"


def test_a_take_that_was_not_saved_fails(shell: Shell, capsys: Capture) -> None:
    full = SessionState(message="The disk is full: the take is lost.", message_bad=True)
    with FakeConductor(SessionState(), SessionState(phase="countdown"), SessionState(), full).running():
        assert shell("record --wait") == 1
    assert "The disk is full" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["preset drums", "next", "previous"])
def test_a_preset_can_be_waited_for_until_it_plays(shell: Shell, capsys: Capture, verb: str) -> None:
    with FakeConductor(text="Changing.", end=(True, "'Drums' plays: linear rbf.")).running():
        assert shell(verb) == 0
        assert shell(f"{verb} --wait") == 0
    assert capsys.readouterr().out == "Changing.\n'Drums' plays: linear rbf.\n"


def test_a_preset_that_cannot_be_used_fails_when_it_is_waited_for(shell: Shell, capsys: Capture) -> None:
    with FakeConductor(text="Changing.", end=(False, "the preset cannot be used")).running():
        assert shell("preset drums") == 0
        assert shell("preset drums --wait") == 1
    assert "the preset cannot be used" in capsys.readouterr().err


def test_a_question_is_passed_on_and_can_be_answered_beforehand(shell: Shell, capsys: Capture) -> None:
    asking = SessionState(asking="Delete all takes? Again within 3 s.")
    with FakeConductor(asking, SessionState(message="All takes are deleted.")).running() as conductor:
        assert shell("clear") == 1
        assert "Delete all takes?" in capsys.readouterr().err
    assert len(conductor.calls) == 1
    with FakeConductor(asking, SessionState(message="All takes are deleted.")).running() as conductor:
        assert shell("clear --yes") == 0
    assert len(conductor.calls) == 2
    assert capsys.readouterr().out == "All takes are deleted.\n"


def test_a_verb_with_sub_commands_keeps_them_and_its_help(shell: Shell, capsys: Capture) -> None:
    assert shell("preset list") == 0
    assert capsys.readouterr().out == "all of them\n"
    assert shell("preset") == 0
    text = capsys.readouterr().out
    assert "Usage: gesturesynth preset" in text
    assert "list" in text


def test_another_version_s_answer_is_said_in_words(shell: Shell, capsys: Capture, monkeypatch: Any) -> None:
    conductor = FakeConductor()
    monkeypatch.setattr(
        conductor, "answer", lambda server, asked: server.answer(asked, True, "", '{"session": "none of yours"}')
    )
    with conductor.running():
        assert shell("state") == 1
    assert "different versions" in capsys.readouterr().err


def test_what_is_refused_reaches_python_callers_as_our_error() -> None:
    from gesturesynth.cli.remote import run_command  # noqa: PLC0415 - the one test that needs it

    with FakeConductor(ok=False, text="No.").running(), pytest.raises(GestureSynthError, match=r"No\."):
        run_command(Call("train", (), "command line"))
