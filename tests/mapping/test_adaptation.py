"""The range of a visitor: learnt within seconds of movement, bounded, still while the body is still, forgotten."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gesturesynth.mapping.adaptation import GREATEST_STRETCH, RangeAdaptation
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.taught_range import TaughtRange

Float = NDArray[np.float64]
FRAME_S = 1 / 30
LOW, HIGH = np.array([-1.0, 20.0]), np.array([1.0, 180.0])
SEEN = np.ones(2, dtype=np.bool_)


def adaptation(low: Float = LOW, high: Float = HIGH) -> RangeAdaptation:
    made = RangeAdaptation(keep_s=0.5, fade_s=1.5, on=True)
    made.change(TaughtRange(Array.pack(low), Array.pack(high)))
    return made


def at(share: float | Float) -> Float:
    """Features at a share of the taught range, 0 to 1."""
    return np.asarray(LOW + (HIGH - LOW) * np.asarray(share)[..., None], dtype=np.float64)


def sweeps(low: float, high: float, seconds: float, period_s: float = 2.5) -> Float:
    """Features (n, 2) that go to and fro between two shares of the taught range."""
    time = np.arange(0.0, seconds, FRAME_S)
    return at((low + high) / 2 - (high - low) / 2 * np.cos(2 * np.pi * time / period_s))


def play(of: RangeAdaptation, rows: Float, start_s: float = 0.0) -> Float:
    """The shares of the taught range that are played, (n, 2)."""
    played = [of.adapted(row, SEEN, start_s + index * FRAME_S) for index, row in enumerate(rows)]
    return np.asarray((np.array(played) - LOW) / (HIGH - LOW), dtype=np.float64)


class TestVisitors:
    @pytest.mark.parametrize(
        ("low", "high"),
        [(0.25, 0.75), (0.125, 0.875), (0.15, 0.85), (0.0, 0.5), (0.5, 1.0), (-0.125, 1.125), (-0.4, 1.4)],
        ids=["half", "child", "reach 0.7", "lower half", "upper half", "dancer", "giant"],
    )
    def test_reach_both_ends_within_ten_seconds(self, low: float, high: float) -> None:
        played = play(adaptation(), sweeps(low, high, 12.5))[-75:]
        reached = np.quantile(played, [0.05, 0.95], axis=0).clip(0.0, 1.0)
        assert (reached[1] - reached[0] >= 0.9).all()

    def test_longer_limbs_do_not_saturate(self) -> None:
        played = play(adaptation(), sweeps(-0.4, 1.4, 20.0))[-75:]
        assert ((played > 0.999) | (played < 0.001)).mean() < 0.25  # without adaptation: 0.64

    def test_the_body_that_taught_loses_nothing(self) -> None:
        rows = sweeps(0.0, 1.0, 60.0)
        assert np.allclose(play(adaptation(), rows), (rows - LOW) / (HIGH - LOW), atol=1e-12)

    def test_only_columns_that_move_are_adapted(self) -> None:
        of = adaptation()
        rows = sweeps(0.25, 0.75, 20.0)
        rows[:, 1] = 100.0
        play(of, rows)
        assert of.stretches[0] > 1.8
        assert of.stretches[1] == 1.0

    def test_a_feature_that_is_not_seen_teaches_nothing(self) -> None:
        of = adaptation()
        for index, row in enumerate(sweeps(0.25, 0.75, 20.0)):
            of.adapted(row, np.array([True, False]), index * FRAME_S)
        assert of.stretches[0] > 1.8
        assert of.stretches[1] == 1.0

    def test_a_feature_without_a_taught_range_is_left_alone(self) -> None:
        of = adaptation(np.array([np.nan, 5.0]), np.array([np.nan, 5.0]))
        rows = sweeps(0.25, 0.75, 20.0)
        assert np.array([of.adapted(row, SEEN, i * FRAME_S) for i, row in enumerate(rows)]) == pytest.approx(rows)


class TestStillness:
    @given(st.floats(-0.5, 1.5), st.floats(0.0, 0.08), st.integers(0, 2**32 - 1))
    @settings(max_examples=20, deadline=None)
    def test_trembling_teaches_nothing_however_long(self, place: float, trembling: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        of = adaptation()
        play(of, at(np.clip(place + random.normal(size=2000) * trembling / 3, place - trembling, place + trembling)))
        assert (of.stretches == 1.0).all()

    def test_a_body_that_is_still_hears_no_change(self) -> None:
        of = adaptation()
        play(of, sweeps(0.25, 0.75, 6.0))  # learnt more than is in use yet
        held = play(of, at(np.full(600, 0.3)), 6.0)
        assert np.ptp(held[1:], axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)


class TestForgetting:
    def test_who_is_away_for_a_moment_is_still_known(self) -> None:
        of = adaptation()
        play(of, sweeps(0.25, 0.75, 20.0))
        known = of.stretches
        of.adapted(at(0.5), SEEN, 20.4)
        assert of.stretches == pytest.approx(known, abs=0.02)

    def test_it_goes_back_while_outputs_go_to_idle(self) -> None:
        of = adaptation()
        play(of, sweeps(0.25, 0.75, 20.0))
        width = 1.0 / of.stretches
        of.adapted(at(0.5), SEEN, 20.0 + 0.5 + 0.75)
        assert 1.0 / of.stretches == pytest.approx((1.0 + width) / 2, abs=0.02)

    def test_the_next_visitor_begins_with_the_taught_range(self) -> None:
        of = adaptation()
        play(of, sweeps(0.25, 0.75, 20.0))
        rows = sweeps(0.0, 1.0, 10.0)
        assert np.allclose(play(of, rows, 22.1), (rows - LOW) / (HIGH - LOW), atol=1e-12)

    def test_who_takes_over_without_a_gap_reaches_both_ends_at_once(self) -> None:
        of = adaptation()
        play(of, sweeps(0.25, 0.75, 20.0))
        played = play(of, sweeps(0.0, 1.0, 10.0), 20.0)[-75:]
        assert played.min() <= 0.05
        assert played.max() >= 0.95
        assert of.stretches == pytest.approx([1.0, 1.0])

    def test_of_two_visitors_the_one_who_stays_is_remembered(self) -> None:
        both, stayed = adaptation(), adaptation()
        for of in (both, stayed):
            play(of, sweeps(0.25, 0.75, 20.0))
        assert stayed.stretches[0] > 1.5
        both.reset_of(np.array([False, True]))
        rows = sweeps(0.25, 0.75, 5.0)
        rows[:, 1] = at(np.linspace(0.0, 1.0, len(rows)))[:, 1]
        played, expected = play(both, rows, 20.0), play(stayed, rows, 20.0)
        np.testing.assert_array_equal(played[:, 0], expected[:, 0])
        np.testing.assert_allclose(played[:, 1], np.linspace(0.0, 1.0, len(rows)), atol=1e-9)


walks = st.lists(st.floats(-3.0, 4.0), min_size=2, max_size=60)


class TestBounds:
    @given(walks, st.integers(1, 20))
    @settings(max_examples=100, deadline=None)
    def test_stretches_and_steps_are_bounded(self, places: list[float], frames: int) -> None:
        of = adaptation()
        way = np.concatenate([np.linspace(a, b, frames, endpoint=False) for a, b in itertools.pairwise(places)])
        before: Float | None = None
        for index, share in enumerate(way):
            played = (of.adapted(at(share), SEEN, index * FRAME_S) - LOW) / (HIGH - LOW)
            assert (of.stretches <= GREATEST_STRETCH + 1e-9).all()
            assert (of.stretches >= 1 / GREATEST_STRETCH - 1e-9).all()
            if before is not None and min(share, way[index - 1]) >= -0.5 and max(share, way[index - 1]) <= 1.5:
                assert np.abs(played - before).max() <= 5.0 * abs(share - way[index - 1]) + 1e-9
            before = played

    @given(walks)
    @settings(max_examples=50, deadline=None)
    def test_the_order_of_places_is_kept(self, places: list[float]) -> None:
        of = adaptation()
        play(of, at(np.array(places)))
        unseen = np.zeros(2, dtype=np.bool_)  # so that nothing is learnt
        low, high = (of.adapted(at(share), unseen, 2.0) for share in (0.2, 0.8))
        assert (low < high).all()


def test_a_prediction_is_adapted_as_what_is_seen_and_teaches_nothing() -> None:
    seen, ahead = adaptation(), adaptation()
    rows = sweeps(0.25, 0.75, 12.5)
    for index, row in enumerate(rows):
        of_seen = seen.adapted(row, SEEN, index * FRAME_S)
        same = ahead.adapted(row, SEEN, index * FRAME_S, row)
        assert same == pytest.approx(of_seen)
    later = (seen.adapted(rows[5], SEEN, 12.5), ahead.adapted(rows[-1], SEEN, 12.5, rows[5]))
    assert later[1] == pytest.approx(later[0], rel=0.02), "the predicted place, in the range that was learnt"
    stretches = ahead.stretches.copy()
    for index in range(60):  # it overshoots, and the body stays where it is
        ahead.adapted(rows[-1], SEEN, 12.6 + index * FRAME_S, at(1.5 * (index % 2)))
    assert ahead.stretches == pytest.approx(stretches)
