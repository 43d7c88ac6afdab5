"""Teaching: what people get for their commands, with the real worker, store and trainer; only time is passed in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
import structlog

from gesturesynth.config.preset import loader
from gesturesynth.control.commands import COMMAND_LINE, COMMANDS, KEYBOARD
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, RULES, ConductorHarness, own_preset
from tests.support.stick_figure import body, body_from

THEREMIN = paths.presets_dir() / "theremin.yaml"
DRUMS = paths.presets_dir() / "drums.yaml"
UNTAUGHT = """\
name: Bare note
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}
  level: {to: theremin.level, range: [-28, 0], unit: dB}
snapshots:
  1: {pitch: 110, level: -16}
  2: {pitch: 880, level: -6}
instruments:
  theremin: {}
idle: {pitch: 220, level: -28}
"""


@pytest.fixture
def harness() -> Iterator[ConductorHarness]:
    with ConductorHarness(THEREMIN) as created:
        created.wait_until_playing()
        yield created


@pytest.fixture
def untaught() -> Iterator[ConductorHarness]:
    """A preset of one's own that nobody has taught yet."""
    with ConductorHarness(own_preset("bare", UNTAUGHT)) as created:
        created.until(lambda: "not been taught" in created.preset_manager.model_error, "the first reading")
        created.wait_until_idle()
        yield created


# ------------------------------------------------------------------------------------------------------------- answers
VALUES: dict[str, tuple[object, ...]] = {"select": (1,), "volume": (-6.0,), "preset": ("tried",), "hold": (True,)}


def doing_nothing(_: ConductorHarness) -> None:
    pass


def counting_down(harness: ConductorHarness) -> None:
    harness.submit("select", 2)
    harness.submit("record")


def recording(harness: ConductorHarness) -> None:
    counting_down(harness)
    harness.run_for(RULES.countdown_s + 0.2)
    assert harness.state.phase == "recording"


def training(harness: ConductorHarness) -> None:
    harness.submit("train")
    harness.until(lambda: harness.preset_manager.training or not harness.state.training, "the trainer")


@pytest.mark.parametrize("before", [doing_nothing, counting_down, recording, training])
def test_every_command_is_answered_once_whatever_goes_on(before: Callable[[ConductorHarness], None]) -> None:
    for name in ("tra", "trz"):  # its neighbours, which need no fit
        own_preset(name, UNTAUGHT)
    file = own_preset("tried", THEREMIN.read_text(encoding="utf-8"))
    shutil.copy(THEREMIN.with_suffix(".csv"), file.with_suffix(".csv"))
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        _try_all(harness, before)


def _try_all(harness: ConductorHarness, before: Callable[[ConductorHarness], None]) -> None:
    for name in COMMANDS:
        before(harness)
        requested = harness.submit(name, *VALUES.get(name, ()))
        harness.run_for(0.1)
        harness.submit("cancel")
        harness.run_for(RULES.confirm_s + RULES.take_s)
        harness.wait_until_idle()
        assert len(harness.answers[requested]) == 1, name
        ok, text = harness.answers[requested][0]
        assert text, name
        assert ok or text[0].isupper(), text
    harness.run_for(1.0)
    assert all(len(replies) == 1 for replies in harness.answers.values())


def test_commands_that_come_all_at_once_are_all_answered_and_done_in_their_order(harness: ConductorHarness) -> None:
    requested = [
        harness.submit("randomise"),
        harness.submit("save"),
        harness.submit("save"),
        harness.submit("select", 2),
    ]
    harness.wait_until_idle()
    assert [harness.answers[number][0][0] for number in requested] == [True, True, True, True]
    # Neither of the two has overwritten the other.
    with harness.stored() as store:
        assert set(store.snapshots()) == {4, 5}


def test_what_is_still_under_way_at_the_end_is_done_and_answered(harness: ConductorHarness) -> None:
    harness.done("randomise")
    requested = harness.submit("save")
    harness.close()
    assert len(harness.answers[requested]) == 1
    assert harness.answers[requested][0][0]
    with harness.stored() as store:
        assert 4 in store.snapshots()


