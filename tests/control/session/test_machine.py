"""Teaching step by step: what is chosen, recorded, kept and thrown away."""

from __future__ import annotations

from typing import Any

import pytest

from gesturesynth.control.commands import call
from gesturesynth.control.session.context import Rules
from gesturesynth.control.session.events import (
    BeginTake,
    EndTake,
    HoldSound,
    Randomise,
    ReleaseSound,
    SaveSound,
    SetMuted,
    SetPanic,
    SetVolume,
    StartFit,
)
from tests.support.session_events import answer, cues, kinds, refused
from tests.support.session_harness import SessionHarness

OSC, PHONE = "osc 127.0.0.1:5000", "osc 192.168.1.7:9"


# ----------------------------------------------------------------------------------------------------------- the minute
def test_a_minute_of_teaching() -> None:
    world = SessionHarness()
    for number in (1, 2, 3):
        assert HoldSound(str(number)) in world.submit("select", number)
        assert cues(world.submit("record")) == ["tick"]
        assert cues(world.wait(2.9, 0.02)) == ["tick", "tick"]
        assert cues(world.wait(0.2, 0.02)) == ["start"]
        assert cues(world.wait(3.8, 0.02)) == []
        assert cues(world.wait(0.2, 0.02)) == ["end", "saved"]
    assert world.takes == ["1", "2", "3"]
    assert kinds(world.submit("train")) == [ReleaseSound, StartFit]
    assert world.session.state.training
    told = world.end_fit(ok=True, text="linear rbf, 3 examples")
    assert cues(told) == ["trained"]
    assert world.session.state.message == "Trained: linear rbf, 3 examples."
    assert not world.session.state.training


def test_space_again_calls_off_the_countdown() -> None:
    world = SessionHarness()
    world.submit("select", 2)
    world.submit("record")
    world.wait(1.5, 0.1)
    assert world.session.state.countdown_s == pytest.approx(1.5)
    assert cues(world.submit("record")) == ["undo"]
    assert kinds(world.wait(20.0, 0.5)) == []
    assert world.takes == []


def test_space_again_ends_a_take_early_and_keeps_it() -> None:
    world = SessionHarness()
    world.submit("select", 2)
    world.submit("record")
    world.wait(4.0, 0.1)
    assert world.session.state.take_left_s == pytest.approx(3.0, abs=0.11)
    told = world.submit("record")
    assert cues(told) == ["end", "saved"]
    assert "snapshot 2" in answer(told).text
    assert world.takes == ["2"]


def test_a_take_can_be_thrown_away_while_it_is_recorded() -> None:
    world = SessionHarness()
    world.submit("select", 2)
    world.submit("record")
    world.wait(4.0, 0.1)
    told = world.submit("cancel")
    assert EndTake(keep=False, end_s=world.now_s) in told
    assert world.takes == []


def test_a_take_is_not_longer_than_the_setting_however_seldom_tick_is_called() -> None:
    world = SessionHarness(Rules(take_s=2.0))
    world.submit("select", 1)
    world.submit("record")
    begin = next(event for event in world.wait(50.0) if isinstance(event, BeginTake))
    assert begin == BeginTake("1", world.now_s, world.now_s + 2.0)
    assert EndTake(keep=True, end_s=begin.end_s) in world.wait(50.0)


def test_a_take_that_should_be_over_is_over_before_a_late_command() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(3.0)
    world.now_s += 60.0
    assert HoldSound("2") in world.submit("select", 2), (
        "space would have been needed first, if the take were still going on"
    )
    assert world.takes == ["1"]


def test_time_that_runs_backwards_does_not_lengthen_a_take() -> None:
    session = SessionHarness(Rules(take_s=2.0, countdown_s=0.0)).session
    session.handle(call("select", (1,), OSC), 200.0)
    session.handle(call("record", (), OSC), 200.0)
    session.tick(201.5)
    session.tick(150.0)
    assert session.state.take_left_s == 0.5
    assert EndTake(keep=True, end_s=201.5) in session.handle(call("stop", (), OSC), 150.0)


def test_without_a_countdown_recording_begins_at_once() -> None:
    world = SessionHarness(Rules(countdown_s=0.0))
    world.submit("select", 1)
    assert kinds(world.submit("record")) == [BeginTake]


def test_ticks_that_were_missed_do_not_come_in_a_burst() -> None:
    world = SessionHarness(Rules(countdown_s=20.0))
    world.submit("select", 1)
    world.submit("record")
    assert cues(world.wait(7.3)) == ["tick"]
    assert cues(world.wait(0.6)) == []
    assert cues(world.wait(0.2)) == ["tick"]


