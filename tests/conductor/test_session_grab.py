"""Grab with a running conductor: what is stored, trained, heard, said and undone."""

from __future__ import annotations

import math

import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.control.commands import call
from tests.support.conductor_harness import HIGH, LOW, RULES, ConductorHarness
from tests.support.stick_figure import body

pytestmark = pytest.mark.slow("a trainer process")


def move(harness: ConductorHarness, seconds: float) -> None:
    """Both arms go up and down, once in three seconds; one of them less far, now and then."""
    for step in range(round(seconds / TICK_S)):
        time_s = step * TICK_S
        right = 85.0 - 75.0 * math.cos(2 * math.pi * time_s / 3.0)
        left = 85.0 - (75.0 if time_s % 6.0 < 3.0 else 30.0) * math.cos(2 * math.pi * time_s / 3.0)
        harness.run_for(TICK_S, body(right, left))


def test_after_a_grab_the_same_movement_plays_all_of_the_snapshots(harness: ConductorHarness) -> None:
    number = harness.submit("grab", 12.0)
    harness.run_for(RULES.countdown_s + 2 * TICK_S)
    assert harness.state.phase == "recording"
    assert harness.state.take_left_s == pytest.approx(12.0, abs=0.1)
    move(harness, 12.2)
    harness.wait_until_idle()
    assert harness.answer(number)[0]
    assert harness.cue("trained") == 1, "it trained by itself"
    assert set(harness.state.takes) == {"1", "2", "3"}
    start = len(harness.sounds)
    move(harness, 6.0)
    pitches = [sound.values[0] for sound in harness.sounds[start + 60 :]]
    assert min(pitches) < 130.0
    assert max(pitches) > 1500.0
    harness.run_for(1.5, HIGH)
    high = harness.values["pitch"]
    harness.run_for(1.5, LOW)
    assert harness.values["pitch"] < high / 4, "higher hands, higher sound"
    assert "Train to hear it" in harness.done("undo")
    assert harness.state.takes == {}


@pytest.mark.parametrize("person", [True, False])
def test_a_person_who_stands_still_or_is_not_there_is_told_what_to_do(
    harness: ConductorHarness, *, person: bool
) -> None:
    harness.body = LOW if person else None
    harness.submit("grab", 5.0)
    harness.run_for(RULES.countdown_s + 5.2)
    harness.wait_until_idle()
    assert ("Too little movement" if person else "No person was in view") in harness.state.message
    assert "move as you will when playing" in harness.state.message
    assert harness.state.message_bad
    assert harness.state.takes == {}
    assert harness.cue("trained") == 0


def test_the_sender_of_a_grab_is_told_how_it_ended(harness: ConductorHarness) -> None:
    told: list[tuple[bool, str]] = []
    harness.session_controller.submit(
        call("grab", (5.0,), "osc 127.0.0.1:5000"), harness.now_s, outcome=lambda ok, text: told.append((ok, text))
    )
    harness.run_for(RULES.countdown_s)
    move(harness, 5.2)
    harness.wait_until_idle()
    ((ok, text),) = told
    assert ok
    assert text.startswith("Grabbed ")
