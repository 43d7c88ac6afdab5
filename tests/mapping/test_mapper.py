"""Playing: from a body to values, with people who come and go, and models that change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.mapping.class_gate import ClassRule
from gesturesynth.mapping.examples.dataset import gather
from gesturesynth.mapping.learning.fit import fit, make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import Mapper, MapperFrame
from tests.support.stick_figure import Proportions, pose

TICK_S = 1.0 / 60.0
FEATURES = ("right_wrist.height", "left_wrist.height", "hands.distance")
PITCH = Output("pitch", 110.0, 1760.0, "Hz", "exp")  # holds
LEVEL = Output("level", -40.0, -9.0, "dB", idle=-40.0)
OUTPUTS = (PITCH, LEVEL)
SMOOTHING = OneEuroSettings()

# Greatest step of a position in one tick while nobody moves: the steepest point of a handover over 0.2 s.
GREATEST_STEP = 1.5 * TICK_S / 0.2 + 1e-6

Image = NDArray[np.float32]


def body(right: float, left: float = -1.0, reach: float = 0.53) -> Image:
    """A person with the wrists `right` and `left` torso lengths above the shoulders, `reach` to the side."""
    return pose(right_wrist=(reach, right), left_wrist=(-reach, left))


LOW, HIGH, WIDE = body(-1.0), body(1.0), body(0.0, 0.0, 1.3)
STRANGE = body(1.0, 1.0, 0.32)
LONG_ARMS = pose(right_wrist=(9.0, 9.0), left_wrist=(-9.0, 9.0), proportions=Proportions(upper_arm=9.0, forearm=9.0))


def taught(
    rows: list[tuple[Image, str, tuple[float, ...]]] | None = None, outputs: tuple[Output, ...] = OUTPUTS
) -> FittedMapping:
    """Fitted to bodies with their class and values."""
    rows = rows or [(LOW, "", (110.0, -20.0)), (HIGH, "", (1760.0, -10.0)), (WIDE, "", (440.0, -12.0))]
    extractor = FeatureExtractor(FEATURES, None)
    features = [extractor.extract(image, 640, 480, float(time)).values for time, (image, _, _) in enumerate(rows)]
    examples = gather(
        [
            (take, row[1], x, np.array(row[2][: len(outputs)]))
            for take, (row, x) in enumerate(zip(rows, features, strict=True))
        ],
        extractor.columns,
        [output.name for output in outputs],
    )
    return fit(make_job(examples, extractor.columns, outputs))


TAUGHT = taught()


class Stage:
    """Plays a performance tick by tick, with a frame at every other tick, as from a camera of 30 frames a second."""

    def __init__(
        self, mapping: FittedMapping | None = TAUGHT, outputs: tuple[Output, ...] = OUTPUTS, **rules: ClassRule
    ) -> None:
        self.performance = Mapper(FEATURES, outputs, SMOOTHING, class_rules=rules)
        self.ticks = 0
        self.moments: list[MapperFrame] = []
        if mapping is not None:
            self.performance.take_over(mapping, 0.0)

    @property
    def time_s(self) -> float:
        return self.ticks * TICK_S

    def play(
        self, seconds: float, image: Image | Callable[[float], Image | None] | None, *, camera: bool = True
    ) -> list[MapperFrame]:
        first = len(self.moments)
        for number in range(round(seconds / TICK_S)):
            self.ticks += 1
            if camera and self.ticks % 2:
                shown = image(number * TICK_S) if callable(image) else image
                self.moments.append(self.performance.process_pose(shown, 640, 480, self.time_s))
            else:
                self.moments.append(self.performance.tick(self.time_s))
        return self.moments[first:]

    def greatest_step(self) -> float:
        positions = np.array([frame.positions for frame in self.moments])
        return float(np.abs(np.diff(positions, axis=0)).max())


def test_a_pose_that_was_taught_sounds_as_it_was_taught() -> None:
    stage = Stage()
    for image, values in ((LOW, (110.0, -20.0)), (HIGH, (1760.0, -10.0)), (WIDE, (440.0, -12.0))):
        frame = stage.play(2.0, image)[-1]
        assert frame.present
        assert frame.confidence == 1.0
        assert frame.values[0] == pytest.approx(values[0], rel=0.15)
        assert frame.values[1] == pytest.approx(values[1], abs=0.5)
        np.testing.assert_allclose(PITCH.value(frame.positions[0]), frame.values[0])


def test_moving_between_two_taught_poses_plays_all_the_way() -> None:
    stage = Stage()
    stage.play(2.0, LOW)
    moments = stage.play(4.0, lambda time_s: body(-1.0 + time_s / 2.0))
    assert min(mapper_frame.confidence for mapper_frame in moments) == 1.0
    pitches = [frame.values[0] for frame in moments]
    assert pitches == sorted(pitches)
    assert pitches[0] < 150.0
    assert pitches[-1] > 1500.0


def test_before_anything_is_taught_or_anybody_comes_outputs_wait_at_idle_or_in_the_middle() -> None:
    stage = Stage(None)
    for frame in (*stage.play(0.5, None), *stage.play(0.5, LOW)):
        assert frame.values[1] == -40.0
        assert frame.values[0] == pytest.approx(440.0)
        assert frame.confidence == 0.0
    assert Stage().play(1.0, None)[-1].values[1] == -40.0


def test_when_somebody_leaves_outputs_hold_half_a_second_and_then_glide_to_idle() -> None:
    stage = Stage()
    before = stage.play(2.0, HIGH)[-1]
    gone = stage.play(4.0, None)
    holding, gliding, idle = gone[: round(0.45 / TICK_S)], gone[round(0.6 / TICK_S) :], gone[round(2.1 / TICK_S) :]
    assert all(mapper_frame.values[1] == pytest.approx(before.values[1]) for mapper_frame in holding)
    levels = [frame.values[1] for frame in gliding]
    assert levels == sorted(levels, reverse=True)
    assert all(moment.values[1] == pytest.approx(-40.0) for moment in idle)
    assert all(moment.values[0] == pytest.approx(before.values[0]) for moment in gone), "pitch has no idle value"
    assert not any(moment.present for moment in gone[2:])
    assert stage.greatest_step() < GREATEST_STEP


def test_a_camera_that_stops_sending_is_an_empty_room() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    gone = stage.play(4.0, HIGH, camera=False)
    assert gone[-1].values[1] == pytest.approx(-40.0)
    assert not gone[-1].present
    assert stage.greatest_step() < GREATEST_STEP


def test_a_body_of_which_nothing_is_believed_is_an_empty_room() -> None:
    ghost = HIGH.copy()
    ghost[:, 3] = 0.1
    stage = Stage()
    stage.play(2.0, HIGH)
    gone = stage.play(4.0, ghost)
    assert not gone[-1].present
    assert gone[-1].values[1] == pytest.approx(-40.0)


@pytest.mark.parametrize("glide_s", [0.0, 1.5])
def test_somebody_is_heard_between_frames_too_when_idle_begins_at_once(glide_s: float) -> None:
    stage = Stage(None)
    stage.performance = Mapper(FEATURES, OUTPUTS, SMOOTHING, idle_after_s=0.0, idle_glide_s=glide_s)
    stage.performance.take_over(TAUGHT, 0.0)
    heard = stage.play(2.0, HIGH)[60:]
    assert [frame.values[1] for frame in heard] == pytest.approx([-10.0] * 60, abs=0.5)
    assert stage.play(3.0, None)[-1].values[1] == pytest.approx(-40.0)


def test_speed_is_measured_between_the_times_of_capture_not_of_arrival() -> None:
    def speeds(late_s: float) -> list[float]:
        performance = Mapper(["right_wrist.speed"], [], None)
        values = []
        for frame in range(60):
            taken_s = frame / 30.0
            image = body(0.8 * math.sin(3.0 * taken_s))
            arrived_s = taken_s + 0.03 + late_s * (frame % 2)
            mapper_frame = performance.process_pose(image, 640, 480, arrived_s, taken_s)
            values.append(float(mapper_frame.features.values[0]))
        return values

    assert speeds(0.02) == pytest.approx(speeds(0.0), abs=1e-9)


@pytest.mark.parametrize("away_s", [0.8, 1.4, 5.0, 3600.0])
@pytest.mark.parametrize("frame_s", [TICK_S, 2 * TICK_S, 6 * TICK_S])
def test_who_comes_back_has_all_outputs_within_0_3_s_of_the_first_pose_and_without_a_step(
    away_s: float, frame_s: float
) -> None:
    performance = Mapper(FEATURES, OUTPUTS, SMOOTHING)
    performance.take_over(TAUGHT, 0.0)
    wanted = performance.process_pose(HIGH, 640, 480, 0.0)
    for number in range(1, 120):
        wanted = performance.process_pose(HIGH, 640, 480, number * TICK_S)
    assert wanted.confidence == 1.0
    begin_s = 120 * TICK_S + away_s
    for number in range(120, 120 + round(min(away_s, 5.0) / TICK_S) - 6):
        performance.process_pose(None, 640, 480, number * TICK_S)
    before = performance.tick(begin_s - TICK_S)
    assert not before.present
    positions = [before.positions]
    every = round(frame_s / TICK_S)
    for number in range(round(0.3 / TICK_S)):
        time_s = begin_s + number * TICK_S
        frame = performance.tick(time_s) if number % every else performance.process_pose(HIGH, 640, 480, time_s)
        positions.append(frame.positions)
    np.testing.assert_allclose(positions[-1], wanted.positions, atol=1e-6)
    steps = np.abs(np.diff(positions, axis=0)).max()
    assert steps < GREATEST_STEP


def test_somebody_else_elsewhere_takes_over_without_a_step() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    stage.play(5.0, None)
    stage.play(2.0, LOW)
    assert stage.moments[-1].values[0] == pytest.approx(110.0, rel=0.15)
    assert stage.greatest_step() < GREATEST_STEP


def test_a_single_lost_frame_is_not_felt() -> None:
    def moving(time_s: float) -> Image:
        return body(math.sin(3.0 * time_s))

    def flickering(time_s: float) -> Image | None:
        return None if round(time_s / TICK_S) % 40 == 20 else moving(time_s)

    steady, flicker = Stage(), Stage()
    a = np.array([frame.positions for frame in steady.play(6.0, moving)])
    b = np.array([mapper_frame.positions for mapper_frame in flicker.play(6.0, flickering)])
    assert sum(not moment.present for moment in flicker.moments) > 5
    assert np.abs(a - b)[60:].max() < 0.13, "what two frames of movement make"
    assert flicker.greatest_step() < 2.0 * steady.greatest_step()


def test_a_strange_pose_glides_to_idle_and_back_without_a_step() -> None:
    stage = Stage()
    before = stage.play(2.0, HIGH)[-1]
    strange = stage.play(4.0, STRANGE)
    assert strange[-1].present
    assert strange[-1].confidence == 0.0
    assert strange[-1].values[1] == pytest.approx(-40.0)
    back = stage.play(2.0, HIGH)[-1]
    np.testing.assert_allclose(back.positions, before.positions, atol=0.02)


def test_a_new_model_takes_over_all_outputs_together_and_without_a_step() -> None:
    stage = Stage()
    before = stage.play(2.0, HIGH)[-1].positions
    other = taught([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    stage.performance.take_over(other, stage.time_s, crossfade_s=0.3)
    after = stage.play(2.0, HIGH)
    wanted = after[-1].positions
    assert np.abs(wanted - before).min() > 0.5
    done = np.array([(frame.positions - before) / (wanted - before) for frame in after])
    np.testing.assert_allclose(done[:, 0], done[:, 1], atol=0.01)
    far = np.abs(wanted - before).max()
    lasts_s = 1.5 * far  # what moves farthest is never faster than its whole range a second
    assert lasts_s > 0.3
    assert done[round(0.5 * lasts_s / TICK_S) - 1, 0] == pytest.approx(0.5, abs=0.05)
    assert done[round(lasts_s / TICK_S) + 1, 0] == pytest.approx(1.0, abs=0.01)
    steps = np.abs(np.diff([before, *(mapper_frame.positions for mapper_frame in after)], axis=0))
    assert steps.max() < 0.02
    assert steps.max() > 0.01, "and no slower than it has to be"


def test_a_new_model_that_changes_little_takes_over_in_the_crossfade() -> None:
    stage = Stage()
    before = stage.play(2.0, HIGH)[-1].positions
    other = taught([(LOW, "", (110.0, -20.0)), (HIGH, "", (1300.0, -12.0)), (WIDE, "", (440.0, -12.0))])
    stage.performance.take_over(other, stage.time_s, crossfade_s=0.3)
    after = np.array([frame.positions for frame in stage.play(1.0, HIGH)])
    done = (after - before) / (after[-1] - before)
    assert done[round(0.32 / TICK_S), 0] == pytest.approx(1.0, abs=0.01)
    assert done[round(0.15 / TICK_S) - 1, 0] == pytest.approx(0.5, abs=0.1)


def test_a_computer_that_is_busy_while_a_model_takes_over_makes_no_great_step() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    other = taught([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    stage.performance.take_over(other, stage.time_s, crossfade_s=0.3)
    positions = [stage.moments[-1].positions]
    positions += [stage.performance.tick(stage.time_s + 0.1 * number).positions for number in range(1, 5)]
    assert np.abs(np.diff(positions, axis=0)).max() < 0.02


def test_what_is_held_sounds_at_once_and_until_it_is_let_go_and_then_gives_way_without_a_step() -> None:
    stage = Stage()
    played = stage.play(2.0, HIGH)[-1].positions
    held = np.array([0.1, 1.0])
    stage.performance.hold(held)
    for image in (HIGH, LOW, None, HIGH):
        for frame in stage.play(1.0, image):
            np.testing.assert_allclose(frame.positions, held)
    stage.performance.release(stage.time_s)
    after = np.array([held, *(mapper_frame.positions for mapper_frame in stage.play(2.0, HIGH))])
    np.testing.assert_allclose(after[-1], played, atol=0.02)
    assert np.abs(np.diff(after, axis=0)).max() < 0.02
    stage.performance.release(stage.time_s)
    np.testing.assert_allclose(stage.play(0.1, HIGH)[-1].positions, after[-1], atol=0.01)


def test_a_model_that_comes_while_something_is_held_waits_until_it_is_let_go() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    held = np.array([0.5, 0.5])
    stage.performance.hold(held)
    other = taught([(LOW, "", (1760.0, -9.0)), (HIGH, "", (110.0, -35.0)), (WIDE, "", (220.0, -12.0))])
    stage.performance.take_over(other, stage.time_s)
    np.testing.assert_allclose(stage.play(1.0, HIGH)[-1].positions, held)
    stage.performance.release(stage.time_s)
    assert stage.play(2.0, HIGH)[-1].values[0] == pytest.approx(110.0, rel=0.05)


def test_a_model_that_takes_over_in_the_middle_of_another_crossfade_makes_no_step_either() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    for low, high in ((1760.0, 110.0), (110.0, 1760.0), (1760.0, 110.0)):
        other = taught([(LOW, "", (low, -9.0)), (HIGH, "", (high, -30.0)), (WIDE, "", (220.0, -12.0))])
        stage.performance.take_over(other, stage.time_s + TICK_S / 3.0)
        stage.play(0.15, HIGH)
    assert stage.greatest_step() < GREATEST_STEP


def test_a_model_of_another_preset_is_refused() -> None:
    with pytest.raises(GestureSynthError, match="train again"):
        Stage(taught(outputs=(PITCH,)))


def test_a_computer_that_was_busy_for_long_makes_no_great_step() -> None:
    stage = Stage()
    stage.play(2.0, HIGH)
    frame = stage.performance.tick(stage.time_s + 30.0)
    assert np.abs(frame.positions - stage.moments[-1].positions).max() < 0.15


def test_a_clock_that_goes_back_stops_nothing() -> None:
    stage = Stage()
    before = stage.play(2.0, HIGH)[-1].positions
    after = stage.performance.tick(0.5).positions
    np.testing.assert_allclose(after, before, atol=0.01)
    assert np.isfinite(stage.performance.process_pose(HIGH, 640, 480, 0.6).values).all()


# -------------------------------------------------------------------------------------------------------------- classes
DRUMS = taught([(LOW, "none", ()), (HIGH, "up", ()), (WIDE, "wide", ())], outputs=())


def test_a_preset_of_triggers_alone_fires_each_class_once_when_it_is_entered() -> None:
    stage = Stage(DRUMS, (), up=ClassRule(hold_s=0.1), wide=ClassRule(hold_s=0.1))
    for image in (LOW, HIGH, LOW, WIDE, HIGH, LOW):
        stage.play(1.0, image)
    assert [name for frame in stage.moments for name in frame.fired] == ["up", "wide", "up"]
    assert stage.moments[-1].recognised == "none"
    assert stage.moments[-1].values.shape == (0,)


def test_leaving_and_coming_back_fires_again_but_a_still_camera_does_not() -> None:
    stage = Stage(DRUMS, ())
    stage.play(1.0, HIGH)
    stage.play(2.0, HIGH, camera=False)
    assert stage.moments[-1].recognised == ""
    stage.play(1.0, HIGH)
    assert [name for frame in stage.moments for name in frame.fired] == ["up", "up"]


def test_a_stranger_fires_nothing() -> None:
    stage = Stage(DRUMS, ())
    stage.play(2.0, STRANGE)
    assert not any(frame.fired for frame in stage.moments)
    assert stage.moments[-1].recognised == ""


# ------------------------------------------------------------------------------------------------------------ anything
def some_images() -> Iterator[Image | None]:
    yield from (None, LOW, HIGH, WIDE, STRANGE, LONG_ARMS, np.full((33, 4), np.nan, np.float32))
    yield np.zeros((33, 4), np.float32)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(some_images())), st.booleans(), st.floats(0.0, 2.0), st.booleans()), max_size=20
    )
)
def test_whatever_happens_values_are_finite_and_in_range(steps: list[tuple[Image | None, bool, float, bool]]) -> None:
    performance = Mapper(FEATURES, OUTPUTS, SMOOTHING)
    time_s = 0.0
    for image, frame, passed_s, swap in steps:
        time_s += passed_s
        if swap:
            performance.take_over(TAUGHT, time_s)
        mapper_frame = performance.process_pose(image, 640, 480, time_s) if frame else performance.tick(time_s)
        for value, output in zip(mapper_frame.values, OUTPUTS, strict=True):
            assert output.low <= value <= output.high
        assert 0.0 <= mapper_frame.confidence <= 1.0
