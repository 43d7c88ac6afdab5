"""Real people: jumping jacks, squats and a throw, recognised from takes of them, and nothing else."""

from __future__ import annotations

import pytest

from tests.evaluation.gestures.recordings import VIEWS, skeleton_folder
from tests.evaluation.gestures.several import named
from tests.evaluation.gestures.trial import CONDITIONS, Count, alarms, leave_one_out, perform, teach


@pytest.fixture(autouse=True)
def _recordings() -> None:
    for name in ("jk.skeleton", "sqc.skeleton"):
        if not (skeleton_folder() / name).is_file():
            pytest.skip(f"TEST FOOTAGE MISSING: {name} is not in {skeleton_folder()} (set GESTURESYNTH_TEST_MEDIA)")


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(
    ("gesture", "recording", "numbers"),
    [
        ("jack", "jacks", tuple(VIEWS["front"])),
        ("jack", "jacks", tuple(VIEWS["half turned"])),
        ("squat", "squats", tuple(range(5))),
    ],
    ids=["jacks from the front", "jacks half turned", "squats"],
)
def test_each_repetition_is_recognised_by_one_other(
    gesture: str, recording: str, numbers: tuple[int, ...], condition: str
) -> None:
    count = leave_one_out(gesture, recording, numbers, 1, CONDITIONS[condition])
    assert count.recall >= 0.9
    assert count.twice == 0


def test_jacks_that_were_taught_from_the_front_are_recognised_half_turned_and_by_another_body() -> None:
    fitted = teach([("jack", "jacks", tuple(VIEWS["front"]))])
    count = Count()
    for condition in CONDITIONS.values():
        for recording, numbers in (("jacks", VIEWS["half turned"]), ("demo", range(2))):
            for number in numbers:
                count.add(perform(fitted, "jack", recording, number, condition))
    assert count.performed == 40
    assert count.recall >= 0.9


def test_nothing_else_that_was_recorded_is_taken_for_a_jack_or_a_squat() -> None:
    recordings = ("jacks", "squats", "second_camera", "demo")
    lessons = (("jack", "jacks", (0, 1, 2)), ("jack", "jacks", (3, 4, 5, 6, 7)), ("squat", "squats", (0, 1, 2)))
    for gesture, recording, numbers in lessons:
        found, seconds = alarms(teach([(gesture, recording, numbers)]), gesture, recordings)
        assert seconds > 180.0
        assert found == []


@pytest.mark.parametrize(("recording", "gesture"), [("jacks", "jack"), ("squats", "squat")])
def test_two_performances_in_one_take_are_named_and_one_is_not(recording: str, gesture: str) -> None:
    assert not any(named(recording, gesture, 1, 1.0))
    twice = list(named(recording, gesture, 2, 1.0))
    assert len(twice) >= 4
    assert sum(twice) >= 0.9 * len(twice)
