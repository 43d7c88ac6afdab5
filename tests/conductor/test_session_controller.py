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
from gesturesynth.pipeline.running_preset import fit_job
from gesturesynth.runtime.messages import Body, ConductorStatus
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, RULES, Classroom, body, own_preset

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
def room() -> Iterator[Classroom]:
    with Classroom(THEREMIN) as made:
        made.playing()
        yield made


@pytest.fixture
def bare() -> Iterator[Classroom]:
    """A preset of one's own that nobody has taught yet."""
    with Classroom(own_preset("bare", UNTAUGHT)) as made:
        made.until(lambda: "not been taught" in made.repertoire.model_error, "the first reading")
        made.settle()
        yield made


# ------------------------------------------------------------------------------------------------------------- answers
VALUES: dict[str, tuple[object, ...]] = {"select": (1,), "volume": (-6.0,), "preset": ("tried",), "hold": (True,)}


def doing_nothing(_: Classroom) -> None:
    pass


def counting_down(room: Classroom) -> None:
    room.ask("select", 2)
    room.ask("record")


def recording(room: Classroom) -> None:
    counting_down(room)
    room.pass_s(RULES.countdown_s + 0.2)
    assert room.state.phase == "recording"


def training(room: Classroom) -> None:
    room.ask("train")
    room.until(lambda: room.repertoire.training or not room.state.training, "the trainer")


@pytest.mark.parametrize("before", [doing_nothing, counting_down, recording, training])
def test_every_command_is_answered_once_whatever_goes_on(before: Callable[[Classroom], None]) -> None:
    for name in ("tra", "trz"):  # its neighbours, which need no fit
        own_preset(name, UNTAUGHT)
    file = own_preset("tried", THEREMIN.read_text(encoding="utf-8"))
    shutil.copy(THEREMIN.with_suffix(".csv"), file.with_suffix(".csv"))
    with Classroom(file) as room:
        room.playing()
        _try_all(room, before)


def _try_all(room: Classroom, before: Callable[[Classroom], None]) -> None:
    for name in COMMANDS:
        before(room)
        requested = room.ask(name, *VALUES.get(name, ()))
        room.pass_s(0.1)
        room.ask("cancel")
        room.pass_s(RULES.confirm_s + RULES.take_s)
        room.settle()
        assert len(room.answers[requested]) == 1, name
        ok, text = room.answers[requested][0]
        assert text, name
        assert ok or text[0].isupper(), text
    room.pass_s(1.0)
    assert all(len(replies) == 1 for replies in room.answers.values())


def test_commands_that_come_all_at_once_are_all_answered_and_done_in_their_order(room: Classroom) -> None:
    requested = [room.ask("randomise"), room.ask("save"), room.ask("save"), room.ask("select", 2)]
    room.settle()
    assert [room.answers[number][0][0] for number in requested] == [True, True, True, True]
    # Neither of the two has overwritten the other.
    with room.stored() as store:
        assert set(store.snapshots()) == {4, 5}


def test_what_is_still_under_way_at_the_end_is_done_and_answered(room: Classroom) -> None:
    room.done("randomise")
    requested = room.ask("save")
    room.close()
    assert len(room.answers[requested]) == 1
    assert room.answers[requested][0][0]
    with room.stored() as store:
        assert 4 in store.snapshots()


# ------------------------------------------------------------------------------------------------------------- hearing
def test_a_snapshot_that_is_selected_is_heard_at_once_and_let_go_it_gives_way_to_the_body(room: Classroom) -> None:
    played = room.values
    for number, pitch, level in ((1, 110.0, -16.0), (3, 1760.0, -3.0)):
        assert f"Snapshot {number}" in room.done("select", number)
        room.step()
        assert room.values == pytest.approx({"pitch": pitch, "level": level, "timbre": room.values["timbre"]})
        room.pass_s(1.0, HIGH)
        assert room.values["pitch"] == pytest.approx(pitch), "the body does not move it"
    room.pass_s(0.5, MIDDLE)
    room.done("stop")
    room.pass_s(2.0)
    assert room.values == pytest.approx(played, rel=0.02)
    assert room.state.held == ""


