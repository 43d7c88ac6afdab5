"""Outputs switched off for recording, training and running, and their examples deleted, in a conductor that plays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.conductor_harness import HIGH, LOW, MIDDLE, THEREMIN, ConductorHarness

POSES = np.array([[-1.0, -1.0, 0.5], [0.0, 0.0, 1.5], [1.0, 1.0, 0.5], [0.3, -0.4, 0.9]])


def predictions(harness: ConductorHarness) -> dict[str, NDArray[np.float64]]:
    """Position and confidence of each output in some poses, (4, 2)."""
    mapping = harness.preset_manager.mapping
    assert mapping is not None
    played = [np.stack([mapping.predict(x), mapping.output_confidences(x)], axis=1) for x in POSES]
    return dict(zip(mapping.outputs, np.array(played).transpose(1, 0, 2), strict=True))


def teach(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("select", 2)
    harness.take(HIGH)
    harness.train()


def teach_otherwise(harness: ConductorHarness) -> None:
    """Other takes of the same poses; one of the former is deleted."""
    harness.done("select", 3)
    harness.take(LOW)
    harness.done("select", 1)
    harness.take(MIDDLE)
    with harness.stored() as store:
        store.delete(1)
    harness.train()


def test_a_take_does_not_name_what_is_off_for_recording(harness: ConductorHarness) -> None:
    text = harness.done("record-output", "level", False)
    assert text == "Off for recording: level. New takes say nothing about it."
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("record-output", "level")
    harness.take(LOW)
    with harness.stored() as store:
        assert [set(store.sound(number)) for number in (1, 2)] == [{"pitch", "timbre"}, {"pitch", "level", "timbre"}]


@pytest.mark.parametrize("off", [("level",), ("pitch", "timbre")])
def test_what_is_off_for_training_keeps_its_model_also_after_a_restart(
    harness: ConductorHarness, off: tuple[str, ...]
) -> None:
    teach(harness)
    before = predictions(harness)
    for name in off:
        harness.done("train-output", name, False)
    teach_otherwise(harness)
    after = predictions(harness)
    for name, values in after.items():
        assert np.array_equal(values, before[name]) is (name in off), name
    harness.close()
    with ConductorHarness(THEREMIN) as again:
        again.wait_until_playing()
        for name, values in predictions(again).items():
            np.testing.assert_allclose(values, after[name], atol=1e-9)
        assert again.state.off.train == tuple(sorted(off))
        for name in off:
            again.done("train-output", name)
        again.train()
        assert not any(np.array_equal(values, before[name]) for name, values in predictions(again).items())


def test_a_fit_that_is_under_way_does_not_replace_a_model_that_is_kept_meanwhile(harness: ConductorHarness) -> None:
    teach(harness)
    before = predictions(harness)
    harness.done("select", 3)
    harness.take(LOW)
    harness.submit("train")
    harness.submit("train-output", "level", False)
    harness.wait_until_idle()
    assert np.array_equal(predictions(harness)["level"], before["level"])
    assert not np.array_equal(predictions(harness)["pitch"], before["pitch"])


def test_an_output_that_was_not_taught_keeps_its_factory_examples(harness: ConductorHarness) -> None:
    before = predictions(harness)
    harness.done("train-output", "level", False)
    teach(harness)
    assert np.array_equal(predictions(harness)["level"], before["level"])
    harness.close()
    with ConductorHarness(THEREMIN) as again:
        again.wait_until_playing()
        np.testing.assert_allclose(predictions(again)["level"], before["level"], atol=1e-9)


def test_what_is_off_for_running_is_idle_and_the_others_play(harness: ConductorHarness) -> None:
    harness.run_for(1.0, LOW)
    harness.done("run-output", "pitch", False)
    harness.run_for(3.0)
    kept = harness.values["pitch"]  # it has no idle value
    for what in (HIGH, LOW, MIDDLE):
        level = harness.values["level"]
        harness.run_for(2.0, what)
        assert harness.values["pitch"] == kept
        assert harness.values["level"] != level
    since = len(harness.sounds) - 1
    harness.done("select", 2)  # a sound that is held does not move it, either
    harness.run_for(1.0)
    assert harness.values["pitch"] == kept
    harness.done("stop")
    harness.done("run-output", "pitch")
    harness.run_for(2.0, HIGH)
    assert harness.values["pitch"] != kept
    pitch = harness.positions(since)[:, 0]
    assert np.abs(np.diff(pitch)).max() < 0.15


def test_masks_belong_to_the_preset_and_survive_a_restart(harness: ConductorHarness) -> None:
    harness.done("run-output", "level", False)
    harness.done("record-output", "timbre", False)
    harness.done("preset", "drone")
    harness.until(lambda: harness.preset_manager.piece.preset.key == "drone", "the drone")
    harness.wait_until_idle()
    assert harness.state.off.text == ""
    harness.done("preset", "theremin")
    harness.until(lambda: harness.preset_manager.piece.preset.key == "theremin", "the theremin")
    harness.wait_until_idle()
    assert harness.state.off.text == "recording: timbre; running: level"
    harness.close()
    with ConductorHarness(THEREMIN) as again:
        again.wait_until_playing()
        assert again.state.off.text == "recording: timbre; running: level"
        idle = again.values["level"]
        again.run_for(2.0, HIGH)
        assert again.values["level"] == idle


def test_the_examples_of_an_output_are_deleted_after_a_yes_and_undone(harness: ConductorHarness) -> None:
    factory = predictions(harness)
    teach(harness)
    taught = predictions(harness)
    assert harness.refused("delete-output", "levl").startswith("There is no output 'levl', did you mean 'level'?")
    harness.done("delete-output", "level")
    assert harness.state.asking.startswith("Delete the examples of level in all 2 takes that name it?")
    assert harness.done("delete-output", "level") == "The examples of level deleted: 2 takes. Train to hear it."
    harness.train()
    assert np.array_equal(predictions(harness)["pitch"], taught["pitch"])
    np.testing.assert_allclose(predictions(harness)["level"], factory["level"], atol=1e-9)
    assert harness.done("undo").endswith("Train to hear it.")
    harness.train()
    assert np.array_equal(predictions(harness)["level"], taught["level"])

    harness.done("train-output", "level", False)
    harness.done("delete-output", "level")
    text = "The examples of level deleted: 2 takes. It keeps its model as long as it is off for training."
    assert harness.done("delete-output", "level") == text
    harness.train()
    assert np.array_equal(predictions(harness)["level"], taught["level"])


def test_what_an_output_plays_that_no_take_has_taught_is_said_after_a_training(harness: ConductorHarness) -> None:
    status = harness.conductor.status()
    assert set(status.origins.values()) == {"factory"}
    assert status.model_note == ""
    harness.done("record-output", "level", False)
    teach(harness)
    assert harness.state.message.endswith("Level plays its factory examples.")
    status = harness.conductor.status()
    assert status.origins == {"pitch": "taught", "level": "factory", "timbre": "taught"}
    assert status.model_note == "level plays its factory examples"
