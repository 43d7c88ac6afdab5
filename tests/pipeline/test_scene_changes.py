"""Scenes while they play: what changes them, what is heard of them, and that they need no fit."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset.loader import load
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.render import RenderSettings, render
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.scene_changes import LEAST_S, SceneChanges
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body_from, pose
from tests.support.three_scenes import TEXT, three_scenes

TICK_S = 1 / 60
Image = NDArray[np.float32]
NEUTRAL: Image = pose(right_arm=(60, 175), left_arm=(60, 175))
RIGHT: Image = pose(right_arm=(165, 175), left_arm=(20, 175))
LEFT: Image = pose(right_arm=(20, 175), left_arm=(165, 175))
BOTH: Image = pose(right_arm=(165, 175), left_arm=(165, 175))


class ScenePlayer:
    """A piece with its changes of scene, and one body."""

    def __init__(self, file: Path) -> None:
        preset = load(file)
        self.piece = RunningPreset(preset)
        self.piece.take_over(fit(fit_job(preset)), 0.0)
        self.changes = SceneChanges()
        self.enabled = True
        self.minute: int | None = None
        self.now_s = 0.0
        self.scenes: list[tuple[float, str, str]] = []
        self.frame: MapperFrame | None = None

    def play(self, seconds: float, image: Image | None = NEUTRAL) -> str:
        for number in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            bodies = () if image is None else (body_from(image),)
            shown = Pose(self.now_s, number, 640, 480, bodies) if number % 2 == 0 else None
            self.frame = self.piece.process_pose(shown, self.now_s)
            asked = self.changes.request(
                self.piece.preset,
                self.piece.scene_name,
                self.frame,
                self.now_s,
                minute=self.minute,
                enabled=self.enabled,
            )
            if asked:
                self.piece.change_scene(asked.scene, self.now_s)
                self.scenes.append((self.now_s, *asked))
        return self.piece.scene_name

    @property
    def values(self) -> dict[str, float]:
        assert self.frame is not None
        names = (output.name for output in self.piece.preset.outputs)
        return dict(zip(names, self.frame.values.tolist(), strict=True))


@pytest.fixture
def player(tmp_path: Path) -> ScenePlayer:
    return ScenePlayer(three_scenes(tmp_path))


def player_of(folder: Path, more: str) -> ScenePlayer:
    return ScenePlayer(three_scenes(folder, more))


def test_a_class_changes_the_scene_once(player: ScenePlayer) -> None:
    assert player.play(2.0) == "drone"
    assert player.play(2.0, RIGHT) == "grains"
    assert player.play(2.0, LEFT) == "attacks"
    assert player.play(5.0, BOTH) == "drone", "`next` steps once, however long the pose is held"
    assert [by for _, _, by in player.scenes] == ["class right", "class left", "class both"]


def test_poses_that_alternate_fast_change_the_scene_once_a_second_at_most(player: ScenePlayer) -> None:
    player.play(2.0)
    for _ in range(20):
        player.play(0.3, RIGHT)
        player.play(0.3, LEFT)
    times = np.array([time_s for time_s, *_ in player.scenes])
    assert len(times) > 3
    assert np.diff(times).min() >= LEAST_S - 1e-6


def test_a_pose_that_comes_too_soon_counts_if_it_is_held(player: ScenePlayer) -> None:
    player.play(2.0)
    player.play(0.4, RIGHT)
    assert player.play(0.3, LEFT) == "grains"
    assert player.play(1.0, LEFT) == "attacks"


def test_nothing_changes_during_teaching(player: ScenePlayer) -> None:
    player.play(2.0)
    player.enabled = False
    assert player.play(2.0, RIGHT) == "drone"
    player.enabled = True
    assert player.play(1.0, RIGHT) == "drone", "the pose was entered while it counted for nothing"


def test_every_scene_in_turn(tmp_path: Path) -> None:
    player = player_of(tmp_path, "schedule: {every: 10, order: [drone, grains, drone, attacks]}\n")
    player.play(85.0)
    assert [name for _, name, _ in player.scenes] == ["grains", "drone", "attacks", "drone"] * 2
    assert {by for _, _, by in player.scenes} == {"schedule"}
    assert np.diff([time_s for time_s, *_ in player.scenes]) == pytest.approx(10.0, abs=0.1)


def test_times_of_day_and_the_scene_that_the_piece_begins_with(tmp_path: Path) -> None:
    player = player_of(tmp_path, 'schedule: {at: {"10:00": grains, "18:00": attacks}}\n')
    player.minute = 9 * 60
    assert player.play(0.1) == "attacks", "that of the evening before"
    player.minute = 10 * 60 - 1
    assert player.play(0.1) == "attacks"
    player.minute = 10 * 60
    assert player.play(0.1) == "grains"
    player.piece.change_scene("drone", player.now_s)
    player.minute = 17 * 60
    assert player.play(0.1) == "drone", "what a person chose lasts until the next of the times"
    player.enabled, player.minute = False, 18 * 60
    assert player.play(0.1) == "drone"
    player.enabled = True
    assert player.play(0.1) == "attacks", "it is made up for after teaching"


def test_a_scene_that_was_chosen_before_a_restart_stays(tmp_path: Path) -> None:
    player = player_of(tmp_path, 'schedule: {at: {"10:00": grains}}\n')
    player.changes, player.minute = SceneChanges(chosen=True), 12 * 60
    assert player.play(1.0) == "drone"


def test_when_no_person_is_there(tmp_path: Path) -> None:
    player = player_of(tmp_path, "schedule: {when_empty: attacks, after: 3 s, every: 60}\n")
    player.play(1.0)
    assert player.play(2.9, None) == "drone"
    assert player.play(0.5, None) == "attacks"
    player.piece.change_scene("grains", player.now_s)
    assert player.play(5.0, None) == "grains", "once in each absence"
    player.play(1.0)
    assert player.play(3.5, None) == "attacks"


def test_the_engine_gets_the_scene_that_plays_and_outputs_are_where_the_body_is(player: ScenePlayer) -> None:
    player.play(2.0)
    assert player.frame is not None
    sound = player.piece.sound(player.frame, 0.0)
    assert (sound.scene.name, set(sound.scene.silent)) == ("drone", {"bells", "granular"})
    before = dict(zip(sound.scene.parameters, sound.values, strict=True))
    player.piece.change_scene("grains", player.now_s)
    player.play(TICK_S)
    sound = player.piece.sound(player.frame, 0.0)
    after = dict(zip(sound.scene.parameters, sound.values, strict=True))
    assert (sound.scene.name, set(sound.scene.silent)) == ("grains", {"bells", "drone"})
    assert after == pytest.approx(before, rel=1e-3), "the mapping went on; nothing jumps, and nothing was fitted"
    assert [reading.name for reading in player.piece.output_readings(player.frame)] == [
        "wave",
        "density",
        "grains_level",
    ]


def test_a_held_sound_is_of_its_scene(player: ScenePlayer) -> None:
    player.play(2.0)
    free = player.values
    player.piece.hold(player.piece.snapshots[1])
    player.play(0.2, pose(right_arm=(130, 175), left_arm=(130, 175)))
    held = player.values
    assert (held["ground"], held["wave"]) == pytest.approx((55.0, 400.0))
    assert held["density"] > 1.5 * free["density"], "outputs of other scenes go on to follow the body"
    player.piece.change_scene("grains", player.now_s)
    assert player.piece.snapshots == {1: {"density": 10.0, "grains_level": -12.0}}
    player.play(2.0)
    assert player.values["ground"] == pytest.approx(free["ground"], rel=0.02), "it is let go"


def test_each_scene_has_its_scale(player: ScenePlayer) -> None:
    player.play(2.0)
    assert not player.piece.scale_reading().name
    player.piece.change_scene("attacks", player.now_s)
    assert player.piece.scale_reading().text.startswith("A minor pentatonic")
    for angle in np.linspace(20.0, 160.0, 40):
        player.play(0.2, pose(right_arm=(20.0, 175), left_arm=(float(angle), 175)))
        note, ground = player.values["note"], player.values["ground"]
        semitones = 12 * np.log2(note / 220.0)
        assert semitones == pytest.approx(round(semitones), abs=0.01)
        assert round(semitones) % 12 in {0, 3, 5, 7, 10}
        assert ground > 0.0


def test_a_saved_file_keeps_the_scene(player: ScenePlayer) -> None:
    player.play(2.0)
    player.piece.change_scene("attacks", player.now_s)
    again = RunningPreset(player.piece.preset)
    again.continue_from(player.piece, player.now_s)
    assert again.scene_name == "attacks"
    without = player.piece.preset.path
    without.write_text(TEXT.replace("attacks", "strikes"))
    other = RunningPreset(load(without))
    other.continue_from(player.piece, player.now_s)
    assert other.scene_name == "drone"


def test_there_is_no_other_scene(player: ScenePlayer) -> None:
    with pytest.raises(KeyError):
        player.piece.change_scene("nothing", 0.0)


def test_a_rendering_changes_scenes_or_keeps_to_one(tmp_path: Path) -> None:
    file = three_scenes(tmp_path, "schedule: {every: 1}\n")

    def scenes(scene: str) -> list[str]:
        out = tmp_path / "x.wav"
        table = out.with_suffix(".csv")
        render(RenderSettings(preset=file, source="demo", out=out, table=table, seconds=2.5, scene=scene))
        with table.open(encoding="utf-8", newline="") as rows:
            return list(dict.fromkeys(row["scene"] for row in csv.DictReader(rows)))

    assert scenes("") == ["drone", "grains", "attacks"]
    assert scenes("grains") == ["grains"]
    with pytest.raises(UserError, match="did you mean 'grains'"):
        scenes("grain")
