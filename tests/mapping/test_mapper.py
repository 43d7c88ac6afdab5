"""The mapper: from bodies to values, with people who come and go."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.mapping.mapper import Mapper
from tests.support.mapper_player import (
    FEATURES,
    HIGH,
    LOW,
    MAPPING,
    MAX_STEP,
    OUTPUTS,
    PITCH,
    SMOOTHING,
    TICK_S,
    UNTAUGHT,
    WIDE,
    Image,
    MapperPlayer,
    figure,
)


def test_a_taught_pose_gives_its_taught_values() -> None:
    player = MapperPlayer()
    for image, values in ((LOW, (110.0, -20.0)), (HIGH, (1760.0, -10.0)), (WIDE, (440.0, -12.0))):
        frame = player.play(2.0, image)[-1]
        assert frame.present
        assert frame.confidence == 1.0
        assert frame.values[0] == pytest.approx(values[0], rel=0.15)
        assert frame.values[1] == pytest.approx(values[1], abs=0.5)
        np.testing.assert_allclose(PITCH.value(frame.positions[0]), frame.values[0])


def test_moving_between_two_taught_poses_keeps_full_confidence() -> None:
    player = MapperPlayer()
    player.play(2.0, LOW)
    frames = player.play(4.0, lambda time_s: figure(-1.0 + time_s / 2.0))
    assert min(frame.confidence for frame in frames) == 1.0
    pitches = [frame.values[0] for frame in frames]
    assert pitches == sorted(pitches)
    assert pitches[0] < 150.0
    assert pitches[-1] > 1500.0


def test_without_a_model_or_a_person_outputs_are_idle_or_in_the_middle() -> None:
    player = MapperPlayer(None)
    for frame in (*player.play(0.5, None), *player.play(0.5, LOW)):
        assert frame.values[1] == -40.0
        assert frame.values[0] == pytest.approx(440.0)
        assert frame.confidence == 0.0
    assert MapperPlayer().play(1.0, None)[-1].values[1] == -40.0


def test_when_the_person_leaves_outputs_hold_half_a_second_and_then_glide_to_idle() -> None:
    player = MapperPlayer()
    before = player.play(2.0, HIGH)[-1]
    gone = player.play(4.0, None)
    holding, gliding, idle = gone[: round(0.45 / TICK_S)], gone[round(0.6 / TICK_S) :], gone[round(2.1 / TICK_S) :]
    assert all(frame.values[1] == pytest.approx(before.values[1]) for frame in holding)
    levels = [frame.values[1] for frame in gliding]
    assert levels == sorted(levels, reverse=True)
    assert all(frame.values[1] == pytest.approx(-40.0) for frame in idle)
    assert all(frame.values[0] == pytest.approx(before.values[0]) for frame in gone), "pitch has no idle value"
    assert not any(frame.present for frame in gone[2:])
    assert player.greatest_step() < MAX_STEP


def test_without_new_frames_outputs_go_to_idle() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    gone = player.play(4.0, HIGH, camera=False)
    assert gone[-1].values[1] == pytest.approx(-40.0)
    assert not gone[-1].present
    assert player.greatest_step() < MAX_STEP


def test_a_body_of_invisible_landmarks_counts_as_no_person() -> None:
    invisible = HIGH.copy()
    invisible[:, 3] = 0.1
    player = MapperPlayer()
    player.play(2.0, HIGH)
    gone = player.play(4.0, invisible)
    assert not gone[-1].present
    assert gone[-1].values[1] == pytest.approx(-40.0)


@pytest.mark.parametrize("glide_s", [0.0, 1.5])
def test_values_hold_between_frames_even_when_idle_begins_at_once(glide_s: float) -> None:
    player = MapperPlayer(None)
    player.mapper = Mapper(FEATURES, OUTPUTS, SMOOTHING, idle_after_s=0.0, idle_glide_s=glide_s)
    player.mapper.change_model(MAPPING, 0.0)
    present = player.play(2.0, HIGH)[60:]
    assert [frame.values[1] for frame in present] == pytest.approx([-10.0] * 60, abs=0.5)
    assert player.play(3.0, None)[-1].values[1] == pytest.approx(-40.0)


def test_speed_is_measured_between_the_times_of_capture_not_of_arrival() -> None:
    def speeds(late_s: float) -> list[float]:
        mapper = Mapper(["right_wrist.speed"], [], None)
        values = []
        for number in range(60):
            taken_s = number / 30.0
            image = figure(0.8 * math.sin(3.0 * taken_s))
            arrived_s = taken_s + 0.03 + late_s * (number % 2)
            frame = mapper.process_pose(image, 640, 480, arrived_s, taken_s)
            values.append(float(frame.features.values[0]))
        return values

    assert speeds(0.02) == pytest.approx(speeds(0.0), abs=1e-9)


@pytest.mark.parametrize("away_s", [0.8, 1.4, 5.0, 3600.0])
@pytest.mark.parametrize("frame_s", [TICK_S, 2 * TICK_S, 6 * TICK_S])
def test_a_returning_person_has_all_outputs_within_0_3_s_of_the_first_pose_without_a_jump(
    away_s: float, frame_s: float
) -> None:
    mapper = Mapper(FEATURES, OUTPUTS, SMOOTHING)
    mapper.change_model(MAPPING, 0.0)
    wanted = mapper.process_pose(HIGH, 640, 480, 0.0)
    for number in range(1, 120):
        wanted = mapper.process_pose(HIGH, 640, 480, number * TICK_S)
    assert wanted.confidence == 1.0
    begin_s = 120 * TICK_S + away_s
    for number in range(120, 120 + round(min(away_s, 5.0) / TICK_S) - 6):
        mapper.process_pose(None, 640, 480, number * TICK_S)
    before = mapper.tick(begin_s - TICK_S)
    assert not before.present
    positions = [before.positions]
    every = round(frame_s / TICK_S)
    for number in range(round(0.3 / TICK_S)):
        time_s = begin_s + number * TICK_S
        frame = mapper.tick(time_s) if number % every else mapper.process_pose(HIGH, 640, 480, time_s)
        positions.append(frame.positions)
    np.testing.assert_allclose(positions[-1], wanted.positions, atol=1e-6)
    steps = np.abs(np.diff(positions, axis=0)).max()
    assert steps < MAX_STEP


def test_a_single_lost_frame_hardly_changes_the_outputs() -> None:
    def moving(time_s: float) -> Image:
        return figure(math.sin(3.0 * time_s))

    def flickering(time_s: float) -> Image | None:
        return None if round(time_s / TICK_S) % 40 == 20 else moving(time_s)

    steady, flicker = MapperPlayer(), MapperPlayer()
    a = np.array([frame.positions for frame in steady.play(6.0, moving)])
    b = np.array([frame.positions for frame in flicker.play(6.0, flickering)])
    assert sum(not frame.present for frame in flicker.frames) > 5
    assert np.abs(a - b)[60:].max() < 0.13, "what two frames of movement make"
    assert flicker.greatest_step() < 2.0 * steady.greatest_step()


def test_an_unknown_pose_glides_to_idle_and_back_without_a_jump() -> None:
    player = MapperPlayer()
    before = player.play(2.0, HIGH)[-1]
    unknown = player.play(4.0, UNTAUGHT)
    assert unknown[-1].present
    assert unknown[-1].confidence == 0.0
    assert unknown[-1].values[1] == pytest.approx(-40.0)
    back = player.play(2.0, HIGH)[-1]
    np.testing.assert_allclose(back.positions, before.positions, atol=0.02)


def test_a_long_pause_between_two_steps_makes_no_large_jump() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    frame = player.mapper.tick(player.time_s + 30.0)
    assert np.abs(frame.positions - player.frames[-1].positions).max() < 0.15


def test_a_clock_that_goes_back_stops_nothing() -> None:
    player = MapperPlayer()
    before = player.play(2.0, HIGH)[-1].positions
    after = player.mapper.tick(0.5).positions
    np.testing.assert_allclose(after, before, atol=0.01)
    assert np.isfinite(player.mapper.process_pose(HIGH, 640, 480, 0.6).values).all()


def some_images() -> Iterator[Image | None]:
    yield from (None, LOW, HIGH, WIDE, UNTAUGHT, figure(9.0, 9.0, 3.0), np.full((33, 4), np.nan, np.float32))
    yield np.zeros((33, 4), np.float32)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(some_images())), st.booleans(), st.floats(0.0, 2.0), st.booleans()), max_size=20
    )
)
def test_values_are_always_finite_and_in_range(steps: list[tuple[Image | None, bool, float, bool]]) -> None:
    mapper = Mapper(FEATURES, OUTPUTS, SMOOTHING)
    time_s = 0.0
    for image, new_frame, passed_s, swap in steps:
        time_s += passed_s
        if swap:
            mapper.change_model(MAPPING, time_s)
        frame = mapper.process_pose(image, 640, 480, time_s) if new_frame else mapper.tick(time_s)
        for value, output in zip(frame.values, OUTPUTS, strict=True):
            assert output.low <= value <= output.high
        assert 0.0 <= frame.confidence <= 1.0
