"""`voices: per_person`: which presets may have it, and the scene with copies that the engine gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.config.preset.model import Preset

PIECE = """
name: Several
features: [right_wrist.height]
people: 3
voices: per_person
tempo: 100
outputs:
  pitch: {to: theremin.pitch, range: [110, 880]}
  room: {to: hall.decay, range: [1, 4]}
  beats: {to: pulse.density, range: [0, 1]}
instruments:
  theremin: {pan: body.x, sends: {hall: -12 dB}}
  bells: {rate: 1/8}
buses:
  hall: {kind: reverb}
patterns:
  pulse: {trigger: percussion.kick, rhythm: [3, 8]}
classes:
  up: {trigger: percussion.hat, on: 1/16}
  none:
"""


def loaded(text: str, tmp_path: Path) -> Preset:
    return loads(text, tmp_path / "several.yaml")


def problems(text: str, tmp_path: Path) -> str:
    with pytest.raises(PresetError) as caught:
        loaded(text, tmp_path)
    return str(caught.value)


def test_everything_but_the_buses_has_a_copy_for_each_person(tmp_path: Path) -> None:
    preset = loaded(PIECE, tmp_path)
    assert preset.voices == 3
    scene = preset.scene()
    names = ("theremin", "bells", "percussion")
    copies = tuple(f"{name}{mark}" for mark in ("", "@2", "@3") for name in names)
    assert tuple(setup.name for setup in scene.instruments) == copies
    assert [setup.fixed for setup in scene.instruments[:3]] == [setup.fixed for setup in scene.instruments[3:6]]
    assert [setup.name for setup in scene.buses] == ["hall"]
    first = ("theremin.pitch", "hall.decay", "pulse.density", "theremin.pan")
    second = ("theremin@2.pitch", "pulse@2.density", "theremin@2.pan")
    assert scene.parameters[:7] == first + second
    assert len(scene.parameters) == len(scene.glides_s) == 10
    assert scene.triggers == ("percussion.hat", "percussion@2.hat", "percussion@3.hat")
    assert [(one.name, one.trigger) for one in scene.on_beat.patterns] == [
        ("pulse", "percussion.kick"),
        ("pulse@2", "percussion@2.kick"),
        ("pulse@3", "percussion@3.kick"),
    ]
    assert scene.on_beat.notes == ("bells.rate", "bells@2.rate", "bells@3.rate")
    assert set(scene.on_beat.grids) == set(scene.triggers)


def test_without_it_there_is_one_voice(tmp_path: Path) -> None:
    preset = loaded(PIECE.replace("voices: per_person\n", ""), tmp_path)
    assert preset.voices == preset.scene().voices == 1
    assert preset.scene() == loaded(PIECE.replace("per_person", "one"), tmp_path).scene()
    assert preset.people == 3


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("people: 3\n", "", "a voice for each person needs `people: 2` or more: so many voices there are"),
        ("people: 3", "people: 1", "a voice for each person needs `people: 2` or more"),
        ("people: 3", "people:", "a voice for each person needs `people: 2` or more"),
        ("per_person", "each", "'each' is not a kind of voices"),
        ("per_person", "3", "is not a kind of voices"),
        ("per_person", "[1]", "voices"),
        ("  bells: {rate: 1/8}", "  looper: {}", "'looper' plays what it hears of all others, and cannot have a copy"),
        (
            "people: 3",
            "people: 6",
            "5 instruments for 6 persons are 30; at most 24 can play",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(before: str, after: str, sentence: str, tmp_path: Path) -> None:
    more = "  bowed: {}\n  organ: {}\nbuses:" if "5 instruments" in sentence else "buses:"
    text = PIECE.replace("buses:", more).replace(before, after)
    found = problems(text, tmp_path)
    assert sentence in found
    assert found.count("\n") <= 1, found


def test_one_more_problem_of_people_is_not_said_twice(tmp_path: Path) -> None:
    assert problems(PIECE.replace("people: 3", "people: 17"), tmp_path).count("\n") == 0