def test_what_is_held_is_what_everybody_is_told(room: Classroom) -> None:
    room.done("select", 3)
    room.pass_s(0.1)
    status: ConductorStatus = room.conductor._status()
    told = {reading.name: reading.value for reading in status.outputs}
    assert told == pytest.approx(room.values)
    assert told["pitch"] == pytest.approx(1760.0)


def test_training_lets_go_and_the_new_model_is_heard(room: Classroom) -> None:
    room.done("select", 1)
    room.take(LOW)
    room.done("select", 3)
    room.take(HIGH)
    room.train()
    assert room.state.held == ""
    room.pass_s(3.0, LOW)
    assert room.values["pitch"] == pytest.approx(110.0, rel=0.05)
    room.pass_s(3.0, HIGH)
    assert room.values["pitch"] == pytest.approx(1760.0, rel=0.05)
    assert "60 examples" in room.state.trained, "and no factory example among them"


def test_with_audition_off_nothing_is_heard_of_a_selection(room: Classroom) -> None:
    played = room.values
    room.done("audition", False)
    room.done("select", 1)
    room.pass_s(0.5)
    assert room.values == pytest.approx(played, rel=0.02)
    room.take(LOW)
    with room.stored() as store:
        assert store.sound(store.takes()[0].id)["pitch"] == pytest.approx(110.0), "but it is what a take teaches"


def test_a_sound_that_is_held_stays_when_its_preset_is_saved_in_an_editor(tmp_path: Path) -> None:
    for ending in (".yaml", ".csv"):
        shutil.copy(THEREMIN.with_suffix(ending), tmp_path / f"mine{ending}")
    file = tmp_path / "mine.yaml"
    with Classroom(file) as room:
        room.playing()
        room.done("select", 3)
        room.step()
        edits = {"Air theremin": "Mine", "[110, 1760]": "[110, 880]", "pitch: 1760": "pitch: 880"}
        text = file.read_text()
        for old, new in edits.items():
            text = text.replace(old, new)
        file.write_text(text)
        room.until(lambda: room.repertoire.piece.preset.name == "Mine", "the new file")
        room.pass_s(1.0)
        assert room.state.held == "3"
        assert room.values["pitch"] == pytest.approx(880.0), "held, and within what is allowed now"
        room.done("stop")
        room.pass_s(2.0)
        assert room.values["pitch"] < 800.0


def test_random_sounds_are_within_the_ranges_and_all_over_them(room: Classroom) -> None:
    outputs = room.repertoire.piece.preset.outputs
    found = []
    for _ in range(100):
        room.done("randomise")
        room.step()
        for output in outputs:
            low, high = output.ends
            assert low <= room.values[output.name] <= high
        found.append(room.positions(len(room.sounds) - 1)[0])
    places = np.array(found)
    assert places.min() < 0.1
    assert places.max() > 0.9
    assert np.median(places, axis=0) == pytest.approx(0.5, abs=0.2), "by the warp of each output, so by ear"


def test_a_sound_that_is_saved_is_a_snapshot_like_any_other(room: Classroom) -> None:
    room.done("randomise")
    room.pass_s(0.1)
    kept = room.values
    assert "snapshot 4" in room.done("save")
    assert room.state.target == "4"
    room.done("select", 1)
    room.pass_s(0.1)
    assert room.values != pytest.approx(kept)
    room.done("select", 4)
    room.step()
    assert room.values == pytest.approx(kept)
    room.take(HIGH)
    with room.stored() as store:
        assert store.sound(store.takes()[0].id) == pytest.approx(kept)


def test_when_nine_sounds_are_saved_none_is_lost_for_a_tenth(room: Classroom) -> None:
    for _ in range(6):
        room.ask("randomise")
        room.ask("save")
    room.settle()
    room.ask("randomise")
    assert "nine" in room.refused("save")
    with room.stored() as store:
        kept = store.snapshots()
    assert set(kept) == {4, 5, 6, 7, 8, 9}


