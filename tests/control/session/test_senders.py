"""Fits, questions and loudness: what several hands want at once, and twice."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gesturesynth.control.commands import call
from gesturesynth.control.session.context import Choices, Rules, SessionContext
from gesturesynth.control.session.events import (
    CancelFit,
    ChangePreset,
    ClearTakes,
    EndTake,
    Quit,
    SetMuted,
    SetOpen,
    SetPanic,
    StartFit,
)
from gesturesynth.control.session.machine import Session
from tests.support.session_events import answer, cues, kinds, refused
from tests.support.session_harness import SessionHarness

OSC, PHONE = "osc 127.0.0.1:5000", "osc 192.168.1.7:9"


def test_help_says_whether_the_keys_are_shown_now() -> None:
    world = SessionHarness()
    told = [answer(world.submit("help")).text for _ in range(3)]
    assert told == ["Keys are shown.", "Keys are hidden again.", "Keys are shown."]


# -------------------------------------------------------------------------------------------------------------- fitting
def test_trains_asked_for_during_a_fit_are_one_more_fit() -> None:
    world = SessionHarness()
    world.submit("train")
    for _ in range(5):
        assert kinds(world.submit("train")) == []
    assert world.session.state.train_again
    assert kinds(world.end_fit(ok=True)) == [StartFit]
    assert kinds(world.end_fit(ok=True)) == []
    assert world.fits == 2


def test_a_train_is_remembered_also_when_the_fit_before_it_fails() -> None:
    world = SessionHarness()
    world.submit("train")
    world.submit("train")
    told = world.end_fit(ok=False, text="There is nothing to learn from yet.")
    assert cues(told) == ["error"]
    assert answer(told).failed
    assert kinds(told) == [StartFit]


def test_a_fit_that_is_called_off_is_waited_for_and_is_no_failure() -> None:
    world = SessionHarness()
    world.submit("train")
    world.submit("train")
    assert kinds(world.submit("cancel")) == [CancelFit]
    assert world.session.state.training
    assert not world.session.state.train_again
    world.submit("train")
    told = world.end_fit(ok=False, text="The trainer was ended.")
    assert kinds(told) == [StartFit]
    assert not answer(told).failed


def test_a_train_during_a_fit_of_the_conductors_own_is_remembered_too() -> None:
    world = SessionHarness()
    world.start_fit()
    world.submit("train")
    assert world.fits == 0
    assert kinds(world.end_fit(ok=True)) == [StartFit]


# ------------------------------------------------------------------------------------------------------------ questions
def with_a_take() -> SessionHarness:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(10.0, 0.1)
    assert world.takes == ["1"]
    return world


def test_all_takes_are_deleted_at_the_second_time_only() -> None:
    world = with_a_take()
    told = world.submit("clear")
    assert cues(told) == ["ask"]
    assert not answer(told).failed
    assert world.session.state.asking == answer(told).text
    world.wait(2.9, 0.1)
    assert kinds(world.submit("clear")) == [ClearTakes]
    assert world.takes == []
    assert world.session.state.asking == ""


def test_a_question_does_not_wait_for_ever() -> None:
    world = with_a_take()
    world.submit("clear")
    world.now_s += 3.1
    assert cues(world.submit("clear")) == ["ask"]
    world.wait(3.2, 0.1)
    assert world.session.state.asking == ""
    assert world.session.state.message == "No yes came: all is as it was."
    assert world.takes == ["1"]


def test_another_command_withdraws_a_question() -> None:
    world = with_a_take()
    world.submit("clear")
    world.submit("select", 2)
    assert cues(world.submit("clear")) == ["ask"]
    assert cues(world.submit("cancel")) == ["undo"]
    assert cues(world.submit("clear")) == ["ask"]


def test_a_question_is_answered_by_the_sender_of_its_command_only() -> None:
    world = with_a_take()
    world.submit("clear", by=OSC)
    world.submit("select", 2)
    world.submit("volume", -3.0, by=OSC)
    assert world.session.state.asking, "neither another hand nor a fader withdraws it"
    assert ClearTakes() in world.session.handle(call("clear", (), "osc 127.0.0.1:5777"), world.now_s), (
        "oscsend has a new port"
    )
    world = with_a_take()
    world.submit("clear", by=OSC)
    assert cues(world.submit("clear", by=PHONE)) == ["ask"]


def test_the_keyboard_ends_it_at_once_but_for_a_take_that_is_kept() -> None:
    world = SessionHarness()
    assert kinds(world.submit("quit")) == [Quit]
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(4.0, 0.1)
    assert cues(world.submit("quit")) == ["ask"]
    assert world.session.state.phase == "recording"
    assert kinds(world.submit("quit"))[:2] == [EndTake, Quit]
    assert world.takes == ["1"]


@pytest.mark.parametrize("by", [OSC, "command line"])
def test_every_sender_but_the_keyboard_has_to_send_quit_twice(by: str) -> None:
    world = SessionHarness()
    assert cues(world.submit("quit", by=by)) == ["ask"]
    assert kinds(world.submit("quit", by=by)) == [Quit]


# ------------------------------------------------------------------------------------------------------------- loudness
def test_panic_stays_until_it_is_released() -> None:
    world = SessionHarness()
    world.submit("panic")
    for name in ("mute", "mute", "louder", "panic", "train", "next", "stop", "cancel"):
        world.submit(name)
        assert world.session.state.panic
    assert SetPanic(on=False) not in world.events
    assert kinds(world.submit("release")) == [SetPanic]
    assert not world.session.state.panic


def test_volume_has_ends() -> None:
    world = SessionHarness(Rules(volume_step_db=7.0))
    for _ in range(3):
        world.submit("louder")
    assert world.session.state.volume_db == 0.0
    for _ in range(20):
        world.submit("quieter")
    assert world.session.state.volume_db == -60.0
    assert Session(Rules(), Choices(volume_db=-99.0)).state.volume_db == -60.0


def test_mute_is_a_switch_or_what_it_is_told() -> None:
    world = SessionHarness()
    muted = [SetMuted(on=True), SetMuted(on=False), SetMuted(on=False), SetMuted(on=True)]
    told = (world.submit("mute"), world.submit("mute"), world.submit("mute", False), world.submit("mute", True))
    assert [next(event for event in events if isinstance(event, SetMuted)) for events in told] == muted


def test_open_is_a_switch_where_there_are_opening_hours() -> None:
    assert refused(SessionHarness().submit("open")) == "There are no opening hours here: it is always open."
    world = SessionHarness(until="Tue 18:00")
    told = [world.submit("open"), world.submit("open"), world.submit("open", True), world.submit("open", False)]
    opened = [False, True, True, False]
    assert [next(event.on for event in events if isinstance(event, SetOpen)) for events in told] == opened
    assert answer(told[0]).text == "Closed until Tue 18:00; then the hours decide again."
    assert [cues(events) for events in told] == [["selected"] * on for on in opened], "closing is silent"


def test_a_change_of_loudness_while_closed_says_that_it_is_closed() -> None:
    world = SessionHarness(until="Tue 18:00")
    world.closed = True
    world.set_context()
    assert answer(world.submit("louder")).text == "Volume 0 dB, but closed until Tue 18:00 (o opens)."
    world.submit("mute")
    assert answer(world.submit("open")).text.endswith("decide again, but muted (m).")
    assert answer(world.submit("mute")).text == "Sound is on."


def test_what_was_chosen_before_is_so_from_the_beginning() -> None:
    state = Session(Rules(), Choices(-9.0, muted=True, panic=True, audition=False)).state
    assert (state.volume_db, state.muted, state.panic, state.audition) == (-9.0, True, True, False)


def test_presets_are_changed_by_name_and_by_neighbour() -> None:
    world = SessionHarness()
    assert ChangePreset("drums", 0) in world.submit("preset", "drums")
    assert ChangePreset("next", 1) in world.submit("next")
    assert ChangePreset("previous", -1) in world.submit("previous")


def test_a_failure_has_a_message_and_a_cue() -> None:
    session = SessionHarness().session
    for told in (session.failed("The disk is full.", 200.0), session.take_failed("The disk is full.", 200.0)):
        assert cues(told) == ["error"]
        assert session.state.message == "The disk is full."
        assert session.state.message_bad


@pytest.mark.parametrize("wrong", [{"countdown_s": -1}, {"take_s": math.inf}, {"tick_s": 0}, {"confirm_s": math.nan}])
def test_rules_that_cannot_be_followed_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be from"):
        Rules(**wrong)


# -------------------------------------------------------------------------------------------------------------- the end
def test_what_the_system_keeps_running_is_ended_by_no_command_not_even_in_a_take() -> None:
    session = Session(Rules(countdown_s=0.0))
    session.update_context(SessionContext(preset="a", snapshots=frozenset({1}), endless=True))
    for name, values in (("quit", ()), ("quit", ()), ("select", (1,)), ("record", ()), ("quit", ()), ("quit", ())):
        events = session.handle(call(name, values, OSC), 1.0)
        assert Quit not in kinds(events)
        assert ("systemctl stop" in answer(events).text) == (name == "quit")
    assert session.state.phase == "recording"
