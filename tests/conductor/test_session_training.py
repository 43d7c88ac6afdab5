"""Training by a command: its end, its failures, and what plays meanwhile."""

from __future__ import annotations

import psutil
import pytest

from tests.support.conductor_harness import (
    HIGH,
    LOW,
    MIDDLE,
    RULES,
    ConductorHarness,
)


def test_training_releases_the_held_sound_and_the_new_model_plays(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("select", 3)
    harness.take(HIGH)
    harness.train()
    assert harness.state.held == ""
    harness.run_for(3.0, LOW)
    assert harness.values["pitch"] == pytest.approx(110.0, rel=0.05)
    harness.run_for(3.0, HIGH)
    assert harness.values["pitch"] == pytest.approx(1760.0, rel=0.05)
    assert "60 examples" in harness.state.trained, "and no factory example among them"


def trainers() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if "gesturesynth.pipeline.trainer" in " ".join(child.cmdline())
    ]


def fits(harness: ConductorHarness) -> int:
    """How many requested fits have ended."""
    return sum(event.fit is not None for event in harness.preset_events)


def test_a_training_that_is_asked_for_during_one_is_remembered_once(harness: ConductorHarness) -> None:
    before = fits(harness)
    harness.done("train")
    harness.until(lambda: harness.preset_manager.training, "the trainer")
    for _ in range(3):
        harness.done("train")
    assert harness.state.train_again
    harness.wait_until_idle()
    harness.run_for(2.0)
    harness.wait_until_idle()
    assert fits(harness) == before + 2
    assert harness.cue("trained") == 2
    assert trainers() == []


def test_a_training_knows_the_take_that_was_recorded_just_before_it(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.5)
    harness.submit("record")  # ends it, and before it is on the disk:
    harness.submit("train")
    harness.wait_until_idle()
    with harness.stored() as store:
        rows = sum(info.rows for info in store.takes())
        assert len(store.takes()) == 2
    assert f"{rows} examples" in harness.state.trained


def test_a_cancelled_training_changes_nothing_and_leaves_no_process(harness: ConductorHarness) -> None:
    kept, played = harness.preset_manager.model, harness.values
    harness.done("select", 3)
    harness.take(MIDDLE)
    harness.done("train")
    harness.until(lambda: harness.preset_manager.training, "the trainer")
    harness.done("cancel")
    assert not harness.state.training
    harness.run_for(3.0)
    assert (harness.preset_manager.model, trainers()) == (kept, [])
    assert harness.values == pytest.approx(played, rel=0.02)
    assert "called off" in harness.state.message
    assert "nothing to call off" in harness.refused("cancel")
    harness.train()
    assert harness.preset_manager.model != kept


def test_a_failed_training_is_reported_and_the_former_model_plays_on(untaught: ConductorHarness) -> None:
    text = untaught.done("train")
    untaught.wait_until_idle()
    assert "not been taught" in untaught.state.message
    assert untaught.state.message_bad
    assert text
    untaught.done("select", 1)
    untaught.take(LOW)
    untaught.train()
    assert "Trained" in untaught.state.message
    kept = untaught.preset_manager.model
    untaught.done("delete-last")
    untaught.train()
    assert "plays on" in untaught.state.message
    assert untaught.preset_manager.model == kept


def test_a_killed_trainer_is_reported(harness: ConductorHarness) -> None:
    kept = harness.preset_manager.model
    harness.done("train")
    harness.until(lambda: harness.preset_manager.training, "the trainer")
    for trainer in trainers():
        trainer.kill()
    harness.until(lambda: not harness.state.training, "its end")
    assert "ended by signal 9" in harness.state.message
    assert harness.preset_manager.model == kept
