"""Scenes of the preset that plays: commands, classes and takes, and what stays after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.config.preset import loader
from gesturesynth.control.session.context import DEFAULT_CHOICES
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, ConductorHarness
from tests.support.stick_figure import body
from tests.support.three_scenes import three_scenes

RIGHT = body(165.0, 20.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return three_scenes(tmp_path)


def scene(harness: ConductorHarness) -> str:
    return harness.conductor.state().scene


def test_commands_change_the_scene(file: Path) -> None:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        assert harness.conductor.state().scenes == ("drone", "grains", "attacks")
        assert "'grains' plays" in harness.done("scene", "grains")
        assert scene(harness) == "grains"
        harness.done("scene")
        assert scene(harness) == "attacks"
        harness.done("scene", "next")
        assert scene(harness) == "drone"
        harness.done("scene", "previous")
        assert scene(harness) == "attacks"
        assert "plays already" in harness.done("scene", "attacks")
        refused = harness.refused("scene", "atacks")
        assert "no scene 'atacks' here, did you mean 'attacks'?" in refused
        assert "drone, grains, attacks" in refused
        harness.tick()
        assert harness.sounds[-1].scene.name == "attacks"
        assert {sound.scene.preset for sound in harness.sounds} == {"Three scenes"}


def test_a_preset_without_scenes_says_so() -> None:
    with ConductorHarness(loader.find("theremin")) as harness:
        harness.wait_until_playing()
        assert harness.refused("scene", "next") == "This preset has no scenes."
        assert scene(harness) == ""


def test_classes_change_the_scene_but_not_during_teaching(file: Path) -> None:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        harness.run_for(2.0, MIDDLE)
        harness.run_for(1.0, RIGHT)
        assert scene(harness) == "grains"
        assert harness.state.last_by == "class right"
        harness.done("scene", "drone")
        harness.done("select", 1)
        harness.run_for(2.0, MIDDLE)
        harness.run_for(2.0, RIGHT)
        assert (scene(harness), harness.state.held) == ("drone", "1")


def test_takes_teach_the_outputs_of_the_scene_that_plays(file: Path) -> None:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        harness.done("select", 1)
        harness.take(LOW)
        assert set(harness.stored().sound(1)) == {"wave", "ground", "drone_level"}
        assert harness.state.takes == {"1": 1}
        harness.done("scene", "grains")
        harness.wait_until_idle()
        assert harness.state.held == "", "a held sound is of its scene"
        assert harness.state.takes == {}, "those of another scene are not counted here"
        assert "snapshot 2" in harness.refused("select", 2).lower()
        harness.done("select", 1)
        harness.take(HIGH)
        assert set(harness.stored().sound(2)) == {"wave", "density", "grains_level"}
        harness.train()
        harness.run_for(3.0, HIGH)
        assert harness.values["density"] == pytest.approx(10.0, rel=0.1)
        harness.done("scene", "drone")
        harness.run_for(3.0, LOW)
        assert harness.values["ground"] == pytest.approx(55.0, rel=0.1), "the same fit"
        harness.done("relabel", 1, "2")
        assert harness.stored().sound(1)["ground"] == 110.0
        harness.done("undo")
        harness.done("record-output", "density", False)
        assert "density" in harness.state.off.record


def test_a_sound_is_saved_for_the_scene(file: Path) -> None:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        harness.done("scene", "grains")
        harness.wait_until_idle()
        harness.done("randomise")
        harness.done("save")
        assert set(harness.stored().snapshots()[2]) == {"wave", "density", "grains_level"}
        harness.done("select", 2)
        harness.done("scene", "attacks")
        harness.wait_until_idle()
        harness.refused("select", 2)
        harness.done("scene", "grains")
        harness.wait_until_idle()
        harness.done("select", 2)
        harness.done("morph", 1, 2, 0.5)
        harness.done("stop")
        harness.done("scene", "drone")
        harness.wait_until_idle()
        harness.done("select", 2)
        harness.tick()
        assert harness.values["ground"] == pytest.approx(110.0), "the drone's own snapshot of that number"


def test_what_was_chosen_is_stored(file: Path) -> None:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        assert harness.session_controller.choices.scene == "drone"
        harness.done("scene", "attacks")
        assert harness.session_controller.choices.scene == "attacks"
    assert DEFAULT_CHOICES.scene == ""


def test_a_restarted_conductor_gets_the_scene_back(tmp_path: Path) -> None:
    first = StateStorage(0.0, None, runtime=tmp_path / "runtime", state=tmp_path / "state")
    first.begin()
    first.update(tmp_path / "three.yaml", replace(DEFAULT_CHOICES, scene="grains"), None, 0.0)
    first.close()
    again = StateStorage(0.0, None, runtime=tmp_path / "runtime", state=tmp_path / "state")
    assert again.begin().choices.scene == "grains"
    again.close()
