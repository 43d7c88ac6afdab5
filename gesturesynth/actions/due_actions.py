"""Which actions of a preset are to be carried out now, with their values. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gesturesynth.actions.events import Occurrences
from gesturesynth.actions.template import Value
from gesturesynth.actions.values import Values
from gesturesynth.runtime.action_message import ActionSetup, ActionsMessage


@dataclass(frozen=True)
class DueAction:
    """An action that is to be carried out now, the values of this moment, and the voice that is meant, from 0."""

    action: ActionSetup
    values: Mapping[str, Value]
    voice: int


class DueActions:
    """Follows the messages of the conductor. Nothing is done in a panic, and outside of opening hours."""

    def __init__(self) -> None:
        self._occurrences = Occurrences()
        self._values = Values()
        self._done_s: dict[str, float] = {}
        self._of = (0, 0)

    def step(self, message: ActionsMessage) -> list[DueAction]:
        """The actions that are due, in the order of the preset; each at most once."""
        state = message.state
        self._values.note(state)
        happened: dict[object, int] = {}
        for one in self._occurrences.step(state):
            happened.setdefault(one.event, one.voice)
        if (state.pid, state.changes) != self._of:
            self._of = (state.pid, state.changes)
            self._done_s = {}
        if not happened or state.panic or state.closed:
            return []
        found: list[DueAction] = []
        for action in message.actions:
            voice = next((happened[event] for event in action.when if event in happened), None)
            if voice is None or state.time_s - self._done_s.get(action.name, -math.inf) < action.rest_s:
                continue
            self._done_s[action.name] = state.time_s
            found.append(DueAction(action, self._values.of(state, voice, action.name), voice))
        return found
