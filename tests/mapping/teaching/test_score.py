"""Scores: which steps there are, how long it takes, and the sound at each time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.teaching.score import Score, ScoreStep, score_s, score_steps

PITCH = Output("pitch", 110.0, 1760.0, "Hz", "exp")
LEVEL = Output("level", -28.0, 0.0, "dB")
SNAPSHOTS = {1: {"pitch": 110.0}, 2: {"pitch": 440.0, "level": -10.0}, 3: {"level": 0.0}}
BASE = {"pitch": 220.0, "level": -28.0}


def test_without_a_score_in_the_preset_all_snapshots_follow_each_other() -> None:
    assert [step.snapshot for step in score_steps((), {3: None, 1: None, 2: None})] == [1, 2, 3]


def test_a_score_of_the_preset_is_played_as_it_is_written() -> None:
    written = (ScoreStep(1), ScoreStep(2, 1.0, 0.5), ScoreStep(1))
    assert score_steps(written, SNAPSHOTS) == written


@pytest.mark.parametrize(("written", "snapshots"), [((), {1: None}), ((), {}), ((ScoreStep(1), ScoreStep(4)), {1: 0})])
def test_fewer_than_two_snapshots_are_no_score(written: tuple[ScoreStep, ...], snapshots: dict[int, object]) -> None:
    assert score_steps(written, snapshots) == ()


def test_it_lasts_for_all_holds_and_all_glides_but_the_last() -> None:
    assert score_s((ScoreStep(1, 1.0, 2.0), ScoreStep(2, 3.0, 4.0), ScoreStep(3, 5.0, 99.0))) == 15.0


def test_a_hold_stands_still_and_a_glide_moves_in_the_warp_of_the_output() -> None:
    score = Score((ScoreStep(1, 2.0, 4.0), ScoreStep(2, 1.0, 1.0)), SNAPSHOTS, (PITCH, LEVEL), BASE)
    assert score.duration_s == 7.0
    for before in (-1.0, 0.0, 1.99):
        assert score.sound_at(before) == {"pitch": 110.0, "level": -28.0}, "what it does not name stays as it was"
    half = score.sound_at(4.0)
    assert half["pitch"] == pytest.approx(220.0)
    assert half["level"] == pytest.approx(-19.0)
    for after in (6.0, 6.5, 100.0):
        assert score.sound_at(after) == {"pitch": 440.0, "level": -10.0}


def test_nothing_jumps_and_each_step_keeps_what_the_next_does_not_name() -> None:
    score = Score((ScoreStep(1), ScoreStep(2), ScoreStep(3)), SNAPSHOTS, (PITCH, LEVEL), BASE)
    heard = [score.sound_at(time_s) for time_s in np.arange(0.0, score.duration_s, 1 / 60)]
    octaves = np.array([math.log2(sound["pitch"]) for sound in heard])
    assert np.abs(np.diff(octaves)).max() < 2.0 * 1.6 / (3.0 * 60)
    assert heard[-1] == {"pitch": 440.0, "level": 0.0}


def test_a_glide_of_no_length_is_a_step() -> None:
    score = Score((ScoreStep(1, 1.0, 0.0), ScoreStep(2, 1.0)), SNAPSHOTS, (PITCH, LEVEL), BASE)
    assert score.sound_at(0.999)["pitch"] == 110.0
    assert score.sound_at(1.0)["pitch"] == 440.0
