"""The piece `two` with one person and with two, as it plays live."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.support.mapper_player import figure
from tests.support.several_people import Image, moved, pose_of

HIGH, LOW = figure(0.5, 0.5), figure(-0.8, -0.8)
AT_LEFT, AT_RIGHT = 0.25, -0.25
"""Of the width of an unmirrored picture, in which the performers' left is at the right."""


@cache
def fitted() -> FittedMapping:
    return fit(fit_job(loader.load(paths.presets_dir() / "two.yaml"), None))


class Player:
    def __init__(self) -> None:
        self.piece = RunningPreset(loader.load(paths.presets_dir() / "two.yaml"))
        self.piece.take_over(fitted(), 0.0)
        self.names = [output.name for output in self.piece.preset.played_outputs()]
        self.frames = 0

    def play(self, seconds: float, *people: tuple[int, Image]) -> dict[str, float]:
        for _ in range(round(seconds * 30)):
            self.frames += 1
            time_s = self.frames / 30
            frame = self.piece.process_pose(pose_of(time_s, *people), time_s)
        return dict(zip(self.names, frame.values.tolist(), strict=True))


def test_the_right_one_has_the_melody_and_the_left_one_the_chords_until_they_change_places() -> None:
    player = Player()
    first = player.play(3.0, (1, moved(HIGH, AT_RIGHT)), (2, moved(LOW, AT_LEFT)))
    second = player.play(4.0, (1, moved(HIGH, AT_LEFT)), (2, moved(LOW, AT_RIGHT)))
    assert first["melody"] > 1.7 * second["melody"]
    assert second["loud"] > first["loud"] + 4.0
    assert second["swell"] > first["swell"] + 0.2


def test_one_alone_plays_both() -> None:
    player = Player()
    high = player.play(3.0, (1, HIGH))
    low = player.play(3.0, (1, LOW))
    assert high["melody"] > 1.7 * low["melody"]
    assert high["loud"] > low["loud"] + 4.0
    assert high["alike"] == pytest.approx(0.4), "its idle value: one is no pair"
    walked = player.play(3.0, (1, moved(LOW, AT_RIGHT)))
    assert walked["root"] != low["root"]


def test_poses_that_are_alike_shimmer_and_the_shimmer_goes_with_the_second_one() -> None:
    player = Player()
    alike = player.play(4.0, (1, moved(HIGH, AT_LEFT)), (2, moved(HIGH, AT_RIGHT)))
    other = player.play(4.0, (1, moved(HIGH, AT_LEFT)), (2, moved(LOW, AT_RIGHT)))
    assert alike["alike"] > 0.9
    assert other["alike"] < 0.8
    assert player.play(4.0, (1, moved(HIGH, AT_LEFT)))["alike"] == pytest.approx(0.4, abs=0.01)


def test_people_who_come_and_go_at_random_never_leave_the_ranges() -> None:
    random, player = np.random.default_rng(8), Player()
    outputs = {output.name: output for output in player.piece.preset.outputs}
    for _ in range(60):
        people = [
            (person, moved(random.choice([HIGH, LOW]), random.uniform(-0.4, 0.4), 0.0, random.uniform(0.5, 1.2)))
            for person in random.permutation(4)
            if random.random() < 0.5
        ]
        for name, value in player.play(0.2, *people).items():
            low, high = outputs[name].ends
            floor = outputs[name].silence
            assert (low if floor is None else floor) - 1e-6 <= value <= high + 1e-6, name
