"""Takes: what is recorded, when it is stored, and what plays meanwhile."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gesturesynth.core import paths
from tests.support.conductor_harness import (
    HIGH,
    LOW,
    MIDDLE,
    RULES,
    ConductorHarness,
)
from tests.support.stick_figure import body, body_from

DRUMS = paths.presets_dir() / "drums.yaml"


def test_a_take_is_on_the_disk_with_its_skeletons_before_it_is_confirmed(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s, LOW)
    harness.until(lambda: harness.cue("saved") > 0, "the confirming sound")
    assert "A take for snapshot 1 is saved" in harness.state.message
    with harness.stored() as store:
        (info,) = store.takes()
        assert (info.target, info.label) == ("1", "")
        assert info.rows == pytest.approx(30.0 * RULES.take_s, abs=2)
        assert info.duration_s == pytest.approx(RULES.take_s, abs=0.1)
        assert store.sound(info.id)["pitch"] == pytest.approx(110.0)
        # From skeletons, so of any feature, also of those that the preset does not use.
        elsewhere = store.examples(["lean", "right_elbow.angle"], ["pitch"], None)
        assert np.isfinite(elsewhere.X).all()
        assert len(elsewhere.X) == info.rows
    assert harness.state.takes == {"1": 1}


def test_nothing_is_confirmed_while_the_disk_has_not_got_it(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.5)
    disk = threading.Event()
    harness.worker.submit(disk.wait)
    harness.run_for(RULES.take_s + 1.0)
    assert harness.state.phase == "playing"
    assert harness.cue("end") == 1
    assert harness.cue("saved") == 0
    assert harness.state.takes == {}
    disk.set()
    harness.until(lambda: harness.cue("saved") == 1, "the confirming sound")


def test_a_take_that_is_ended_early_is_kept_and_one_that_is_called_off_is_not(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    for end in ("record", "cancel"):
        harness.submit("record")
        harness.run_for(RULES.countdown_s + 0.5)
        harness.done(end)
        harness.wait_until_idle()
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.rows == pytest.approx(15, abs=2)


def test_a_take_that_is_held_has_the_poses_from_the_key_to_its_release_and_no_others(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.run_for(1.0, HIGH)
    harness.done("hold", True)
    harness.run_for(2.5, LOW)
    harness.done("hold", False)
    assert harness.state.phase == "playing"
    harness.run_for(1.0, HIGH)
    harness.until(lambda: harness.cue("saved") > 0, "the confirming sound")
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.target == "1"
        assert info.rows == pytest.approx(75, abs=2), "longer than a take of the usual length"
        heights = store.examples(["right_wrist.height"], ["pitch"], None).X[:, 0]
    assert np.ptp(heights) < 0.1, "the arm was low all the time"


@pytest.mark.parametrize("audition", [True, False])
def test_recording_never_mutes_and_never_changes_what_sounds(harness: ConductorHarness, *, audition: bool) -> None:
    harness.done("audition", audition)
    harness.done("select", 2)
    harness.run_for(3.0)
    before, since = harness.sounds[-1], len(harness.sounds)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 0.5)
    harness.wait_until_idle()
    assert harness.state.takes == {"2": 1}
    for sound in harness.sounds[since:]:
        assert sound.values == pytest.approx(before.values, rel=1e-3)
        assert not sound.muted
        assert (sound.scene, sound.volume_db) == (before.scene, before.volume_db)


def test_while_a_take_is_recorded_the_body_plays_on(harness: ConductorHarness) -> None:
    harness.done("audition", False)
    harness.done("select", 2)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.3, LOW)
    low = harness.values["pitch"]
    harness.run_for(0.6, HIGH)
    assert harness.state.phase == "recording"
    assert harness.values["pitch"] > 1.5 * low


def test_a_take_without_a_person_is_refused_with_a_sentence(harness: ConductorHarness) -> None:
    harness.body = None
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
    harness.wait_until_idle()
    assert "no person could be seen" in harness.state.message
    assert harness.state.message_bad
    assert harness.state.takes == {}


def test_a_frame_that_makes_no_sense_does_not_cost_the_take(harness: ConductorHarness) -> None:
    image = np.frombuffer(MIDDLE.image, np.float32).reshape(33, 4).copy()
    image[16] = np.nan
    spoilt = body_from(image)
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.5, LOW)
    harness.run_for(2 / 60, spoilt)
    harness.run_for(RULES.take_s, LOW)
    harness.wait_until_idle()
    assert harness.state.takes == {"1": 1}


def test_takes_of_classes_teach_classes_and_leave_the_outputs_to_the_factory_examples() -> None:
    with ConductorHarness(DRUMS) as harness:
        harness.wait_until_playing()
        for name, what in (("kick", body(15.0, 150.0)), ("none", LOW), ("tom", body(95.0, 95.0))):
            harness.done("label", name)
            assert harness.state.target == name
            harness.take(what)
        assert harness.state.takes == {"kick": 1, "none": 1, "tom": 1}
        with harness.stored() as store:
            assert [(info.target, info.label) for info in store.takes()] == [
                (name, name) for name in ("kick", "none", "tom")
            ]
            assert store.sound(store.takes()[0].id) == {}
        harness.train()
        assert "288 examples" in harness.state.trained
        assert "3 classes" in harness.state.trained
        assert "no example shows" in harness.preset_manager.model_note
        assert harness.preset_manager.model_error == ""
        harness.run_for(1.0, LOW)
        struck = harness.sounds[-1].trigger_counts
        harness.run_for(1.0, body(95.0, 95.0))
        assert harness.conductor.status().recognised == "tom"
        triggers = harness.preset_manager.piece.preset.triggers
        assert [a - b for a, b in zip(harness.sounds[-1].trigger_counts, struck, strict=True)] == [
            int(trigger == "percussion.tom") for trigger in triggers
        ]
