"""Outputs that follow a gesture in a mapper: at its reading, never held, idle without one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.mapping.driven_outputs import SPEED_RANGE, DrivenOutputs, gesture_readings
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.job import GestureJob
from gesturesynth.mapping.gestures.spotter import GestureState
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.mapping.gestures.watch import GestureWatch
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import Mapper
from gesturesynth.mapping.sources import Sources
from tests.support.mapper_player import FEATURES, LEVEL, MAPPING, PITCH, SMOOTHING, Image, MapperPlayer, figure

SWELL = Output("swell", 0.0, 100.0, "%", "lin", idle=25.0)
SWELL_AT = 1


def reaching(time_s: float) -> Image:
    """The left arm up and down again within a second, once."""
    return figure(-1.0, -1.0 + 1.8 * math.sin(math.pi * min(1.0, max(0.0, time_s))) ** 2)


def with_gesture() -> FittedMapping:
    """The mapping, and the gesture of one take."""
    from gesturesynth.features.extractor import FeatureExtractor  # noqa: PLC0415 - for this alone

    extractor = FeatureExtractor(GESTURE_FEATURES, SMOOTHING)
    times = np.arange(60) / 30.0
    rows = [extractor.extract(reaching(t - 0.5), 640, 480, t).values for t in times.tolist()]
    job = GestureJob.pack(GESTURE_FEATURES, [GestureTake("reach", times, np.array(rows))])
    return FittedMapping(
        MAPPING.columns,
        MAPPING.outputs,
        MAPPING.models,
        MAPPING.class_scaling,
        MAPPING.classifier,
        MAPPING.class_confidence,
        MAPPING.about,
        job.fit(),
    )


class DrivenPlayer(MapperPlayer):
    """A mapper whose second output follows the gesture."""

    def __init__(self, mapping: FittedMapping | None) -> None:
        super().__init__(None)
        watch = GestureWatch(GESTURE_FEATURES, SMOOTHING, {"reach": 0.25})
        outputs, sources = (PITCH, SWELL, LEVEL), {"swell": "reach.progress"}
        self.mapper = Mapper(FEATURES, outputs, SMOOTHING, driven=sources, sources=Sources(watch))
        if mapping is not None:
            self.mapper.change_model(mapping, 0.0)


def test_an_output_follows_its_gesture_while_the_others_follow_the_model() -> None:
    player, alone = DrivenPlayer(with_gesture()), MapperPlayer()
    player.play(1.5, reaching(0.0))
    alone.play(1.5, reaching(0.0))
    followed, learnt = player.play(1.0, reaching), alone.play(1.0, reaching)
    swell = np.array([frame.positions[SWELL_AT] for frame in followed])
    assert swell[0] < 0.2
    assert swell[30] == pytest.approx(0.5, abs=0.12)
    assert swell.max() > 0.85
    for frame, other in zip(followed, learnt, strict=True):
        assert frame.positions[[0, 2]] == pytest.approx(other.positions)
        assert frame.features.values.tolist() == other.features.values.tolist()
    performed = [event.name for frame in (*followed, *player.play(0.5, reaching(1.0))) for event in frame.performed]
    assert performed == ["reach"]


def test_it_goes_on_following_while_a_sound_is_held() -> None:
    player = DrivenPlayer(with_gesture())
    player.play(1.5, reaching(0.0))
    player.mapper.hold(np.array([0.9, 0.9, 0.1]))
    frames = player.play(1.0, reaching)
    assert all(frame.positions[[0, 2]].tolist() == [0.9, 0.1] for frame in frames)
    swell = [frame.positions[SWELL_AT] for frame in frames]
    assert min(swell) < 0.2
    assert max(swell) > 0.85


def test_it_is_idle_before_its_gesture_is_taught_and_without_a_person() -> None:
    player = DrivenPlayer(MAPPING)
    assert player.play(1.0, reaching)[-1].values[SWELL_AT] == pytest.approx(25.0)
    player.mapper.change_model(with_gesture(), player.time_s)
    player.play(1.0, reaching(0.0))
    assert player.play(0.7, reaching)[-1].values[SWELL_AT] > 50.0
    gone = player.play(4.0, None)[-1]
    assert gone.values[SWELL_AT] == pytest.approx(25.0)
    assert not gone.gestures
    assert player.greatest_step() < 0.2


def test_the_same_gestures_in_another_model_keep_what_has_begun() -> None:
    player = DrivenPlayer(with_gesture())
    player.play(1.5, reaching(0.0))
    half = player.play(0.5, reaching)
    player.mapper.change_model(with_gesture(), player.time_s)
    rest = player.play(1.0, lambda time_s: reaching(0.5 + time_s))
    assert [event.name for frame in (*half, *rest) for event in frame.performed] == ["reach"]


def test_readings_are_positions_in_a_range() -> None:
    readings = gesture_readings({"reach": GestureState(0.25, 0.5, 1.0), "turn": GestureState(1.0, 1.0, 9.0)})
    assert readings["reach.progress"] == 0.25
    assert readings["reach.closeness"] == 0.5
    assert readings["reach.speed"] == 1.0 / SPEED_RANGE
    assert readings["turn.speed"] == 1.0


def test_an_output_without_a_reading_has_none() -> None:
    driven = DrivenOutputs((PITCH, SWELL, LEVEL), {"swell": "reach.progress"})
    assert driven.learned.tolist() == [0, 2]
    positions, read = driven.merged(np.array([0.1, 0.2]), {"reach.progress": 1.5})
    assert positions.tolist() == [0.1, 1.0, 0.2]
    assert read.tolist() == [False, True, False]
    assert not driven.merged(np.array([0.1, 0.2]), {})[1].any()
