"""The One-Euro filter: smooth at rest, little lag in movement, finite for any times."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.features.one_euro import GAP_S, OneEuroFilter, OneEuroSettings

ALL = np.array([True])


def run(samples: list[float], times: list[float], settings: OneEuroSettings | None) -> np.ndarray:
    one = OneEuroFilter(np.zeros(1), settings)
    return np.array([one.filter(np.array([x]), ALL, t)[0] for x, t in zip(samples, times, strict=True)])


def by_the_paper(samples: list[float], times: list[float], settings: OneEuroSettings) -> list[float]:
    """The algorithm of the paper, one number at a time, straight from its listing."""

    def weight(cutoff: float, period: float) -> float:
        return 1.0 / (1.0 + (1.0 / (2.0 * math.pi * cutoff)) / period)

    value, slope, result = samples[0], 0.0, [samples[0]]
    for index in range(1, len(samples)):
        period = times[index] - times[index - 1]
        a = weight(settings.derivative_cutoff_hz, period)
        slope = a * (samples[index] - value) / period + (1 - a) * slope
        b = weight(settings.min_cutoff_hz + settings.beta * abs(slope), period)
        value = b * samples[index] + (1 - b) * value
        result.append(value)
    return result


def test_it_is_the_filter_of_the_paper_also_when_frames_come_irregularly() -> None:
    random = np.random.default_rng(1)
    times = np.cumsum(random.uniform(0.01, 0.3, 200)).tolist()
    samples = random.normal(size=200).cumsum().tolist()
    settings = OneEuroSettings(0.8, 0.5, 1.3)
    assert run(samples, times, settings) == pytest.approx(by_the_paper(samples, times, settings), abs=1e-12)


def test_noise_at_rest_shrinks_and_a_quick_movement_is_followed() -> None:
    random = np.random.default_rng(2)
    times = (np.arange(300) / 30).tolist()
    noise = random.normal(scale=0.01, size=300)
    rest = run(noise.tolist(), times, OneEuroSettings())
    assert rest[30:].std() < 0.5 * noise[30:].std()
    ramp = np.arange(300) / 30 * 4.0  # 4 torso lengths a second
    lag_s = (ramp - run(ramp.tolist(), times, OneEuroSettings()))[-1] / 4.0
    assert lag_s < 1 / 30


def test_without_settings_samples_pass_as_they_are() -> None:
    assert run([1.0, 5.0, -2.0], [0.0, 0.1, 0.2], None).tolist() == [1.0, 5.0, -2.0]


@pytest.mark.parametrize("settings", [OneEuroSettings(), None])
def test_a_repeated_time_stamp_changes_nothing(settings: OneEuroSettings | None) -> None:
    one = OneEuroFilter(np.zeros(1), settings)
    before = [one.filter(np.array([x]), ALL, t)[0] for x, t in ((1.0, 0.0), (2.0, 0.1))]
    velocity = one.velocity.copy()
    assert one.filter(np.array([9.0]), ALL, 0.1)[0] == before[-1]
    assert one.velocity == velocity


def test_after_a_long_gap_or_a_clock_that_went_back_it_restarts() -> None:
    for time_s in (0.1 + GAP_S + 0.01, 0.05):
        one = OneEuroFilter(np.zeros(1), OneEuroSettings())
        one.filter(np.array([1.0]), ALL, 0.0)
        one.filter(np.array([2.0]), ALL, 0.1)
        assert one.filter(np.array([7.0]), ALL, time_s)[0] == 7.0
        assert one.velocity[0] == 0.0


def test_a_missing_value_is_held_while_its_neighbour_goes_on() -> None:
    both, first = np.array([True, True]), np.array([True, False])
    one = OneEuroFilter(np.array([5.0, 6.0]), OneEuroSettings())
    assert one.filter(np.array([1.0, np.nan]), both, 0.0).tolist() == [1.0, 6.0]
    one.filter(np.array([1.0, 2.0]), both, 0.1)
    held = one.filter(np.array([3.0, 9.0]), first, 0.2)
    assert held[0] > 1.0
    assert held[1] == 2.0
    # Its own time stood still: the next sample counts as 0.3 s after its last.
    alone = run([2.0, 4.0], [0.1, 0.4], OneEuroSettings())
    assert one.filter(np.array([3.0, 4.0]), both, 0.4)[1] == pytest.approx(alone[-1])


def test_velocity_is_that_of_the_movement() -> None:
    one = OneEuroFilter(np.zeros(1), OneEuroSettings())
    for frame in range(60):
        one.filter(np.array([3.0 * frame / 30]), ALL, frame / 30)
    assert one.velocity[0] == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize("bad", [{"min_cutoff_hz": 0.0}, {"beta": -1.0}, {"derivative_cutoff_hz": math.nan}])
def test_impossible_settings_are_refused_by_name(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        OneEuroSettings(**bad)


@given(
    st.lists(st.tuples(st.floats(width=64), st.floats(width=64), st.booleans()), min_size=1, max_size=20),
    st.sampled_from([OneEuroSettings(), OneEuroSettings(1000.0, 1000.0, 0.01), None]),
)
def test_any_samples_at_any_times_give_finite_values(
    steps: list[tuple[float, float, bool]], settings: OneEuroSettings | None
) -> None:
    one = OneEuroFilter(np.zeros(2), settings)
    for sample, time_s, present in steps:
        value = one.filter(np.array([sample, 1.0]), np.array([present, True]), time_s)
        assert np.isfinite(value).all()
        assert np.isfinite(one.velocity).all()
