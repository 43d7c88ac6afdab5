"""Other ways of teaching, step by step: nudge and morph."""

from __future__ import annotations

import pytest

from gesturesynth.control.session.events import BeginTake, HoldMorph, Nudge, ReleaseSound, StartFit
from gesturesynth.control.session.targets import MORPH, NUDGE
from tests.support.session_harness import SessionHarness, answer, cues, kinds, refused

OSC = "osc 127.0.0.1:5000"


# ---------------------------------------------------------------------------------------------------------------- nudge
@pytest.mark.parametrize(
    ("before", "target"),
    [
        ((), NUDGE),  # the body plays
        ((("select", 2),), "2"),  # snapshot 2 is held
        ((("select", 2), ("stop",)), NUDGE),  # it was let go
        ((("audition", False), ("select", 2)), NUDGE),  # it is chosen, and not heard
        ((("randomise",),), NUDGE),
        ((("morph", 1, 2, 0.5),), NUDGE),
        ((("label", "wave"),), "wave"),
        ((("label", "wave"), ("randomise",)), NUDGE),
    ],
)
def test_a_nudge_is_a_take_for_what_sounds(before: tuple[tuple[str, ...], ...], target: str) -> None:
    world = SessionHarness(classes=("wave", "none"))
    for name, *values in before:
        world.submit(name, *values)
    told = world.submit("nudge")
    assert Nudge(target, world.now_s - 2.0, world.now_s) in told
    assert cues(told) == ["saved"]
    assert world.takes == [target]
    assert kinds(world.submit("undo")) != []
    assert world.takes == []


def test_a_nudge_changes_neither_what_is_held_nor_what_is_chosen_nor_the_model() -> None:
    world = SessionHarness()
    world.submit("morph", 1, 2, 0.5)
    before = world.session.state
    assert kinds(world.submit("nudge")) == [Nudge]
    assert world.session.state.held == before.held
    assert world.session.state.target == before.target
    assert world.fits == 0


def test_a_nudge_waits_until_a_take_is_over() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    for _ in ("countdown", "recording"):
        world.submit("record") if world.session.state.phase == "playing" else world.wait(3.5)
        assert "Not during a take" in refused(world.submit("nudge"))
    assert world.takes == []


def test_a_piece_that_moves_nothing_can_be_nudged_for_a_chosen_class_alone() -> None:
    world = SessionHarness(classes=("wave", "none"), outputs=False)
    assert "choose a class" in refused(world.submit("nudge"))
    world.submit("label", "wave")
    world.submit("nudge")
    assert world.takes == ["wave"]


# ---------------------------------------------------------------------------------------------------------------- morph
def test_a_morph_is_held_and_a_take_can_be_recorded_for_it() -> None:
    world = SessionHarness()
    told = world.submit("morph", 1, 3, 0.25)
    assert HoldMorph("1", "3", 0.25) in told
    assert answer(told).text == "Between snapshots 1 and 3, at 0.25. Space records a take; keep it (s)."
    assert world.session.state.held == "morph 1 3 0.25"
    world.submit("record")
    events = world.wait(4.0, 0.1)
    assert [event.target for event in events if isinstance(event, BeginTake)] == [MORPH]
    world.wait(4.0, 0.1)
    assert world.takes == [MORPH]


def test_a_morph_can_be_kept_as_a_snapshot_that_is_chosen_then() -> None:
    world = SessionHarness()
    world.submit("morph", 1, 2, 0.5)
    world.submit("save")
    assert world.snapshots == {1, 2, 3, 4}
    assert world.session.state.target == "4"
    assert world.session.state.held == "4"


@pytest.mark.parametrize("end", ["stop", "train"])
def test_when_a_morph_is_let_go_it_is_no_target_any_more(end: str) -> None:
    world = SessionHarness()
    world.submit("morph", 1, 2, 0.5)
    assert ReleaseSound in kinds(world.submit(end))
    assert world.session.state.target == ""
    assert "A take of what?" in refused(world.submit("record"))


def test_a_fader_that_morphs_has_one_cue_and_withdraws_no_question() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(8.0, 0.1)
    assert cues(world.submit("clear", by=OSC)) == ["ask"]
    told = [world.submit("morph", 1, 2, part / 100, by=OSC) for part in range(100)]
    assert [cues(events) for events in told] == [["selected"]] + [[]] * 99
    assert cues(world.submit("morph", 2, 3, 0.0, by=OSC)) == ["selected"], "another pair"
    world.submit("clear", by=OSC)
    assert world.takes == []


def test_only_snapshots_that_are_there_can_be_morphed() -> None:
    world = SessionHarness(snapshots=(1, 2))
    assert refused(world.submit("morph", 1, 3, 0.5)) == "There is no snapshot 3; this preset has 1, 2."
    assert refused(world.submit("morph", 4, 3, 0.5)) == "There is no snapshot 4; this preset has 1, 2."


def test_a_take_for_a_morph_is_for_the_morph_that_was_heard_whatever_is_let_go_during_it() -> None:
    world = SessionHarness()
    world.submit("morph", 1, 2, 0.5)
    world.submit("record")
    world.wait(3.5)
    assert "Not during a take" in refused(world.submit("morph", 1, 2, 0.9))
    world.submit("audition", False)
    assert world.session.state.target == MORPH
    world.wait(4.0)
    assert world.takes == [MORPH]


def test_training_with_a_morph_held_lets_it_go() -> None:
    world = SessionHarness()
    world.submit("morph", 1, 2, 0.5)
    assert kinds(world.submit("train")) == [ReleaseSound, StartFit]