# ------------------------------------------------------------------------------------------------------------- hearing
def test_a_selected_snapshot_is_heard_at_once_and_let_go_it_gives_way_to_the_body(
    harness: ConductorHarness,
) -> None:
    played = harness.values
    for number, pitch, level in ((1, 110.0, -16.0), (3, 1760.0, -3.0)):
        assert f"Snapshot {number}" in harness.done("select", number)
        harness.tick()
        assert harness.values == pytest.approx({"pitch": pitch, "level": level, "timbre": harness.values["timbre"]})
        harness.run_for(1.0, HIGH)
        assert harness.values["pitch"] == pytest.approx(pitch), "the body does not move it"
    harness.run_for(0.5, MIDDLE)
    harness.done("stop")
    harness.run_for(2.0)
    assert harness.values == pytest.approx(played, rel=0.02)
    assert harness.state.held == ""


def test_what_is_held_is_what_everybody_is_told(harness: ConductorHarness) -> None:
    harness.done("select", 3)
    harness.run_for(0.1)
    status: ConductorStatus = harness.conductor.status()
    told = {reading.name: reading.value for reading in status.outputs}
    assert told == pytest.approx(harness.values)
    assert told["pitch"] == pytest.approx(1760.0)


def test_training_lets_go_and_the_new_model_is_heard(harness: ConductorHarness) -> None:
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


def test_with_audition_off_nothing_is_heard_of_a_selection(harness: ConductorHarness) -> None:
    played = harness.values
    harness.done("audition", False)
    harness.done("select", 1)
    harness.run_for(0.5)
    assert harness.values == pytest.approx(played, rel=0.02)
    harness.take(LOW)
    with harness.stored() as store:
        assert store.sound(store.takes()[0].id)["pitch"] == pytest.approx(110.0), "but it is what a take teaches"


def test_a_sound_that_is_held_stays_when_its_preset_is_saved_in_an_editor(tmp_path: Path) -> None:
    for ending in (".yaml", ".csv"):
        shutil.copy(THEREMIN.with_suffix(ending), tmp_path / f"mine{ending}")
    file = tmp_path / "mine.yaml"
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        harness.done("select", 3)
        harness.tick()
        edits = {"Air theremin": "Mine", "[110, 1760]": "[110, 880]", "pitch: 1760": "pitch: 880"}
        text = file.read_text()
        for old, new in edits.items():
            text = text.replace(old, new)
        file.write_text(text)
        harness.until(lambda: harness.preset_manager.piece.preset.name == "Mine", "the new file")
        harness.run_for(1.0)
        assert harness.state.held == "3"
        assert harness.values["pitch"] == pytest.approx(880.0), "held, and within what is allowed now"
        harness.done("stop")
        harness.run_for(2.0)
        assert harness.values["pitch"] < 800.0


def test_random_sounds_are_within_the_ranges_and_all_over_them(harness: ConductorHarness) -> None:
    outputs = harness.preset_manager.piece.preset.outputs
    found = []
    for _ in range(100):
        harness.done("randomise")
        harness.tick()
        for output in outputs:
            low, high = output.ends
            assert low <= harness.values[output.name] <= high
        found.append(harness.positions(len(harness.sounds) - 1)[0])
    places = np.array(found)
    assert places.min() < 0.1
    assert places.max() > 0.9
    assert np.median(places, axis=0) == pytest.approx(0.5, abs=0.2), "by the warp of each output, so by ear"


