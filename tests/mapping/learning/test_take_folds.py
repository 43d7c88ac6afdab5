"""Leave-one-take-out: whole takes are left out, and only what other takes have taught is asked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gesturesynth.mapping.learning.take_folds import fewest_takes, row_errors, take_folds

# Take 0 and 1 teach sound 0, takes 2 and 3 sound 1, take 4 alone sound 2; take 5 teaches sounds 0 and 3.
TAKES = np.array([0, 0, 1, 2, 3, 3, 4, 4, 5, 5])
SOUNDS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 0, 3])


def numbers(rows: NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(rows)]


def test_each_fold_leaves_out_one_take_and_asks_what_others_have_taught() -> None:
    folds = take_folds(TAKES, SOUNDS)
    assert [numbers(test) for _, test in folds] == [[0, 1], [2], [3], [4, 5], [8]]
    for train, test in folds:
        (out,) = set(TAKES[test].tolist())
        np.testing.assert_array_equal(train, out != TAKES)


def test_without_a_second_take_of_anything_there_is_no_fold() -> None:
    assert take_folds(np.array([0, 0, 1]), np.array([0, 0, 1])) == []
    assert take_folds(np.array([], dtype=np.int64), np.array([], dtype=np.int64)) == []


def test_a_bound_of_folds_leaves_out_a_take_of_each_sound_at_once() -> None:
    takes, sounds = np.repeat(np.arange(12), 5), np.repeat(np.arange(12) % 4, 5)
    folds = take_folds(takes, sounds, most=5)
    assert [sorted(set(takes[test].tolist())) for _, test in folds] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=60),
    st.one_of(st.none(), st.integers(1, 6)),
)
def test_no_take_is_on_both_sides_and_every_sound_that_is_asked_was_taught(
    rows: list[tuple[int, int]], most: int | None
) -> None:
    takes, sounds = np.array(rows).T
    for train, test in take_folds(takes, sounds, most):
        assert test.any()
        assert not set(takes[train].tolist()) & set(takes[test].tolist())
        assert set(sounds[test].tolist()) <= set(sounds[train].tolist())


def test_the_error_of_a_row_is_that_where_its_take_was_left_out() -> None:
    takes, sounds = np.array([0, 1, 1, 1]), np.zeros(4, dtype=np.int64)
    positions = np.array([[0.0, 0.3], [1.0, np.nan], [1.0, np.nan], [0.4, np.nan]])

    def mean_of(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]]:
        middle = positions[train, :1].mean() * np.ones(2)
        return lambda test: np.tile(middle, (int(test.sum()), 1))

    found = row_errors(mean_of, positions, take_folds(takes, sounds))
    np.testing.assert_allclose(found[:, 0], [0.8, 1.0, 1.0, 0.4])
    np.testing.assert_allclose(found[0, 1], 0.5)
    assert np.isnan(found[1:, 1]).all()
    assert np.isnan(row_errors(mean_of, positions, [])).all()


@pytest.mark.parametrize(("rows", "fewest"), [(10, 1), (6, 2), (0, 0)])
def test_the_snapshot_with_the_fewest_takes_is_counted(rows: int, fewest: int) -> None:
    assert fewest_takes(TAKES[:rows], SOUNDS[:rows]) == fewest
