"""`gesturesynth midi` as it is started: the real rtmidi2 at a real JACK server, a device that is plugged in and out.

The conductor is the test: its sockets are the real ones.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zmq

from gesturesynth.control.command_socket import CommandServer
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, MidiAction
from gesturesynth.runtime.midi_message import (
    MidiController,
    MidiMessage,
    MidiNote,
    MidiPattern,
    MidiReport,
    MidiSetup,
)
from gesturesynth.runtime.patterns import PatternSetup, Rhythm
from gesturesynth.runtime.piece_state import VoiceState
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.tempo import Tempo
from tests.support.jack_server import JackServer
from tests.support.midi_device import MidiDevice
from tests.support.midi_states import state, voice
from tests.support.waiting import wait_for

SETUP = MidiSetup(
    controllers=(MidiController("control", 74, "level"),),
    notes=(MidiNote("", pitch="pitch"), MidiNote("trigger", "drums.hat", 42, channel=10)),
    patterns=(MidiPattern(PatternSetup("ring", "drums.hat", Rhythm(16, 16))),),
    actions=(ActionSetup("lamp", (ActionEvent("entered", "up"),), (MidiAction("control", 30, 99),), 0.25),),
    inputs=("control 20", "pitch"),
)
SOUNDING = voice({"level": 0.5}, outputs={"pitch": 440.0})


class Conductor:
    """What the MIDI process sees of a conductor, and the process."""

    def __init__(self, home: Path, server: JackServer) -> None:
        self.home = home
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        environment = server.environment | {
            f"GESTURESYNTH_{name.upper()}_DIR": str(home / name) for name in ("config", "state", "runtime")
        }
        bindings = "{note C2: select 3, control 7: volume}"
        (home / "gesturesynth.yaml").write_text(f"midi: {{system: jack, bindings: {bindings}}}\n")
        flags = ["--config", str(home / "gesturesynth.yaml"), "--out", "Synth", "--in", "Synth"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GESTURESYNTH_RUNTIME_DIR", str(home / "runtime"))
            self.messages = Publisher(self.context, MidiMessage)
            self.commands = CommandServer(self.context)
            self.reports = Subscriber(self.context, MidiReport)
        self.errors = home / "errors"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gesturesynth", "midi", *flags], env=environment, stderr=errors
            )
        self.report: MidiReport | None = None

    def until(self, condition: Any, what: str, *voices: VoiceState, **parts: Any) -> None:
        """Sends the state until a condition holds."""

        def look() -> bool:
            assert self.process.poll() is None, self.errors.read_text()
            if voices:
                self.messages.send(MidiMessage(state(*voices, **parts), SETUP))
            self.report = self.reports.newest() or self.report
            return bool(condition())

        wait_for(look, what)

    @property
    def noted(self) -> str:
        record = restart_history.read(self.home / "runtime", "midi")
        return " ".join(record.notes) if record else ""

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for socket in (self.messages, self.commands, self.reports):
            socket.close()
        self.context.term()


@pytest.fixture(scope="module")
def server() -> Iterator[JackServer]:
    with JackServer(synchronous=False) as made:
        yield made


@pytest.fixture(scope="module")
def conductor(server: JackServer) -> Iterator[Conductor]:
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        made = Conductor(Path(folder), server)
        yield made
        made.close()


@pytest.fixture(scope="module")
def device(conductor: Conductor, server: JackServer) -> Iterator[MidiDevice]:
    conductor.until(lambda: "waiting for 'Synth'" in conductor.noted, "the former one to be missed")
    with MidiDevice("Synth", server.environment) as made:
        yield made


def test_a_port_that_is_missing_is_said_and_used_when_it_is_there(conductor: Conductor, server: JackServer) -> None:
    conductor.until(lambda: "waiting for 'Synth'" in conductor.noted, "the note about the port")
    with MidiDevice("Synth", server.environment) as device:
        receiver = device.receiver
        conductor.until(lambda: receiver.notes() == {(1, 69)}, "the note", SOUNDING)
        assert receiver.controls[1, 74] == 64
        assert receiver.messages[:3] == [b"\xb0\x40\x00", b"\xb0\x7b\x00", b"\xb0\x78\x00"]
        conductor.until(lambda: not conductor.noted, "the note to be taken back", SOUNDING)
    conductor.until(lambda: "waiting for 'Synth'" in conductor.noted, "the port to be missed", SOUNDING)


def test_a_second_process_is_refused(conductor: Conductor, server: JackServer) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "gesturesynth", "midi", "--config", str(conductor.home / "gesturesynth.yaml")],
        env=server.environment | {"GESTURESYNTH_RUNTIME_DIR": str(conductor.home / "runtime")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (second.returncode, second.stdout) == (2, "")
    assert "MIDI is sent and received already" in second.stderr


def test_a_conductor_that_falls_silent_leaves_no_note(conductor: Conductor, device: MidiDevice) -> None:
    receiver = device.receiver
    conductor.until(lambda: receiver.notes() == {(1, 69)}, "the note", SOUNDING)
    conductor.until(lambda: receiver.notes() == set(), "the end of the note")


def test_actions_and_patterns_are_heard(conductor: Conductor, device: MidiDevice) -> None:
    receiver = device.receiver
    before, after = (msgspec.structs.replace(SOUNDING, entered={"up": count}) for count in (0, 1))
    tempo = Tempo(240.0)
    conductor.until(lambda: receiver.messages.count(bytes((0x99, 42, 100))) > 3, "strokes", before, tempo=tempo)
    assert (1, 30) not in receiver.controls
    conductor.until(lambda: receiver.controls.get((1, 30)) == 99, "the action", after)


def test_messages_ask_for_commands_and_are_values(conductor: Conductor, device: MidiDevice) -> None:
    conductor.until(lambda: conductor.report and conductor.report.listening, "the input", SOUNDING)
    asked: list[str] = []

    def texts() -> list[str]:
        asked.extend(f"{one.call.sender}: {one.call.text}" for one in conductor.commands.poll() if one.call)
        return asked

    device.send(0xB0, 64, 127)
    device.send(0xB0, 64, 0)
    device.send(0x90, 36, 100)
    device.send(0xB0, 20, 127)
    device.send(0xB0, 7, 100)  # the volume is 0 dB: it waits
    device.send(0xB0, 7, 127)
    conductor.until(lambda: texts() == ["midi: record", "midi: select 3", "midi: volume 0"], "the commands", SOUNDING)
    conductor.until(
        lambda: conductor.report and conductor.report.values == {"control 20": 1.0, "pitch": 36.0}, "values", SOUNDING
    )


def test_an_end_in_order_ends_all_notes(conductor: Conductor, device: MidiDevice) -> None:
    conductor.until(lambda: device.receiver.notes() == {(1, 69)}, "the note", SOUNDING)
    conductor.process.terminate()
    assert conductor.process.wait(10) == 0
    wait_for(lambda: device.receiver.notes() == set(), "the end of the note")


def test_the_end_of_the_jack_server_ends_the_process_with_a_sentence() -> None:
    with tempfile.TemporaryDirectory(prefix="gs-") as folder, JackServer(synchronous=False) as server:
        made = Conductor(Path(folder), server)
        try:
            made.until(lambda: "waiting for 'Synth'" in made.noted, "the start")
            server.stop()
            assert made.process.wait(10) == 1
            assert "the JACK server has ended" in made.errors.read_text()
        finally:
            made.close()
