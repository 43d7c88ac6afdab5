"""The estimate of the other clock: within its own bounds on any network; it follows drift and steps."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.remote_poses.clock_offset import DRIFT, SLEW, WINDOW_S, ClockOffset

WAY_S = st.floats(0.0, 0.4)


def round_trip(clock: ClockOffset, at_s: float, offset_s: float, ways_s: tuple[float, float, float]) -> bool:
    """A round trip that leaves at `at_s`, with a way there, a way back and a wait there of these durations."""
    there_s, back_s, waits_s = ways_s
    came_there = at_s + there_s + offset_s
    return clock.add(at_s, came_there, came_there + waits_s, at_s + there_s + waits_s + back_s)


@given(st.floats(-1e6, 1e6), st.lists(st.tuples(WAY_S, WAY_S, WAY_S), min_size=1, max_size=60))
def test_the_offset_is_never_wrong_by_more_than_it_says(
    offset_s: float, trips: list[tuple[float, float, float]]
) -> None:
    clock = ClockOffset()
    now_s = 0.0
    for there_s, back_s, waits_s in trips:
        assert round_trip(clock, now_s, offset_s, (there_s, back_s, waits_s))
        now_s += there_s + back_s + waits_s + 0.05
        assert abs(clock.offset_s - offset_s) <= clock.error_s(now_s) + 1e-6
    assert math.isclose(clock.here(offset_s + 5.0), 5.0 + offset_s - clock.offset_s)


def test_one_quick_round_trip_among_slow_ones_counts() -> None:
    clock = ClockOffset()
    chance = random.Random(3)
    for number in range(40):
        quick = number == 20
        there_s = 0.001 if quick else chance.uniform(0.02, 0.3)
        round_trip(clock, number * 0.25, 100.0, (there_s, 0.001 if quick else 0.02, 0.0))
    assert clock.round_trip_s < 0.0021
    assert clock.error_s(10.0) < 0.02


def test_drift_is_followed_slowly() -> None:
    clock = ClockOffset()
    offsets = []
    for number in range(4 * 600):
        now_s = number * 0.25
        true_s = 3.0 + DRIFT * now_s
        round_trip(clock, now_s, true_s, (0.01, 0.01, 0.0))
        offsets.append(clock.offset_s)
        assert abs(clock.offset_s - true_s) < 0.001 + DRIFT * WINDOW_S
    assert max(abs(after - before) for before, after in pairwise(offsets)) <= SLEW * 0.27
    assert clock.steps == 0


def test_a_clock_that_was_stopped_is_taken_at_once() -> None:
    clock = ClockOffset()
    for number in range(8):
        round_trip(clock, number * 0.25, 50.0, (0.001, 0.001, 0.0))
    round_trip(clock, 60.0, -200.0, (0.05, 0.01, 0.0))
    assert clock.steps == 1
    assert abs(clock.offset_s + 200.0) < 0.04


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=4, max_size=4))
def test_impossible_times_change_nothing(times: list[float]) -> None:
    clock = ClockOffset()
    round_trip(clock, 0.0, 7.0, (0.01, 0.01, 0.0))
    before = clock.offset_s
    if not clock.add(*times):
        assert clock.offset_s == before
    assert math.isfinite(clock.offset_s)


def test_nothing_is_known_before_the_first_round_trip() -> None:
    clock = ClockOffset()
    assert not clock.known
    assert math.isnan(clock.offset_s)
    assert clock.error_s(0.0) == math.inf
    assert not clock.add(1.0, 2.0, 1.0, 2.0), "an answer that left before the question came"
    assert not clock.known
