"""Commands about the scale: what they lead to, and when they are refused."""

from __future__ import annotations

from typing import get_args

import pytest

from gesturesynth.control.arguments import Value
from gesturesynth.control.session.events import ChangeScale, Cue, ScalePart, SetStrength
from tests.support.session_events import answer, refused
from tests.support.session_harness import SessionHarness


@pytest.mark.parametrize("part", get_args(ScalePart))
def test_a_name_leads_to_a_change_that_is_answered_when_it_is_known(part: ScalePart) -> None:
    world = SessionHarness()
    world.scale = "A minor"
    world.set_context()
    events = world.submit(part, "just")
    assert [event for event in events if isinstance(event, ChangeScale)] == [ChangeScale(part, "just")]
    assert answer(events).text == "Done."


@pytest.mark.parametrize(
    ("strength", "text"),
    [
        (0.0, "Pitches are free: strength 0."),
        (0.25, "Pitches are drawn to the scale: strength 0.25."),
        (1.0, "Pitches keep to the scale: strength 1."),
    ],
)
def test_a_fader_for_the_strength_is_answered_without_a_cue(strength: float, text: str) -> None:
    world = SessionHarness()
    world.scale = "A minor"
    world.set_context()
    events = world.submit("quantise", strength)
    assert SetStrength(strength) in events
    assert not any(isinstance(event, Cue) for event in events)
    assert answer(events).text == text


@pytest.mark.parametrize(("name", "value"), [("root", "A"), ("tuning", "just"), ("quantise", 0.5)])
def test_without_a_scale_there_is_nothing_to_change(name: str, value: Value) -> None:
    events = SessionHarness().submit(name, value)
    assert refused(events)
    assert answer(events).text == "There is no scale: choose one first, as in `scale A minor`."


@pytest.mark.parametrize(("name", "value"), [("scale", "minor"), ("root", "A"), ("quantise", 0.5)])
def test_a_preset_without_pitches_has_no_scale(name: str, value: Value) -> None:
    events = SessionHarness(outputs=False).submit(name, value)
    assert refused(events)
    assert answer(events).text == "This preset moves no pitch that could follow a scale."


def test_another_scale_is_possible_while_a_take_is_recorded() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("record")
    world.wait(world.rules.countdown_s + 1.0, 0.1)
    assert world.session.state.phase == "recording"
    assert answer(world.submit("scale", "minor")).text == "Done."
    assert world.session.state.phase == "recording"
