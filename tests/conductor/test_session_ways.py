"""Nudge and morph with a running conductor: what is stored, what is heard, what is undone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.conductor.loop import TICK_S
from tests.support.conductor_harness import HIGH, LOW, RULES, ConductorHarness
from tests.support.stick_figure import body


def test_a_nudge_keeps_the_last_two_seconds_for_what_is_held(harness: ConductorHarness) -> None:
    harness.run_for(3.0, HIGH)
    harness.done("select", 1)
    harness.run_for(2.2, LOW)
    assert "A take for snapshot 1 is saved" in harness.done("nudge")
    with harness.stored() as store:
        (info,) = store.takes()
        assert (info.target, info.label) == ("1", "")
        assert info.rows == pytest.approx(60, abs=2)
        assert store.sound(info.id)["pitch"] == pytest.approx(110.0)
        heights = store.examples(["right_wrist.height"], ["pitch"], None).X[:, 0]
    assert np.ptp(heights) < 0.1, "the arm was low all the time"
    assert harness.values["pitch"] == pytest.approx(110.0), "it is held on"
    assert "Train to hear it" in harness.done("undo")
    assert harness.state.takes == {}


def test_a_nudge_of_what_the_body_played_keeps_the_middle_of_it(harness: ConductorHarness) -> None:
    harness.run_for(3.0, HIGH)
    high = harness.values["pitch"]
    harness.run_for(0.3, LOW)
    harness.done("nudge")
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.target == "(nudge)"
        assert store.sound(info.id)["pitch"] == pytest.approx(high, rel=0.02), "a short way to the key does not count"
    before = harness.sounds[-1].values
    harness.train()
    assert len(before) == len(harness.sounds[-1].values)
    harness.run_for(1.5, HIGH)
    assert harness.values["pitch"] == pytest.approx(high, rel=0.05), "and it plays in that pose"


def test_a_nudge_without_a_person_is_refused_with_a_sentence(harness: ConductorHarness) -> None:
    harness.body = None
    harness.run_for(3.0)
    assert "no person could be seen" in harness.refused("nudge")


def test_a_morph_is_heard_in_the_warp_of_each_output_and_taught_like_a_snapshot(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.run_for(0.2)
    low = harness.values
    harness.done("select", 3)
    harness.run_for(0.2)
    high = harness.values
    harness.done("morph", 1, 3, 0.5)
    harness.run_for(0.2)
    half = harness.values
    assert half["pitch"] == pytest.approx(math.sqrt(low["pitch"] * high["pitch"]), rel=1e-3), "half way by ratios"
    assert half["level"] == pytest.approx((low["level"] + high["level"]) / 2, abs=0.01)
    harness.take(LOW)
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.target == "(morph)"
        assert store.sound(info.id)["pitch"] == pytest.approx(half["pitch"], rel=1e-3)
    assert "Saved as snapshot 4" in harness.done("save")
    assert harness.state.target == "4"
    harness.run_for(0.2)
    assert harness.values["pitch"] == pytest.approx(half["pitch"], rel=1e-3)


def test_values_that_are_set_are_heard_within_their_ranges_and_taught(harness: ConductorHarness) -> None:
    _, level, _ = harness.preset_manager.piece.preset.outputs
    loudest = level.limits[1]
    harness.done("set-outputs", "330 99 0.1")
    harness.run_for(0.2)
    assert harness.values == pytest.approx({"pitch": 330.0, "level": loudest, "timbre": 0.1}, abs=1e-6)
    harness.done("set-outputs", "- -12 -")
    harness.run_for(0.2)
    assert harness.values["level"] == pytest.approx(-12.0)
    harness.take(LOW)
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.target == "(set)"
        assert store.sound(info.id) == pytest.approx({"pitch": 330.0, "level": -12.0, "timbre": 0.1}, abs=1e-6)


def test_a_sweep_moves_the_sound_and_ends_in_one_line_of_the_log(
    harness: ConductorHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = []
    for part in np.linspace(0.0, 1.0, 21):
        harness.done("morph", 1, 3, float(part))
        harness.run_for(0.05)
        heard.append(harness.values["pitch"])
    assert np.all(np.diff(heard) > 0.0)
    assert harness.cue("selected") == 1


def test_playing_along_teaches_a_mapping_that_follows_the_person(harness: ConductorHarness) -> None:
    """A person whose arm follows the score 0.3 s late: afterwards the arm plays what the score had."""
    harness.body = body(15.0, 15.0)
    harness.submit("play-along")
    harness.run_for(RULES.countdown_s)
    start_s, heard = harness.now_s, []
    while harness.state.phase == "recording" or harness.now_s < start_s + 0.1:
        time_s = harness.now_s - start_s - 0.3
        raised = 15.0 + 70.0 * (glide((time_s - 2.0) / 3.0) + glide((time_s - 7.0) / 3.0))
        harness.run_for(TICK_S, body(raised, raised))
        heard.append(harness.values["pitch"])
    assert heard[0] == pytest.approx(110.0)
    assert max(heard) == pytest.approx(1760.0, rel=0.01)
    assert max(np.abs(np.diff(np.log2(heard)))) < 0.05, "it glides"
    harness.wait_until_idle()
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.target == "(play-along)"
        pitches = store.examples(["right_wrist.height"], ["pitch"], None).Y[:, 0]
    assert len(set(pitches.tolist())) > 50, "the target moved"
    assert harness.cue("trained") == 1, "it trained by itself"
    assert harness.state.held == ""
    for raised, pitch in ((15.0, 110.0), (85.0, 440.0), (155.0, 1760.0)):
        harness.run_for(1.5, body(raised, raised))
        assert harness.values["pitch"] == pytest.approx(pitch, rel=0.08)
    assert "Train to hear it" in harness.done("undo")
    assert harness.state.takes == {}


def glide(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3.0 - 2.0 * part)
