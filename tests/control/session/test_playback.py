"""Listening back: when a take plays instead of the person in view, what ends it, and what is said."""

from __future__ import annotations

import pytest

from gesturesynth.control.arguments import Value
from gesturesynth.control.commands import call
from gesturesynth.control.session.context import Rules, SessionContext
from gesturesynth.control.session.events import BeginPlayback, Cue, EndPlayback, ReadTake, ReleaseSound
from gesturesynth.control.session.machine import Session
from tests.support.session_events import Events, answer, kinds, refused
from tests.support.session_harness import LENGTH_S, SessionHarness


@pytest.fixture
def world() -> SessionHarness:
    made = SessionHarness(classes=("wave",))
    made.takes = ["1", "wave", "2"]
    made.set_context()
    return made


def test_the_newest_take_plays_and_ends_by_itself(world: SessionHarness) -> None:
    events = world.submit("listen")
    assert ReadTake(3, 1) in events
    assert BeginPlayback(world.now_s) in events
    text = "Take 3 for snapshot 2 plays for 4.0 s; the person in view does not. Again (b) ends it."
    assert answer(events).text == text
    world.wait(1.0)
    assert world.session.state.played_left_s == pytest.approx(3.0)
    ended = world.wait(LENGTH_S, step_s=0.1)
    assert [EndPlayback(), Cue("end")] == [event for event in ended if isinstance(event, EndPlayback | Cue)]
    assert world.session.state.message == "Take 3 has ended: the person in view plays."
    assert world.session.state.played_take == 0


@pytest.mark.parametrize("command", [("listen",), ("listen", 2), ("stop",), ("cancel",)])
def test_a_command_ends_it(world: SessionHarness, command: tuple[str, *tuple[int, ...]]) -> None:
    world.submit("listen", 2)
    events = world.submit(*command)
    assert EndPlayback() in events
    assert answer(events).text == "Take 2 has ended: the person in view plays."


@pytest.mark.parametrize(
    "command",
    [
        ("select", 1),
        ("randomise",),
        ("morph", 1, 2, 0.5),
        ("play-along",),
        ("save",),
    ],
)
def test_a_sound_that_is_held_takes_its_place(world: SessionHarness, command: tuple[str, *tuple[Value, ...]]) -> None:
    world.submit("listen")
    assert EndPlayback() in world.submit(*command)
    assert world.session.state.held


@pytest.mark.parametrize("command", [("record",), ("hold", True)])
def test_a_take_that_is_recorded_takes_its_place(world: SessionHarness, command: tuple[str, *tuple[bool, ...]]) -> None:
    world.submit("label", "wave")
    world.submit("listen")
    assert EndPlayback() in world.submit(*command)


def test_another_preset_takes_its_place(world: SessionHarness) -> None:
    world.submit("listen")
    assert EndPlayback() in world.set_context(preset="drums")


def test_what_is_held_is_let_go_for_it_and_the_choice_stays(world: SessionHarness) -> None:
    world.submit("select", 2)
    assert ReleaseSound in kinds(world.submit("listen"))
    assert (world.session.state.target, world.session.state.held) == ("2", "")


def test_another_take_follows_at_once(world: SessionHarness) -> None:
    world.submit("listen", 1)
    events = world.submit("listen", 2)
    assert [type(event) for event in events if isinstance(event, BeginPlayback | EndPlayback)] == [
        EndPlayback,
        BeginPlayback,
    ]
    assert world.session.state.played_take == 2


def test_what_goes_on_meanwhile(world: SessionHarness) -> None:
    world.submit("listen", 1)
    for command in (("train",), ("delete-take", 1), ("undo",), ("volume", -6.0), ("label", "wave"), ("evaluate",)):
        assert EndPlayback() not in world.submit(*command)
    assert "end it (b)" in refused(world.submit("nudge")), "what moves is not what is heard"


def test_it_is_refused_with_a_reason(world: SessionHarness) -> None:
    assert answer(world.submit("listen", 9)).failed
    world.submit("select", 1)
    world.submit("record")
    assert "Not during a take" in refused(world.submit("listen"))
    assert refused(SessionHarness().submit("listen")) == "There is no take to listen to."
    session = Session(Rules())
    session.update_context(SessionContext(takes={"1": 1}, newest_take=1))
    assert "no model yet" in answer(session.handle(call("listen", [], "keyboard"), 1.0)).text


# ----------------------------------------------------------------------------------------------- while it is being read
def asked(session: Session, name: str, *values: Value, now_s: float = 1.0) -> Events:
    return session.handle(call(name, values, "keyboard"), now_s)


@pytest.fixture
def session() -> Session:
    made = Session(Rules())
    made.update_context(
        SessionContext(snapshots=frozenset({1, 2}), takes={"1": 2}, newest_take=2, trained="linear rbf")
    )
    return made


@pytest.mark.parametrize("command", [("listen",), ("stop",), ("select", 1), ("randomise",)])
def test_a_take_that_is_being_read_can_be_called_off(session: Session, command: tuple[str, *tuple[int, ...]]) -> None:
    asked(session, "listen")
    assert session.state.played_take == 2
    asked(session, *command)
    events = session.take_ready(1, "1", 4.0, 1.5)
    assert BeginPlayback not in kinds(events)
    assert refused(events).startswith("It is not played")


def test_only_what_was_asked_for_last_is_played(session: Session) -> None:
    asked(session, "listen", 1)
    asked(session, "listen", 2)
    assert BeginPlayback not in kinds(session.take_ready(1, "1", 4.0, 1.5))
    assert BeginPlayback(1.6) in session.take_ready(2, "1", 4.0, 1.6)
    assert session.state.played_take == 2


def test_a_snapshot_that_was_held_before_is_held_until_the_take_begins(session: Session) -> None:
    asked(session, "select", 1)
    assert ReleaseSound not in kinds(asked(session, "listen"))
    assert ReleaseSound in kinds(session.take_ready(1, "1", 4.0, 1.5))


def test_a_take_that_cannot_be_read_leaves_all_as_it_was(session: Session) -> None:
    asked(session, "select", 1)
    asked(session, "listen", 7)
    assert refused(session.take_unread(1, "There is no take 7.", 1.5)) == "There is no take 7."
    assert (session.state.held, session.state.played_take) == ("1", 0)