# --------------------------------------------------------------------------------------------------------------- takes
def test_a_take_is_on_the_disk_with_its_skeletons_before_it_is_confirmed(room: Classroom) -> None:
    room.done("select", 1)
    room.ask("record")
    room.pass_s(RULES.countdown_s, LOW)
    room.until(lambda: room.cue("saved") > 0, "the confirming sound")
    assert "A take for snapshot 1 is saved" in room.state.message
    with room.stored() as store:
        (info,) = store.takes()
        assert (info.target, info.label) == ("1", "")
        assert info.rows == pytest.approx(30.0 * RULES.take_s, abs=2)
        assert info.duration_s == pytest.approx(RULES.take_s, abs=0.1)
        assert store.sound(info.id)["pitch"] == pytest.approx(110.0)
        # From skeletons, so of any feature, whatever the preset looks at.
        elsewhere = store.examples(["lean", "right_elbow.angle"], ["pitch"], None)
        assert np.isfinite(elsewhere.X).all()
        assert len(elsewhere.X) == info.rows
    assert room.state.takes == {"1": 1}


def test_nothing_is_confirmed_while_the_disk_has_not_got_it(room: Classroom) -> None:
    room.done("select", 1)
    room.ask("record")
    room.pass_s(RULES.countdown_s + 0.5)
    import threading  # noqa: PLC0415 - here alone

    disk = threading.Event()
    room.worker.submit(disk.wait)
    room.pass_s(RULES.take_s + 1.0)
    assert room.state.phase == "playing"
    assert room.cue("end") == 1
    assert room.cue("saved") == 0
    assert room.state.takes == {}
    disk.set()
    room.until(lambda: room.cue("saved") == 1, "the confirming sound")


def test_a_take_that_is_ended_early_is_kept_and_one_that_is_called_off_is_not(room: Classroom) -> None:
    room.done("select", 1)
    for end in ("record", "cancel"):
        room.ask("record")
        room.pass_s(RULES.countdown_s + 0.5)
        room.done(end)
        room.settle()
    with room.stored() as store:
        (info,) = store.takes()
        assert info.rows == pytest.approx(15, abs=2)


def test_a_take_that_is_held_has_the_poses_from_the_key_to_its_release_and_no_others(room: Classroom) -> None:
    room.done("select", 1)
    room.pass_s(1.0, HIGH)
    room.done("hold", True)
    room.pass_s(2.5, LOW)
    room.done("hold", False)
    assert room.state.phase == "playing"
    room.pass_s(1.0, HIGH)
    room.until(lambda: room.cue("saved") > 0, "the confirming sound")
    with room.stored() as store:
        (info,) = store.takes()
        assert info.target == "1"
        assert info.rows == pytest.approx(75, abs=2), "longer than a take of the usual length"
        heights = store.examples(["right_wrist.height"], ["pitch"], None).X[:, 0]
    assert np.ptp(heights) < 0.1, "the arm was low all the time"


@pytest.mark.parametrize("audition", [True, False])
def test_recording_never_mutes_and_never_changes_what_sounds(room: Classroom, *, audition: bool) -> None:
    room.done("audition", audition)
    room.done("select", 2)
    room.pass_s(3.0)
    before, since = room.sounds[-1], len(room.sounds)
    room.ask("record")
    room.pass_s(RULES.countdown_s + RULES.take_s + 0.5)
    room.settle()
    assert room.state.takes == {"2": 1}
    for sound in room.sounds[since:]:
        assert sound.values == pytest.approx(before.values, rel=1e-3)
        assert not sound.muted
        assert (sound.scene, sound.volume_db) == (before.scene, before.volume_db)


def test_while_a_take_is_recorded_the_body_plays_on(room: Classroom) -> None:
    room.done("audition", False)
    room.done("select", 2)
    room.ask("record")
    room.pass_s(RULES.countdown_s + 0.3, LOW)
    low = room.values["pitch"]
    room.pass_s(0.6, HIGH)
    assert room.state.phase == "recording"
    assert room.values["pitch"] > 1.5 * low


def test_a_take_with_nobody_in_it_is_refused_with_a_sentence(room: Classroom) -> None:
    room.body = None
    room.done("select", 1)
    room.ask("record")
    room.pass_s(RULES.countdown_s + RULES.take_s + 0.1)
    room.settle()
    assert "no person could be seen" in room.state.message
    assert room.state.message_bad
    assert room.state.takes == {}


