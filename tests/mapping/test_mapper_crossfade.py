"""The mapper: model changes and held sounds cross over without a jump."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.core.errors import GestureSynthError
from tests.support.mapper_player import (
    HIGH,
    LOW,
    MAX_STEP,
    PITCH,
    TICK_S,
    WIDE,
    MapperPlayer,
    fitted_mapping,
)


def test_another_person_in_another_pose_begins_without_a_jump() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    player.play(5.0, None)
    player.play(2.0, LOW)
    assert player.frames[-1].values[0] == pytest.approx(110.0, rel=0.15)
    assert player.greatest_step() < MAX_STEP


def test_a_new_model_crosses_over_all_outputs_together_without_a_jump() -> None:
    player = MapperPlayer()
    before = player.play(2.0, HIGH)[-1].positions
    other = fitted_mapping([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    player.mapper.change_model(other, player.time_s, crossfade_s=0.3)
    after = player.play(2.0, HIGH)
    wanted = after[-1].positions
    assert np.abs(wanted - before).min() > 0.5
    done = np.array([(frame.positions - before) / (wanted - before) for frame in after])
    np.testing.assert_allclose(done[:, 0], done[:, 1], atol=0.01)
    far = np.abs(wanted - before).max()
    lasts_s = 1.5 * far  # the output that moves farthest never moves faster than its whole range a second
    assert lasts_s > 0.3
    assert done[round(0.5 * lasts_s / TICK_S) - 1, 0] == pytest.approx(0.5, abs=0.05)
    assert done[round(lasts_s / TICK_S) + 1, 0] == pytest.approx(1.0, abs=0.01)
    steps = np.abs(np.diff([before, *(frame.positions for frame in after)], axis=0))
    assert steps.max() < 0.02
    assert steps.max() > 0.01, "and no slower than it has to be"


def test_a_new_model_that_changes_little_crosses_over_in_the_crossfade_time() -> None:
    player = MapperPlayer()
    before = player.play(2.0, HIGH)[-1].positions
    other = fitted_mapping([(LOW, "", (110.0, -20.0)), (HIGH, "", (1300.0, -12.0)), (WIDE, "", (440.0, -12.0))])
    player.mapper.change_model(other, player.time_s, crossfade_s=0.3)
    after = np.array([frame.positions for frame in player.play(1.0, HIGH)])
    done = (after - before) / (after[-1] - before)
    assert done[round(0.32 / TICK_S), 0] == pytest.approx(1.0, abs=0.01)
    assert done[round(0.15 / TICK_S) - 1, 0] == pytest.approx(0.5, abs=0.1)


def test_late_steps_during_a_model_change_make_no_large_jump() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    other = fitted_mapping([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    player.mapper.change_model(other, player.time_s, crossfade_s=0.3)
    positions = [player.frames[-1].positions]
    positions += [player.mapper.tick(player.time_s + 0.1 * number).positions for number in range(1, 5)]
    assert np.abs(np.diff(positions, axis=0)).max() < 0.02


def test_held_positions_sound_at_once_until_released_and_then_cross_over() -> None:
    player = MapperPlayer()
    played = player.play(2.0, HIGH)[-1].positions
    held = np.array([0.1, 1.0])
    player.mapper.hold(held)
    for image in (HIGH, LOW, None, HIGH):
        for frame in player.play(1.0, image):
            np.testing.assert_allclose(frame.positions, held)
    player.mapper.release(player.time_s)
    after = np.array([held, *(frame.positions for frame in player.play(2.0, HIGH))])
    np.testing.assert_allclose(after[-1], played, atol=0.02)
    assert np.abs(np.diff(after, axis=0)).max() < 0.02
    player.mapper.release(player.time_s)
    np.testing.assert_allclose(player.play(0.1, HIGH)[-1].positions, after[-1], atol=0.01)


def test_a_model_that_arrives_during_a_hold_is_used_after_the_release() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    held = np.array([0.5, 0.5])
    player.mapper.hold(held)
    other = fitted_mapping([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    player.mapper.change_model(other, player.time_s)
    np.testing.assert_allclose(player.play(1.0, HIGH)[-1].positions, held)
    player.mapper.release(player.time_s)
    assert player.play(2.0, HIGH)[-1].values[0] == pytest.approx(110.0, rel=0.05)


def test_a_model_change_during_another_crossfade_makes_no_jump() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    for low, high in ((1760.0, 110.0), (110.0, 1760.0), (1760.0, 110.0)):
        other = fitted_mapping([(LOW, "", (low, -9.0)), (HIGH, "", (high, -30.0)), (WIDE, "", (220.0, -12.0))])
        player.mapper.change_model(other, player.time_s + TICK_S / 3.0)
        player.play(0.15, HIGH)
    assert player.greatest_step() < MAX_STEP


def test_a_model_of_another_preset_is_refused() -> None:
    with pytest.raises(GestureSynthError, match="train again"):
        MapperPlayer(fitted_mapping(outputs=(PITCH,)))
