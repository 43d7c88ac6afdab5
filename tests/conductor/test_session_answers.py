"""Answers to commands, with the real worker, store and trainer: one each, in order, and in the log."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable

import msgspec
import pytest
import structlog

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import COMMAND_LINE, KEYBOARD
from tests.support.conductor_harness import LOW, RULES, THEREMIN, UNTAUGHT, ConductorHarness, own_preset

VALUES: dict[str, tuple[object, ...]] = {
    "select": (1,),
    "try": ("name: Broken",),
    "change": ("outputs.pitch.glide", "80 ms"),
    "volume": (-6.0,),
    "preset": ("tried",),
    "hold": (True,),
    "morph": (1, 2, 0.5),
    "set-outputs": ("220 -12",),
    "scale": ("A minor",),
    "root": ("Bb",),
    "tuning": ("just",),
    "quantise": (0.5,),
    "predict": (0.03125,),
    "tempo": (100.0,),
    **dict.fromkeys(("record-output", "train-output", "run-output"), ("level", False)),
    "delete-output": ("level",),
    "relabel": (1, "2"),
    "trim": (1, 0.0, 0.5),
    **dict.fromkeys(("switch-take", "delete-take", "restore-take"), (1,)),
}


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
def test_every_command_is_answered_once_in_every_state(before: Callable[[ConductorHarness], None]) -> None:
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


def test_log_lines_of_answers_have_the_sender(harness: ConductorHarness) -> None:
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
    assert next(who for message, who in by.items() if "no person could be seen" in message) == KEYBOARD


def test_a_fader_does_not_fill_the_log(harness: ConductorHarness) -> None:
    with structlog.testing.capture_logs() as lines:
        for step in range(50):
            harness.done("volume", -0.1 * step)
        harness.done("mute")
    assert [line["message"] for line in lines if line["log_level"] != "debug"] == ["Sound is off."]


def test_the_status_can_be_sent_as_json(harness: ConductorHarness) -> None:
    status = json.loads(msgspec.json.encode(harness.conductor.status()))
    assert status["session"]["phase"] == "playing"
    assert status["pid"] == os.getpid()
    assert KEYBOARD


# ---------------------------------------------------------------------------------------------------------------- quit
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


def test_a_shell_must_confirm_quit(harness: ConductorHarness) -> None:
    harness.submit("quit", by=COMMAND_LINE)
    assert not harness.session_controller.quitting
    harness.run_for(RULES.confirm_s + 0.5)
    harness.submit("quit", by=COMMAND_LINE)
    assert not harness.session_controller.quitting, "the question was not confirmed in time"
    harness.submit("quit", by=COMMAND_LINE)
    assert harness.session_controller.quitting