def test_a_sound_that_is_saved_is_a_snapshot_like_any_other(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.run_for(0.1)
    kept = harness.values
    assert "snapshot 4" in harness.done("save")
    assert harness.state.target == "4"
    harness.done("select", 1)
    harness.run_for(0.1)
    assert harness.values != pytest.approx(kept)
    harness.done("select", 4)
    harness.tick()
    assert harness.values == pytest.approx(kept)
    harness.take(HIGH)
    with harness.stored() as store:
        assert store.sound(store.takes()[0].id) == pytest.approx(kept)


def test_when_nine_sounds_are_saved_none_is_lost_for_a_tenth(harness: ConductorHarness) -> None:
    for _ in range(6):
        harness.submit("randomise")
        harness.submit("save")
    harness.wait_until_idle()
    harness.submit("randomise")
    assert "nine" in harness.refused("save")
    with harness.stored() as store:
        kept = store.snapshots()
    assert set(kept) == {4, 5, 6, 7, 8, 9}


# --------------------------------------------------------------------------------------------------------------- takes
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
        # From skeletons, so of any feature, whatever the preset looks at.
        elsewhere = store.examples(["lean", "right_elbow.angle"], ["pitch"], None)
        assert np.isfinite(elsewhere.X).all()
        assert len(elsewhere.X) == info.rows
    assert harness.state.takes == {"1": 1}


def test_nothing_is_confirmed_while_the_disk_has_not_got_it(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.5)
    import threading  # noqa: PLC0415 - here alone

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


def test_a_take_with_nobody_in_it_is_refused_with_a_sentence(harness: ConductorHarness) -> None:
    harness.body = None
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
    harness.wait_until_idle()
    assert "nobody could be seen" in harness.state.message
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


# -------------------------------------------------------------------------------------------------------- undo and redo
def test_takes_are_undone_redone_and_cleared_and_the_state_has_their_number(
    harness: ConductorHarness,
) -> None:
    harness.done("select", 1)
    assert "nothing" in harness.refused("undo")
    for _ in range(2):
        harness.take(LOW)
    assert harness.state.takes == {"1": 2}
    assert "Undone: take 2" in harness.done("undo")
    assert (harness.state.takes, harness.state.can_redo) == ({"1": 1}, True)
    assert "Done again" in harness.done("redo")
    assert (harness.state.takes, harness.state.can_redo) == ({"1": 2}, False)
    harness.done("delete-last")
    assert harness.state.takes == {"1": 1}
    assert "Delete the only take?" in harness.done("clear")
    assert harness.state.takes == {"1": 1}, "it was only asked"
    harness.done("clear")
    assert harness.state.takes == {}
    harness.done("undo")
    assert harness.state.takes == {"1": 1}
    with harness.stored() as store:
        assert [info.id for info in store.takes()] == [1]


def test_a_saved_sound_that_is_taken_back_is_not_there_any_more_and_is_let_go(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.done("save")
    assert (harness.state.target, harness.state.held) == ("4", "4")
    text = harness.done("undo")
    assert "snapshot 4" in text
    assert "Train" not in text, "training would not change a thing"
    harness.run_for(0.1)
    assert (harness.state.target, harness.state.held) == ("", "")
    assert "no snapshot 4" in harness.refused("select", 4)
    harness.done("redo")
    harness.done("select", 4)


def test_only_what_changes_takes_is_said_to_need_training(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.done("save")
    harness.take(LOW)
    both = [harness.submit("undo"), harness.submit("undo")]  # at once: neither knows yet what the other does
    assert [("Train" in harness.answer(number)[1]) for number in both] == [True, False]
    assert [("Train" in harness.done("redo")) for _ in both] == [False, True]


def test_what_another_program_does_to_the_examples_is_seen(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    with harness.stored() as store:
        store.delete(1)
    harness.until(lambda: harness.state.takes == {}, "the take to be gone")
    assert harness.state.can_undo
    harness.done("undo")
    assert harness.state.takes == {"1": 1}


def test_what_was_taught_is_there_again_the_next_time(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("select", 2)
    harness.take(HIGH)
    harness.done("delete-last")
    harness.close()
    with ConductorHarness(THEREMIN) as again:
        again.wait_until_playing()
        assert again.state.takes == {"1": 1}
        assert "30 examples" in again.preset_manager.model
        again.done("undo")
        assert again.state.takes == {"1": 1, "2": 1}


# ------------------------------------------------------------------------------------------------------------- training
def trainers() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if "gesturesynth.pipeline.trainer" in " ".join(child.cmdline())
    ]


def fits(harness: ConductorHarness) -> int:
    """How many fits that were asked for have ended."""
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


def test_a_training_that_is_called_off_changes_nothing_and_leaves_nothing_behind(harness: ConductorHarness) -> None:
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


def test_a_training_that_goes_wrong_is_said_and_what_plays_plays_on(untaught: ConductorHarness) -> None:
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


def test_a_trainer_that_is_killed_is_told_of(harness: ConductorHarness) -> None:
    kept = harness.preset_manager.model
    harness.done("train")
    harness.until(lambda: harness.preset_manager.training, "the trainer")
    for trainer in trainers():
        trainer.kill()
    harness.until(lambda: not harness.state.training, "its end")
    assert "ended by signal 9" in harness.state.message
    assert harness.preset_manager.model == kept


# -------------------------------------------------------------------------------------------------------------- presets
def test_the_presets_go_round_in_their_order_past_one_that_is_broken(harness: ConductorHarness) -> None:
    own_preset("sing", UNTAUGHT)
    own_preset("sob", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    own_preset("zing", UNTAUGHT)
    names = [entry.name for entry in loader.available()]
    assert names[-4:] == ["sing", "sob", "theremin", "zing"]
    heard = []
    for _ in range(2):
        harness.done("previous")
        harness.wait_until_idle()
        heard.append((harness.preset_manager.piece.preset.key, harness.state.message_bad))
    assert heard == [("theremin", True), ("sing", False)], "the first is broken, the one before it is not"
    harness.submit("next")
    harness.submit("next")
    harness.submit("next")  # three keys are three presets, however fast
    harness.wait_until_idle()
    assert harness.preset_manager.piece.preset.key == "zing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gesturesynth.core.paths.presets_dir", lambda: paths.config_dir() / "none")
        harness.done("next")
        harness.wait_until_idle()
        assert harness.preset_manager.piece.preset.key == "sing", "after the last comes the first"


def test_a_broken_preset_leaves_the_one_before_it_as_it_was(harness: ConductorHarness) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    kept, model, since = harness.preset_manager.piece, harness.preset_manager.model, len(harness.preset_events)
    before = harness.values
    harness.done("preset", "broken")
    harness.until(lambda: harness.state.message_bad, "the error")
    assert "did you mean" in harness.state.message
    harness.run_for(2.0)
    harness.wait_until_idle()
    assert (harness.preset_manager.piece, harness.preset_manager.model) == (kept, model)
    assert harness.preset_manager.preset_error == ""
    assert harness.values == pytest.approx(before, rel=0.02)
    assert "did you mean" in harness.state.message, "no other word, such as that of a fit that nobody wanted, hides it"
    assert len(harness.preset_events) == since + 1
    assert "no preset 'thermin'" in answered_later(harness, "preset", "thermin")


def answered_later(harness: ConductorHarness, name: str, *values: object) -> str:
    """Gives a command that is looked into; what is said then."""
    harness.submit(name, *values)
    harness.wait_until_idle()
    return harness.state.message


def test_another_preset_has_its_own_takes_and_sounds(harness: ConductorHarness) -> None:
    own_preset("bare", UNTAUGHT)
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("preset", "bare")
    harness.until(lambda: harness.preset_manager.piece.preset.key == "bare", "the other preset")
    assert "this preset has 1, 2" in harness.refused("select", 3), "not for one moment are they those of the former"
    harness.wait_until_idle()
    assert (harness.state.takes, harness.state.target, harness.state.held) == ({}, "", "")
    harness.done("preset", "theremin")
    harness.wait_until_idle()
    assert harness.state.takes == {"1": 1}
    assert "30 examples" in harness.preset_manager.model


def test_a_take_ends_with_its_preset() -> None:
    bare = own_preset("bare", UNTAUGHT)
    with ConductorHarness(THEREMIN, replace(RULES, take_s=600.0)) as harness:
        harness.wait_until_playing()
        harness.done("preset", str(bare))
        harness.submit("select", 1)
        harness.submit("record")
        harness.until(lambda: harness.preset_manager.piece.preset.key == "bare", "the other preset")
        harness.wait_until_idle()
        assert harness.state.phase == "playing"
        assert (harness.state.target, harness.state.held) == ("", "")
        assert harness.state.takes == {}
        harness.done("preset", "theremin")
        harness.wait_until_idle()
        assert harness.state.takes == {}


def test_a_change_of_preset_during_a_training_ends_the_training(
    harness: ConductorHarness,
) -> None:
    harness.done("train")
    harness.done("preset", "drone")
    harness.wait_until_idle()
    assert harness.preset_manager.piece.preset.key == "drone"
    assert not harness.state.training


def test_a_training_during_a_change_to_a_broken_preset_is_not_waited_for_for_ever(harness: ConductorHarness) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    harness.submit("preset", "broken")
    harness.submit("train")
    harness.wait_until_idle()
    assert not harness.state.training
    harness.train()
    assert "Trained" in harness.state.message


# -------------------------------------------------------------------------------------------------------------- trouble
def test_where_nothing_can_be_stored_it_is_said_and_all_else_goes_on(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").write_text("in the way")
    monkeypatch.setenv("GESTURESYNTH_STATE_DIR", str(own_folders / "file" / "state"))
    with ConductorHarness(THEREMIN) as harness:
        harness.wait_until_playing()
        assert "100 examples" in harness.preset_manager.model, "the factory examples play"
        assert str(own_folders / "file") in harness.preset_manager.model_error
        harness.done("select", 3)
        harness.tick()
        assert harness.values["pitch"] == pytest.approx(1760.0)
        harness.done("record")
        harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
        harness.wait_until_idle()
        assert harness.state.message_bad
        assert str(own_folders / "file") in harness.state.message
        assert harness.cue("saved") == 0
        assert str(own_folders / "file") in harness.refused("save")
        harness.done("stop")
        errors = harness.cue("error")
        harness.run_for(10.0)
        assert harness.cue("error") == errors, "it is said when it matters, and not again and again"
        harness.body = HIGH
        harness.run_for(2.0)
        high = harness.values["pitch"]
        harness.run_for(2.0, LOW)
        assert high > 2.0 * harness.values["pitch"], "the body plays"


def test_a_store_that_is_lost_while_it_plays_takes_nothing_with_it(
    harness: ConductorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, what in ((3, HIGH), (1, LOW)):
        harness.done("select", number)
        harness.take(what)
    harness.train()
    kept = harness.preset_manager.model
    folder = store_path("theremin").parent
    shutil.move(folder, folder.with_name("elsewhere"))
    folder.write_text("in the way")
    harness.submit("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
    harness.wait_until_idle()
    assert harness.state.message_bad

    def broken(*_: object, **__: object) -> None:
        raise GestureSynthError("The disk does not answer")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.examples", broken)
    harness.train()
    assert (harness.state.message_bad, harness.state.model_error) == (True, "The disk does not answer")
    assert harness.preset_manager.model == kept, "what was taught plays on, no factory example instead of it"


def test_a_damaged_store_is_set_aside_and_that_is_said_once(own_folders: Path) -> None:
    path = store_path("theremin")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    with structlog.testing.capture_logs() as lines, ConductorHarness(THEREMIN) as harness:
        harness.wait_until_playing()
        assert "set aside" in harness.state.message
        assert harness.state.message_bad
        (told,) = [line for line in lines if "set aside" in line.get("message", "")]
        assert "by" not in told, "nobody asked: the line stays above the live view"
        errors = harness.cue("error")
        harness.run_for(3.0)
        harness.done("select", 1)
        harness.take(LOW)
        assert harness.cue("error") == errors
        assert harness.state.takes == {"1": 1}


def test_a_library_that_fails_in_the_worker_is_said_and_nothing_stops(
    harness: ConductorHarness, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.save_snapshot", failing)
    assert "no such luck" in harness.refused("save")
    monkeypatch.undo()
    assert "no such luck" in capfd.readouterr().err


# ----------------------------------------------------------------------------------------------------------- the end
def test_the_keyboard_ends_at_once_and_in_the_middle_of_a_take_only_when_asked_again(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.submit("record")
    harness.run_for(RULES.countdown_s + 0.5, LOW)
    assert "middle of a take?" in harness.done("quit")
    at_first = harness.session_controller.quitting
    harness.done("quit")
    assert (at_first, harness.session_controller.quitting) == (False, True)
    assert harness.conductor.status().quitting
    harness.close()
    with harness.stored() as store:
        (info,) = store.takes()
        assert info.rows == pytest.approx(15, abs=2), "what was recorded is kept"


def test_a_shell_is_asked_before_everything_ends(harness: ConductorHarness) -> None:
    harness.submit("quit", by=COMMAND_LINE)
    assert not harness.session_controller.quitting
    harness.run_for(RULES.confirm_s + 0.5)
    harness.submit("quit", by=COMMAND_LINE)
    assert not harness.session_controller.quitting, "nobody said yes in time"
    harness.submit("quit", by=COMMAND_LINE)
    assert harness.session_controller.quitting


def test_volume_mute_and_panic_are_heard(harness: ConductorHarness) -> None:
    harness.done("volume", -12.0)
    harness.tick()
    assert harness.sounds[-1].volume_db == pytest.approx(-12.0)
    for on, off in (("mute", "mute"), ("panic", "release")):
        harness.done(on)
        harness.tick()
        assert harness.sounds[-1].muted
        harness.done(off)
        harness.tick()
        assert not harness.sounds[-1].muted


def test_what_is_said_to_a_hand_is_marked_in_the_log(harness: ConductorHarness) -> None:
    with structlog.testing.capture_logs() as lines:
        harness.refused("undo")
        harness.submit("select", 9, by="osc 127.0.0.1:5000")
        harness.done("select", 1)
        harness.take(LOW)
        harness.body = None
        harness.run_for(0.5)
        harness.done("record")
        harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
        harness.wait_until_idle()
    by = {line["message"]: line.get("by", "") for line in lines if "message" in line}
    assert by["There is nothing to take back."] == KEYBOARD
    assert next(who for text, who in by.items() if "no snapshot 9" in text) == "osc 127.0.0.1:5000"
    assert by["The take is over."] == KEYBOARD
    assert next(who for message, who in by.items() if "Nobody" in message or "nobody" in message) == KEYBOARD


def test_a_fader_does_not_fill_the_log(harness: ConductorHarness) -> None:
    with structlog.testing.capture_logs() as lines:
        for step in range(50):
            harness.done("volume", -0.1 * step)
        harness.done("mute")
    assert [line["message"] for line in lines if line["log_level"] != "debug"] == ["Sound is off."]


# -------------------------------------------------------------------------------------------------------------- classes
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


def test_factory_examples_stay_for_what_was_not_taught() -> None:
    drums = loader.load(DRUMS)
    factory = read_csv(drums.examples_path)
    whole = fit_job(drums)
    assert np.isfinite(whole.positions.view).all(axis=1).any()
    only_outputs = replace(factory, labels=np.full_like(factory.labels, ""), X=factory.X + 0.1)
    only_classes = replace(factory, Y=np.full_like(factory.Y, np.nan), X=factory.X + 0.1)
    for own, keeps_labels in ((only_outputs, False), (only_classes, True)):
        job = fit_job(drums, own)
        labelled = np.array([label != "" for label in job.labels])
        sounding = np.isfinite(job.positions.view).all(axis=1)
        shifted = np.arange(len(labelled)) < len(own)
        assert set(job.labels) - {""} == set(whole.labels) - {""}
        assert (shifted[labelled] == keeps_labels).all(), "each thing is taught by the one or by the other, not by both"
        assert (shifted[sounding] != keeps_labels).all()
        assert not set(np.array(job.takes)[shifted]) & set(np.array(job.takes)[~shifted])
    both = fit_job(drums, factory)
    assert len(both.labels) == len(factory)


def test_the_state_can_be_sent_to_anybody(harness: ConductorHarness) -> None:
    status = json.loads(msgspec.json.encode(harness.conductor.status()))
    assert status["session"]["phase"] == "playing"
    assert status["pid"] == os.getpid()
    assert KEYBOARD
