"""What arrives, as numbers for presets and as commands. Pure: time is passed in.

A key of MIDI that is bound to `record` or `hold` means what a key of a keypad means (`control/keypad/bindings.py`):
`record` that is tapped is a countdown or the end of a take, and one that is held records as long as it is held.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Container, Mapping, Sequence
from typing import Final

from gesturesynth.control.commands import MIDI, Call
from gesturesynth.control.keypad.bindings import HOLD_S, command_of
from gesturesynth.midi.decoder import MidiEvent
from gesturesynth.midi.encoder import ALL_NOTES_OFF, ALL_SOUND_OFF, BEND_CENTRE, DATA
from gesturesynth.midi.knobs import Knob, KnobCommand, knob_command
from gesturesynth.midi.message_names import WITHOUT_NUMBER, MessageName, parse_message_name
from gesturesynth.runtime.midi_message import CHANNELS
from gesturesynth.runtime.piece_state import PieceState

PRESSED_FROM: Final = 64
"""A controller counts as pressed from this on, as switches do (MIDI 1.0: 0 to 63 off, 64 to 127 on)."""
DEFAULT_BINDINGS: Final[Mapping[str, str]] = {"control 64": "record"}
"""The sustain pedal is the record button."""


class ArrivingValues:
    """The newest values of all that has arrived."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, int, int], float] = {}  # by kind, number and channel, 0 for any
        self.count = 0

    def feed(self, event: MidiEvent) -> None:
        """Something arrived."""
        self.count += 1
        value = _value(event)
        for channel in (0, event.channel):
            if event.kind == "program":
                for place in [one for one in self._newest if one[0] == "program" and one[2] == channel]:
                    self._newest[place] = 0.0
            self._newest[event.kind, event.number, channel] = value
            if event.kind == "note" and event.value:
                self._newest["pitch", 0, channel] = float(event.number)
        if event.kind == "control" and event.number in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            self._release(("note",), (0, event.channel))

    def device_lost(self) -> None:
        """The port has gone: keys are up, and what springs back is at rest. Knobs stay where they were."""
        self._release(("note", "bend", "pressure"), range(CHANNELS + 1))

    def _release(self, kinds: Container[str], channels: Container[int]) -> None:
        for place in self._newest:
            if place[0] in kinds and place[2] in channels:
                self._newest[place] = 0.0

    def of(self, names: Sequence[str]) -> dict[str, float]:
        """The values of inputs by their names. A key that was never pressed is 0; a knob that never moved has none."""
        found: dict[str, float] = {}
        for text in names:
            name = parse_message_name(text)
            known = self._newest.get((name.kind, name.number, name.channel))
            if known is None and name.kind in {"note", "program"}:
                known = 0.0
            if known is not None:
                found[text] = known
        return found


def _value(event: MidiEvent) -> float:
    """0..1, or -1..1 for pitch bend."""
    if event.kind == "bend":
        return max(-1.0, min(1.0, (event.value - BEND_CENTRE) / (BEND_CENTRE - 1)))
    return event.value / DATA


@dataclasses.dataclass(frozen=True)
class MidiBinding:
    """What messages of one kind ask for.

    Attributes:
        name: which messages.
        call: the command; of a knob, which gives the last value of its command itself, one that is not sent.
        knob: what the knob moves; None for all that is pressed.
    """

    name: MessageName
    call: Call
    knob: KnobCommand | None = None


def bindings(changes: Mapping[str, str]) -> list[MidiBinding]:
    """The default bindings with those of the settings; what names a channel comes first.

    Raises:
        CommandError: a command that does not exist, or cannot take its values.
        MessageNameError: what names no message.
    """
    found = [binding(text, command) for text, command in {**DEFAULT_BINDINGS, **changes}.items()]
    return sorted((one for one in found if one is not None), key=lambda one: one.name.channel == 0)


def binding(message: str, command: str) -> MidiBinding | None:
    """One binding; None for one that asks for nothing.

    Raises:
        CommandError, MessageNameError: see `bindings`.
    """
    name = parse_message_name(message)
    knob = knob_command(command) if name.kind == "control" else None
    if knob is not None:
        return MidiBinding(name, knob.at(0), knob)
    call = command_of(command)
    return None if call is None else MidiBinding(name, dataclasses.replace(call, sender=MIDI))


class MidiBindingMachine:
    """The commands of arriving messages.

    Args:
        bound: from `bindings`.
    """

    def __init__(self, bound: Sequence[MidiBinding]) -> None:
        self._bound = bound
        self._down: set[MidiBinding] = set()
        self._deciding: tuple[MidiBinding, float] | None = None  # a record key that is down, and since when
        self._holding: MidiBinding | None = None
        self._state: PieceState | None = None
        self._knobs = self._new_knobs()

    def follow(self, state: PieceState) -> None:
        """What the piece does now: knobs take over the values that hold."""
        self._state = state

    def feed(self, event: MidiEvent, now_s: float) -> list[Call]:
        """Something arrived; returns the commands of that. What is due by then comes first, as by `tick`.

        Args:
            event: from `decode`.
            now_s: monotonic seconds.
        """
        found = self.tick(now_s)
        one = next((one for one in self._bound if one.name.matches(event)), None)
        if one is None:
            return found
        if one in self._knobs:
            self._knobs[one].move(event.value, self._state, now_s)
            return found + self._knobs[one].tick(now_s)
        if one.name.kind in ("program", *WITHOUT_NUMBER):
            return [*found, one.call]
        pressed = event.value >= (1 if event.kind == "note" else PRESSED_FROM)
        if pressed == (one in self._down):
            return found
        (self._down.add if pressed else self._down.discard)(one)
        return found + (self._pressed(one, now_s) if pressed else self._released(one))

    def tick(self, now_s: float) -> list[Call]:
        """What is due by now: a record key that is held for long enough begins to record, and the values of knobs."""
        found = [requested for knob in self._knobs.values() for requested in knob.tick(now_s)]
        if self._deciding is None or now_s - self._deciding[1] < HOLD_S:
            return found
        self._holding, self._deciding = self._deciding[0], None
        return [*found, _hold(on=True)]

    @property
    def due_s(self) -> float:
        """When `tick` has something to do, monotonic; infinite where it has nothing."""
        held_s = math.inf if self._deciding is None else self._deciding[1] + HOLD_S
        return min([held_s, *(knob.due_s for knob in self._knobs.values())])

    def device_lost(self) -> list[Call]:
        """The port has gone, with all its keys and knobs: what is held ends."""
        holding, self._holding, self._deciding = self._holding, None, None
        self._down.clear()
        self._knobs = self._new_knobs()
        return [] if holding is None else [_hold(on=False)]

    def _new_knobs(self) -> dict[MidiBinding, Knob]:
        return {one: Knob(one.knob) for one in self._bound if one.knob is not None}

    def _pressed(self, one: MidiBinding, now_s: float) -> list[Call]:
        if one.call.command not in ("record", "hold") or one.call.values:
            return [one.call]
        if self._deciding or self._holding is not None:
            return []  # a second such key while the first is down
        if one.call.command == "record":
            self._deciding = one, now_s
            return []
        self._holding = one
        return [_hold(on=True)]

    def _released(self, one: MidiBinding) -> list[Call]:
        if one is self._holding:
            self._holding = None
            return [_hold(on=False)]
        if self._deciding and one is self._deciding[0]:
            self._deciding = None
            return [Call("record", (), MIDI)]
        return []


def _hold(*, on: bool) -> Call:
    return Call("hold", (on,), MIDI)
