"""Listening back with a running conductor: the take plays through the mapping, and the person in view comes back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.mapping.crossfade import MAX_CROSSFADE_STEP_S, MAX_RANGES_PER_S
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.runtime.messages import Body
from tests.support.conductor_harness import HIGH, LOW, RULES, ConductorHarness
from tests.support.stick_figure import body

MOST_A_TICK = MAX_RANGES_PER_S * MAX_CROSSFADE_STEP_S
"""Of a crossfade, of an output's range."""


OWN_STEP = 0.11
"""The greatest of the arms of the take by themselves: they cross the whole range in half a second, in 15 frames."""


def move(harness: ConductorHarness, seconds: float, pose: Callable[[float], Body]) -> None:
    """The person moves; `pose` is given the seconds since the beginning."""
    for step in range(round(seconds / TICK_S)):
        harness.body = pose(step * TICK_S)
        harness.tick()


def swinging(time_s: float) -> Body:
    raised = 90.0 - 70.0 * np.cos(2.0 * np.pi * time_s / RULES.take_s)
    return body(float(raised), float(raised))


@pytest.fixture
def moved(harness: ConductorHarness) -> ConductorHarness:
    """With a take of arms that swing once up and down, recorded in `RULES.take_s`; the person stands with arms down."""
    harness.run_for(1.0, LOW)
    harness.done("select", 1)
    harness.done("record")
    harness.run_for(RULES.countdown_s)
    move(harness, RULES.take_s + 2 * TICK_S, swinging)
    harness.until(lambda: harness.cue("saved") == 1, "the take")
    harness.done("stop")
    harness.run_for(2.0, LOW)
    return harness


def newest_features(harness: ConductorHarness) -> NDArray[np.float64]:
    assert harness.conductor._frame is not None
    return harness.conductor._frame.features.values


def features_heard(harness: ConductorHarness) -> NDArray[np.float64]:
    """The features at each new pose of a take, from `listen` to its end."""
    rows: list[NDArray[np.float64]] = []
    harness.done("listen")
    while harness.state.played_take:
        values = newest_features(harness)
        if not rows or values is not rows[-1]:
            rows.append(values)
        harness.tick()
    return np.array(rows)


def test_features_are_those_of_a_fit_from_the_first_pose_of_the_take(moved: ConductorHarness) -> None:
    moved.run_for(1.0, HIGH)  # another pose than the take begins with
    for _ in range(2):
        heard = features_heard(moved)
        with moved.stored() as store:
            names = moved.preset_manager.piece.preset.features
            fitted = store.examples(names, [], moved.preset_manager.piece.preset.smoothing).X
        np.testing.assert_allclose(heard, fitted[: len(heard)], atol=1e-9)
        assert len(heard) >= len(fitted) - 1
        moved.done("trim", 1, 0.3, 0.8)  # and of a part of it


def test_the_take_is_heard_and_not_the_person_who_comes_back_afterwards(moved: ConductorHarness) -> None:
    before = moved.values["pitch"]
    assert before == pytest.approx(110.0, rel=0.05)
    moved.done("listen")
    assert moved.state.played_take == 1
    first = len(moved.sounds)
    move(moved, 1.0, lambda _: HIGH)  # is not heard
    place = moved.preset_manager.piece.preset.mapping_outputs()[0].position
    heard = np.array([place(sound.values[0]) for sound in moved.sounds[first:]])
    assert heard.max() > 0.3, "the arms of the take rise"
    assert heard[-1] < 0.5, "and sink again"
    moved.until(lambda: not moved.state.played_take, "the end of the take")
    assert moved.cue("end") == 2, "of the take as it was recorded, and as it was played"
    moved.run_for(3.0, HIGH)
    assert moved.values["pitch"] == pytest.approx(1760.0, rel=0.05)


@pytest.mark.parametrize("end", ["by itself", "listen", "stop"])
def test_nothing_jumps_when_it_begins_and_ends(moved: ConductorHarness, end: str) -> None:
    moved.run_for(1.0, HIGH)
    before = len(moved.sounds)
    moved.done("listen")
    moved.run_for(0.4)
    if end == "by itself":
        moved.until(lambda: not moved.state.played_take, "the end of the take")
    else:
        moved.done(end)
    ended = len(moved.sounds)
    moved.run_for(2.0)
    steps = np.abs(np.diff(moved.positions(before - 1), axis=0)).max(axis=1)
    begin, end_step = steps[:6].max(), steps[ended - before :].max()
    assert end_step > 0.0, "the person comes back"
    assert max(begin, end_step) < MOST_A_TICK, "as slowly as after a snapshot that is let go"
    assert steps.max() < OWN_STEP + MOST_A_TICK


def test_a_held_snapshot_and_a_recording_end_it(moved: ConductorHarness) -> None:
    moved.done("listen")
    moved.done("select", 3)
    moved.run_for(0.1)
    assert moved.values["pitch"] == pytest.approx(1760.0)
    assert moved.state.played_take == 0
    moved.done("listen")
    assert moved.state.held == ""
    moved.take(HIGH)
    with moved.stored() as store:
        heights = store.examples(["right_wrist.height"], [], None, everything=True)
    assert heights.X[heights.takes == 2].min() > 0.5, "the person in view was recorded"


def test_a_nudge_afterwards_keeps_no_sound_of_the_take(moved: ConductorHarness) -> None:
    moved.run_for(3.0, HIGH)
    high = moved.values["pitch"]
    moved.done("listen")
    moved.until(lambda: not moved.state.played_take, "the end of the take")
    moved.done("nudge")
    with moved.stored() as store:
        assert store.sound(2)["pitch"] == pytest.approx(high, rel=0.02), "what the person in view played before"


def test_a_training_meanwhile_is_heard_in_the_take(moved: ConductorHarness) -> None:
    moved.done("listen")
    moved.done("train")
    moved.wait_until_idle()
    assert moved.cue("trained") == 1


def test_imported_and_missing_takes_are_refused_with_a_sentence(moved: ConductorHarness) -> None:
    with moved.stored() as store:
        rows = [(1, "", np.zeros(1), np.array([220.0]))]
        store.add_examples(examples_from_rows(rows, ["hands.distance"], ["pitch"]), "a file")
    moved.until(lambda: sum(moved.state.takes.values()) == 2, "the import to be seen")
    assert moved.refused("listen") == "Take 2 was imported: it has no skeletons that could be played."
    assert moved.refused("listen", 7) == "There is no take 7 (there are 1, 2)."
    moved.done("delete-take", 1)
    assert "Take 1 for snapshot 1 plays" in moved.done("listen", 1), "also one that is deleted"
