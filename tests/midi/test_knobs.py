"""Knobs that give a command its number: which, and when they take over what holds."""

from __future__ import annotations

import pytest

from gesturesynth.control.command_table import COMMANDS, FADERS
from gesturesynth.midi.arriving import MidiBindingMachine, bindings
from gesturesynth.midi.decoder import MidiEvent
from gesturesynth.midi.knobs import INTERVAL_S, LET_GO_S, knob_command
from gesturesynth.runtime.tempo import Tempo
from tests.support.midi_states import state


class Desk:
    """A machine with one knob, moved every tenth of a second."""

    def __init__(self, command: str) -> None:
        self.machine = MidiBindingMachine(bindings({"control 7": command}))
        self.now_s = 100.0

    def move(self, position: int, *, after_s: float = 0.1) -> list[str]:
        self.now_s += after_s
        calls = self.machine.feed(MidiEvent("control", 1, 7, position), self.now_s)
        assert all(one.sender == "midi" for one in calls)
        return [one.text for one in calls]

    def volume(self, db: float) -> None:
        self.machine.follow(state(own_volume_db=db))


@pytest.mark.parametrize(
    ("command", "lowest", "highest"),
    [
        ("volume", "volume -60", "volume 0"),
        ("morph 2 5", "morph 2 5 0", "morph 2 5 1"),
        ("quantise", "quantise 0", "quantise 1"),
        ("tempo", "tempo 20", "tempo 300"),
        ("predict", "predict 0", "predict 0.06"),
    ],
)
def test_the_whole_way_of_a_knob_is_all_that_the_command_takes(command: str, lowest: str, highest: str) -> None:
    desk = Desk(command)
    desk.volume(-60.0)
    assert [desk.move(0), desk.move(127)] == [[lowest], [highest]]
    for position in range(128):
        assert desk.move(position), f"{position} is a value that the command takes"


def test_every_command_of_faders_can_be_moved_by_a_knob() -> None:
    for name in FADERS:
        before = ["1", "2"][: len(COMMANDS[name].arguments) - 1]
        assert knob_command(" ".join((name, *before)))


@pytest.mark.parametrize("text", ["mute", "volume -6 dB", "select", "grab", "trim 1 2", "delete-take", "morph 1"])
def test_what_else_is_bound_is_pressed(text: str) -> None:
    assert knob_command(text) is None


def test_the_volume_waits_for_a_knob_that_comes_from_above() -> None:
    desk = Desk("volume")
    desk.volume(-30.0)  # the middle of the knob
    assert [desk.move(position) for position in (127, 100, 70)] == [[], [], []]
    assert desk.move(62) == ["volume -30.7087"], "it has passed the middle"
    assert desk.move(90) == ["volume -17.4803"]


def test_the_volume_waits_for_a_knob_as_long_as_it_is_not_known() -> None:
    desk = Desk("volume")
    assert [desk.move(0), desk.move(100)] == [[], []]
    desk.volume(-30.0)
    assert [desk.move(110), desk.move(64)] == [[], ["volume -29.7638"]]


def test_a_knob_that_stands_where_the_volume_is_moves_it_at_once() -> None:
    desk = Desk("volume")
    desk.volume(-30.0)
    assert desk.move(64) == ["volume -29.7638"]


def test_a_volume_that_was_set_elsewhere_waits_for_the_knob_again() -> None:
    desk = Desk("volume")
    desk.volume(0.0)
    assert len(desk.move(127)) == len(desk.move(64)) == 1
    desk.volume(-60.0)
    assert desk.move(60) == ["volume -31.6535"], "the knob is still in movement: what is heard may be older than it"
    assert desk.move(64, after_s=LET_GO_S + 0.1) == []
    assert [desk.move(10), desk.move(0)] == [[], ["volume -60"]]


def test_a_knob_that_rested_goes_on_where_nothing_else_has_set_the_volume() -> None:
    desk = Desk("volume")
    desk.volume(0.0)
    desk.move(127)
    desk.move(64)
    desk.volume(-29.7638)
    assert desk.move(100, after_s=60.0) == ["volume -12.7559"]


def test_the_tempo_waits_likewise_and_what_else_knobs_move_does_not() -> None:
    for command, sent in (("tempo", 0), ("quantise", 1), ("morph 1 2", 1)):
        desk = Desk(command)
        desk.machine.follow(state(tempo=Tempo(120.0)))
        assert len(desk.move(127)) == sent


def test_fast_movements_are_the_newest_value_fifty_times_a_second() -> None:
    desk = Desk("quantise")
    assert desk.move(0)
    sent = [one for position in range(1, 128) for one in desk.move(position, after_s=0.001)]
    assert len(sent) == 6
    desk.now_s = desk.machine.due_s
    assert [one.text for one in desk.machine.tick(desk.now_s)] == ["quantise 1"]
    assert desk.machine.tick(desk.now_s + INTERVAL_S) == []


def test_a_port_that_is_gone_moves_nothing_later() -> None:
    desk = Desk("volume")
    desk.volume(0.0)
    desk.move(127)
    desk.move(120, after_s=0.001)
    desk.machine.device_lost()
    assert desk.machine.tick(desk.now_s + 1.0) == []
    assert desk.move(60) == [], "a knob of another device has to reach the volume first"