def test_a_frame_that_makes_no_sense_does_not_cost_the_take(room: Classroom) -> None:
    image = np.frombuffer(MIDDLE.image, np.float32).reshape(33, 4).copy()
    image[16] = np.nan
    spoilt = Body.from_arrays(image, np.zeros((33, 3), np.float32))
    room.done("select", 1)
    room.ask("record")
    room.pass_s(RULES.countdown_s + 0.5, LOW)
    room.pass_s(2 / 60, spoilt)
    room.pass_s(RULES.take_s, LOW)
    room.settle()
    assert room.state.takes == {"1": 1}


# -------------------------------------------------------------------------------------------------------- undo and redo
def test_takes_are_taken_back_done_again_and_cleared_and_everybody_sees_how_many_there_are(room: Classroom) -> None:
    room.done("select", 1)
    assert "nothing" in room.refused("undo")
    for _ in range(2):
        room.take(LOW)
    assert room.state.takes == {"1": 2}
    assert "Undone: take 2" in room.done("undo")
    assert (room.state.takes, room.state.can_redo) == ({"1": 1}, True)
    assert "Done again" in room.done("redo")
    assert (room.state.takes, room.state.can_redo) == ({"1": 2}, False)
    room.done("delete-last")
    assert room.state.takes == {"1": 1}
    assert "Delete the only take?" in room.done("clear")
    assert room.state.takes == {"1": 1}, "it was only asked"
    room.done("clear")
    assert room.state.takes == {}
    room.done("undo")
    assert room.state.takes == {"1": 1}
    with room.stored() as store:
        assert [info.id for info in store.takes()] == [1]


def test_a_saved_sound_that_is_taken_back_is_not_there_any_more_and_is_let_go(room: Classroom) -> None:
    room.done("randomise")
    room.done("save")
    assert (room.state.target, room.state.held) == ("4", "4")
    text = room.done("undo")
    assert "snapshot 4" in text
    assert "Train" not in text, "training would not change a thing"
    room.pass_s(0.1)
    assert (room.state.target, room.state.held) == ("", "")
    assert "no snapshot 4" in room.refused("select", 4)
    room.done("redo")
    room.done("select", 4)


def test_only_what_changes_takes_is_said_to_need_training(room: Classroom) -> None:
    room.done("randomise")
    room.done("save")
    room.take(LOW)
    both = [room.ask("undo"), room.ask("undo")]  # at once: neither knows yet what the other does
    assert [("Train" in room.answer(number)[1]) for number in both] == [True, False]
    assert [("Train" in room.done("redo")) for _ in both] == [False, True]


def test_what_another_program_does_to_the_examples_is_seen(room: Classroom) -> None:
    room.done("select", 1)
    room.take(LOW)
    with room.stored() as store:
        store.delete(1)
    room.until(lambda: room.state.takes == {}, "the take to be gone")
    assert room.state.can_undo
    room.done("undo")
    assert room.state.takes == {"1": 1}


def test_what_was_taught_is_there_again_the_next_time(room: Classroom) -> None:
    room.done("select", 1)
    room.take(LOW)
    room.done("select", 2)
    room.take(HIGH)
    room.done("delete-last")
    room.close()
    with Classroom(THEREMIN) as again:
        again.playing()
        assert again.state.takes == {"1": 1}
        assert "30 examples" in again.repertoire.model
        again.done("undo")
        assert again.state.takes == {"1": 1, "2": 1}


# ------------------------------------------------------------------------------------------------------------- training
def trainers() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if "gesturesynth.pipeline.trainer" in " ".join(child.cmdline())
    ]


def fits(room: Classroom) -> int:
    """How many fits that were asked for have ended."""
    return sum(event.fit is not None for event in room.news)


def test_a_training_that_is_asked_for_during_one_is_remembered_once(room: Classroom) -> None:
    before = fits(room)
    room.done("train")
    room.until(lambda: room.repertoire.training, "the trainer")
    for _ in range(3):
        room.done("train")
    assert room.state.train_again
    room.settle()
    room.pass_s(2.0)
    room.settle()
    assert fits(room) == before + 2
    assert room.cue("trained") == 2
    assert trainers() == []


def test_a_training_knows_the_take_that_was_recorded_just_before_it(room: Classroom) -> None:
    room.done("select", 1)
    room.take(LOW)
    room.ask("record")
    room.pass_s(RULES.countdown_s + 0.5)
    room.ask("record")  # ends it, and before it is on the disk:
    room.ask("train")
    room.settle()
    with room.stored() as store:
        rows = sum(info.rows for info in store.takes())
        assert len(store.takes()) == 2
    assert f"{rows} examples" in room.state.trained


