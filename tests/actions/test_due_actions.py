"""Which actions are carried out, and with which values."""

from __future__ import annotations

from typing import Any

from gesturesynth.actions.due_actions import DueActions
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, ActionsMessage, KeyAction
from tests.support.piece_states import VOICE, state, voice

UP = ActionEvent("entered", "up")
THROW = ActionEvent("performed", "throw")
LAMP = ActionSetup("lamp", (UP, THROW), (KeyAction("RIGHT"),), rest_s=0.5)
OTHER = ActionSetup("other", (THROW,), (KeyAction("LEFT"),), rest_s=0.05)


def due(actions: DueActions, time_s: float, *voices: Any, **changes: Any) -> list[str]:
    message = ActionsMessage(state(time_s, *voices, **changes), (LAMP, OTHER))
    return [one.action.name for one in actions.step(message)]


def test_an_action_is_carried_out_once_for_all_that_brings_it_about_and_then_rests() -> None:
    actions = DueActions()
    assert due(actions, 0.0) == []
    both = voice(entered={"up": 1}, performed={"throw": 1})
    assert due(actions, 0.1, both) == ["lamp", "other"]
    again = voice(entered={"up": 2}, performed={"throw": 2})
    assert due(actions, 0.3, again) == ["other"], "the first one rests"
    assert due(actions, 0.7, voice(entered={"up": 3}, performed={"throw": 2})) == ["lamp"]


def test_nothing_is_done_in_a_panic_or_outside_of_opening_hours_and_nothing_of_it_later() -> None:
    actions = DueActions()
    due(actions, 0.0)
    assert due(actions, 0.1, voice(entered={"up": 1}), panic=True) == []
    assert due(actions, 0.2, voice(entered={"up": 2}), closed=True) == []
    assert due(actions, 0.3, voice(entered={"up": 2})) == []
    assert due(actions, 0.4, voice(entered={"up": 3})) == ["lamp"]


def test_the_values_are_those_of_the_voice_and_what_is_not_seen_keeps_its_last_value() -> None:
    actions = DueActions()
    seen = voice(features={"body.x": 0.1, "lean": 12.5})
    due(actions, 0.0, VOICE, seen)
    message = ActionsMessage(state(0.1, VOICE, voice(entered={"up": 1}), people=2), (LAMP,))
    (one,) = actions.step(message)
    assert one.values == {
        "action": "lamp",
        "voice": 2.0,
        "people": 2.0,
        "person": 3.0,
        "scene": "day",
        "confidence": 0.75,
        "pitch": 440.0,
        "pitch.position": 0.5,
        "body.x": 0.25,
        "lean": 12.5,
    }
