"""Actions that send MIDI, as a receiver hears them: what happened in a piece as notes, controllers and programs."""

from __future__ import annotations

from typing import Any

import pytest

from gesturesynth.midi.player import SILENT_AFTER_S
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, KeyAction, MidiAction
from gesturesynth.runtime.midi_message import MidiController, MidiSetup
from tests.support.midi_player import TICK_S, Played
from tests.support.midi_states import voice

UP = ActionEvent("entered", "up")
NOTE = MidiAction("note", 60, 90, length_s=0.2)


def piece_of(*does: MidiAction | KeyAction, when: ActionEvent = UP, **parts: Any) -> Played:
    setup = MidiSetup(actions=(ActionSetup("act", (when,), does, 0.25),), **parts)
    piece = Played(setup)
    piece.feed(voice(entered={"up": 3}), scene="a")
    assert piece.receiver.messages == [], "what happened before does not count"
    return piece


def test_a_class_plays_a_note_once_and_the_note_ends() -> None:
    piece = piece_of(NOTE)
    assert [one.hex(" ") for one in piece.feed(voice(entered={"up": 4}))] == ["90 3c 5a"]
    assert piece.feed(voice(entered={"up": 4})) == []
    assert [one.hex(" ") for one in piece.wait(0.2)] == ["80 3c 40"]


def test_all_messages_of_an_action_are_sent_at_once_and_what_is_no_midi_is_left_to_others() -> None:
    control, program = MidiAction("control", 20, 99, channel=4), MidiAction("program", 6)
    piece = piece_of(NOTE, KeyAction("RIGHT"), control, program)
    assert [one.hex(" ") for one in piece.feed(voice(entered={"up": 4}))] == ["90 3c 5a", "b3 14 63", "c0 06"]


def test_a_controller_is_sent_each_time_though_its_value_is_the_same() -> None:
    piece = piece_of(MidiAction("control", 20, 127))
    for count in (4, 5):
        assert [one.hex(" ") for one in piece.feed(voice(entered={"up": count}), time_s=float(count))] == ["b0 14 7f"]


def test_a_controller_that_follows_an_output_returns_to_it_after_an_action() -> None:
    piece = piece_of(MidiAction("control", 74, 0), controllers=(MidiController("control", 74, "level"),))
    piece.feed(voice({"level": 1.0}, entered={"up": 3}), for_s=0.1)
    assert piece.receiver.controls == {(1, 74): 127}
    piece.feed(voice({"level": 1.0}, entered={"up": 4}), for_s=0.1)
    piece.feed(voice({"level": 1.0}, entered={"up": 4}), for_s=0.1)
    assert [one.hex(" ") for one in piece.receiver.messages] == ["b0 4a 7f", "b0 4a 00", "b0 4a 7f"]


@pytest.mark.parametrize(("position", "velocity"), [(0.0, 1), (0.5, 64), (1.0, 127), (7.0, 127), (float("nan"), 1)])
def test_an_output_says_the_velocity(position: float, velocity: int) -> None:
    piece = piece_of(MidiAction("note", 60, source="level"))
    [sent] = piece.feed(voice({"level": position}, entered={"up": 4}))
    assert sent == bytes((0x90, 60, velocity))


def test_persons_and_scenes_bring_about_actions() -> None:
    scene = piece_of(NOTE, when=ActionEvent("scene", "b"))
    assert len(scene.feed(voice(entered={"up": 3}), scene="b")) == 1
    comes = piece_of(NOTE, when=ActionEvent("comes"))
    heard = [comes.feed(voice(), scene="a", people=2, time_s=0.1 * tick) for tick in range(10)]
    assert sum(message[0][0] == 0x90 for message in heard if message) == 1


def test_the_channel_is_that_of_the_voice_and_a_zone_of_mpe_has_programs_at_its_master() -> None:
    for parts, channel, master in (({"channel": 3}, 4, 4), ({"mpe": True}, 3, 1)):
        setup = MidiSetup(voices=2, actions=(ActionSetup("a", (UP,), (NOTE, MidiAction("program", 6)), 0.1),), **parts)
        piece = Played(setup)
        piece.feed(voice(entered={"up": 0}), voice(entered={"up": 0}))
        piece.feed(voice(entered={"up": 0}), voice(entered={"up": 1}))
        assert piece.notes == {(channel, 60)}
        assert piece.receiver.programs == {master: 6}


def test_a_scene_asks_for_its_program_again_after_an_action_has_asked_for_another() -> None:
    piece = piece_of(MidiAction("program", 6), programs={"b": 2, "c": 2})
    piece.feed(voice(entered={"up": 3}), scene="b")
    piece.feed(voice(entered={"up": 4}), scene="b")
    piece.feed(voice(entered={"up": 4}), scene="c")
    assert [message[1] for message in piece.receiver.messages] == [2, 6, 2]


@pytest.mark.parametrize(
    ("silence", "controllers"), [({"muted": True}, 1), ({"panic": True}, 0), ({"closed": True}, 0)]
)
def test_no_note_begins_in_silence_and_none_of_it_later(silence: dict[str, Any], controllers: int) -> None:
    piece = piece_of(NOTE, MidiAction("control", 20, 99))
    sent = piece.feed(voice(entered={"up": 4}), **silence)
    assert sent.count(b"\xb0\x14\x63") == controllers
    assert piece.notes == set()
    assert [one for one in piece.feed(voice(entered={"up": 4})) if one[0] == 0x90] == []


@pytest.mark.parametrize("parts", [{"muted": True}, {"panic": True}, {"changes": 2}])
def test_a_note_that_sounds_ends_with_the_piece(parts: dict[str, Any]) -> None:
    piece = piece_of(MidiAction("note", 60, 90, length_s=60.0))
    piece.feed(voice(entered={"up": 4}))
    assert piece.notes == {(1, 60)}
    piece.feed(voice(entered={"up": 4}), **parts)
    assert piece.notes == set()


def test_what_happened_while_the_conductor_was_silent_brings_about_nothing() -> None:
    piece = piece_of(NOTE)
    piece.wait(SILENT_AFTER_S + TICK_S)
    assert piece.feed(voice(entered={"up": 4})) == []
    assert len(piece.feed(voice(entered={"up": 5}), time_s=9.0)) == 1
