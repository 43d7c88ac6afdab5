"""Costs of alignment, worked out by hand on short templates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.alignment import MISSING_COST, WAITING, Alignment
from gesturesynth.mapping.gestures.fitted import FittedGesture
from gesturesynth.mapping.gestures.frame_costs import GREATEST_COST, HIDDEN_COST, UNSEEN_COST, FrameCosts
from gesturesynth.mapping.learning.packed_array import Array

Float = NDArray[np.float64]


def gesture(template: Sequence[Sequence[float]], weights: Sequence[float] = (1.0,)) -> FittedGesture:
    return FittedGesture(
        name="it",
        templates=(Array.pack(np.array(template, dtype=np.float64)),),
        weights=Array.pack(np.array(weights)),
        travel=Array.pack(np.full(len(weights), np.nan)),
        threshold=0.3,
        take_cost=float("nan"),
    )


def costs_of(template: Sequence[Sequence[float]], stream: Sequence[float]) -> list[float]:
    alignment = Alignment(FrameCosts([gesture(template)]))
    found = []
    for value in stream:
        alignment.advance(alignment.costs.at(np.array([value])))
        found.append(float(alignment.endings()[0]))
    return found


RAMP = [[0.1 * number] for number in range(8)]


def test_the_template_itself_costs_nothing_when_it_ends() -> None:
    found = costs_of(RAMP, [9.0, *(row[0] for row in RAMP), 9.0])
    assert found[8] == pytest.approx(0.0, abs=1e-12)
    assert min(found[:8]) > 0.0
    assert found[9] > 0.1


def test_an_offset_costs_the_same_per_template_frame_at_any_length() -> None:
    short = min(costs_of(RAMP, [row[0] + 0.5 for row in RAMP]))
    long = min(costs_of([[0.05 * n] for n in range(16)], [0.05 * n + 0.5 for n in range(16)]))
    assert short < 0.25
    assert short == pytest.approx(long, rel=0.3)


def test_waiting_costs_half() -> None:
    ramp = [row[0] for row in RAMP]
    assert costs_of(RAMP, [*ramp[:5], 0.44, *ramp[5:]])[-1] == pytest.approx(WAITING * 0.04**2 / 8)


def test_a_missing_frame_at_the_end_has_its_price() -> None:
    template = [[float(number % 2)] for number in range(12)]
    found = costs_of(template, [row[0] for row in template[:-1]])
    assert found[-1] == pytest.approx(MISSING_COST / 12, abs=1e-9)


def test_paths_do_not_cross_from_one_template_into_the_next() -> None:
    alignment = Alignment(FrameCosts([gesture(RAMP), gesture(RAMP[::-1])]))
    for row in [*RAMP, *RAMP[::-1]]:
        alignment.advance(alignment.costs.at(np.array(row)))
    assert alignment.endings()[1] == pytest.approx(0.0, abs=1e-12)
    (end,) = [end for end in alignment.found(np.array([0.1, 0.1])) if end.template == 1]
    assert (end.start, end.lacks) == (len(RAMP) + 1, 0)
    alignment.forget(1)
    assert alignment.endings()[1] == np.inf


def test_what_takes_too_long_is_no_performance() -> None:
    slow = [0.1 * (number // 5) for number in range(40)]
    assert costs_of(RAMP, slow)[-1] == np.inf
    assert costs_of(RAMP, [0.1 * (number // 2) for number in range(16)])[-1] == pytest.approx(0.0, abs=1e-12)


def test_hidden_features_cost_their_share_and_outliers_no_more_than_the_greatest() -> None:
    costs = FrameCosts([gesture([[0.0, 0.0]], (0.5, 0.5))])
    assert costs.at(np.array([1.0, 1.0]))[-1] == pytest.approx(1.0)
    assert costs.at(np.array([1.0, np.nan]))[-1] == pytest.approx(1.0 + 0.5 * HIDDEN_COST)
    assert costs.at(np.array([np.nan, np.nan]))[-1] == UNSEEN_COST
    assert costs.at(np.array([1e6, 0.0]))[-1] == GREATEST_COST
    assert np.isinf(costs.at(np.array([0.0, 0.0]))[0])


def test_what_a_template_does_not_show_is_counted() -> None:
    costs = FrameCosts([gesture([[0.0, np.nan], [0.0, np.nan]], (0.75, 0.25))])
    assert costs.shown.tolist() == [0.75]
    assert costs.at(np.array([1.0, 5.0]))[-1] == pytest.approx(1.0)
