"""A tempo from taps: the median of the last intervals."""

import pytest

from gesturesynth.runtime.beat_intervals import BeatIntervals


def _tap(*times_s: float, beats: int = 1) -> float | None:
    intervals = BeatIntervals(beats)
    return [intervals.add(time_s) for time_s in times_s][-1]


def test_one_tap_is_no_tempo_and_two_are() -> None:
    assert _tap(1.0) is None
    assert _tap(1.0, 1.5) == pytest.approx(120.0)
    assert _tap(1.0, 3.0, beats=4) == pytest.approx(120.0)


def test_one_uneven_or_missing_tap_does_not_count() -> None:
    assert _tap(0.0, 0.6, 1.2, 1.8, 3.0, 3.6) == pytest.approx(100.0)
    assert _tap(0.0, 0.6, 1.2, 1.25, 1.8) == pytest.approx(100.0), "a key that bounces"


def test_after_a_pause_it_begins_again() -> None:
    intervals = BeatIntervals()
    for time_s in (0.0, 0.5, 1.0, 1.5):
        intervals.add(time_s)
    assert intervals.add(9.0) is None
    assert intervals.count == 1
    assert intervals.add(10.0) == pytest.approx(60.0)
