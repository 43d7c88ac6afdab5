"""From states of a piece to MIDI, read by a receiver: what sounds, what is sent again, and that no note is left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.midi.octet_budget import MOST_AT_ONCE, OCTETS_PER_S
from gesturesynth.midi.player import SILENT_AFTER_S
from gesturesynth.runtime.midi_message import MidiController, MidiNote, MidiSetup
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.swing import swung
from tests.support.midi_player import TICK_S, Played, pitched
from tests.support.midi_reader import Receiver
from tests.support.midi_states import voice

MELODY = MidiSetup(notes=(MidiNote("", pitch="pitch", gate="level", velocity_from="level"),))


def test_a_pitch_is_a_note_that_goes_over_to_the_next_without_a_gap() -> None:
    piece = Played(MELODY)
    piece.feed(pitched(440.0))
    assert piece.notes == {(1, 69)}
    sent = piece.feed(pitched(493.88))
    assert [message[0] for message in sent] == [0x90, 0x80]
    assert piece.notes == {(1, 71)}


def test_a_pitch_at_the_border_of_two_notes_begins_no_note_after_note() -> None:
    piece = Played(MELODY)
    for cents in (0, 45, 55, 45, 55, 58, 45):
        piece.feed(pitched(440.0 * 2 ** (cents / 1200)))
    assert [message for message in piece.receiver.messages if message[0] == 0x90] == [bytes((0x90, 69, 127))]


def test_a_gate_ends_the_note_and_one_that_flutters_begins_no_other() -> None:
    piece = Played(MELODY)
    for level in (0.09, 0.11, 0.09, 0.11, 0.06):
        piece.feed(pitched(440.0, level))
    assert [message[0] for message in piece.receiver.messages] == [0x90]
    piece.feed(pitched(440.0, 0.04))
    assert piece.notes == set()


def test_a_note_ends_when_the_person_leaves_and_when_there_is_no_pitch() -> None:
    piece = Played(MELODY)
    piece.feed(pitched(440.0))
    piece.feed(pitched(440.0, present=False))
    assert piece.notes == set()
    for hz in (math.nan, 0.0, -5.0, math.inf, 1e6):
        piece.feed(pitched(440.0))
        piece.feed(pitched(hz))
        assert piece.notes == set()


def test_slide_bends_one_note_as_far_as_its_range_and_tune_only_the_rest() -> None:
    notes = (MidiNote("", pitch="pitch", bend="slide"),)
    piece = Played(MidiSetup(notes=notes, bend_semitones=2.0, rate_hz=200.0))
    piece.feed(pitched(440.0))
    piece.feed(pitched(440.0 * 2 ** (1 / 12)))
    assert piece.notes == {(1, 69)}
    assert piece.receiver.bends[1] == 8192 + 4096
    piece.feed(pitched(440.0 * 2 ** (3 / 12)))
    assert piece.notes == {(1, 72)}
    assert piece.receiver.bends[1] == 8192
    tuned = Played(MidiSetup(notes=(MidiNote("", pitch="pitch", bend="tune"),), rate_hz=200.0))
    tuned.feed(pitched(440.0 * 2 ** (-14 / 1200)))
    assert tuned.notes == {(1, 69)}
    assert tuned.receiver.bends[1] == round(8192 - 0.07 * 8192)
    assert tuned.receiver.controls[1, 6] == 2  # the range of pitch bend was said


@pytest.mark.parametrize("cause", ["trigger", "class", "gesture"])
def test_a_count_that_grows_plays_a_note_and_the_first_one_does_not(cause: Any) -> None:
    of: Any = {"trigger": "struck", "class": "entered", "gesture": "performed"}[cause]
    piece = Played(MidiSetup(notes=(MidiNote(cause, "x", 36, length_s=0.1, velocity=90, channel=10),)))
    piece.feed(voice(None, **{of: {"x": 7}}))
    assert piece.receiver.messages == []
    assert piece.feed(voice(None, **{of: {"x": 8}})) == [bytes((0x99, 36, 90))]
    assert piece.wait(0.09) == []
    assert piece.wait(0.02) == [bytes((0x89, 36, 64))]


def test_a_note_of_a_class_sounds_as_long_as_the_class() -> None:
    piece = Played(MidiSetup(notes=(MidiNote("class", "up", 60, length_s=0.0),)))
    piece.feed(voice(entered={"up": 0}))
    piece.feed(voice(entered={"up": 1}, recognised="up"))
    for _ in range(100):
        piece.feed(voice(entered={"up": 1}, recognised="up"))
    assert piece.notes == {(1, 60)}
    piece.feed(voice(entered={"up": 1}))
    assert piece.notes == set()


def test_a_trigger_with_a_grid_waits_for_the_beat() -> None:
    piece = Played(MidiSetup(notes=(MidiNote("trigger", "x", 36, grid=0.25),)))
    tempo = Tempo(120.0, anchor_s=100.0)
    piece.feed(voice(struck={"x": 0}), tempo=tempo)
    piece.feed(voice(struck={"x": 1}), tempo=tempo)
    assert piece.notes == set()
    assert piece.player.due_s() == pytest.approx(100.5)
    piece.wait(100.5 - piece.now_s)
    assert piece.notes == {(1, 36)}


@pytest.mark.parametrize(
    ("tempo", "due_s"),
    [
        (Tempo(240.0, anchor_s=100.1, anchor_beat=0.2), 100.3),  # faster from here on
        (Tempo(110.0, anchor_s=100.1, anchor_beat=0.2), 100.1 + 0.8 / (110 / 60)),
        (Tempo(120.0, anchor_s=100.0, anchor_beat=-99.5), 100.25),  # a line that is counted again
        (None, 100.0 + 3 * TICK_S),
    ],
)
def test_a_note_that_waits_for_the_beat_goes_with_a_tempo_that_changes(tempo: Tempo | None, due_s: float) -> None:
    piece = Played(MidiSetup(notes=(MidiNote("trigger", "x", 36, grid=0.25),)))
    before = Tempo(120.0, anchor_s=100.0)
    piece.feed(voice(struck={"x": 0}), tempo=before)
    piece.feed(voice(struck={"x": 1}), tempo=before)
    piece.feed(voice(struck={"x": 1}), tempo=tempo)
    assert piece.notes == (set() if tempo else {(1, 36)})
    piece.wait(due_s - 0.001 - piece.now_s)
    assert piece.notes == (set() if tempo else {(1, 36)})
    piece.wait(0.002)
    assert piece.notes == {(1, 36)}


def test_a_note_of_a_scene_neither_begins_nor_goes_on_in_another() -> None:
    waits = MidiNote("trigger", "x", 36, grid=0.25, scene="a")
    lasts = MidiNote("class", "up", 60, length_s=0.0, scene="a")
    piece, tempo = Played(MidiSetup(notes=(waits, lasts))), Tempo(120.0, anchor_s=100.0)
    piece.feed(voice(struck={"x": 0}, entered={"up": 0}), tempo=tempo, scene="a")
    piece.feed(voice(struck={"x": 1}, entered={"up": 1}, recognised="up"), tempo=tempo, scene="a")
    assert piece.notes == {(1, 60)}
    piece.feed(voice(struck={"x": 1}, entered={"up": 1}, recognised="up"), tempo=tempo, scene="b")
    piece.wait(0.49)
    assert piece.notes == set()


def test_a_controller_is_sent_when_it_has_changed_and_no_oftener_than_its_rate() -> None:
    setup = MidiSetup(controllers=(MidiController("control", 74, "level"),), rate_hz=10.0)
    piece = Played(setup)
    piece.feed(voice({"level": 0.5}))
    for _ in range(60):
        piece.feed(voice({"level": 0.5003}))
    assert [message.hex(" ") for message in piece.receiver.messages] == ["b0 4a 40"]
    piece.receiver.messages.clear()
    for step in range(60):
        piece.feed(voice({"level": 0.5 + step / 200}))
    assert 9 <= len(piece.receiver.messages) <= 11
    piece.wait(0.2)
    assert piece.receiver.controls[1, 74] == round(127 * (0.5 + 59 / 200))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from(["control", "fine", "bend", "pressure"]))
def test_the_last_value_arrives_to_within_a_step_and_both_ends_exactly(values: list[float], kind: Any) -> None:
    piece = Played(MidiSetup(controllers=(MidiController(kind, 3, "x"),), rate_hz=200.0))
    for value in [*values, values[-1]]:
        piece.feed(voice({"x": value}), for_s=0.02)
    most = 127 if kind in ("control", "pressure") else 16383
    receiver = piece.receiver
    got = {
        "control": lambda: receiver.controls[1, 3],
        "fine": lambda: receiver.controls[1, 3] * 128 + receiver.controls[1, 35],
        "bend": lambda: receiver.bends[1],
        "pressure": lambda: receiver.pressures[1],
    }[kind]()
    assert abs(got - values[-1] * most) <= 0.61
    for end, value in ((0.0, 0), (1.0, most)):
        piece.feed(voice({"x": end}), for_s=0.02)
        piece.receiver.messages.clear()
        piece.feed(voice({"x": end}), for_s=0.02)
        assert piece.receiver.messages == []
        assert value in (receiver.bends.get(1), receiver.pressures.get(1), receiver.controls.get((1, 3), -1) // 1) or (
            receiver.controls[1, 3] * 128 + receiver.controls[1, 35] == value
        )


def test_no_more_leaves_than_a_cable_carries_and_notes_do_not_wait() -> None:
    controllers = tuple(MidiController("fine", number, f"x{number}") for number in range(32))
    setup = MidiSetup(controllers=controllers, notes=(MidiNote("trigger", "x", 36),), rate_hz=200.0)
    piece = Played(setup)
    octets = 0
    for step in range(120):
        values = {f"x{number}": (step * (number + 1) % 97) / 96 for number in range(32)}
        sent = piece.feed(voice(values, struck={"x": step}))
        octets += sum(map(len, sent))
        assert bool(step) == (bytes((0x90, 36, 100)) in sent)
    assert octets <= 2.0 * OCTETS_PER_S + 2 * MOST_AT_ONCE
    assert octets > 1.8 * OCTETS_PER_S
    assert {number for _, number in piece.receiver.controls} >= set(range(32))  # none starves


@pytest.mark.parametrize("silence", [{"muted": True}, {"closed": True}, {"panic": True}])
def test_a_piece_that_is_silent_has_no_note_and_plays_again_after(silence: Any) -> None:
    piece = Played(MELODY)
    piece.feed(pitched(440.0))
    piece.feed(pitched(440.0), **silence)
    assert piece.notes == set()
    assert (b"\xb0\x7b\x00" in piece.receiver.messages) == ("panic" in silence)
    piece.feed(pitched(440.0))
    assert piece.notes == {(1, 69)}


def test_what_is_counted_while_it_is_silent_strikes_nothing_later() -> None:
    piece = Played(MidiSetup(notes=(MidiNote("trigger", "x", 36),)))
    piece.feed(voice(struck={"x": 0}))
    piece.feed(voice(struck={"x": 5}), muted=True)
    piece.feed(voice(struck={"x": 9}))
    assert piece.receiver.messages == []
    piece.feed(voice(struck={"x": 10}))
    assert piece.notes == {(1, 36)}


def test_notes_end_when_the_conductor_falls_silent_or_is_another_one() -> None:
    piece = Played(MELODY)
    piece.feed(pitched(440.0))
    assert piece.player.due_s() == pytest.approx(piece.now_s + SILENT_AFTER_S)
    piece.wait(SILENT_AFTER_S + 0.01)
    assert piece.notes == set()
    piece.feed(pitched(440.0))
    piece.feed(pitched(440.0, 0.0), pid=2)
    assert piece.notes == set()


def test_another_preset_ends_notes_and_brings_pitch_bend_back() -> None:
    setup = MidiSetup(notes=(MidiNote("", pitch="pitch", bend="slide"),), programs={"": 4}, rate_hz=200.0)
    piece = Played(setup)
    piece.feed(pitched(440.0))
    piece.feed(pitched(450.0))
    assert piece.receiver.programs == {1: 4}
    piece.feed(voice(), changes=2, setup=MidiSetup())
    assert piece.notes == set()
    assert piece.receiver.bends[1] == 8192


def test_a_scene_asks_for_its_program_once() -> None:
    piece = Played(MidiSetup(programs={"a": 0, "b": 7}))
    for scene in ("a", "a", "b", "b", "a"):
        piece.feed(voice(), scene=scene)
    assert [message[1] for message in piece.receiver.messages] == [0, 7, 0]


def test_a_scene_without_a_program_has_that_of_the_preset() -> None:
    piece = Played(MidiSetup(programs={"": 4, "b": 7}))
    for scene in ("a", "b", "a", "c"):
        piece.feed(voice(), scene=scene)
    assert [message[1] for message in piece.receiver.messages] == [4, 7, 4]


def test_what_belongs_to_a_scene_is_sent_while_it_plays() -> None:
    notes = (MidiNote("", pitch="pitch", scene="a"), MidiNote("trigger", "x", 36, scene="a"))
    piece = Played(MidiSetup(notes=notes, controllers=(MidiController("control", 74, "level", scene="a"),)))
    piece.feed(pitched(440.0, struck={"x": 0}), scene="b")
    piece.feed(pitched(440.0, struck={"x": 1}), scene="b")
    assert piece.receiver.messages == []
    piece.feed(pitched(440.0, struck={"x": 1}), scene="a")
    assert (piece.notes, piece.receiver.controls) == ({(1, 69)}, {(1, 74): 127})
    piece.feed(pitched(440.0, struck={"x": 1}), scene="b")
    assert piece.notes == set()


def test_each_person_has_a_channel_and_mpe_has_a_zone() -> None:
    notes = (MidiNote("", pitch="pitch", bend="slide"),)
    piece = Played(MidiSetup(channel=3, voices=2, notes=notes))
    piece.feed(pitched(440.0), pitched(220.0, share=0.0, present=False))
    assert piece.notes == {(3, 69)}
    piece.feed(pitched(440.0), pitched(220.0))
    assert piece.notes == {(3, 69), (4, 57)}
    zone = Played(MidiSetup(voices=2, notes=notes, mpe=True, bend_semitones=48.0, programs={"": 9}))
    zone.feed(pitched(440.0), pitched(220.0))
    assert zone.notes == {(2, 69), (3, 57)}
    assert zone.receiver.messages[:3] == [b"\xb0\x65\x00", b"\xb0\x64\x06", b"\xb0\x06\x02"]
    assert (zone.receiver.controls[2, 6], zone.receiver.controls[3, 6], zone.receiver.programs) == (48, 48, {1: 9})
    zone.receiver.feed(zone.player.end(zone.now_s))
    assert zone.notes == set()
    assert zone.receiver.messages[-1] == b"\xb0\x06\x00"


def test_a_port_that_was_opened_again_gets_all_that_holds() -> None:
    setup = MidiSetup(notes=MELODY.notes, controllers=(MidiController("control", 74, "level"),), programs={"": 3})
    piece = Played(setup)
    piece.feed(pitched(440.0))
    piece.receiver = Receiver()
    piece.receiver.feed(piece.player.begin_receiver())
    assert b"\xb0\x7b\x00" in piece.receiver.messages  # what an earlier run has left behind
    piece.feed(pitched(440.0), for_s=0.05)
    assert piece.notes == {(1, 69)}
    assert (piece.receiver.controls[1, 74], piece.receiver.programs) == (127, {1: 3})


def test_a_run_that_follows_one_that_was_killed_ends_the_notes_of_that_one_first() -> None:
    piece = Played(MELODY, known=False)
    assert piece.player.begin_receiver() == b""  # the channels are not known yet
    piece.feed(pitched(440.0))
    assert [one.hex(" ") for one in piece.receiver.messages[:4]] == ["b0 40 00", "b0 7b 00", "b0 78 00", "90 45 7f"]
    assert b"\xb0\x7b\x00" not in piece.feed(pitched(440.0), changes=2)


def test_a_grid_swings_as_the_sound_does() -> None:
    tempo = Tempo(120.0, swing=1.0, swung=0.125, anchor_s=100.0)
    found = []
    for asked_s in (100.03, 100.2, 100.3, 100.36, 100.5):
        piece = Played(MidiSetup(notes=(MidiNote("trigger", "x", 36, grid=0.125),)))
        piece.now_s = asked_s - 2 * TICK_S
        piece.feed(voice(struck={"x": 0}), tempo=tempo)
        piece.feed(voice(struck={"x": 1}), tempo=tempo)
        found.append(piece.player.due_s() if not piece.notes else piece.now_s)
    assert found == pytest.approx([100 + 1 / 3, 100 + 1 / 3, 100 + 1 / 3, 100.5, 100.5], abs=1e-3)
    places = swung(2.0 * (np.asarray(found) - 100.0), 1.0, 0.125)
    assert places.tolist() == pytest.approx([0.5, 0.5, 0.5, 1.0, 1.0], abs=1e-3)


def test_the_clock_stops_where_it_is_closed_and_goes_on_without_a_conductor_for_a_while() -> None:
    piece = Played(MidiSetup(clock=True))
    tempo = Tempo(120.0, anchor_s=100.0)
    for _ in range(300):
        piece.feed(voice(), tempo=tempo)
    assert piece.receiver.running
    for _ in range(40):
        piece.wait(0.1)
    assert piece.receiver.running
    for _ in range(20):
        piece.wait(0.1)
    assert not piece.receiver.running
