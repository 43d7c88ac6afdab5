"""The command `adapt` while a piece plays, and what the status and the screen say about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.core import paths
from gesturesynth.runtime.readings import AdaptationReading
from tests.support.conductor_harness import MIDDLE, ConductorHarness, own_preset

OWN = """name: Own
{adapt}features: [right_wrist.height, left_wrist.height]
outputs:
  tone: {{to: theremin.pitch, range: [110, 1760]}}
  level: {{to: theremin.level}}
snapshots: {{1: {{tone: 110, level: -20}}, 2: {{tone: 1760, level: -10}}}}
"""


def adapts(harness: ConductorHarness) -> bool:
    return harness.preset_manager.piece.adapts


@pytest.fixture
def own() -> Iterator[ConductorHarness]:
    with ConductorHarness(own_preset("own", OWN.format(adapt=""))) as harness:
        harness.run_for(0.2, MIDDLE)
        yield harness


def test_it_is_switched_and_the_status_says_so(own: ConductorHarness) -> None:
    assert own.conductor.status().adaptation == AdaptationReading()
    assert own.done("adapt", True).startswith("The taught range follows")
    own.run_for(0.2, MIDDLE)
    assert own.conductor.status().adaptation.text == "as taught"
    assert own.done("adapt").startswith("The taught range stays")
    own.run_for(0.2, MIDDLE)
    assert not own.conductor.status().adaptation.on


def test_a_training_and_an_edit_of_the_file_keep_what_was_chosen_and_another_preset_does_not(
    own: ConductorHarness,
) -> None:
    own.done("adapt", True)
    own.done("select", 1)
    own.take(MIDDLE)
    own.train()
    assert adapts(own)
    own_preset("own", OWN.format(adapt="").replace("Own", "Edited"))
    own.until(lambda: own.preset_manager.piece.preset.name == "Edited", "the edited preset")
    assert adapts(own)
    own.done("preset", "drone")
    own.until(lambda: own.preset_manager.piece.preset.key == "drone", "the drone")
    assert not adapts(own)
    own_preset("own", OWN.format(adapt="adapt: true\n"))
    own.done("preset", "own")
    own.until(lambda: own.preset_manager.piece.preset.key == "own", "the preset that adapts")
    assert adapts(own)


def test_where_only_angles_are_played_there_is_nothing_to_adapt() -> None:
    text = OWN.format(adapt="adapt: true\n").replace("right_wrist.height, left_wrist.height", "left_elbow.angle")
    with ConductorHarness(own_preset("angles", text)) as harness:
        harness.run_for(0.2, MIDDLE)
        assert harness.refused("adapt").startswith("No output of this preset is learnt by a feature that limbs")


def test_outputs_that_follow_a_source_are_not_adapted() -> None:
    with ConductorHarness(paths.presets_dir() / "moves.yaml") as harness:
        harness.run_for(0.2, MIDDLE)
        assert harness.refused("adapt").startswith("No output of this preset is learnt by a feature")


@pytest.mark.parametrize(
    ("stretches", "text"),
    [
        ({}, "as taught"),
        ({"lean": 0.8, "right_wrist.height": 1.333}, "right_wrist.height ×1.33, lean ×0.80"),
        ({"a": 1.1, "b": 0.5, "c": 1.9, "d": 1.2, "e": 1.05}, "b ×0.50, c ×1.90, d ×1.20 and 2 more"),
    ],
)
def test_the_status_names_what_is_stretched_most(stretches: dict[str, float], text: str) -> None:
    assert AdaptationReading(True, stretches).text == text
    assert AdaptationReading().text == ""
