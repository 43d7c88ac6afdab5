"""Retraining while playing: no output steps, all outputs cross over together, and the new model plays soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.runtime.messages import Body, Pose
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, ConductorHarness, own_preset
from tests.support.five_voices import FIVE_VOICES
from tests.support.stick_figure import body

GREATEST_STEP = 0.02
"""Of its range, of any output, from one tick (1/60 s) to the next."""


@pytest.fixture
def harness() -> Iterator[ConductorHarness]:
    with ConductorHarness(own_preset("five", FIVE_VOICES)) as created:
        created.until(lambda: bool(created.preset_manager.model_error), "the first reading")
        created.wait_until_idle()
        yield created


def teach(harness: ConductorHarness, *takes: tuple[int, Body]) -> None:
    """Deletes all takes, and records these."""
    if harness.state.takes:
        harness.done("clear")
        harness.done("clear")
    for number, what in takes:
        harness.done("select", number)
        harness.take(what)


def replace_take(harness: ConductorHarness, number: int, *, stop: bool) -> NDArray[np.float64]:
    """Teaches the middle pose another snapshot, and trains: positions of the outputs from then on, (ticks, 5).

    `stop`: the sound that was held for the take is let go before, so that the body plays.
    """
    teach(harness, (number, MIDDLE))
    if stop:
        harness.done("stop")
        harness.run_for(3.0)
    since = len(harness.sounds) - 1
    harness.train()
    harness.run_for(2.0)
    return harness.positions(since)


# --------------------------------------------------------------------------------------------------------------- steps
@pytest.mark.parametrize("before", ["the body plays", "a sound is held"])
def test_no_output_steps_when_a_new_model_takes_over_from_one_that_says_the_opposite(
    harness: ConductorHarness, before: str
) -> None:
    teach(harness, (1, MIDDLE))
    harness.train()
    harness.run_for(3.0)
    for number in (2, 1, 3, 2):
        moved = replace_take(harness, number, stop=before == "the body plays")
        assert np.abs(np.diff(moved, axis=0)).max() < GREATEST_STEP
        snapshot = harness.preset_manager.piece.preset.snapshots[number]
        assert harness.values == pytest.approx(snapshot, rel=0.02, abs=0.01), "and it has taken over"


def test_all_outputs_take_over_together(harness: ConductorHarness) -> None:
    teach(harness, (1, MIDDLE))
    harness.train()
    harness.run_for(3.0)
    moved = replace_take(harness, 2, stop=True)
    done = (moved - moved[0]) / (moved[-1] - moved[0])
    np.testing.assert_allclose(done, done[:, :1] * np.ones(5), atol=0.01)


def test_no_output_steps_when_one_training_follows_another_and_when_presets_change(harness: ConductorHarness) -> None:
    teach(harness, (1, LOW), (2, MIDDLE))
    own_preset("fives", FIVE_VOICES)
    harness.body = MIDDLE
    since = len(harness.sounds) - 1
    for name, values in (("train", ()), ("train", ()), ("undo", ()), ("train", ()), ("preset", ("fives",))):
        harness.done(name, *values)
        harness.run_for(0.2)
    harness.until(lambda: harness.preset_manager.piece.preset.key == "fives", "the other preset")
    harness.wait_until_idle()
    harness.run_for(2.0)
    assert np.abs(np.diff(harness.positions(since), axis=0)).max() < GREATEST_STEP


def test_the_old_model_plays_on_until_the_new_one_is_there(harness: ConductorHarness) -> None:
    teach(harness, (1, LOW), (2, HIGH))
    harness.train()
    teach(harness, (2, LOW), (1, HIGH))
    harness.done("stop")
    harness.run_for(3.0, HIGH)
    harness.done("train")
    since = len(harness.sounds)
    harness.until(lambda: not harness.state.training, "the end of the training")
    values = [sound.values[0] for sound in harness.sounds[since:-1]]
    assert values == pytest.approx([1760.0] * len(values), rel=0.05)
    harness.run_for(2.0)
    assert harness.values["pitch"] == pytest.approx(110.0, rel=0.05)


# --------------------------------------------------------------------------------------------------------------- speed
def test_a_thousand_examples_of_five_outputs_are_trained(harness: ConductorHarness, record_property: Any) -> None:
    random = np.random.default_rng(3)
    with ExampleStore.open(store_path("five"), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        for number in range(25):
            right, left = random.uniform(10.0, 160.0, 2)
            poses = [
                Pose(frame / 30, frame, 640, 480, (body(right + jitter[0], left + jitter[1]),))
                for frame, jitter in enumerate(random.normal(0.0, 1.0, (40, 2)))
            ]
            values = {
                output.name: output.value(place)
                for output, place in zip(
                    harness.preset_manager.piece.preset.mapping_outputs(), random.random(5), strict=True
                )
            }
            store.add_take(str(1 + number % 9), values, "", poses)
    harness.run_for(1.5)
    harness.wait_until_idle()
    for what in ("the first time, from skeletons", "again"):
        before = harness.sounds[-1].values
        begin_s = time.monotonic()
        harness.done("train")
        if what == "again":
            harness.until(lambda: not harness.state.training, "the end of the training")
        else:
            harness.until(lambda before=before: harness.sounds[-1].values != before, "another sound")  # type: ignore[misc]  # mypy cannot infer it
        took_s = time.monotonic() - begin_s
        print(f"1,000 examples, 5 outputs, {what}: {took_s:.2f} s from the key to the new model's sound")
        record_property(what, round(took_s, 3))
        harness.wait_until_idle()
        assert "1000 examples" in harness.state.trained
        harness.run_for(3.0)
