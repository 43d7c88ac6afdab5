"""Which frames are looked at while no person is in view, at several frame rates, with cameras that tremble."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from gesturesynth.tracking.idle_pacing import IDLE_AFTER_S, IdlePacing


def looks(
    rate: float, fps: float, duration_s: float, *, jitter: float = 0.0, person_from_s: float = 1e9
) -> list[float]:
    """Times of the frames that are looked at; a person is in view from a time on."""
    pacing = IdlePacing(rate)
    dice = random.Random(3)
    times = []
    for number in range(round(duration_s * fps)):
        time_s = 100.0 + (number + dice.uniform(-jitter, jitter)) / fps
        if pacing.wants(time_s):
            times.append(time_s - 100.0)
            pacing.looked(time_s, found=time_s - 100.0 >= person_from_s)
    return times


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("jitter", [0.0, 0.3])
def test_an_empty_room_is_looked_at_as_often_as_asked(fps: float, jitter: float) -> None:
    times = looks(10.0, fps, 65.0, jitter=jitter)
    idle = [time_s for time_s in times if time_s > IDLE_AFTER_S]
    assert len(idle) / (65.0 - IDLE_AFTER_S) == pytest.approx(10.0, rel=0.3)
    assert len(idle) < 0.55 * fps * (65.0 - IDLE_AFTER_S)
    busy = [time_s for time_s in times if time_s < IDLE_AFTER_S - 1 / fps]
    assert len(busy) >= fps * IDLE_AFTER_S - 3, "at first every frame is looked at"


def test_every_third_frame_at_thirty_frames_a_second() -> None:
    idle = [time_s for time_s in looks(10.0, 30.0, 30.0) if time_s > IDLE_AFTER_S + 0.1]
    gaps = {round((b - a) * 30) for a, b in pairwise(idle)}
    assert gaps == {3}


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_a_person_who_enters_is_seen_within_three_frames_and_then_in_all(fps: float) -> None:
    times = looks(10.0, fps, 40.0, person_from_s=20.01)
    seen = [time_s for time_s in times if time_s >= 20.01]
    assert seen[0] - 20.01 <= 0.1 + 1 / fps
    assert len(seen) >= (40.0 - seen[0]) * fps - 1


def test_a_person_who_was_lost_is_looked_for_in_every_frame_for_some_seconds() -> None:
    pacing = IdlePacing(10.0)
    pacing.wants(0.0)
    pacing.looked(50.0, found=True)
    for frame in range(round(IDLE_AFTER_S * 30) - 1):
        assert pacing.wants(50.0 + frame / 30)
        pacing.looked(50.0 + frame / 30, found=False)


def test_a_rate_of_zero_looks_at_every_frame() -> None:
    assert len(looks(0.0, 30.0, 60.0)) == 1800