GROUND: dict[str, tuple[Any, ...]] = {
    "select": (2,),
    "label": (),
    "undo": (),
    "redo": (),
    "delete-last": (),
    "clear": (),
    "save": (),
    "randomise": (),
    "preset": ("x",),
    "next": (),
    "previous": (),
}


@pytest.mark.parametrize("name", GROUND)
@pytest.mark.parametrize("into_s", [1.0, 5.0])
def test_nothing_pulls_the_ground_from_under_a_take(name: str, into_s: float) -> None:
    world = SessionHarness(classes=("wave",))
    world.submit("select", 1)
    world.submit("record")
    world.wait(into_s, 0.1)
    phase = world.session.state.phase
    assert "Not during a take" in refused(world.submit(name, *GROUND[name]))
    assert world.session.state.phase == phase


def test_the_body_plays_on_and_volume_mute_and_panic_work_while_a_take_is_recorded() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(4.0, 0.1)
    assert kinds(world.submit("volume", -20.0)) == [SetVolume]
    assert kinds(world.submit("mute")) == [SetMuted]
    assert kinds(world.submit("panic")) == [SetPanic]
    assert kinds(world.submit("train")) == [StartFit], "and what is held for the take is held on"
    assert world.session.state.phase == "recording"


def test_another_preset_ends_what_was_going_on_with_the_former() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(4.0, 0.1)
    told = world.set_context(preset="drums")
    assert world.session.state.phase == "playing"
    assert world.session.state.target == ""
    assert kinds(told) == [EndTake, ReleaseSound]
    assert answer(told).failed
    assert world.takes == []


# ------------------------------------------------------------------------------------------------------ what is chosen
def test_what_is_not_there_cannot_be_chosen() -> None:
    world = SessionHarness(classes=("wave", "none"))
    assert refused(world.submit("select", 7)) == "There is no snapshot 7; this preset has 1, 2, 3."
    assert "did you mean 'wave'?" in refused(world.submit("label", "waave"))
    assert "(r)" in refused(SessionHarness(snapshots=()).submit("select", 1))
    assert "neither classes nor gestures" in refused(SessionHarness().submit("label"))
    assert "Choose a snapshot" in refused(world.submit("record"))


def test_one_key_goes_through_the_classes() -> None:
    world = SessionHarness(classes=("wave", "none"))
    world.submit("select", 1)
    assert kinds(world.submit("label")) == [ReleaseSound], "a class has no sound of its own"
    targets = [world.session.state.target]
    for _ in range(2):
        world.submit("label")
        targets.append(world.session.state.target)
    assert targets == ["wave", "none", "wave"]
    world.submit("record")
    world.wait(10.0, 0.1)
    assert world.takes == ["wave"]


def test_without_audition_a_chosen_snapshot_is_not_heard() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    assert kinds(world.submit("audition")) == [ReleaseSound]
    assert kinds(world.submit("select", 2)) == []
    assert kinds(world.submit("audition", True)) == [HoldSound]
    assert kinds(world.submit("audition", True)) == []
    assert kinds(world.submit("stop")) == [ReleaseSound]


def test_a_random_sound_becomes_a_snapshot_that_is_chosen() -> None:
    world = SessionHarness(snapshots=(1, 3))
    world.submit("select", 3)
    assert kinds(world.submit("randomise")) == [Randomise]
    assert "Choose a snapshot" in refused(world.submit("record")), "it is not the sound that was chosen"
    assert kinds(world.submit("save")) == [SaveSound, HoldSound]
    assert world.snapshots == {1, 2, 3}
    assert world.session.state.target == "2"
    assert world.session.state.held == "2"
    assert kinds(world.submit("record")) == []
    assert world.session.state.phase == "countdown"


def test_the_tenth_snapshot_is_refused() -> None:
    assert "All nine" in refused(SessionHarness(snapshots=range(1, 10)).submit("save"))


def test_undoing_the_chosen_snapshot_releases_its_sound() -> None:
    world = SessionHarness(snapshots=())
    world.submit("save")
    assert world.session.state.target == "1"
    world.submit("undo")
    assert world.session.state.target == ""
    assert ReleaseSound() in world.events
    assert world.session.state.held == ""


def test_what_cannot_be_taken_back_or_deleted_is_said() -> None:
    world = SessionHarness()
    for name in ("undo", "redo", "delete-last", "clear", "stop", "cancel"):
        assert refused(world.submit(name)).startswith("There is no")
