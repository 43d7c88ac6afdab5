"""Times of pictures increase, without long gaps, for any time stamps of the file."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest

from gesturesynth.tracking.frame_times import LONGEST_SPACING_S, FrameTimes


def times(stamps: list[float], fps: float = 10.0) -> list[float]:
    made = FrameTimes(fps)
    return [made.next(stamp) for stamp in stamps]


def test_stamps_in_order_are_kept_to_the_bit_and_counted_from_the_first() -> None:
    stamps = [0.3 + number / 30 for number in range(100)]
    assert times(stamps) == [stamp - stamps[0] for stamp in stamps]


@pytest.mark.parametrize("missing", [0.0, math.nan, -1.0])
def test_missing_stamps_give_the_files_own_rate(missing: float) -> None:
    assert times([missing] * 5) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_stamps_that_begin_a_new_count_are_played_on_at_their_pace() -> None:
    made = FrameTimes(10.0)
    stamps = [number / 10 for number in range(20)]
    assert [made.next(stamp) for stamp in stamps + stamps] == pytest.approx([number / 10 for number in range(40)])
    assert made.backs == 1
    assert made.gap_s == 0.0


def test_disorder_between_neighbours_does_not_add_up() -> None:
    made = FrameTimes(10.0)
    stamps = [number / 10 for number in (0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 20)]
    assert made.next(stamps[0]) == 0.0
    assert [made.next(stamp) for stamp in stamps[1:]][-1] == pytest.approx(2.0)
    assert made.backs == 0


def test_a_gap_is_shortened_and_what_follows_keeps_its_pace() -> None:
    made = FrameTimes(0.1)  # in some files the mean rate includes the gap
    stamps = [0.0, 0.1, 0.2, 600.2, 600.3, 600.4]
    found = [made.next(stamp) for stamp in stamps]
    assert found == pytest.approx([0.0, 0.1, 0.2, 2.2, 2.3, 2.4])
    assert [made.gap_s, made.gap_after_s] == pytest.approx([600.0, 0.2])
    assert made.end_s == pytest.approx(2.5)


def test_gaps_that_grow_slowly_are_bounded_as_well() -> None:
    found = times([sum(2.9**step for step in range(number)) for number in range(30)])
    assert max(later - earlier for earlier, later in pairwise(found)) <= LONGEST_SPACING_S + 1e-9


def test_times_increase_and_are_finite_for_any_stamps() -> None:
    dice = random.Random(1)
    kinds = (math.nan, math.inf, -math.inf, 0.0, 1e12, -1e12)
    stamps = [dice.choice(kinds) if dice.random() < 0.3 else dice.uniform(-1e3, 1e3) for _ in range(2000)]
    found = times(stamps)
    assert all(later > earlier for earlier, later in pairwise(found))
    assert found[-1] < 2000 * LONGEST_SPACING_S
