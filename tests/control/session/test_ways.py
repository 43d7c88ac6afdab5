"""Other ways of teaching, step by step: nudge, morph, play-along."""

from __future__ import annotations

import pytest

from gesturesynth.control.session.events import (
    BeginTake,
    EndTake,
    HoldMorph,
    HoldScore,
    HoldValues,
    Nudge,
    ReleaseSound,
    StartFit,
)
from gesturesynth.control.session.targets import MORPH, NUDGE, PLAY_ALONG, SET
from tests.support.session_events import answer, cues, kinds, refused
from tests.support.session_harness import OUTPUTS, SCORE_S, SessionHarness

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


# ---------------------------------------------------------------------------------------------------------- set-outputs
def test_values_that_are_set_are_held_and_a_take_is_for_them() -> None:
    world = SessionHarness()
    told = world.submit("set-outputs", " 440  - ")
    assert HoldValues({OUTPUTS[0]: 440.0}) in told
    assert cues(told) == ["selected"]
    assert cues(world.submit("set-outputs", "441 -3e1")) == [], "a fader moves it"
    assert (world.session.state.held, world.session.state.target) == ("set", SET)
    world.submit("record")
    world.wait(3.5)
    assert "Not during a take" in refused(world.submit("set-outputs", "1 1"))
    world.wait(4.0)
    assert world.takes == [SET]
    assert kinds(world.submit("train")) == [ReleaseSound, StartFit]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("440", f"It takes 2 values, not 1: {', '.join(OUTPUTS)}."),
        ("440 loud", "not 'loud'."),
        ("440 nan", "not 'nan'."),
        ("1_0 1e999", "not '1_0'."),
    ],
)
def test_values_that_cannot_be_set_are_refused(text: str, sentence: str) -> None:
    world = SessionHarness()
    assert refused(world.submit("set-outputs", text)).endswith(sentence)
    assert not world.session.state.held


# ----------------------------------------------------------------------------------------------------------- play-along
def test_playing_along_counts_down_records_to_the_end_of_the_score_and_trains() -> None:
    world = SessionHarness()
    told = world.submit("play-along")
    assert kinds(told) == [HoldScore]
    assert cues(told) == ["tick"]
    assert world.session.state.held == "score"
    assert world.session.state.target == PLAY_ALONG
    told = world.wait(3.1, 0.05)
    assert [
        (event.target, round(event.end_s - event.start_s, 6)) for event in told if isinstance(event, BeginTake)
    ] == [(PLAY_ALONG, SCORE_S)]
    assert kinds(world.wait(SCORE_S - 0.2, 0.05)) == []
    told = world.wait(0.4, 0.05)
    assert cues(told) == ["end", "saved"]
    assert kinds(told) == [EndTake, ReleaseSound, StartFit]
    assert answer(told).text.endswith("30 poses. Training.")
    assert world.session.state.held == ""
    assert world.session.state.target == ""
    assert world.takes == [PLAY_ALONG]


@pytest.mark.parametrize(
    ("wait_s", "command", "kept"),
    [
        (1.0, "play-along", False),  # the countdown is called off
        (1.0, "cancel", False),
        (6.0, "play-along", True),  # ended early
        (6.0, "record", True),
        (6.0, "stop", True),
        (6.0, "cancel", False),
    ],
)
def test_playing_along_can_be_ended_early_or_thrown_away(wait_s: float, command: str, *, kept: bool) -> None:
    world = SessionHarness()
    world.submit("play-along")
    world.wait(wait_s, 0.05)
    world.submit(command)
    assert world.takes == [PLAY_ALONG] * kept
    assert world.fits == int(kept)
    assert world.session.state.held == "", "the score is heard no longer"
    assert world.session.state.phase == "playing"


def test_what_is_chosen_stays_chosen_and_its_takes_have_their_usual_length_again() -> None:
    world = SessionHarness()
    world.submit("select", 2)
    world.submit("play-along")
    world.wait(20.0, 0.05)
    assert world.session.state.target == "2"
    world.submit("record")
    told = world.wait(8.0, 0.05)
    assert [event.end_s - event.start_s for event in told if isinstance(event, BeginTake)] == [pytest.approx(4.0)]


def test_playing_along_does_not_end_the_take_of_something_else() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    assert "Not during a take" in refused(world.submit("play-along"))
    world.wait(10.0, 0.05)
    assert world.takes == ["1"]


def test_a_score_needs_two_snapshots() -> None:
    assert "needs two snapshots" in refused(SessionHarness(snapshots=(1,)).submit("play-along"))


def test_another_preset_ends_the_score() -> None:
    world = SessionHarness()
    world.submit("play-along")
    world.wait(5.0, 0.05)
    world.set_context(preset="drums")
    assert world.session.state.held == ""
    assert world.takes == []
    assert world.fits == 0
