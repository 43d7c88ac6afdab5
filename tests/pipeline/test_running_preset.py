"""A preset while it plays, and a reload of its files while a person is in view."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.mapping.examples.dataset import read_csv, write_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from tests.support.pieces import FREE_THEREMIN
from tests.support.stick_figure import body_from, pose

TICK_S = 1.0 / 60.0
RAISED = pose(right_arm=(150, 175), left_arm=(100, 175))
BOTH_UP = pose(right_arm=(160, 175), left_arm=(160, 175))


def shipped(name: str) -> tuple[Preset, FittedMapping]:
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    return loaded, fit(fit_job(loaded))


def free_theremin() -> tuple[Preset, FittedMapping]:
    loaded = loader.load(FREE_THEREMIN)
    return loaded, fit(fit_job(loaded))


class PiecePlayer:
    """Plays pieces with one body, with a frame at every other tick."""

    def __init__(self, piece: RunningPreset, mapping: FittedMapping) -> None:
        self.piece = piece
        self.ticks = 0
        piece.take_over(mapping, 0.0)

    def play(self, seconds: float, image: NDArray[np.float32]) -> list[MapperFrame]:
        frames = []
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            time_s = self.ticks * TICK_S
            body = body_from(image)
            frame = Pose(time_s, self.ticks, 640, 480, (body,)) if self.ticks % 2 else None
            frames.append(self.piece.process_pose(frame, time_s))
        return frames

    def reload(self, piece: RunningPreset, mapping: FittedMapping) -> None:
        time_s = self.ticks * TICK_S
        self.piece.process_pose(None, time_s)
        piece.continue_from(self.piece, time_s)
        piece.take_over(mapping, time_s)
        self.piece = piece


@pytest.mark.parametrize("crossfade_s", [0.0, 0.3, 3.0])
def test_a_saved_preset_crosses_over_in_its_own_crossfade_or_slower_and_not_by_way_of_idle(
    crossfade_s: float, tmp_path: Path
) -> None:
    first, mapping = free_theremin()
    first = dataclasses.replace(first, crossfade_s=crossfade_s)
    taught = read_csv(first.examples_path)
    pitch_column = taught.outputs.index("pitch")
    targets = taught.Y.copy()
    targets[:, pitch_column] = 110.0 * 1760.0 / targets[:, pitch_column]
    # Taught the other way round: pitch goes to the other end of its range, everything else stays.
    write_csv(dataclasses.replace(taught, Y=targets), tmp_path / "other.csv")
    other_mapping = fit(fit_job(first, read_csv(tmp_path / "other.csv")))
    player = PiecePlayer(RunningPreset(first), mapping)
    before = player.play(2.0, RAISED)[-1].positions
    player.reload(RunningPreset(first), other_mapping)
    after = np.array([frame.positions for frame in player.play(crossfade_s + 2.0, RAISED)])
    pitch, level = after[:, 0], after[:, 1]
    assert abs(pitch[-1] - before[0]) > 0.5
    assert level == pytest.approx(before[1], abs=0.03), "the person is still in view"
    # Never faster than the whole range in a second; but at once where that is wanted.
    lasts_s = max(crossfade_s, 1.5 * abs(pitch[-1] - before[0])) if crossfade_s else 0.0
    half_way = np.argmax(np.abs(pitch - before[0]) > 0.5 * abs(pitch[-1] - before[0])) * TICK_S
    assert half_way == pytest.approx(lasts_s / 2.0, abs=0.05)
    arrived = np.argmax(np.abs(pitch - pitch[-1]) < 0.01) * TICK_S
    assert arrived == pytest.approx(lasts_s, abs=0.1 + 0.1 * lasts_s)


@pytest.mark.parametrize("pitch_range", ["[110, 3520]", "[55, 1760]", "[1760, 110]"])
def test_what_sounds_goes_on_from_its_value_when_the_range_has_changed(pitch_range: str, tmp_path: Path) -> None:
    first, mapping = free_theremin()
    (tmp_path / "other.yaml").write_text(first.path.read_text().replace("[110, 1760]", pitch_range), encoding="utf-8")
    other = loader.load(tmp_path / "other.yaml")
    player = PiecePlayer(RunningPreset(first), mapping)
    before = player.play(2.0, RAISED)[-1].values
    player.reload(RunningPreset(other), fit(fit_job(other, read_csv(first.examples_path))))
    after = np.array([frame.values for frame in player.play(2.0, RAISED)])
    assert after[:, 0] == pytest.approx(before[0], rel=0.05)


def test_a_reload_strikes_nothing_again_and_strikes_are_counted_on() -> None:
    drums, mapping = shipped("drums")
    player = PiecePlayer(RunningPreset(drums), mapping)
    player.play(1.0, pose())
    struck = player.play(1.0, BOTH_UP)
    assert [name for frame in struck for name in frame.fired] == ["clap"]
    counts = player.piece.sound(struck[-1], 0.0).trigger_counts
    player.reload(RunningPreset(drums), mapping)
    after = player.play(1.0, BOTH_UP)
    assert after[0].present
    assert after[-1].recognised == "clap"
    assert not any(mapper_frame.fired for mapper_frame in after)
    assert player.piece.sound(after[-1], 0.0).trigger_counts == counts
    assert player.piece.voices[0].entered["clap"] == 1
    player.play(1.0, pose())
    assert [name for mapper_frame in player.play(1.0, BOTH_UP) for name in mapper_frame.fired] == ["clap"]
    assert player.piece.voices[0].entered["clap"] == 2


def test_a_reload_long_after_the_last_frame_shows_no_person() -> None:
    theremin, mapping = free_theremin()
    player = PiecePlayer(RunningPreset(theremin), mapping)
    player.play(1.0, RAISED)
    idle = player.piece.process_pose(None, player.ticks * TICK_S + 0.1)
    for _ in range(300):
        player.ticks += 1
        idle = player.piece.process_pose(None, player.ticks * TICK_S)
    player.reload(RunningPreset(theremin), mapping)
    for tick in range(60):
        frame = player.piece.process_pose(None, (player.ticks + tick) * TICK_S)
        assert not frame.present
        np.testing.assert_allclose(frame.positions, idle.positions, atol=1e-6)


def test_an_output_that_was_never_taught_is_idle_and_the_others_play() -> None:
    theremin, _ = free_theremin()
    factory = read_csv(theremin.examples_path)
    level = factory.outputs.index("level")
    silent = dataclasses.replace(factory, Y=np.where(np.arange(3) == level, np.nan, factory.Y))
    theremin = dataclasses.replace(theremin, path=theremin.path.with_name("without_factory_examples.yaml"))
    player = PiecePlayer(RunningPreset(theremin), fit(fit_job(theremin, silent)))
    low, raised = player.play(4.0, pose())[-1], player.play(4.0, RAISED)[-1]
    idle = next(output.idle for output in theremin.outputs if output.name == "level")
    assert low.values[level] == raised.values[level] == idle
    assert abs(low.positions[0] - raised.positions[0]) > 0.3
    assert raised.confidence == 1.0
