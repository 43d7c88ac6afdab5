"""A MIDI player and the receiver at its other end, for tests of what is sent."""

from __future__ import annotations

from typing import Any

from gesturesynth.midi.player import MidiPlayer
from gesturesynth.runtime.midi_message import MidiMessage, MidiSetup
from tests.support.midi_reader import Receiver
from tests.support.midi_states import state, voice

TICK_S = 1 / 60


class Played:
    """A player and the receiver at its other end; time goes on by a tick with each state."""

    def __init__(self, setup: MidiSetup, *, known: bool = True) -> None:
        self.player = MidiPlayer()
        self.player._greeted = known  # the receiver was told already to end what an earlier run has left behind
        self.receiver = Receiver()
        self.setup = setup
        self.now_s = 100.0

    def feed(self, *voices: Any, setup: MidiSetup | None = None, for_s: float = TICK_S, **parts: Any) -> list[bytes]:
        self.now_s += for_s
        message = MidiMessage(state(*voices, **parts), setup or self.setup)
        return self.receiver.feed(self.player.feed(message, self.now_s))

    def wait(self, seconds: float) -> list[bytes]:
        self.now_s += seconds
        return self.receiver.feed(self.player.tick(self.now_s))

    @property
    def notes(self) -> set[tuple[int, int]]:
        return self.receiver.notes()


def pitched(hz: float, level: float = 1.0, **parts: Any) -> Any:
    return voice({"level": level, "pitch": 0.5}, outputs={"pitch": hz}, **parts)
