"""The order in which the process starts, with a FAKE of rtmidi2: a driver may hang as soon as a port is looked for."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.midi.library import MidiSystem
from gesturesynth.midi.process import MidiSettings, run_midi
from gesturesynth.runtime.service import Service
from tests.support.fake_rtmidi2 import FakeMidiOut, FakeRtMidi


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
