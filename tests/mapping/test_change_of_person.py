"""The mapper when the poses of another person, or of a take, follow: no memory of the one before, and no jump."""

from __future__ import annotations

import numpy as np

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.class_gate import ClassRule
from gesturesynth.mapping.crossfade import MAX_CROSSFADE_STEP_S, MAX_RANGES_PER_S
from tests.support.mapper_player import FEATURES, HIGH, LOW, SMOOTHING, WIDE, MapperPlayer, figure, fitted_mapping

DRUMS = fitted_mapping([(LOW, "none", ()), (HIGH, "up", ()), (WIDE, "wide", ())], outputs=())
MOST = MAX_RANGES_PER_S * MAX_CROSSFADE_STEP_S + 1e-9


def test_features_begin_with_the_new_person() -> None:
    player = MapperPlayer()
    player.play(1.0, HIGH)
    player.mapper.change_person(player.time_s)
    fresh, heard = FeatureExtractor(FEATURES, SMOOTHING), []
    for number in range(10):
        image, time_s = figure(-1.0 + 0.1 * number), 100.0 + number / 30
        frame = player.mapper.process_pose(image, 640, 480, player.time_s, time_s)
        heard.append((frame.features.values, fresh.extract(image, 640, 480, time_s).values))
    for found, expected in heard:
        np.testing.assert_array_equal(found, expected)


def test_outputs_cross_over_as_slowly_as_after_a_held_sound() -> None:
    player = MapperPlayer()
    player.play(1.0, HIGH)
    for image in (LOW, HIGH):
        first = len(player.frames)
        player.mapper.change_person(player.time_s)
        player.play(2.0, image)
        positions = np.array([frame.positions for frame in player.frames[first - 1 :]])
        assert np.abs(np.diff(positions, axis=0)).max() <= MOST
        assert abs(positions[-1, 0] - (image is HIGH)) < 0.02


def test_with_no_person_left_outputs_glide_to_idle_and_one_who_comes_is_heard_soon() -> None:
    player = MapperPlayer()
    player.play(1.0, HIGH)
    player.mapper.change_person(player.time_s)
    player.play(3.0, None)
    assert player.frames[-1].values[1] == -40.0
    assert player.greatest_step() <= 1.5 / 60 / 0.2 + 1e-6
    player.play(0.25, HIGH)
    assert player.frames[-1].positions[1] > 0.9


def test_a_class_that_was_entered_before_is_not_entered_again_by_who_comes_back() -> None:
    player = MapperPlayer(DRUMS, (), up=ClassRule(hold_s=0.1, rest_s=0.0), wide=ClassRule(hold_s=0.1))
    player.play(1.0, HIGH)
    before = player.mapper.change_person(player.time_s)
    assert before == "up"
    player.play(1.0, HIGH)  # another person in the same pose: as if one had come into the picture
    player.play(1.0, WIDE)
    player.mapper.change_person(player.time_s, recognised=before)
    player.play(1.0, HIGH)
    assert [name for frame in player.frames for name in frame.fired] == ["up", "up", "wide"]
