"""MIDI messages that arrive, taken apart. Pure. What is no message of a channel is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

EventKind = Literal["note", "control", "program", "pressure", "bend"]
_KINDS: dict[int, tuple[EventKind, int]] = {
    0x80: ("note", 3),
    0x90: ("note", 3),
    0xB0: ("control", 3),
    0xC0: ("program", 2),
    0xD0: ("pressure", 2),
    0xE0: ("bend", 3),
}


@dataclass(frozen=True)
class MidiEvent:
    """One message of a channel.

    Attributes:
        kind: a note that begins or ends, a control change, a program change, channel pressure, or pitch bend.
        channel: 1..16.
        number: of the note, the controller or the program, 0..127; 0 for the other kinds.
        value: the velocity of a note, 0 at its end; 0..127, for `bend` 0..16383, for `program` 127.
    """

    kind: EventKind
    channel: int
    number: int
    value: int


def decode(message: Sequence[int]) -> MidiEvent | None:
    """One message, as a library delivers it: a status byte and its data.

    Returns:
        The event; None for what is no channel message, is incomplete, or is polyphonic pressure.
    """
    if not message:
        return None
    kind, length = _KINDS.get(message[0] & 0xF0, (None, 0))
    if kind is None or len(message) != length or not all(0 <= octet <= 127 for octet in message[1:]):
        return None
    channel, first = (message[0] & 0x0F) + 1, message[1]
    if kind == "program":
        return MidiEvent(kind, channel, first, 127)
    if kind == "pressure":
        return MidiEvent(kind, channel, 0, first)
    if kind == "bend":
        return MidiEvent(kind, channel, 0, first | message[2] << 7)
    return MidiEvent(kind, channel, first, 0 if message[0] & 0xF0 == 0x80 else message[2])