def test_a_training_that_is_called_off_changes_nothing_and_leaves_nothing_behind(room: Classroom) -> None:
    kept, played = room.repertoire.model, room.values
    room.done("select", 3)
    room.take(MIDDLE)
    room.done("train")
    room.until(lambda: room.repertoire.training, "the trainer")
    room.done("cancel")
    assert not room.state.training
    room.pass_s(3.0)
    assert (room.repertoire.model, trainers()) == (kept, [])
    assert room.values == pytest.approx(played, rel=0.02)
    assert "called off" in room.state.message
    assert "nothing to call off" in room.refused("cancel")
    room.train()
    assert room.repertoire.model != kept


def test_a_training_that_goes_wrong_is_said_and_what_plays_plays_on(bare: Classroom) -> None:
    text = bare.done("train")
    bare.settle()
    assert "not been taught" in bare.state.message
    assert bare.state.message_bad
    assert text
    bare.done("select", 1)
    bare.take(LOW)
    bare.train()
    assert "Trained" in bare.state.message
    kept = bare.repertoire.model
    bare.done("delete-last")
    bare.train()
    assert "plays on" in bare.state.message
    assert bare.repertoire.model == kept


def test_a_trainer_that_is_killed_is_told_of(room: Classroom) -> None:
    kept = room.repertoire.model
    room.done("train")
    room.until(lambda: room.repertoire.training, "the trainer")
    for trainer in trainers():
        trainer.kill()
    room.until(lambda: not room.state.training, "its end")
    assert "ended by signal 9" in room.state.message
    assert room.repertoire.model == kept


# -------------------------------------------------------------------------------------------------------------- presets
def test_the_presets_go_round_in_their_order_past_one_that_is_broken(room: Classroom) -> None:
    own_preset("sing", UNTAUGHT)
    own_preset("sob", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    own_preset("zing", UNTAUGHT)
    names = [entry.name for entry in loader.available()]
    assert names[-4:] == ["sing", "sob", "theremin", "zing"]
    heard = []
    for _ in range(2):
        room.done("previous")
        room.settle()
        heard.append((room.repertoire.piece.preset.key, room.state.message_bad))
    assert heard == [("theremin", True), ("sing", False)], "the first is broken, the one before it is not"
    room.ask("next")
    room.ask("next")
    room.ask("next")  # three keys are three presets, however fast
    room.settle()
    assert room.repertoire.piece.preset.key == "zing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gesturesynth.core.paths.presets_dir", lambda: paths.config_dir() / "none")
        room.done("next")
        room.settle()
        assert room.repertoire.piece.preset.key == "sing", "after the last comes the first"


def test_a_broken_preset_leaves_the_one_before_it_as_it_was(room: Classroom) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    kept, model, since = room.repertoire.piece, room.repertoire.model, len(room.news)
    before = room.values
    room.done("preset", "broken")
    room.until(lambda: room.state.message_bad, "the error")
    assert "did you mean" in room.state.message
    room.pass_s(2.0)
    room.settle()
    assert (room.repertoire.piece, room.repertoire.model) == (kept, model)
    assert room.repertoire.preset_error == ""
    assert room.values == pytest.approx(before, rel=0.02)
    assert "did you mean" in room.state.message, "no other word, such as that of a fit that nobody wanted, hides it"
    assert len(room.news) == since + 1
    assert "no preset 'thermin'" in answered_later(room, "preset", "thermin")


def answered_later(room: Classroom, name: str, *values: object) -> str:
    """Gives a command that is looked into; what is said then."""
    room.ask(name, *values)
    room.settle()
    return room.state.message


def test_another_preset_has_its_own_takes_and_sounds(room: Classroom) -> None:
    own_preset("bare", UNTAUGHT)
    room.done("select", 1)
    room.take(LOW)
    room.done("preset", "bare")
    room.until(lambda: room.repertoire.piece.preset.key == "bare", "the other preset")
    assert "this preset has 1, 2" in room.refused("select", 3), "not for one moment are they those of the former"
    room.settle()
    assert (room.state.takes, room.state.target, room.state.held) == ({}, "", "")
    room.done("preset", "theremin")
    room.settle()
    assert room.state.takes == {"1": 1}
    assert "30 examples" in room.repertoire.model


