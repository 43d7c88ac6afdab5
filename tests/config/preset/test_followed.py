"""`pan: body.x`: a parameter of an instrument or a bus that follows the body, said in the place of a fixed value."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import loads
from tests.support.preset_texts import follows_schema, only_problem

SHORT = """\
name: x
features: [lean]
outputs:
  pitch: {to: theremin.pitch}
instruments:
  theremin: {pan: body.x, gain: -3 dB}
  bass: {kind: drone, azimuth: body.x, sends: {hall: -20}}
buses:
  hall: {kind: reverb, decay: right_wrist.height}
"""
LONG = """\
name: x
features: [lean]
outputs:
  pitch: {to: theremin.pitch}
  theremin_pan: {to: theremin.pan, from: body.x}
  bass_azimuth: {to: bass.azimuth, from: body.x}
  hall_decay: {to: hall.decay, from: right_wrist.height}
instruments:
  theremin: {gain: -3 dB}
  bass: {kind: drone, sends: {hall: -20}}
buses:
  hall: {kind: reverb}
"""


def test_it_is_short_for_an_output_that_follows(tmp_path: Path) -> None:
    short, long = (loads(text, tmp_path / "a.yaml") for text in (SHORT, LONG))
    assert {output.name: output for output in short.outputs} == {output.name: output for output in long.outputs}
    assert short.scene().instruments == long.scene().instruments
    assert set(short.scene().parameters) == set(long.scene().parameters)
    assert follows_schema(SHORT)


def test_a_piece_may_be_moved_by_nothing_else(tmp_path: Path) -> None:
    text = "name: x\nfeatures: [lean]\ninstruments:\n  theremin: {pan: body.x}\n"
    (place,) = loads(text, tmp_path / "a.yaml").outputs
    assert (place.to, place.source, place.low, place.high) == ("theremin.pan", "body.x", -1.0, 1.0)


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("pan: body.x", "pan: body.xx", "6:19", "is not a feature, did you mean 'body.x'"),
        ("pan: body.x", "pan: wave.progress", "6:19", "'wave' is not a gesture or a class of this preset"),
        ("pan: body.x", "pan: body", "6:19", "expected a number"),
        (
            "pitch: {to: theremin.pitch}",
            "theremin_pan: {to: theremin.pitch}",
            "6:19",
            "an output 'theremin_pan' already",
        ),
        ("pitch: {to: theremin.pitch}", "pitch: {to: theremin.pan}", "6:14", "moved by the output 'pitch'"),
    ],
)
def test_what_is_wrong_about_it_is_said_where_it_stands(old: str, new: str, at: str, words: str) -> None:
    problem = only_problem(SHORT.replace(old, new, 1))
    assert problem.startswith(f"{at}: ")
    assert words in problem


def test_in_a_scene_it_is_an_output_of_the_scene() -> None:
    text = (
        "name: x\nfeatures: [lean]\nscenes:\n"
        "  one:\n    outputs: {pitch: {to: theremin.pitch}}\n    instruments: {theremin: {pan: body.x}}\n"
        "  two:\n    outputs: {low: {to: drone.pitch}}\n"
    )
    problem = only_problem(text)
    assert problem.startswith("6:35: ")
    assert "`theremin_pan: {to: theremin.pan, from: body.x}`" in problem
