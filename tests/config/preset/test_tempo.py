"""The tempo of a preset, and notes in the place of rates and times: what they become, and mistakes."""

from __future__ import annotations

import pytest

from gesturesynth.config.preset.loader import loads
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.model_parts import PresetTempo
from gesturesynth.runtime.tempo import Tempo
from tests.support.preset_texts import only_problem

BEAT = """name: x
features: [lean]
tempo: {bpm: 96, metre: 3/4, swing: 0.2, follow: wave.period, follow_beats: 3}
outputs:
  speed: {to: bells.rate, range: [1/4, 1/16]}
  tone: {to: bells.pitch}
snapshots: {1: {speed: 1/8}}
gestures: {wave: }
instruments:
  bells: {sends: {echo: -10 dB}}
  percussion: {rate: 1/16t}
buses: {echo: {kind: delay, time: 3/16}}
idle: {speed: 1/4}
"""


def load(text: str) -> Preset:
    return loads(text, "p.yaml")


def test_a_tempo_with_all_its_keys() -> None:
    assert load(BEAT).tempo == PresetTempo(Tempo(96.0, 3, 4, 0.2, 1 / 16), "wave", 3)


def test_a_number_alone_is_short_for_bpm_and_no_tempo_is_none() -> None:
    small = "name: x\nfeatures: [lean]\noutputs: {tone: {to: bells.pitch}}\n"
    assert load(small).tempo is None
    assert load(small + "tempo: 72\n").tempo == PresetTempo(Tempo(72.0))
    rate = load(small + "instruments: {bells: {rate: 1/8}}\n")
    assert rate.tempo == PresetTempo(Tempo()), "a note needs a beat"


def test_rates_and_times_given_as_notes_travel_as_parts_of_a_whole_note() -> None:
    preset = load(BEAT)
    speed = preset.outputs[0]
    assert (speed.low, speed.high, speed.unit, speed.warp) == (0.25, 0.0625, "note", "exp")
    assert speed.notes == (0.25, 0.125, 0.0625)
    assert speed.idle == 0.25
    assert preset.snapshots[1]["speed"] == 0.125
    scene = preset.scene()
    assert set(scene.on_beat.notes) == {"bells.rate", "percussion.rate", "echo.time"}
    fixed = {setup.name: dict(setup.fixed) for setup in (*scene.instruments, *scene.buses)}
    assert fixed["percussion"] == {"rate": pytest.approx(1 / 24)}
    assert fixed["echo"] == {"time": 0.1875}


def test_the_values_that_are_played_are_notes() -> None:
    output = load(BEAT).played_outputs()[0]
    assert [output.value(position) for position in (0.0, 0.2, 0.3, 0.7, 0.8, 1.0)] == [
        0.25,
        0.25,
        0.125,
        0.125,
        0.0625,
        0.0625,
    ]
    assert output.position(0.125) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("metre: 3/4", "metre: 3/5", "3:25", "expected a metre such as `4/4`"),
        ("bpm: 96", "bpm: 7", "3:14", "7 is outside 20 to 300"),
        ("swing: 0.2", "swing: 2", "3:37", "2 is outside 0 to 1"),
        ("wave.period", "waves.period", "3:50", "'waves' is not a gesture of this preset, did you mean 'wave'?"),
        ("wave.period", "wave.speed", "3:50", "expected `GESTURE.period`, not 'wave.speed'"),
        ("1/16]", "1/32]", "5:40", "1/32 at 96 BPM is 12.8 /s, which is outside 0 to 10 /s"),
        ("1/16]", "5]", "5:40", "both ends are notes or none; '5' is no note"),
        ("1/16]", "1/4]", "5:34", "the two ends must differ"),
        ("1/16]}", "1/16], whole: true}", "5:47", "an output that plays notes has no `whole`"),
        ("rate: 1/16t", "rate: 1/7", "11:22", "'1/7' is not the length of a note"),
        ("time: 3/16", "time: 4/1", "12:35", "4/1 at 96 BPM is 10 s, which is outside 0.02 to 2 s"),
        ("rate: 1/16t", "tune: 1/8", "11:22", "expected a number, as in '1 Hz'"),
        ("1: {speed: 1/8}", "1: {speed: 1/2}", "7:24", "1/2 is outside 1/16 to 1/4"),
        ("idle: {speed: 1/4}", "idle: {speed: 4}", "13:15", "expected the length of a note"),
    ],
)
def test_mistakes_are_sentences_with_a_place(old: str, new: str, place: str, sentence: str) -> None:
    assert old in BEAT
    problem = only_problem(BEAT.replace(old, new))
    assert f"{place}:" in problem
    assert sentence in problem


def test_a_parameter_is_a_note_in_all_scenes_or_in_none() -> None:
    text = """name: x
features: [lean]
outputs: {tone: {to: bells.pitch}}
scenes:
  slow: {instruments: {bells: {rate: 1/4}}}
  free: {instruments: {bells: {rate: 3}}}
"""
    problem = only_problem(text)
    assert "6:38: scenes.free.instruments.bells.rate: 'bells.rate' is a note elsewhere in this preset" in problem
    assert load(text.replace("rate: 3", "rate: 1/8")).scene().on_beat.notes == ("bells.rate",)
