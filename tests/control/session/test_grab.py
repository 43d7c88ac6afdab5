"""Grab: watches the person move, then trains."""

from __future__ import annotations

import pytest

from gesturesynth.control.commands import COMMAND_LINE, CommandError, call
from gesturesynth.control.session.events import BeginTake, EndTake, HoldSound, ReleaseSound, StartFit
from gesturesynth.control.session.targets import GRAB
from tests.support.session_events import answer, cues, kinds, refused
from tests.support.session_harness import SessionHarness


@pytest.mark.parametrize(("values", "length_s"), [((), 30.0), ((5.0,), 5.0), ((120.0,), 120.0)])
def test_a_grab_counts_down_watches_for_so_long_and_trains(values: tuple[float, ...], length_s: float) -> None:
    world = SessionHarness()
    told = world.submit("grab", *values)
    assert cues(told) == ["tick"]
    assert answer(told).text == "A take for the range of your movement in 3 s."
    assert world.session.state.target == GRAB
    told = world.wait(3.1, 0.05)
    assert [event.end_s - event.start_s for event in told if isinstance(event, BeginTake)] == [pytest.approx(length_s)]
    assert kinds(world.wait(length_s - 0.2, 0.05)) == []
    told = world.wait(0.4, 0.05)
    assert cues(told) == ["end", "saved"]
    assert kinds(told) == [EndTake, StartFit]
    assert answer(told).text == "Grabbed 30 poses. Training."
    assert world.session.state.phase == "playing"
    assert world.takes == [GRAB]


@pytest.mark.parametrize(
    ("wait_s", "command", "kept"),
    [
        (1.0, "grab", False),  # the countdown is called off
        (1.0, "stop", False),
        (1.0, "cancel", False),
        (9.0, "grab", True),  # ended early
        (9.0, "stop", True),
        (9.0, "record", True),
        (9.0, "cancel", False),
    ],
)
def test_a_grab_can_be_ended_early_or_thrown_away(wait_s: float, command: str, *, kept: bool) -> None:
    world = SessionHarness()
    world.submit("grab")
    world.wait(wait_s, 0.05)
    world.submit(command)
    assert world.takes == [GRAB] * kept
    assert world.fits == int(kept)
    assert world.session.state.phase == "playing"


def test_what_is_held_is_let_go_and_the_body_plays_what_it_plays() -> None:
    world = SessionHarness()
    assert HoldSound in kinds(world.submit("select", 2))
    assert kinds(world.submit("grab")) == [ReleaseSound]
    world.wait(40.0, 0.05)
    assert world.session.state.target == "2", "what was chosen stays chosen"
    assert world.session.state.held == ""


def test_a_grab_does_not_end_the_take_of_something_else() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    assert "Not during a take" in refused(world.submit("grab"))
    world.wait(10.0, 0.05)
    assert world.takes == ["1"]


def test_a_preset_without_outputs_is_told_what_a_grab_cannot_do() -> None:
    world = SessionHarness(classes=("wave", "none"), outputs=False)
    assert "A grab teaches outputs" in refused(world.submit("grab"))


def test_how_long_may_be_a_text_with_a_unit_and_has_a_range() -> None:
    assert call("grab", ("20 s",), COMMAND_LINE).values == (20.0,)
    for wrong in ("2 s", "301"):
        with pytest.raises(CommandError, match="a number from 5 to 300 s"):
            call("grab", (wrong,), COMMAND_LINE)
