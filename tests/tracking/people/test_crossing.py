"""Persons who cross keep their numbers: two real persons of two clips, one of whom covers the other as they meet."""

from __future__ import annotations

import pytest

from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.people.follower import PeopleFollower
from gesturesynth.tracking.people.networks import Networks
from tests.support.crossing import WIDTH, Crossing

APART_PX = 110
NEAR_PX = 60
SHOULDERS_AND_HIPS = [11, 12, 23, 24]


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks(ensure_model())


@pytest.mark.parametrize("seed", range(10))
def test_two_persons_who_cross_keep_their_numbers(networks: Networks, seed: int) -> None:
    follower = PeopleFollower(networks)
    before: dict[int, set[int]] = {0: set(), 1: set()}
    after: list[tuple[int, int]] = []  # which of the two, and the number there
    met = False
    for frame, time_s, middles in Crossing.of(seed).frames(still_s=0.3):
        bodies = follower.find(frame, time_s, 2)
        met |= middles[0] > middles[1]
        if abs(middles[0] - middles[1]) < APART_PX:
            continue
        for body in bodies:
            x = float(body.image_array()[SHOULDERS_AND_HIPS, 0].mean()) * WIDTH
            for which in (0, 1):
                if abs(x - middles[which]) < NEAR_PX:
                    (after.append((which, body.person)) if met else before[which].add(body.person))
    assert all(len(numbers) == 1 for numbers in before.values()), before
    wrong = sum({number} != before[which] for which, number in after)
    assert len(after) > 20
    assert all({number} == before[which] for which, number in after[-10:]), "they were swapped"
    assert wrong <= 0.1 * len(after), f"{wrong} of {len(after)} bodies had the other person's number after the meeting"
