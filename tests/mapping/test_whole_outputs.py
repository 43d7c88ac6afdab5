"""Outputs of whole numbers, and outputs with soft limits, as they are played."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.core.units import Warp
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.mapper import Mapper
from gesturesynth.mapping.whole_outputs import PlayedValues
from tests.support.example_sets import held_poses
from tests.support.stick_figure import body

VOICES = Output("voices", 1.0, 8.0, whole=True)


def at(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([(value - 1.0) / 7.0])


def test_whole_numbers_are_played_and_a_value_near_a_border_does_not_flutter() -> None:
    played = PlayedValues([VOICES])
    values = [3.0, 3.4, 3.6, 3.45, 3.65, 3.75, 3.6, 3.4, 3.2, 8.0, 7.6, 1.0]
    assert [float(played.at(at(value))[0]) for value in values] == [3, 3, 3, 3, 3, 4, 4, 4, 3, 8, 8, 1]


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_every_value_is_whole_within_the_range_and_less_than_one_away(positions: list[float]) -> None:
    played = PlayedValues([VOICES])
    for position in positions:
        value = float(played.at(np.array([position]))[0])
        assert value == round(value)
        assert 1.0 <= value <= 8.0
        assert abs(value - (1.0 + 7.0 * position)) <= 0.7 + 1e-9


def test_whole_numbers_are_taught() -> None:
    examples = held_poses(np.array([[0.0], [1.0]]), np.array([[1.6], [6.9]]))
    mapping = fit(make_job(examples, examples.columns, [dataclasses.replace(VOICES, name="o0")]))
    assert VOICES.value(float(mapping.predict(np.array([0.0]))[0])) == 2.0
    assert VOICES.fractional_values(mapping.predict(np.array([1.0])))[0] == pytest.approx(7.0, abs=0.1)


def test_the_mapper_plays_whole_numbers_while_it_crosses_over() -> None:
    mapper = Mapper(["right_wrist.height"], [VOICES], None)
    mapper.hold(at(2.0))
    mapper.process_pose(body(45.0).image_array(), 640, 480, 0.0)
    mapper.hold(at(7.0))
    values = [float(mapper.tick(0.01 * number).values[0]) for number in range(20)]
    mapper.release(0.2)
    values += [float(mapper.tick(0.2 + 0.01 * number).values[0]) for number in range(200)]
    assert values[0] == 7.0
    assert all(value == round(value) for value in values)


RISE = held_poses(np.array([[0.0], [1.0]]), np.array([[0.3], [0.8]]))
BEYOND = np.array([2.0])


def played(output: Output, model: str = "ridge", pose: float = 2.0) -> float:
    examples = dataclasses.replace(RISE, Y=output.low + (output.high - output.low) * RISE.Y)
    mapping = fit(make_job(examples, examples.columns, [output], model=model))
    return float(output.values(mapping.predict(np.array([pose])))[0])


def test_hard_limits_keep_an_output_in_its_range_and_soft_ones_in_that_of_its_parameter() -> None:
    assert played(Output("o0", 100.0, 200.0)) == 200.0
    assert played(Output("o0", 100.0, 200.0, limits=(0.0, 1000.0))) == pytest.approx(230.0, abs=2.0)
    assert played(Output("o0", 100.0, 200.0, limits=(90.0, 210.0))) == 210.0
    assert played(Output("o0", 100.0, 200.0, limits=(0.0, 1000.0)), pose=50.0) == 300.0  # a range beyond, no more
    assert played(Output("o0", 100.0, 200.0, limits=(90.0, 1000.0)), pose=-50.0) == 90.0


@given(
    st.sampled_from([(100.0, 200.0), (200.0, 100.0), (1.0, 1000.0)]),
    st.sampled_from(["lin", "exp"]),
    st.sampled_from([(0.0, 1e4), (-50.0, 1000.0), (1.0, 1000.0)]),
    st.floats(-60.0, 2e4),
)
def test_a_value_within_soft_limits_is_what_its_position_plays(
    ends: tuple[float, float], warp: Warp, limits: tuple[float, float], value: float
) -> None:
    output = Output("o0", *ends, warp=warp, limits=limits)
    low, high = output.reach
    assert -1.0 <= low <= 0.0
    assert 1.0 <= high <= 2.0
    back = output.value(output.position(value))
    assert limits[0] <= back <= limits[1]
    if low < output.position(value) < high:
        assert back == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_a_sound_beyond_the_range_can_be_taught_where_limits_are_soft() -> None:
    examples = held_poses(np.array([[0.0], [1.0]]), np.array([[0.0], [1.3]]))
    soft = Output("o0", 0.0, 1.0, limits=(-1.0, 2.0))
    for output, value in ((soft, 1.3), (Output("o0", 0.0, 1.0), 1.0)):
        mapping = fit(make_job(examples, examples.columns, [output]))
        assert output.value(float(mapping.predict(np.array([1.0]))[0])) == pytest.approx(value, abs=0.02)


def test_the_mapper_lets_an_output_with_soft_limits_leave_its_range() -> None:
    mapper = Mapper(["right_wrist.height"], [Output("o0", 0.0, 1.0, limits=(-0.5, 1.5)), Output("o1", 0.0, 1.0)], None)
    mapper.hold(np.array([1.4, 1.4]))
    assert mapper.tick(0.0).values.tolist() == [1.4, 1.0]
    mapper.hold(np.array([-5.0, -5.0]))
    assert mapper.tick(0.1).values.tolist() == [-0.5, 0.0]


def test_notes_step_and_do_not_flutter_between_two() -> None:
    played = PlayedValues([Output("speed", 0.25, 0.0625, "note", "exp", notes=(0.25, 0.125, 0.0625))])
    way = [0.0, 0.2, 0.26, 0.3, 0.34, 0.36, 0.3, 0.2, 0.16, 0.14, 1.0]
    heard = [float(played.at(np.array([position]))[0]) for position in way]
    assert heard == [0.25, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0.25, 0.0625]
