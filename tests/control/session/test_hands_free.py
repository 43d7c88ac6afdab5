"""Hands-free: a pose that is held is the record button."""

from __future__ import annotations

import pytest

from gesturesynth.control.session.context import Choices, Rules, SessionContext
from gesturesynth.control.session.events import BeginTake, EndTake, HoldSound, ReleaseSound, StartFit
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.targets import BUTTON
from tests.support.session_events import Events, answer, cues, kinds, refused
from tests.support.session_harness import SessionHarness


def taught(snapshots: tuple[int, ...] = (1, 2), classes: tuple[str, ...] = ()) -> SessionHarness:
    """A session with hands-free on; nothing is chosen."""
    world = SessionHarness(classes=classes, snapshots=snapshots)
    world.submit("hands-free")
    world.wait(8.0, 0.05)
    assert button(world) == "ready"
    return world


def button(world: SessionHarness) -> str:
    return world.session.state.hands_free


def begun(told: Events) -> list[str]:
    return [event.target for event in told if isinstance(event, BeginTake)]


def test_the_first_time_the_pose_is_recorded_and_then_it_is_on() -> None:
    world = SessionHarness()
    told = world.submit("hands-free")
    assert answer(told).text == "A take for the pose of your record button in 3 s."
    assert button(world) == "teaching"
    told = world.wait(8.0, 0.05)
    assert begun(told) == [BUTTON]
    assert "is saved. Hold it for two seconds" in answer(told).text
    assert world.takes == [BUTTON]
    assert world.fits == 0, "it teaches nothing else"
    assert button(world) == "ready"
    world.submit("hands-free")
    assert button(world) == "off"
    assert "is on" in answer(world.submit("hands-free", True)).text
    assert world.takes == [BUTTON], "it is taught once"


def test_each_time_it_is_held_the_next_snapshot_is_recorded_and_after_the_last_it_trains() -> None:
    world = taught(snapshots=(1, 3))
    told = world.hold_button()
    assert cues(told) == ["tick"]
    assert kinds(told) == [HoldSound], "the first snapshot is heard"
    assert button(world) == "taking"
    told = world.wait(8.0, 0.05)
    assert begun(told) == ["1"]
    assert [event.end_s - event.start_s for event in told if isinstance(event, BeginTake)] == [pytest.approx(4.0)]
    assert cues(told) == ["tick", "tick", "start", "end", "saved"]
    assert "Next: snapshot 3; hold the pose" in answer(told).text
    assert world.session.state.target == world.session.state.held == "3"
    assert world.fits == 0
    assert begun(world.wait(60.0, 0.05)) == [], "it waits for the pose"
    world.hold_button()
    told = world.wait(8.0, 0.05)
    assert begun(told) == ["3"]
    assert kinds(told) == [BeginTake, EndTake, ReleaseSound, StartFit]
    assert answer(told).text.endswith("That was the last one. Training.")
    assert world.takes == [BUTTON, "1", "3"]
    assert (world.session.state.target, world.session.state.held) == ("", ""), "the body plays"
    world.end_fit(ok=True)
    assert begun((*world.hold_button(), *world.wait(8.0, 0.05))) == ["1"], "and from the beginning once more"


def test_it_begins_with_what_is_chosen() -> None:
    world = taught()
    world.submit("select", 2)
    world.hold_button()
    world.wait(8.0, 0.05)
    assert world.takes == [BUTTON, "2"]
    assert world.fits == 1, "the last one trains"


def test_without_snapshots_classes_are_recorded_in_turn() -> None:
    world = taught(snapshots=(), classes=("wave", "none"))
    for _ in range(2):
        world.hold_button()
        world.wait(8.0, 0.05)
    assert world.takes == [BUTTON, "wave", "none"]
    assert world.fits == 1


@pytest.mark.parametrize("before", ["countdown", "recording", "off", "asking", "untaught"])
def test_held_at_any_other_time_it_means_nothing(before: str) -> None:
    world = SessionHarness() if before == "untaught" else taught()
    if before == "off":
        world.submit("hands-free", False)
    elif before == "asking":
        world.submit("quit", by="osc 127.0.0.1:5000")
    elif before != "untaught":
        world.submit("select", 1)
        world.submit("record")
        world.wait(1.0 if before == "countdown" else 4.0, 0.05)
    takes = list(world.takes)
    assert world.hold_button() == ()
    assert world.session.state.phase == (before if before in ("countdown", "recording") else "playing")
    assert world.takes == takes


@pytest.mark.parametrize("wait_s", [1.0, 5.0])
def test_a_take_that_is_thrown_away_does_not_move_on(wait_s: float) -> None:
    world = taught()
    world.hold_button()
    world.wait(wait_s, 0.05)
    world.submit("cancel")
    assert button(world) == "ready"
    assert world.session.state.target == "1"
    world.hold_button()
    world.wait(8.0, 0.05)
    assert world.takes == [BUTTON, "1"]


def test_a_pose_that_was_not_recorded_leaves_it_off() -> None:
    world = SessionHarness()
    world.submit("hands-free")
    world.wait(1.0)
    world.submit("cancel")
    assert button(world) == "off"
    world.submit("hands-free")
    world.wait(5.0, 0.05)
    world.submit("cancel")
    assert button(world) == "off"


def test_another_preset_without_the_pose_has_no_button_until_it_is_taught_or_back() -> None:
    world = taught()
    takes, world.takes = list(world.takes), []
    world.set_context(preset="drums")
    assert button(world) == "off"
    assert world.hold_button() == ()
    world.takes = takes
    world.set_context(preset="theremin")
    assert button(world) == "ready"
    world.submit("hands-free", False)
    world.set_context(preset="drums")
    assert button(world) == "off", "it was switched off by command"


def test_the_settings_switch_it_on_wherever_the_pose_was_taught() -> None:
    world = SessionHarness(Rules(hands_free=True))
    assert button(world) == "off"
    world.takes.append(BUTTON)
    world.set_context()
    assert button(world) == "ready"


def test_what_was_chosen_before_a_restart_comes_before_the_settings() -> None:
    for chosen, settings in ((True, False), (False, True)):
        session = Session(Rules(hands_free=settings), Choices(hands_free=chosen))
        session.update_context(SessionContext(preset="theremin", snapshots=frozenset({1}), takes={BUTTON: 1}))
        session.tick(100.0)
        assert (session.state.hands_free == "ready") == chosen
        assert session.hands_free is chosen


def test_it_is_refused_during_a_take_and_where_there_is_nothing_to_record() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    assert "Not during a take" in refused(world.submit("hands-free"))
    assert "nothing to record" in refused(SessionHarness(snapshots=()).submit("hands-free"))
