"""Knobs and faders that give a command its number: `control 7: volume`. Pure: time is passed in.

A controller's 0..127 is spread over the range of the argument that the binding leaves out. The volume and the tempo are
taken over softly, since a knob that stands elsewhere would make a sudden step that is heard in the whole room: it does
nothing until it reaches or passes the value that holds. What else knobs move follows at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.arguments import Argument, Value
from gesturesynth.control.command_table import COMMANDS, FADERS
from gesturesynth.control.commands import COMMAND_LINE, MIDI, Call, call
from gesturesynth.midi.encoder import DATA
from gesturesynth.runtime.piece_state import PieceState

REACHED_STEPS: Final = 1.5
"""A knob has reached a value that is this near, in steps of 127: the border between two steps may lie there."""
LET_GO_S: Final = 1.0
"""After so long without a movement another hand may have set the value; the knob has to reach it again then."""
INTERVAL_S: Final = 0.02
"""Between two commands of one knob: fifty a second, as controllers that leave (docs/midi.md)."""
_HELD: Final[Mapping[str, Callable[[PieceState], float | None]]] = {
    "volume": lambda state: state.own_volume_db,
    "tempo": lambda state: state.tempo.bpm if state.tempo else None,
}
"""What holds now, of the commands that are taken over softly."""


@dataclass(frozen=True)
class KnobCommand:
    """A command whose last value comes from a knob.

    Attributes:
        command: its name, one of `FADERS`.
        values: those in front of that value.
        argument: that the knob gives; a number.
    """

    command: str
    values: tuple[Value, ...]
    argument: Argument

    def value(self, position: float) -> float:
        """The value at a position of the knob, 0..127."""
        low, high = self._ends
        return min(high, low + (high - low) * position / DATA)

    def position(self, value: float) -> float:
        """Where a knob with this value stands, 0..127."""
        low, high = self._ends
        return DATA * (value - low) / (high - low)

    def at(self, position: int) -> Call:
        """The command at a position of the knob."""
        return Call(self.command, (*self.values, self.value(position)), MIDI)

    @property
    def _ends(self) -> tuple[float, float]:
        assert self.argument.low is not None
        assert self.argument.high is not None
        return self.argument.low, self.argument.high


def knob_command(text: str) -> KnobCommand | None:
    """The command of a binding such as `volume` or `morph 1 2`, which leaves out its last value; else None.

    Raises:
        CommandError: one of the values in front of that is wrong.
    """
    name, *written = text.split()
    if name not in FADERS or len(written) != len(COMMANDS[name].arguments) - 1:
        return None
    argument = COMMANDS[name].arguments[-1]
    whole = call(name, [*written, f"{argument.high:g}"], COMMAND_LINE)
    return KnobCommand(name, whole.values[:-1], argument)


class Knob:
    """One knob: what it has sent, and whether it has reached the value that holds.

    Args:
        command: what it moves.
    """

    def __init__(self, command: KnobCommand) -> None:
        self._command = command
        self._position: int | None = None
        self._taken = False
        self._wanted: int | None = None
        self._moved_s = self._sent_s = -math.inf

    def move(self, position: int, state: PieceState | None, now_s: float) -> None:
        """It was moved.

        Args:
            position: 0..127.
            state: of the piece; None where it is not known yet: then a knob that has to reach a value waits.
            now_s: monotonic seconds.
        """
        before, self._position = self._position, position
        held = _HELD[self._command.command](state) if state and self._command.command in _HELD else None
        if held is None:
            self._taken = state is not None or self._command.command not in _HELD
        else:
            at = self._command.position(held)
            if now_s - self._moved_s > LET_GO_S:
                self._taken = before is not None and abs(before - at) <= REACHED_STEPS
            passed = before is not None and (before - at) * (position - at) <= 0.0
            self._taken = self._taken or passed or abs(position - at) <= REACHED_STEPS
        self._moved_s = now_s
        if self._taken:
            self._wanted = position

    def tick(self, now_s: float) -> list[Call]:
        """The command that is due by now."""
        if self._wanted is None or now_s < self.due_s:
            return []
        wanted, self._wanted, self._sent_s = self._wanted, None, now_s
        return [self._command.at(wanted)]

    @property
    def due_s(self) -> float:
        """When it has a command to send, monotonic; infinite for never."""
        return math.inf if self._wanted is None else self._sent_s + INTERVAL_S
