"""Gestures in time, taught by commands and performed: triggers, snapshots, outputs that follow, and refusals."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.runtime.messages import Body
from tests.support.conductor_harness import RULES, ConductorHarness, own_preset
from tests.support.stick_figure import body, body_from, pose

pytestmark = pytest.mark.slow("a trainer process")

PRESET = """\
name: Thrown
features: [left_wrist.height]
outputs:
  tone: {to: theremin.pitch, range: [110, 880], unit: Hz}
  swell: {to: theremin.timbre, range: [0, 0.1], from: throw.progress}
gestures:
  throw: {trigger: percussion.kick, rest: 250 ms}
  sink: {snapshot: 2, hold: 1 s}
snapshots:
  1: {tone: 220}
  2: {tone: 660}
"""
REST_DEG = 15.0


def throwing(part: float) -> Body:
    """The right arm up and down again."""
    return body(REST_DEG + 140.0 * math.sin(math.pi * min(1.0, max(0.0, part))) ** 2, REST_DEG)


def sinking(part: float) -> Body:
    """The left arm to the side and back, twice."""
    return body(REST_DEG, REST_DEG + 75.0 * math.sin(2.0 * math.pi * min(1.0, max(0.0, part))) ** 2)


MOVES = {"throw": throwing, "sink": sinking}


@pytest.fixture
def harness() -> Iterator[ConductorHarness]:
    with ConductorHarness(own_preset("thrown", PRESET)) as conductor:
        conductor.run_for(0.5, throwing(0.0))
        conductor.wait_until_idle()
        yield conductor


def perform(harness: ConductorHarness, name: str, seconds: float = 0.8) -> None:
    steps = round(seconds / TICK_S)
    for step in range(steps):
        harness.body = MOVES[name](step / steps)
        harness.tick()
    harness.body = MOVES[name](1.0)


def record(harness: ConductorHarness, name: str, seconds: float = 0.8) -> None:
    """One take for the chosen target, in which the gesture is performed once."""
    saved = harness.cue("saved")
    harness.done("hold", True)
    harness.run_for(0.4, throwing(0.0))
    perform(harness, name, seconds)
    harness.run_for(0.4)
    harness.done("hold", False)
    harness.until(lambda: harness.cue("saved") > saved, "a take to be saved")


def teach(harness: ConductorHarness) -> None:
    for name in MOVES:
        assert f"Gesture '{name}'" in harness.done("label", name)
        for seconds in (0.8, 0.9):
            record(harness, name, seconds)
    harness.train()
    harness.run_for(1.0, throwing(0.0))


def test_a_gesture_that_was_taught_strikes_once_each_time_it_is_performed(harness: ConductorHarness) -> None:
    teach(harness)
    assert "2 gestures" in harness.preset_manager.model
    before = harness.sounds[-1].trigger_counts
    for count, seconds in enumerate((0.7, 0.8, 1.0), start=1):
        perform(harness, "throw", seconds)
        harness.run_for(0.8)
        assert harness.sounds[-1].trigger_counts == (before[0] + count,)
    status = {reading.name: reading for reading in harness.conductor.status().gestures}
    assert status["throw"].performed == 3 + before[0]
    assert status["throw"].followed


def test_a_take_of_a_gesture_performs_it_when_it_is_listened_to(harness: ConductorHarness) -> None:
    teach(harness)
    for take, name in ((1, "throw"), (3, "sink"), (2, "throw")):
        before = dict(harness.preset_manager.piece.performed)
        harness.done("listen", take)
        harness.until(lambda: not harness.state.played_take, "the end of the take")
        harness.run_for(1.5)
        after = harness.preset_manager.piece.performed
        assert {gesture: after[gesture] - count for gesture, count in before.items()} == {
            "throw": int(name == "throw"),
            "sink": int(name == "sink"),
        }


def test_an_output_follows_the_gesture_and_is_neither_asked_for_nor_taught(harness: ConductorHarness) -> None:
    teach(harness)
    perform(harness, "throw")
    harness.run_for(1.5)
    start = len(harness.sounds)
    perform(harness, "throw")
    half = harness.sounds[start + round(0.4 / TICK_S)].values[1] / 0.1
    harness.run_for(0.2)
    swell = np.array([sound.values[1] / 0.1 for sound in harness.sounds[start:]])
    assert swell[0] < 0.25
    assert swell.max() > 0.85
    assert 0.35 < half < 0.65, "half way it is half way"
    with harness.stored() as store:
        assert [store.sound(info.id) for info in store.takes()] == [{}] * 4
    harness.done("select", 1)
    harness.done("hold", True)
    harness.run_for(0.5)
    harness.done("hold", False)
    harness.wait_until_idle()
    with harness.stored() as store:
        assert store.sound(5) == {"tone": 220.0}, "what follows a source is not in a take"


def test_the_snapshot_of_a_gesture_sounds_for_its_hold_and_not_while_teaching(harness: ConductorHarness) -> None:
    teach(harness)
    perform(harness, "sink")
    harness.run_for(0.3)
    assert harness.values["tone"] == pytest.approx(660.0)
    assert harness.state.held_by == "sink"
    harness.run_for(2.0)
    assert harness.state.held_by == ""
    harness.done("label", "throw")
    harness.done("record")
    perform(harness, "sink")
    harness.run_for(0.2)
    assert harness.state.held_by == ""


def test_a_gesture_leads_to_another_preset_once_and_not_while_teaching() -> None:
    own_preset("other", PRESET.replace("name: Thrown", "name: Other"))
    leading = PRESET.replace("{trigger: percussion.kick, rest: 250 ms}", "{preset: other}")
    with ConductorHarness(own_preset("leading", leading)) as harness:
        harness.run_for(0.5, throwing(0.0))
        harness.wait_until_idle()
        teach(harness)
        harness.done("label", "throw")
        harness.done("record")
        perform(harness, "throw")
        harness.run_for(0.4)
        harness.done("cancel")
        harness.run_for(2.0, throwing(0.0))
        assert harness.preset_manager.piece.preset.name == "Thrown", "a person was teaching"
        perform(harness, "throw")
        harness.until(lambda: harness.preset_manager.piece.preset.name == "Other", "the other preset")
        assert harness.state.last_by == "gesture throw"


def test_what_is_out_of_sight_in_a_take_is_said(harness: ConductorHarness) -> None:
    harness.done("label", "throw")
    harness.done("hold", True)
    for step in range(round(1.4 / TICK_S)):
        part = min(1.0, max(0.0, (step * TICK_S - 0.3) / 0.8))
        image = pose(
            right_arm=(15.0 + 140.0 * math.sin(math.pi * part) ** 2, 175.0), hidden=("left_elbow", "left_wrist")
        )
        harness.body = body_from(image)
        harness.tick()
    harness.done("hold", False)
    harness.until(lambda: "is saved" in harness.state.message, "a take to be saved")
    assert "Out of sight in it: left wrist, left elbow; a take cannot ask" in harness.state.message


def test_the_key_goes_from_classes_to_gestures_and_to_other_movements(harness: ConductorHarness) -> None:
    chosen = []
    for _ in range(4):
        harness.done("label")
        chosen.append((harness.state.target, harness.state.target_kind))
    assert chosen == [("throw", "gesture"), ("sink", "gesture"), ("none", "gesture"), ("throw", "gesture")]
    assert "There is no gesture 'trow', did you mean 'throw'?" in harness.refused("label", "trow")


def test_a_take_in_which_nothing_moves_is_refused_with_a_sentence(harness: ConductorHarness) -> None:
    harness.done("label", "throw")
    harness.done("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 4 * TICK_S, throwing(0.0))
    harness.until(lambda: "not kept" in harness.state.message, "a refusal")
    assert "nothing moves in it" in harness.state.message
    assert harness.state.takes == {}


def test_more_than_five_takes_say_which_are_used(harness: ConductorHarness) -> None:
    harness.done("label", "throw")
    for _ in range(6):
        record(harness, "throw")
    assert "The newest 5 of its 6 takes count." in harness.state.message
    harness.train()
    assert "Gesture throw has 6 takes; the newest 5 are used: take 2, take 3," in harness.preset_manager.model_note
    assert "no take shows the gesture sink" in harness.preset_manager.model_note


def test_a_take_with_the_movement_more_than_once_is_named_when_it_is_saved_and_when_it_is_trained(
    harness: ConductorHarness,
) -> None:
    said = "to hold the movement more than once"
    harness.done("label", "throw")
    record(harness, "throw")
    assert said not in harness.state.message
    harness.done("label", "sink")  # twice to the side
    record(harness, "sink")
    assert f"It seems {said}: trim it" in harness.state.message
    harness.train()
    assert f"take 2 of gesture sink seems {said}" in harness.preset_manager.model_note
