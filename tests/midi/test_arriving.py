"""What arrives: values for presets, and commands as the keys of a keypad ask for them."""

from __future__ import annotations

import pytest

from gesturesynth.control.commands import CommandError
from gesturesynth.control.keypad.bindings import HOLD_S
from gesturesynth.midi.arriving import ArrivingValues, MidiBindingMachine, bindings
from gesturesynth.midi.decoder import MidiEvent, decode

PEDAL_DOWN, PEDAL_UP = MidiEvent("control", 1, 64, 127), MidiEvent("control", 1, 64, 0)


def value_of(name: str, *messages: list[int]) -> float | None:
    arriving = ArrivingValues()
    for message in messages:
        event = decode(message)
        assert event
        arriving.feed(event)
    return arriving.of([name]).get(name)


@pytest.mark.parametrize(
    ("name", "messages", "value"),
    [
        ("control 74", [[0xB0, 74, 127]], 1.0),
        ("control 74", [[0xB0, 74, 127], [0xB3, 74, 0]], 0.0),
        ("control 74 on 1", [[0xB0, 74, 127], [0xB3, 74, 0]], 1.0),
        ("control 74", [[0xB0, 73, 127]], None),
        ("note 60", [], 0.0),
        ("note 60", [[0x90, 60, 127]], 1.0),
        ("note 60", [[0x90, 60, 127], [0x80, 60, 64]], 0.0),
        ("note 60", [[0x90, 60, 127], [0xB0, 123, 0]], 0.0),
        ("note 60", [[0x90, 60, 127], [0xB1, 120, 0]], 0.0),
        ("note 60 on 1", [[0x90, 60, 127], [0xB1, 120, 0]], 1.0),
        ("pitch", [], None),
        ("pitch", [[0x90, 60, 127], [0x90, 64, 127], [0x80, 64, 64]], 64.0),
        ("bend", [[0xE0, 0, 64]], 0.0),
        ("bend", [[0xE0, 127, 127]], 1.0),
        ("bend", [[0xE0, 0, 0]], -1.0),
        ("pressure", [[0xD0, 127]], 1.0),
        ("program 3", [], 0.0),
        ("program 3", [[0xC0, 2]], 1.0),
        ("program 3", [[0xC0, 2], [0xC0, 5]], 0.0),
    ],
)
def test_an_input_has_the_newest_value(name: str, messages: list[list[int]], value: float | None) -> None:
    assert value_of(name, *messages) == value


def test_a_port_that_is_gone_holds_no_key_and_no_wheel() -> None:
    arriving = ArrivingValues()
    for message in ([0x91, 60, 127], [0xE0, 0, 0], [0xD0, 100], [0xB0, 74, 127]):
        event = decode(message)
        assert event
        arriving.feed(event)
    arriving.device_lost()
    names = ("note C4", "note C4 on 2", "bend", "pressure", "control 74", "pitch")
    assert list(arriving.of(names).values()) == [0.0, 0.0, 0.0, 0.0, 1.0, 60.0]


def machine(**changes: str) -> MidiBindingMachine:
    return MidiBindingMachine(bindings({name.replace("_", " "): command for name, command in changes.items()}))


def texts(*found: object) -> list[str]:
    return [call.text for calls in found for call in calls]  # type: ignore[attr-defined]


def test_a_pedal_that_is_tapped_records_and_one_that_is_held_records_while_it_is_held() -> None:
    pedal = machine()
    assert texts(pedal.feed(PEDAL_DOWN, 0.0), pedal.feed(PEDAL_UP, 0.1)) == ["record"]
    assert texts(pedal.feed(PEDAL_DOWN, 1.0)) == []
    assert pedal.due_s == 1.0 + HOLD_S
    assert texts(pedal.tick(pedal.due_s), pedal.feed(PEDAL_UP, 3.0)) == ["hold on", "hold off"]


def test_a_pedal_that_sends_its_way_is_pressed_once() -> None:
    pedal = machine(control_64="hold")
    found = [pedal.feed(MidiEvent("control", 1, 64, value), 0.0) for value in (1, 63, 64, 90, 127, 65, 63, 10)]
    assert texts(*found) == ["hold on", "hold off"]


def test_notes_programs_and_controllers_ask_for_commands() -> None:
    keys = machine(note_C2="select 1", program_4="preset drone", control_20="mute", control_64="none")
    events = [[0x90, 36, 1], [0x80, 36, 0], [0xC5, 3], [0xC5, 3], [0xB0, 20, 127], [0xB0, 64, 127], [0xB0, 64, 0]]
    found = [keys.feed(event, 0.0) for event in map(decode, events) if event]
    assert texts(*found) == ["select 1", "preset drone", "preset drone", "mute"]
    assert {call.sender for calls in found for call in calls} == {"midi"}


def test_a_binding_of_a_channel_comes_before_one_of_all() -> None:
    keys = machine(note_60="select 1", note_60_on_10="select 2")
    assert texts(keys.feed(MidiEvent("note", 10, 60, 9), 0.0), keys.feed(MidiEvent("note", 9, 60, 9), 0.0)) == [
        "select 2",
        "select 1",
    ]


def test_a_port_that_is_gone_ends_what_is_held_and_nothing_else() -> None:
    pedal = machine()
    pedal.feed(PEDAL_DOWN, 0.0)
    assert texts(pedal.device_lost()) == []
    pedal.feed(PEDAL_DOWN, 1.0)
    pedal.tick(2.0)
    assert texts(pedal.device_lost(), pedal.device_lost()) == ["hold off"]


def test_a_binding_to_what_is_no_command_is_refused() -> None:
    with pytest.raises(CommandError, match="no command 'recrod'"):
        bindings({"note 60": "recrod"})
