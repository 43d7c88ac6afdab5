"""Outputs that follow a feature directly: at once, over its usual range, whatever the model looks at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Body, Pose
from tests.support import stick_figure
from tests.support.preset_texts import only_problem

TEXT = """\
name: x
features: [lean]
smoothing: {min_cutoff: 1000 Hz}
outputs:
  place: {to: theremin.pan, from: body.x}
  far: {to: theremin.level, range: [0, -40], from: body.x}
"""


def image(shift: float) -> NDArray[np.float32]:
    """A person so far to the right in the image as `shift`, in widths of it, from the middle."""
    moved = stick_figure.pose(right_arm=(70.0, 150.0), left_arm=(40.0, 120.0)).copy()
    moved[:, 0] += shift
    return moved


class Player:
    def __init__(self, text: str, folder: Path) -> None:
        preset = loads(text, folder / "a.yaml")
        self.piece = RunningPreset(preset)
        self.piece.take_over(fit(fit_job(preset, None)), 0.0)
        self.now_s = 0.0

    def play(self, shift: float | None, frames: int = 45) -> dict[str, float]:
        for _ in range(frames):
            self.now_s += 1 / 30
            bodies = () if shift is None else (Body.from_arrays(image(shift), np.zeros((33, 3), np.float32)),)
            frame = self.piece.process_pose(Pose(self.now_s, 0, 640, 480, bodies), self.now_s)
        names = [output.name for output in self.piece.preset.outputs]
        return dict(zip(names, frame.values.tolist(), strict=True))


def test_where_a_person_stands_is_where_the_sound_is_without_any_example(tmp_path: Path) -> None:
    player = Player(TEXT, tmp_path)
    before = player.play(None)
    assert before["place"] == 0.0, "in the middle until a person comes"
    # An image that is not mirrored has the performer's right at its left.
    left, middle, right = (player.play(shift)["place"] for shift in (0.3, 0.0, -0.3))
    assert left < -0.4
    assert middle == pytest.approx((left + right) / 2, abs=0.05)
    assert right > 0.4


def test_a_range_that_is_turned_round_turns_the_movement_round(tmp_path: Path) -> None:
    player = Player(TEXT, tmp_path)
    values = [player.play(shift) for shift in (0.3, -0.3)]
    assert values[0]["far"] > values[1]["far"]


def test_a_step_of_the_person_is_followed_within_the_smoothing_alone(tmp_path: Path) -> None:
    player = Player(TEXT, tmp_path)
    start = player.play(0.2)["place"]
    after = player.play(-0.1, frames=2)["place"]
    settled = player.play(-0.1)["place"]
    assert after - start == pytest.approx(settled - start, rel=0.05)


def test_the_sound_stays_where_the_person_was_when_no_idle_value_is_given(tmp_path: Path) -> None:
    player = Player(TEXT, tmp_path)
    there = player.play(-0.3)["place"]
    assert player.play(None, frames=200)["place"] == pytest.approx(there)
    again = Player(TEXT + "idle: {place: 0}\n", tmp_path)
    again.play(-0.3)
    assert again.play(None, frames=200)["place"] == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("body.z", "'body.z' is not a feature, did you mean 'body."),
        ("body.full", "'body.full' is 22 numbers; an output can follow one"),
        ("left_writ.height", "'left_writ.height' is not a feature, did you mean 'left_wrist.height'?"),
        ("hello", "expected `GESTURE.progress` or `CLASS.probability`, or a feature such as `body.x`, not 'hello'"),
    ],
)
def test_a_source_that_does_not_exist_is_said(source: str, problem: str) -> None:
    assert problem in only_problem(TEXT.replace("theremin.pan, from: body.x", f"theremin.pan, from: {source}"))


def test_what_the_model_looks_at_does_not_change_with_a_source(tmp_path: Path) -> None:
    assert Player(TEXT, tmp_path).piece.columns == ("lean",)
    with pytest.raises(PresetError):
        loads(TEXT.replace("from: body.x", "from: 3"), tmp_path / "a.yaml")
