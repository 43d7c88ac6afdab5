"""A take that lasts as long as a button is held: a key of a keypad, or a momentary button on a phone."""

from __future__ import annotations

import pytest

from gesturesynth.control.session.context import Rules
from gesturesynth.control.session.events import BeginTake, EndTake
from tests.support.session_events import answer, cues, kinds, refused
from tests.support.session_harness import SessionHarness

KEYPAD, OSC, PHONE = "keypad", "osc 127.0.0.1:5000", "osc 192.168.1.7:9"


def holding(by: str = KEYPAD, rules: Rules | None = None) -> SessionHarness:
    """A world in which a take for snapshot 2 is being held."""
    world = SessionHarness(rules)
    world.submit("select", 2)
    assert kinds(world.submit("hold", True, by=by)) == [BeginTake]
    return world


def test_a_take_begins_at_once_and_lasts_until_the_key_is_released() -> None:
    world = SessionHarness()
    world.submit("select", 2)
    begun_s = world.now_s
    told = world.submit("hold", True, by=KEYPAD)
    assert cues(told) == ["start"]
    assert BeginTake("2", begun_s, begun_s + 60.0) in told
    assert answer(told).text == "Recording for snapshot 2, until you let go, 60 s at most."
    assert world.session.state.take_held
    assert cues(world.wait(17.0, 0.1)) == [], "the usual length of a take does not end it"
    told = world.submit("hold", False, by=KEYPAD)
    assert EndTake(keep=True, end_s=world.now_s) in told
    assert cues(told) == ["end", "saved"]
    assert world.takes == ["2"]
    assert not world.session.state.take_held


def test_what_is_shorter_than_a_take_is_called_off_with_words() -> None:
    world = holding()
    world.wait(0.29)
    told = world.submit("hold", False, by=KEYPAD)
    assert EndTake(keep=False, end_s=world.now_s) in told
    assert cues(told) == ["undo"]
    assert answer(told).text == "Held for less than 0.3 s: no take was recorded. Hold it while you pose."
    assert world.takes == []


def test_a_key_up_that_got_lost_cannot_record_for_ever() -> None:
    world = holding()
    told = world.wait(500.0)
    assert [event.end_s for event in told if isinstance(event, EndTake)] == [pytest.approx(160.0)]
    assert world.takes == ["2"], "what was recorded is kept"
    late = world.submit("hold", False, by=KEYPAD)
    assert (cues(late), answer(late).failed) == ([], False)
    assert answer(late).text == "There is nothing to let go."


def test_a_browser_lets_go_only_what_it_holds_itself() -> None:
    world = holding(by="page:1")
    world.wait(1.0)
    told = world.submit("hold", False, by="page:2")
    assert (kinds(told), answer(told).failed) == ([], True)
    assert world.session.state.take_held
    assert kinds(world.submit("hold", False, by="page:1")) == [EndTake]
    assert world.takes == ["2"]


def test_a_hold_during_the_countdown_records_at_once() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(1.0)
    assert kinds(world.submit("hold", True, by=KEYPAD)) == [BeginTake]
    world.wait(1.0)
    assert kinds(world.submit("hold", False, by=KEYPAD)) == [EndTake]
    assert world.takes == ["1"]


@pytest.mark.parametrize(("name", "kept"), [("record", True), ("stop", True), ("cancel", False)])
def test_whatever_ends_a_take_ends_one_that_is_held(name: str, kept: bool) -> None:  # noqa: FBT001 - a table
    world = holding()
    world.wait(1.0)
    assert EndTake(keep=kept, end_s=world.now_s) in world.submit(name, by=OSC)
    told = world.submit("hold", False, by=KEYPAD)
    assert (kinds(told), answer(told).failed) == ([], False), "the key goes up some time later, which is no mistake"


def test_only_the_sender_that_holds_can_release() -> None:
    world = holding(by=OSC)
    world.wait(1.0)
    assert "recorded already" in refused(world.submit("hold", True, by=PHONE))
    told = world.submit("hold", False, by=PHONE)
    assert (kinds(told), cues(told)) == ([], [])
    assert answer(told).text == "There is nothing to let go. The take goes on; 'stop' ends it."
    assert world.session.state.take_held
    assert kinds(world.submit("hold", False, by="osc 127.0.0.1:6000")) == [EndTake], "the same program, another port"


def test_letting_go_does_not_end_a_take_of_the_usual_length() -> None:
    world = SessionHarness(Rules(countdown_s=0.0))
    world.submit("select", 1)
    world.submit("record")
    world.wait(1.0)
    assert "recorded already" in refused(world.submit("hold", True))
    assert answer(world.submit("hold", False)).failed
    assert world.session.state.phase == "recording"


def test_a_take_needs_something_to_be_for() -> None:
    assert refused(SessionHarness().submit("hold", True, by=KEYPAD)).startswith("A take of what?")


def test_a_preset_that_goes_away_takes_the_hold_with_it() -> None:
    world = holding()
    world.wait(1.0)
    assert EndTake(keep=False, end_s=world.now_s) in world.set_context(preset="drums")
    assert kinds(world.submit("hold", False, by=KEYPAD)) == []


def test_the_rules_know_their_ranges() -> None:
    with pytest.raises(ValueError, match="hold_s must be from 1 to 600, not 0"):
        Rules(hold_s=0.0)
    with pytest.raises(ValueError, match=r"hold_least_s must be from 0\.1 to 1, not 2"):
        Rules(hold_least_s=2.0)
