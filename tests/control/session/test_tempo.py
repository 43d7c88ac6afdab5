"""Commands about the tempo: what they lead to, and when they are refused."""

from __future__ import annotations

import pytest

from gesturesynth.control.session.events import Cue, SetTempo
from tests.support.session_events import answer, refused
from tests.support.session_harness import SessionHarness


@pytest.fixture
def world() -> SessionHarness:
    world = SessionHarness()
    world.tempo = True
    world.set_context()
    return world


def test_a_tempo_is_set_without_a_cue(world: SessionHarness) -> None:
    events = world.submit("tempo", 93.5)
    assert SetTempo(93.5) in events
    assert answer(events).text == "Tempo: 93.5 quarter notes a minute."
    assert not any(isinstance(event, Cue) for event in events)


def test_taps_make_a_tempo_that_begins_with_the_last_one(world: SessionHarness) -> None:
    first = world.submit("tap")
    assert answer(first).text == "Tap on in time with the beat."
    assert not any(isinstance(event, SetTempo) for event in first)
    for count in (2, 3):
        world.wait(0.5, 0.1)
        events = world.submit("tap")
        (change,) = (event for event in events if isinstance(event, SetTempo))
        assert change.bpm == pytest.approx(120.0)
        assert change.beat
        assert answer(events).text == f"Tempo: 120 quarter notes a minute, from {count} taps."


@pytest.mark.parametrize("command", ["tempo", "tap"])
def test_without_a_beat_there_is_nothing_to_set(command: str) -> None:
    world = SessionHarness()
    values = (100.0,) if command == "tempo" else ()
    assert refused(world.submit(command, *values))
