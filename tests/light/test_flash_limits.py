"""No more flashes in a second than allowed, whatever is asked for."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.light.flash_limits import SWING, WINDOW_S, FlashGate, SwingLimiter

RATE_HZ = 40.0


def rises(levels: list[float]) -> list[int]:
    """At which levels one is higher by SWING than the lowest since the last time it fell by as much."""
    found, low, peak, rising = [], 0.0, 0.0, False
    for at, level in enumerate(levels):
        if rising:
            peak = max(peak, level)
            if level <= peak - SWING:
                rising, low = False, level
        else:
            low = min(low, level)
            if level >= low + SWING:
                found.append(at)
                rising, peak = True, level
    return found


def most_in_a_second(places: list[int]) -> int:
    times = [place / RATE_HZ for place in places]
    return max((sum(1 for other in times if 0.0 <= other - time <= WINDOW_S) for time in times), default=0)


def limited(targets: list[float], most: int) -> list[float]:
    limiter = SwingLimiter(most)
    return [limiter.step(target, number / RATE_HZ) for number, target in enumerate(targets)]


def sine(hz: float, seconds: float = 5.0) -> list[float]:
    return [0.5 - 0.5 * math.cos(2 * math.pi * hz * n / RATE_HZ) for n in range(round(seconds * RATE_HZ))]


@given(st.lists(st.floats(0.0, 1.0), max_size=200), st.integers(1, 5))
def test_no_level_rises_more_often_than_allowed(targets: list[float], most: int) -> None:
    levels = limited(targets, most)
    assert most_in_a_second(rises(levels)) <= most
    assert all(level <= max(target, 0.0) + 1e-12 for level, target in zip(levels, targets, strict=True))


@pytest.mark.parametrize(("hz", "flashes"), [(2.0, 10), (2.8, 14), (5.0, 15), (10.0, 15)])
def test_a_light_that_goes_up_and_down(hz: float, flashes: int) -> None:
    wanted = sine(hz)
    found = rises(limited(wanted, 3))
    assert len(rises(wanted)) == round(5 * hz)
    assert abs(len(found) - flashes) <= 1
    assert most_in_a_second(found) <= 3


def test_slow_changes_and_small_ones_are_as_they_are() -> None:
    ramp = [n / 200 for n in range(200)] + [1 - n / 200 for n in range(200)]
    flicker = [0.5 + 0.04 * (-1) ** n for n in range(400)]
    assert limited(ramp, 1) == ramp
    assert limited(flicker, 1) == flicker


def test_light_may_always_go_out() -> None:
    levels = limited([0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0], 1)
    assert levels[1] == 1.0
    assert [levels[n] for n in (0, 2, 4, 6, 8)] == [0.0] * 5
    assert all(level < SWING for level in levels[2:])


def test_flashes_of_all_lamps_are_counted_together() -> None:
    gate = FlashGate(3)
    allowed = [gate.allow(n * 0.1) for n in range(30)]
    times = [n * 0.1 for n, granted in enumerate(allowed) if granted]
    assert allowed[:3] == [True] * 3
    assert not any(allowed[3:10])
    assert all(later - first > WINDOW_S for first, later in zip(times, times[3:], strict=False))
    assert gate.withheld == allowed.count(False)
    assert not FlashGate(0).allow(0.0)


def test_a_flash_after_a_pause_is_always_allowed() -> None:
    gate = FlashGate(2)
    assert all(gate.allow(time_s) for time_s in itertools.accumulate([0.6] * 20))
