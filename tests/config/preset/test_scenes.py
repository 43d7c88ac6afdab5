"""Scenes of a preset: what each of them has, and what is wrong with those that are written wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, load, loads
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.scene_model import SceneSchedule, scene_named
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.structure import Structure
from tests.support.preset_texts import follows_schema
from tests.support.three_scenes import TEXT, three_scenes

WHOLE = ("wave", "ground", "drone_level", "density", "grains_level", "note")


@pytest.fixture
def preset(tmp_path: Path) -> Preset:
    return load(three_scenes(tmp_path))


def fixed(preset: Preset, scene: str, instrument: str) -> dict[str, float]:
    (setup,) = (setup for setup in preset.scenes[scene].instruments if setup.name == instrument)
    return dict(setup.fixed)


def test_a_scene_has_its_own_parts_and_those_of_the_preset(preset: Preset) -> None:
    assert tuple(output.name for output in preset.outputs) == WHOLE
    assert {name: scene.outputs for name, scene in preset.scenes.items()} == {
        "drone": ("wave", "ground", "drone_level"),
        "grains": ("wave", "density", "grains_level"),
        "attacks": ("wave", "note"),
    }
    assert preset.scenes["drone"].silent == ("bells", "granular")
    assert preset.scenes["attacks"].silent == ("drone", "granular")
    assert fixed(preset, "drone", "sea")["level"] == -34.0
    assert fixed(preset, "attacks", "sea")["level"] == -44.0
    assert fixed(preset, "attacks", "sea")["send_hall"] == -20.0, "what the scene does not name stays"
    assert [preset.scenes[name].crossfade_in_s for name in preset.scenes] == [0.0, 2.0, 0.0]
    silent = {output.name for output in preset.outputs if output.silence is not None}
    assert silent == {"drone_level"}


def test_all_scenes_have_one_structure_so_that_the_engine_builds_them_once(preset: Preset) -> None:
    kinds = {kind.kind: kind for kind in catalogue().values()}
    structures = {Structure.of_scene(preset.scene(name), kinds, effect_kinds()) for name in preset.scenes}
    assert len(structures) == 1
    (structure,) = structures
    assert structure.scenes
    assert set(structure.mixing) == {("sea", "send_hall"), ("drone", "send_hall"), ("bells", "pan")}


def test_what_a_scene_does_not_play_is_moved_on(preset: Preset) -> None:
    """So that it is in its place when it fades in; but never what two scenes move in different ways."""
    assert [preset.outputs[number].name for number in preset.heard_outputs("drone")] == list(WHOLE)
    shared = TEXT.replace("note: {to: bells.pitch, range: [220, 880]}", "note: {to: pad.brightness}")
    shared = shared.replace("density: {to: granular.density}", "density: {to: pad.brightness}")
    shared = shared.replace("    scale: A minor pentatonic\n", "").replace("density: 10", "density: 0.5")
    mixed = loads(shared, "x.yaml")
    heard = [mixed.outputs[number].name for number in mixed.heard_outputs("drone")]
    assert heard == ["wave", "ground", "drone_level", "grains_level"]


def test_a_scene_is_a_preset_to_teach(preset: Preset) -> None:
    grains = preset.in_scene("grains")
    assert tuple(output.name for output in grains.outputs) == ("wave", "density", "grains_level")
    assert grains.snapshots == {1: {"density": 10.0, "grains_level": -12.0}}
    assert (grains.key, grains.path, grains.view) == (preset.key, preset.path, "grains")
    assert preset.in_scene("none of these") is preset


def test_a_scale_of_a_scene_is_for_its_outputs(preset: Preset) -> None:
    scale = preset.scenes["attacks"].scale
    assert scale is not None
    assert scale.outputs == ("note",)
    assert preset.scale is None


def test_common_snapshots_hold_what_the_scene_has(tmp_path: Path) -> None:
    common = "snapshots:\n  1: {wave: 1000}\n  3: {wave: 2000, note: 220}\n"
    preset = load(three_scenes(tmp_path, common))
    assert preset.scenes["attacks"].snapshots == {1: {"wave": 1000.0}, 3: {"wave": 2000.0, "note": 220.0}}
    assert preset.scenes["grains"].snapshots == {1: {"density": 10.0, "grains_level": -12.0}, 3: {"wave": 2000.0}}


def test_the_schedule(tmp_path: Path) -> None:
    text = 'schedule: {every: 5 min, at: {"18:00": drone, "9:30": grains}, when_empty: drone, after: 1 min}\n'
    preset = load(three_scenes(tmp_path, text))
    order = ("drone", "grains", "attacks")
    assert preset.schedule == SceneSchedule(300.0, order, {570: "grains", 1080: "drone"}, "drone", 60.0)
    assert list(preset.schedule.at) == [570, 1080]


def test_next_and_previous() -> None:
    names = ("a", "b", "c")
    assert [scene_named(names, "next", name) for name in names] == ["b", "c", "a"]
    assert [scene_named(names, "previous", name) for name in names] == ["c", "a", "b"]
    assert scene_named(names, "b", "a") == "b"
    assert not scene_named(names, "d", "a")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "right: {scene: grains}",
            "right: {scene: graims}",
            "'graims' is not a scene of this preset, did you mean 'gr",
        ),
        ("    crossfade_in: 2 s", "    crossfade: 2 s", "unknown key, did you mean 'crossfade_in'?"),
        ("ground: 55, ", "grund: 55, ", "'grund' is not an output, did you mean 'ground'?"),
        ("ground: 55, ", "density: 55, ", "'density' is an output of the scene 'grains', not of this one"),
        ("idle: {ground: 60", "idle: {density: 60", "'density' is not an output of this scene. Allowed: ground,"),
        ("note: {to: bells.pitch,", "ground: {to: bells.pitch,", "'ground' is an output of the scene 'drone' already"),
        ("note: {to: bells.pitch,", "wave: {to: bells.pitch,", "'wave' is an output of all scenes already"),
        (
            "note: {to: bells.pitch, range: [220, 880]}",
            "note: {to: sea.nearness}",
            "'sea.nearness' is moved by 'wave' already",
        ),
        ("bells: {level: -12", "bells: {pitch: 220", "fixed here, but moved by the output 'note'"),
        ("      sea: {level: -44}", "      sea: {kind: drone}", "'sea' is sea elsewhere in this preset"),
        (
            "      sea: {level: -44}",
            "      sea: {levle: -44}",
            "'levle' is not a parameter of 'sea', did you mean 'lev",
        ),
        ("      sea: {level: -44}", "      sea: {sends: {hal: 0}}", "'hal' is not a bus, did you mean 'hall'?"),
        ("  attacks:", "  next:", "'next' has a meaning of its own"),
        ("range: [55, 110]", "range: [5, 110]", "5 Hz is outside 40 to 160 Hz"),
    ],
)
def test_what_is_wrong_in_a_scene_is_said_where_it_is_written(old: str, new: str, problem: str, tmp_path: Path) -> None:
    text = TEXT.replace(old, new)
    assert text != TEXT
    with pytest.raises(PresetError) as caught:
        loads(text, tmp_path / "x.yaml")
    problems = [one for one in caught.value.problems if problem in one.message]
    assert problems, caught.value
    line = next(
        number for number, (a, b) in enumerate(zip(TEXT.splitlines(), text.splitlines(), strict=True), 1) if a != b
    )
    assert problems[0].line == line or "graims" in new, problems[0]
    assert problems[0].where.startswith(("scenes.", "classes.")), problems[0]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("schedule: {evry: 5 min}\n", "unknown key, did you mean 'every'?"),
        ("schedule: {every: 5 min, order: [drone, gains]}\n", "'gains' is not a scene of this preset, did you mean"),
        ("schedule: {order: [drone, grains]}\n", "says nothing without `every`"),
        ('schedule: {at: {"25:00": drone}}\n', "'25:00' is not a time of day"),
        ("schedule: {when_empty: x}\n", "'x' is not a scene of this preset"),
    ],
)
def test_what_is_wrong_in_the_schedule(more: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="schedule") as caught:
        loads(TEXT + more, tmp_path / "x.yaml")
    assert problem in str(caught.value)


def test_scenes_that_are_not_there(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("scenes:")] + "schedule: {every: 60}\n"
    with pytest.raises(PresetError) as caught:
        loads(text, tmp_path / "x.yaml")
    assert "classes.right.scene: this preset has no `scenes`" in str(caught.value)
    assert "schedule: there are no `scenes` that it could change" in str(caught.value)
    one = TEXT[: TEXT.index("  grains:\n")].replace("scene: grains", "").replace("scene: attacks", "")
    with pytest.raises(PresetError, match="one scene cannot change to another; write a second one"):
        loads(one, tmp_path / "x.yaml")


def test_editors_complete_and_check_scenes() -> None:
    assert follows_schema(TEXT)
    assert not follows_schema(TEXT.replace("level: -44", "levle: -44"))
    assert not follows_schema(TEXT.replace("to: bells.pitch,", "too: bells.pitch,"))
    assert not follows_schema(TEXT + 'schedule: {at: {"25:00": drone}}\n')
