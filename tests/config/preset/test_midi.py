"""The key `midi` of a preset and inputs that are MIDI: what becomes of them, and each mistake by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.config.preset.model import Preset
from gesturesynth.runtime.midi_message import MidiController, MidiNote
from tests.support.preset_texts import SMALL

PIECE = """name: x
features: [lean]
tempo: 120
outputs:
  pitch: {to: theremin.pitch, range: [110, 880]}
  level: {to: theremin.level, range: [-40, -9]}
classes:
  up: {trigger: percussion.kick, on: 1/8}
  none:
gestures:
  throw: {trigger: percussion.snare}
"""


def loaded(midi: str, text: str = PIECE) -> Preset:
    return loads(f"{text}midi: {midi}\n", Path("x.yaml"))


def problems(midi: str, text: str = PIECE) -> str:
    with pytest.raises(PresetError) as error:
        loaded(midi, text)
    return str(error.value)


def test_what_is_left_out_has_its_default() -> None:
    setup = loaded("{notes: [{from: pitch}]}").midi
    assert setup.notes == (MidiNote("", pitch="pitch"),)
    assert (setup.channel, setup.voices, setup.bend_semitones, setup.clock, setup.rate_hz) == (1, 1, 2.0, False, 50.0)
    assert loads(SMALL, Path("x.yaml")).midi.sends is False


def test_controllers_have_their_ranges_in_all_that_they_can_say() -> None:
    setup = loaded(
        "{controls: [{number: 74, from: level, range: [127, 0]}, {number: 1, from: level, fine: true, channel: 3}], "
        "bend: pitch, pressure: {from: level, channel: 2}, bend_range: 12}"
    ).midi
    assert setup.controllers == (
        MidiController("control", 74, "level", 1.0, 0.0),
        MidiController("fine", 1, "level", channel=3),
        MidiController("bend", 0, "pitch"),
        MidiController("pressure", 0, "level", channel=2),
    )
    assert setup.bend_semitones == 12.0


def test_a_note_has_its_cause_its_length_and_the_grid_of_its_class() -> None:
    notes = loaded(
        "{notes: [{when: up, note: C4}, {when: throw, note: 38, velocity: level}, "
        "{when: percussion.kick, note: 36, length: 50 ms, velocity: 90}, {note: 60, gate: level}]}"
    ).midi.notes
    assert notes == (
        MidiNote("class", "up", 60, length_s=0.0, grid=0.125),
        MidiNote("gesture", "throw", 38, velocity_from="level"),
        MidiNote("trigger", "percussion.kick", 36, length_s=0.05, velocity=90, grid=0.125),
        MidiNote("", note=60, gate="level"),
    )


def test_programs_are_counted_from_one_and_belong_to_scenes() -> None:
    scenes = "scenes: {calm: {}, storm: {}}\n"
    assert loaded("{program: 5, programs: {storm: 128}}", PIECE + scenes).midi.programs == {"": 4, "storm": 127}
    assert "midi.programs.strom: 'strom' is not a scene" in problems("{programs: {strom: 1}}", PIECE + scenes)


def test_what_follows_an_output_of_a_scene_belongs_to_the_scene() -> None:
    scenes = "scenes: {calm: {}, storm: {outputs: {wild: {to: drone.pitch}}}}\n"
    setup = loaded("{controls: [{number: 74, from: wild}], notes: [{from: wild}, {from: pitch}]}", PIECE + scenes).midi
    assert [one.scene for one in setup.controllers] == ["storm"]
    assert [one.scene for one in setup.notes] == ["storm", ""]


def test_voices_have_channels_and_mpe_a_zone() -> None:
    two = PIECE + "people: 2\nvoices: per_person\n"
    assert loaded("{channel: 15, bend: pitch}", two).midi.voices == 2
    assert "the first one is 15 at most" in problems("{channel: 16, bend: pitch}", two)
    setup = loaded("{mpe: true, notes: [{from: pitch, bend: slide}]}", two).midi
    assert (setup.mpe, setup.bend_semitones) == (True, 48.0)
    assert "leave `channel` out" in problems("{mpe: true, channel: 2, bend: pitch}", two)


def test_an_input_may_be_midi_and_has_the_range_of_its_kind() -> None:
    inputs = "inputs: {knob: {midi: control 74}, wheel: {midi: bend}, key: {midi: Note C4 on 10}, old: {address: /a}}\n"
    preset = loads(PIECE.replace("[lean]", "[lean, knob, wheel, key, old]") + inputs, Path("x.yaml"))
    found = [(one.midi, one.address, one.low, one.high) for one in preset.inputs]
    assert found == [
        ("control 74", "", 0.0, 1.0),
        ("bend", "", -1.0, 1.0),
        ("note 60 on 10", "", 0.0, 1.0),
        ("", "/a", 0.0, 1.0),
    ]
    assert preset.midi.inputs == ("control 74", "bend", "note 60 on 10")
    assert preset.midi.sends is False


@pytest.mark.parametrize(
    ("midi", "sentence"),
    [
        ("{controls: [{number: 74, from: lvel}]}", "midi.controls[0].from: 'lvel' is not one of this preset's outputs"),
        ("{controls: [{number: 120, from: level}]}", "midi.controls[0].number: 120 is outside 0 to 119"),
        ("{controls: [{number: 74, from: level, fine: true}]}", "in 14 bits there are the controllers 0 to 31"),
        ("{controls: [{from: level}]}", "midi.controls[0].number: is missing"),
        ("{notes: [{when: up}]}", "a note has either `note` or `from`"),
        ("{notes: [{when: up, note: 60, from: pitch}]}", "a note has either `note` or `from`"),
        ("{notes: [{note: 60}]}", "one note that always sounds"),
        ("{notes: [{when: up, note: H4}]}", "midi.notes[0].note: 'H4' is no note"),
        (
            "{notes: [{when: upp, note: 60}]}",
            "'upp' is not a class, a gesture, or a trigger that one of them or a",
        ),
        ("{notes: [{when: none, note: 60}]}", "'none' is not a class"),
        ("{notes: [{from: level}]}", "'level' is in dB; a pitch is in Hz"),
        ("{notes: [{when: up, note: 60, gate: level}]}", "`gate` is for notes without `when`"),
        ("{notes: [{from: pitch, length: 1 s}]}", "leave `length` out"),
        ("{notes: [{when: up, note: 60, velocity: 128}]}", "a velocity is 1 to 127"),
        ("{notes: [{when: up, note: 60, velocity: -5}]}", "a velocity is 1 to 127, or an output, not -5"),
        ("{notes: [{when: up, note: 60, velocity: --5}]}", "midi.notes[0].velocity: '--5' is not one of"),
        ("{notes: [{when: up, note: 60, velocity: pich}]}", "midi.notes[0].velocity: 'pich' is not one of"),
        ("{notes: [{when: up, note: 60, bend: tune}]}", "only the pitch of an output"),
        ("{bend: level, notes: [{from: pitch, bend: tune}]}", "this channel is bent by another entry already"),
        ("{channel: 17}", "midi.channel: 17 is outside 1 to 16"),
        ("{program: 0}", "midi.program: 0 is outside 1 to 128"),
        ("{chanel: 1}", "midi.chanel: unknown key, did you mean 'channel'?"),
    ],
)
def test_a_mistake_is_said_with_its_place(midi: str, sentence: str) -> None:
    assert sentence in problems(midi)


def test_a_clock_needs_a_tempo() -> None:
    assert "midi.clock: the preset has no beat to send: add `tempo`" in problems("{clock: true}", SMALL)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("{midi: contrl 74}", "inputs.knob.midi: 'contrl 74' is no MIDI message"),
        ("{midi: control 74, address: /a}", "`address` is for inputs over OSC"),
        ("{midi: control 74, n: 2}", "`n` is for inputs over OSC"),
        ("{}", "inputs.knob: an address begins with `/`"),
    ],
)
def test_an_input_that_is_wrong_is_one_problem(entry: str, sentence: str) -> None:
    with pytest.raises(PresetError) as error:
        loads(f"{SMALL}inputs: {{knob: {entry}}}\n", Path("x.yaml"))
    assert sentence in str(error.value)
    assert len(error.value.problems) == 1


def test_what_a_pattern_strikes_is_a_note_with_what_moves_the_pattern() -> None:
    text = PIECE.replace("outputs:\n", "outputs:\n  much: {to: ring.density}\n") + (
        "patterns: {ring: {trigger: drums.hat, rhythm: [5, 16]}, other: {trigger: percussion.kick, rhythm: x}}\n"
        "scenes: {calm: {}, storm: {instruments: {drums: {kind: percussion}}}}\n"
    )
    setup = loaded("{notes: [{when: drums.hat, note: 42}]}", text).midi
    assert setup.notes == (MidiNote("trigger", "drums.hat", 42),)
    [ring] = setup.patterns
    assert (ring.pattern.name, ring.density_from, ring.chance_from, ring.silent_in) == (
        "ring",
        {"": "much"},
        {},
        ("calm",),
    )
