"""A preset with `predict`: live, rendered and in a take that is played back, the same body is heard."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core.paths import demo_performer
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.take_playback import take_poses
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.pieces import FREE_THEREMIN

Float = NDArray[np.float64]


@pytest.fixture(scope="module")
def theremin() -> tuple[Preset, FittedMapping]:
    loaded = loader.load(FREE_THEREMIN)
    return loaded, fit(fit_job(loaded))


@pytest.fixture(scope="module")
def recorded() -> list[Pose]:
    return list(read_poses(str(demo_performer())))[:300]


def played(piece: RunningPreset, mapping: FittedMapping, poses: list[Pose]) -> Float:
    piece.take_over(mapping, poses[0].capture_time_s)
    return np.array([piece.process_pose(pose, pose.capture_time_s).positions for pose in poses])


def test_the_sound_of_real_movement_comes_earlier(theremin: tuple[Preset, FittedMapping], recorded: list[Pose]) -> None:
    preset, mapping = theremin
    usual, none = (played(RunningPreset(preset, *seconds), mapping, recorded) for seconds in ((), (0.0,)))
    assert usual.tobytes() == none.tobytes()
    own = played(RunningPreset(dataclasses.replace(preset, predict_s=1 / 30)), mapping, recorded)
    of_machine = played(RunningPreset(preset, 1 / 30), mapping, recorded)
    assert own.tobytes() == of_machine.tobytes()
    # Nearer to what is heard a frame later.
    moving = np.abs(np.diff(usual, axis=0)).max(axis=1) > 0.01
    errors = [np.abs(now[:-1] - usual[1:])[moving].mean() for now in (own, usual)]
    assert moving.sum() > 50
    assert errors[0] < 0.8 * errors[1]


def test_a_take_is_shown_as_it_is_heard(theremin: tuple[Preset, FittedMapping], recorded: list[Pose]) -> None:
    preset, mapping = theremin
    info = TakeInfo(1, "", "1", "", len(recorded), 10.0, deleted=False)
    plain, ahead = (take_poses(preset, mapping, info, recorded, seconds).outputs["pitch"] for seconds in (0.0, 0.04))
    pairs = [(a, b) for a, b in zip(plain, ahead, strict=True) if a is not None and b is not None]
    assert len(pairs) > 100
    assert sum(a != b for a, b in pairs) > len(pairs) / 3
