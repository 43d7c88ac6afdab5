"""Actions that send MIDI: what is due, and its octets. Pure.

What has happened is found as for actions over OSC and the web (`actions/due_actions.py`), so one action that sends both
sends both at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gesturesynth.actions.due_actions import DueAction, DueActions
from gesturesynth.actions.template import POSITION
from gesturesynth.midi import encoder
from gesturesynth.midi.controllers import Controllers, Lane
from gesturesynth.midi.sounding_notes import SoundingNotes
from gesturesynth.runtime.action_message import ActionSetup, ActionsMessage, MidiAction
from gesturesynth.runtime.piece_state import PieceState

_SOFTEST: Final = 1
"""The least velocity: 0 would end a note."""


class ActionPart:
    """Follows the piece, and makes octets of the actions that are due.

    Args:
        actions: those of the preset that send MIDI.
        notes: of all parts. controllers: likewise.
    """

    def __init__(self, actions: Sequence[ActionSetup], notes: SoundingNotes, controllers: Controllers) -> None:
        self._actions = tuple(actions)
        self._notes = notes
        self._controllers = controllers
        self._due = DueActions()

    def forget(self) -> None:
        """What happened meanwhile brings about nothing: the next state is the zero mark."""
        self._due = DueActions()

    def due(self, state: PieceState) -> list[tuple[DueAction, MidiAction]]:
        """The messages that a new state brings about. While the piece is muted no note begins."""
        if not self._actions:
            return []
        return [
            (due, one)
            for due in self._due.step(ActionsMessage(state, self._actions))
            for one in due.action.does
            if isinstance(one, MidiAction) and not (one.kind == "note" and state.muted)
        ]

    def send(self, due: DueAction, one: MidiAction, channel: int, now_s: float) -> bytes:
        """The octets of one message.

        Args:
            due: the action, with its values.
            one: its message.
            channel: 1..16.
            now_s: monotonic seconds.
        """
        if one.kind == "program":
            return encoder.program_change(channel, one.number)
        if one.kind == "control":
            return self._controllers.say(Lane("control", channel, one.number), _value(due, one, 0), now_s)
        owner = "action", due.action.name
        return self._notes.begin(owner, channel, one.number, _value(due, one, _SOFTEST), now_s + one.length_s)


def _value(due: DueAction, one: MidiAction, least: int) -> int:
    """The value of a message, `least` to 127."""
    if not one.source:
        return max(least, one.value)
    position = due.values.get(one.source + POSITION, 0.0)
    if not isinstance(position, float) or math.isnan(position):
        position = 0.0
    return least + round((encoder.DATA - least) * min(1.0, max(0.0, position)))
