"""Advice: a sentence, and the pose to record."""

from __future__ import annotations

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.advice import make_advice
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body_from, pose


@pytest.fixture(scope="module")
def drums() -> tuple[Preset, FittedMapping]:
    preset = loader.load(paths.presets_dir() / "drums.yaml")
    return preset, fit(fit_job(preset))


def poses(*arms: tuple[float, float]) -> list[Pose]:
    """Each for a second: upper arm and elbow of both arms."""
    images = [pose(right_arm=arm, left_arm=arm) for arm in arms for _ in range(4)]
    return [Pose(number * 0.25, number, 640, 480, (body_from(image),)) for number, image in enumerate(images)]


def test_the_pose_that_nothing_is_near_is_told_with_its_age(drums: tuple[Preset, FittedMapping]) -> None:
    preset, mapping = drums
    found = make_advice(preset, mapping, poses((5.0, 175.0), (175.0, 20.0), (5.0, 175.0)), 10.0)
    assert found.text.startswith("Record next: both hands")
    assert found.confidence is not None
    assert found.confidence < 0.9
    assert found.age_s == pytest.approx(8.4, abs=0.7)
    assert len(found.landmarks) == 33


def test_known_ground_needs_no_take(drums: tuple[Preset, FittedMapping]) -> None:
    preset, mapping = drums
    assert "no take is missing" in make_advice(preset, mapping, poses((5.0, 175.0)), 2.0).text


def test_without_a_model_or_a_person_it_says_what_to_do(drums: tuple[Preset, FittedMapping]) -> None:
    preset, mapping = drums
    with pytest.raises(UserError, match="Record one for each sound"):
        make_advice(preset, None, poses((5.0, 175.0)), 2.0)
    with pytest.raises(UserError, match="No person was in view"):
        make_advice(preset, mapping, [], 2.0)
