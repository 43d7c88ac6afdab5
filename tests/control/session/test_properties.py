"""Whatever people do, in whatever order: what never happens."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.session.context import Rules
from gesturesynth.control.session.events import BeginTake, EndTake
from gesturesynth.control.session.transitions import (
    HANDS_FREE,
    PLAYBACK,
    TAKING,
    TRAINING,
    FitCause,
    HandsFreeCause,
    PlaybackCause,
    PlaybackState,
    TakeCause,
    Training,
)
from gesturesynth.runtime.session_state import HandsFreeState, Phase
from tests.support.session_harness import OUTPUTS, SessionHarness

OSC, PHONE = "osc 127.0.0.1:5000", "osc 192.168.1.7:9"


# ----------------------------------------------------------------------------------------------------------- the tables
def test_the_tables_know_every_state_and_cause() -> None:
    phases, causes = set(get_args(Phase)), set(get_args(TakeCause))
    assert {move.phase for move in TAKING.values()} == phases
    assert {cause for _, cause in TAKING} == causes
    during_a_take = {("recording", cause) for cause in causes - {"hold"}}
    until_a_take = {("countdown", cause) for cause in causes - {"let go", "too short"}}
    assert set(TAKING) == during_a_take | until_a_take | {("playing", "record"), ("playing", "hold")}
    assert all(move.keep is False for (phase, _), move in TAKING.items() if phase != "recording")
    states, reasons = set(get_args(PlaybackState)), set(get_args(PlaybackCause))
    assert {state for state, _ in PLAYBACK} == {move.playback for move in PLAYBACK.values()} == states
    assert {cause for _, cause in PLAYBACK} == reasons
    assert {state for state, move in PLAYBACK.items() if "end" in move.requests} == {
        (state, cause) for state, cause in PLAYBACK if state == "playing"
    }, "what is played ends once, whatever follows"
    buttons, causes_of_buttons = set(get_args(HandsFreeState)), set(get_args(HandsFreeCause))
    assert {state for state, _ in HANDS_FREE} == {*HANDS_FREE.values()} == buttons
    assert {cause for _, cause in HANDS_FREE} == causes_of_buttons
    trainings = set(get_args(Training))
    everything = {(training, cause) for training in trainings for cause in get_args(FitCause)}
    assert set(TRAINING) == everything - {("idle", "cancel")}
    assert {move.training for move in TRAINING.values()} == trainings


def test_every_command_of_the_table_is_understood() -> None:
    assert set(SessionHarness().session._handlers) == set(COMMANDS)


# ---------------------------------------------------------------------------------------------------- whatever they do
CLASSES = ("wave", "none")
VALUES: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "select": st.tuples(st.integers(1, 4)),
    "label": st.one_of(st.just(()), st.tuples(st.sampled_from([*CLASSES, "other"]))),
    "preset": st.tuples(st.sampled_from(["theremin", "drums"])),
    "volume": st.tuples(st.floats(-60.0, 0.0)),
    "scale": st.tuples(st.sampled_from(["minor", "off"])),
    **dict.fromkeys(("root", "tuning"), st.tuples(st.sampled_from(["A", "just"]))),
    "try": st.just(("name: A\n",)),
    "change": st.just(("name", "A")) | st.just(("about",)),
    "quantise": st.tuples(st.floats(0.0, 1.0)),
    "predict": st.tuples(st.floats(0.0, 0.06)),
    "tempo": st.tuples(st.floats(20.0, 300.0)),
    "set-outputs": st.tuples(st.sampled_from(["0.5 0.5", "1 -", "1", "x y"])),
    "morph": st.tuples(st.integers(1, 4), st.integers(1, 4), st.floats(0.0, 1.0)),
    **dict.fromkeys(
        ("record-output", "train-output", "run-output"),
        st.tuples(st.sampled_from([*OUTPUTS, "other"]), st.booleans()) | st.tuples(st.sampled_from(OUTPUTS)),
    ),
    "delete-output": st.tuples(st.sampled_from([*OUTPUTS, "other"])),
    "relabel": st.tuples(st.integers(1, 4), st.sampled_from(["1", "2", "4", *CLASSES, "other"])),
    "trim": st.tuples(st.integers(1, 4), st.floats(0.0, 9.0), st.floats(0.0, 9.0)),
    "switch-take": st.tuples(st.integers(1, 4), st.booleans()) | st.tuples(st.integers(1, 4)),
    **dict.fromkeys(("delete-take", "restore-take"), st.tuples(st.integers(1, 4))),
    "listen": st.just(()) | st.tuples(st.integers(1, 4)),
    "grab": st.one_of(st.just(()), st.tuples(st.floats(5.0, 300.0))),
    "adapt": st.one_of(st.just(()), st.tuples(st.booleans())),
    "hands-free": st.one_of(st.just(()), st.tuples(st.booleans())),
    "mute": st.one_of(st.just(()), st.tuples(st.booleans())),
    "audition": st.one_of(st.just(()), st.tuples(st.booleans())),
    "hold": st.tuples(st.booleans()),
    "open": st.one_of(st.just(()), st.tuples(st.booleans())),
}
OFTEN = (
    "record",
    "record",
    "hold",
    "hold",
    "hold",
    "select",
    "select",
    "train",
    "nudge",
    "listen",
    "listen",
    "clear",
    "clear",
    "quit",
    "cancel",
    "undo",
    "hands-free",
    "hands-free",
)
A_COMMAND = st.sampled_from([*COMMANDS, *OFTEN]).flatmap(
    lambda name: st.tuples(
        st.just("ask"), st.just(name), VALUES.get(name, st.just(())), st.sampled_from(["keyboard", OSC, PHONE])
    )
)
SECONDS = st.one_of(st.sampled_from([0.1, 0.5, 1.0, 3.0, 4.0]), st.floats(0.001, 20.0), st.just(1e6))
STEP = st.one_of(
    A_COMMAND,
    A_COMMAND,
    st.tuples(st.just("wait"), SECONDS),
    st.tuples(st.just("late"), SECONDS),
    st.tuples(st.just("end_fit"), st.booleans()),
    st.tuples(st.just("own_fit")),
    st.tuples(st.just("held")),
    st.tuples(st.just("classes"), st.sampled_from([CLASSES, (), ("wave",)])),
    st.tuples(st.just("file"), st.sampled_from(["theremin", "drums"])),
)
RULES = st.builds(
    Rules,
    countdown_s=st.sampled_from([0.0, 0.05, 3.0, 60.0]),
    take_s=st.sampled_from([0.1, 4.0, 600.0]),
    tick_s=st.sampled_from([0.1, 1.0, 7.0]),
    hold_s=st.sampled_from([1.0, 60.0]),
    hold_least_s=st.sampled_from([0.1, 0.3]),
    confirm_s=st.sampled_from([0.5, 3.0]),
    volume_step_db=st.floats(0.1, 20.0),
)


@settings(max_examples=400, deadline=None)
@given(RULES, st.lists(STEP, min_size=5, max_size=60))
def test_whatever_happens_in_whatever_order_no_rule_is_broken(rules: Rules, steps: list[tuple[Any, ...]]) -> None:
    world = SessionHarness(rules, classes=CLASSES, until="Tue 18:00")
    for kind, *values in steps:
        if kind == "ask":
            world.submit(values[0], *values[1], by=values[2])
        elif kind == "wait":
            world.wait(values[0])
        elif kind == "late":
            world.now_s += values[0]
        elif kind == "end_fit":
            world.end_fit(ok=values[0])
        elif kind == "own_fit":
            world.start_fit()
        elif kind == "held":
            world.hold_button()
        elif kind == "classes":
            world.set_context(classes=values[0])
        else:
            world.set_context(preset=values[0])
    world.wait(61.0)
    world.wait(601.0)
    assert world.session.state.phase == "playing", "a session left alone plays"
    begun = sum(isinstance(event, BeginTake) for event in world.events)
    assert begun == sum(isinstance(event, EndTake) for event in world.events)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["record", "save", "delete-last", "clear", "undo", "redo", "relabel 1 2", "relabel 2 3", "delete-take 1"]
        ),
        max_size=30,
    )
)
def test_undo_takes_back_exactly_what_was_done(doings: list[str]) -> None:
    world = SessionHarness(Rules(countdown_s=0.0, take_s=1.0))
    for doing in doings:
        world.submit("select", 1)
        before = (list(world.takes), set(world.snapshots))
        name, *values = doing.split()
        world.submit(name, *values, by="command line")
        if name == "clear":
            world.submit(name, by="command line")
        world.wait(2.0)
        after = (list(world.takes), set(world.snapshots))
        if after != before and name not in ("undo", "redo"):
            world.submit("undo")
            assert (world.takes, world.snapshots) == before
            world.submit("redo")
            assert (world.takes, world.snapshots) == after
