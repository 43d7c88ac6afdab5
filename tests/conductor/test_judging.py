"""Evaluation and advice with a running conductor: asked by a command, answered by a sentence, kept in the state."""

from __future__ import annotations

import pytest

from gesturesynth.runtime.reports import Advice, Evaluation
from tests.support.conductor_harness import HIGH, LOW, ConductorHarness


def wait_for_evaluation(harness: ConductorHarness) -> Evaluation:
    judging = harness.session_controller.judging
    harness.until(lambda: not judging.evaluating, "the end of an evaluation")
    assert judging.evaluation is not None, harness.state.message
    return judging.evaluation


def advice(harness: ConductorHarness) -> Advice:
    found = harness.session_controller.judging.advice
    assert found is not None
    return found


def test_without_takes_there_is_nothing_to_evaluate(harness: ConductorHarness) -> None:
    assert "There are no takes yet" in harness.refused("evaluate")


@pytest.mark.slow("a trainer process")
def test_an_evaluation_is_made_beside_the_sound_and_kept_with_its_summary(harness: ConductorHarness) -> None:
    for number, body in ((1, LOW), (3, HIGH)):
        harness.run_for(2.5, body)
        harness.done("select", number)
        for _ in range(2):
            harness.run_for(2.2, body)
            harness.done("nudge")
    assert "Evaluating" in harness.done("evaluate")
    found = wait_for_evaluation(harness)
    assert found.takes == 4
    assert {output.name for output in found.outputs} >= {"pitch", "level"}
    assert harness.state.message == found.summary


def test_advice_is_the_pose_that_is_known_least(harness: ConductorHarness) -> None:
    harness.run_for(3.0, LOW)
    sentence = harness.done("advise")
    assert sentence == advice(harness).text
    assert len(advice(harness).landmarks) == 33
    assert advice(harness).age_s is not None
