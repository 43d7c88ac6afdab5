"""The order in which the process starts and ends, with a FAKE of rtmidi2 and one of the conductor's end.

A driver may hang as soon as a port is looked for, and a conductor when it is told that a pedal is up.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from gesturesynth.control.command_socket import CommandClient, NothingRunning
from gesturesynth.control.commands import Call
from gesturesynth.midi.arriving import MidiBindingMachine, bindings
from gesturesynth.midi.library import MidiSystem
from gesturesynth.midi.process import MidiConnection, MidiSettings, run_midi
from gesturesynth.runtime.midi_message import MidiMessage, MidiNote, MidiSetup
from gesturesynth.runtime.service import Service
from tests.support.fake_rtmidi2 import FakeMidiOut, FakeRtMidi
from tests.support.midi_states import state, voice


class WatchedService(Service):
    """Stops as soon as it is ready; `is_ready` says whether it was."""

    is_ready = False

    def ready(self, status: str) -> None:
        super().ready(status)
        self.is_ready = self.stopping = True


class SlowLibrary(FakeRtMidi):
    """Asks for each list of ports whether the service was ready before."""

    def __init__(self, service: WatchedService) -> None:
        super().__init__()
        self.service = service
        self.asked: list[bool] = []

    def MidiOut(self, clientname: str, *, api: int) -> FakeMidiOut:  # noqa: N802 - the library's name
        self.asked.append(self.service.is_ready)
        return super().MidiOut(clientname, api=api)


def test_the_watchdog_counts_before_a_driver_can_hang(own_folders: Path) -> None:
    with WatchedService() as service:
        library = SlowLibrary(service)
        assert run_midi(MidiSettings("Synth"), service, lambda _: MidiSystem("alsa", library, 2)) == 0
    assert library.asked == [True]


class HangingConductor:
    """Has what was sent before it was asked; it never answers."""

    def __init__(self, library: FakeRtMidi) -> None:
        self.library = library
        self.before: list[bytes] = []

    def ask(self, call: Call, _timeout_s: float) -> None:
        assert call.text == "hold off"
        self.before = [octets for _, octets in self.library.sent]
        raise NothingRunning("it hangs")


def test_notes_end_before_the_conductor_is_told_that_a_pedal_is_up() -> None:
    library = FakeRtMidi(outputs=["Synth"], inputs=["Synth"])
    bound = MidiBindingMachine(bindings({"control 64": "hold"}))
    connection = MidiConnection(MidiSystem("alsa", library, 2), MidiSettings("Synth", "Synth"), bound)
    connection.scan(1.0)
    setup = MidiSetup(notes=(MidiNote("", pitch="pitch"),))
    connection.play(MidiMessage(state(voice(outputs={"pitch": 440.0})), setup), 1.0)
    library.arrive(0xB0, 64, 127)
    assert [call.text for call in connection.receive(1.0)[0]] == ["hold on"]
    conductor = HangingConductor(library)
    connection.close(cast("CommandClient", conductor))
    assert conductor.before[-1] == b"\x80\x45\x40"