def test_a_take_ends_with_its_preset() -> None:
    bare = own_preset("bare", UNTAUGHT)
    with Classroom(THEREMIN, replace(RULES, take_s=600.0)) as room:
        room.playing()
        room.done("preset", str(bare))
        room.ask("select", 1)
        room.ask("record")
        room.until(lambda: room.repertoire.piece.preset.key == "bare", "the other preset")
        room.settle()
        assert room.state.phase == "playing"
        assert (room.state.target, room.state.held) == ("", "")
        assert room.state.takes == {}
        room.done("preset", "theremin")
        room.settle()
        assert room.state.takes == {}


def test_a_change_of_preset_during_a_training_ends_with_the_preset_and_the_training_is_over(room: Classroom) -> None:
    room.done("train")
    room.done("preset", "drone")
    room.settle()
    assert room.repertoire.piece.preset.key == "drone"
    assert not room.state.training


def test_a_training_during_a_change_to_a_broken_preset_is_not_waited_for_for_ever(room: Classroom) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    room.ask("preset", "broken")
    room.ask("train")
    room.settle()
    assert not room.state.training
    room.train()
    assert "Trained" in room.state.message


# -------------------------------------------------------------------------------------------------------------- trouble
def test_where_nothing_can_be_stored_it_is_said_and_all_else_goes_on(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").write_text("in the way")
    monkeypatch.setenv("GESTURESYNTH_STATE_DIR", str(own_folders / "file" / "state"))
    with Classroom(THEREMIN) as room:
        room.playing()
        assert "100 examples" in room.repertoire.model, "the factory examples play"
        assert str(own_folders / "file") in room.repertoire.model_error
        room.done("select", 3)
        room.step()
        assert room.values["pitch"] == pytest.approx(1760.0)
        room.done("record")
        room.pass_s(RULES.countdown_s + RULES.take_s + 0.1)
        room.settle()
        assert room.state.message_bad
        assert str(own_folders / "file") in room.state.message
        assert room.cue("saved") == 0
        assert str(own_folders / "file") in room.refused("save")
        room.done("stop")
        errors = room.cue("error")
        room.pass_s(10.0)
        assert room.cue("error") == errors, "it is said when it matters, and not again and again"
        room.body = HIGH
        room.pass_s(2.0)
        high = room.values["pitch"]
        room.pass_s(2.0, LOW)
        assert high > 2.0 * room.values["pitch"], "the body plays"


def test_a_store_that_is_lost_while_it_plays_takes_nothing_with_it(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, what in ((3, HIGH), (1, LOW)):
        room.done("select", number)
        room.take(what)
    room.train()
    kept = room.repertoire.model
    folder = store_path("theremin").parent
    shutil.move(folder, folder.with_name("elsewhere"))
    folder.write_text("in the way")
    room.ask("record")
    room.pass_s(RULES.countdown_s + RULES.take_s + 0.1)
    room.settle()
    assert room.state.message_bad

    def broken(*_: object, **__: object) -> None:
        raise GestureSynthError("The disk does not answer")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.examples", broken)
    room.train()
    assert (room.state.message_bad, room.state.model_error) == (True, "The disk does not answer")
    assert room.repertoire.model == kept, "what was taught plays on, no factory example instead of it"


def test_a_damaged_store_is_set_aside_and_that_is_said_once(own_folders: Path) -> None:
    path = store_path("theremin")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    with structlog.testing.capture_logs() as lines, Classroom(THEREMIN) as room:
        room.playing()
        assert "set aside" in room.state.message
        assert room.state.message_bad
        (told,) = [line for line in lines if "set aside" in line["event"]]
        assert "by" not in told, "nobody asked: the line stays above the live view"
        errors = room.cue("error")
        room.pass_s(3.0)
        room.done("select", 1)
        room.take(LOW)
        assert room.cue("error") == errors
        assert room.state.takes == {"1": 1}


def test_a_library_that_fails_in_the_worker_is_said_and_nothing_stops(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.save_snapshot", failing)
    assert "no such luck" in room.refused("save")
    monkeypatch.undo()
    assert "no such luck" in capfd.readouterr().err


# ----------------------------------------------------------------------------------------------------------- the end
def test_the_keyboard_ends_at_once_and_in_the_middle_of_a_take_only_when_asked_again(room: Classroom) -> None:
    room.done("select", 1)
    room.ask("record")
    room.pass_s(RULES.countdown_s + 0.5, LOW)
    assert "middle of a take?" in room.done("quit")
    at_first = room.teaching.quitting
    room.done("quit")
    assert (at_first, room.teaching.quitting) == (False, True)
    assert room.conductor._status().quitting
    room.close()
    with room.stored() as store:
        (info,) = store.takes()
        assert info.rows == pytest.approx(15, abs=2), "what was recorded is kept"


def test_a_shell_is_asked_before_everything_ends(room: Classroom) -> None:
    room.ask("quit", by=COMMAND_LINE)
    assert not room.teaching.quitting
    room.pass_s(RULES.confirm_s + 0.5)
    room.ask("quit", by=COMMAND_LINE)
    assert not room.teaching.quitting, "nobody said yes in time"
    room.ask("quit", by=COMMAND_LINE)
    assert room.teaching.quitting


def test_volume_mute_and_panic_are_heard(room: Classroom) -> None:
    room.done("volume", -12.0)
    room.step()
    assert room.sounds[-1].volume_db == pytest.approx(-12.0)
    for on, off in (("mute", "mute"), ("panic", "release")):
        room.done(on)
        room.step()
        assert room.sounds[-1].muted
        room.done(off)
        room.step()
        assert not room.sounds[-1].muted


def test_what_is_said_to_a_hand_is_marked_in_the_log(room: Classroom) -> None:
    with structlog.testing.capture_logs() as lines:
        room.refused("undo")
        room.ask("select", 9, by="osc 127.0.0.1:5000")
        room.done("select", 1)
        room.take(LOW)
        room.body = None
        room.pass_s(0.5)
        room.done("record")
        room.pass_s(RULES.countdown_s + RULES.take_s + 0.1)
        room.settle()
    by = {line["event"]: line.get("by", "") for line in lines}
    assert by["There is nothing to take back."] == KEYBOARD
    assert next(who for text, who in by.items() if "no snapshot 9" in text) == "osc 127.0.0.1:5000"
    assert by["The take is over."] == KEYBOARD
    assert next(who for message, who in by.items() if "no person could be seen" in message) == KEYBOARD


def test_a_fader_does_not_fill_the_log(room: Classroom) -> None:
    with structlog.testing.capture_logs() as lines:
        for step in range(50):
            room.done("volume", -0.1 * step)
        room.done("mute")
    assert [line["event"] for line in lines if line["log_level"] != "debug"] == ["Sound is off."]


# -------------------------------------------------------------------------------------------------------------- classes
def test_takes_of_classes_teach_classes_and_leave_the_outputs_to_the_factory_examples() -> None:
    with Classroom(DRUMS) as room:
        room.playing()
        for name, what in (("kick", body(15.0, 150.0)), ("none", LOW), ("tom", body(95.0, 95.0))):
            room.done("label", name)
            assert room.state.target == name
            room.take(what)
        assert room.state.takes == {"kick": 1, "none": 1, "tom": 1}
        with room.stored() as store:
            assert [(info.target, info.label) for info in store.takes()] == [
                (name, name) for name in ("kick", "none", "tom")
            ]
            assert store.sound(store.takes()[0].id) == {}
        room.train()
        assert "288 examples" in room.state.trained
        assert "3 classes" in room.state.trained
        assert "no example shows" in room.repertoire.model_note
        assert room.repertoire.model_error == ""
        room.pass_s(1.0, LOW)
        struck = room.sounds[-1].trigger_counts
        room.pass_s(1.0, body(95.0, 95.0))
        assert room.conductor._status().recognised == "tom"
        triggers = room.repertoire.piece.preset.triggers
        assert [a - b for a, b in zip(room.sounds[-1].trigger_counts, struck, strict=True)] == [
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


def test_the_state_can_be_sent_to_anybody(room: Classroom) -> None:
    status = json.loads(msgspec.json.encode(room.conductor._status()))
    assert status["session"]["phase"] == "playing"
    assert status["pid"] == os.getpid()
    assert KEYBOARD
