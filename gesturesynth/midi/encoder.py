"""MIDI messages as bytes (MIDI 1.0 Detailed Specification 4.2.1, MPE 1.0). Pure.

Channels are counted from 1 to 16, as people do; all other numbers as on the wire, from 0 to 127 or to 16383. What is
out of range raises ValueError: a wrong byte would be read as another message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

DATA: Final = 127
"""The greatest number of 7 bits."""
FINE: Final = 16383
"""The greatest number of 14 bits."""
BEND_CENTRE: Final = 8192
"""Pitch bend that bends nothing."""
SUSTAIN, ALL_SOUND_OFF, RESET_CONTROLLERS, ALL_NOTES_OFF = 64, 120, 121, 123
"""Numbers of control changes."""
MOST_CONTROL: Final = 119
"""Control changes above this are channel mode messages."""
MOST_FINE: Final = 31
"""Control changes up to this have a second one, 32 above, for the lower 7 bits."""
_LOWER: Final = 32
_DATA_ENTRY, _RPN_LOWER, _RPN_UPPER = 6, 100, 101
_RPN_BEND_RANGE, _RPN_MPE = 0, 6

CLOCK: Final = b"\xf8"
START: Final = b"\xfa"
STOP: Final = b"\xfc"
TICKS_A_QUARTER: Final = 24


def note_on(channel: int, note: int, velocity: int) -> bytes:
    """A note begins; its velocity is 1..127, since 0 would end it."""
    if velocity == 0:
        raise ValueError("a velocity of 0 is a note off")
    return _message(0x90, channel, note, velocity)


def note_off(channel: int, note: int) -> bytes:
    """A note ends, with the usual release velocity."""
    return _message(0x80, channel, note, 64)


def control_change(channel: int, number: int, value: int) -> bytes:
    """A controller of 7 bits."""
    return _message(0xB0, channel, number, value)


def fine_control(channel: int, number: int, value: int, upper: int | None = None) -> bytes:
    """A controller of 14 bits, 0..31: the upper 7 bits first, unless the receiver has these (`upper`) already.

    A receiver sets the lower 7 bits to 0 when the upper ones arrive, hence this order.
    """
    _check(number, MOST_FINE)
    _check(value, FINE)
    first = b"" if upper == value >> 7 else control_change(channel, number, value >> 7)
    return first + control_change(channel, number + _LOWER, value & DATA)


def program_change(channel: int, program: int) -> bytes:
    """Another program, 0..127."""
    return _message(0xC0, channel, program)


def channel_pressure(channel: int, value: int) -> bytes:
    """Pressure of a whole channel."""
    return _message(0xD0, channel, value)


def pitch_bend(channel: int, value: int) -> bytes:
    """Pitch bend, 0..16383; BEND_CENTRE is none."""
    _check(value, FINE)
    return _message(0xE0, channel, value & DATA, value >> 7)


def bend_range(channel: int, semitones: float) -> bytes:
    """Tells how far pitch bend reaches to either side (RPN 0), in semitones and cents; 0..96."""
    if not 0.0 <= semitones <= 96.0:
        raise ValueError(f"{semitones} semitones are outside 0..96")
    whole = int(semitones)
    cents = round(100.0 * (semitones - whole))
    if cents == 100:
        whole, cents = whole + 1, 0
    return _registered(channel, _RPN_BEND_RANGE, whole) + control_change(channel, _DATA_ENTRY + _LOWER, cents)


def mpe_zone(members: int) -> bytes:
    """Makes a lower zone of so many member channels, 2 and up (MPE Configuration Message, RPN 6); 0 ends it."""
    _check(members, 15)
    return _registered(1, _RPN_MPE, members)


def silence(channel: int) -> bytes:
    """Ends all that sounds on a channel: the pedal is up, notes end, and what still sounds is cut."""
    return b"".join(control_change(channel, number, 0) for number in (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF))


def split(messages: bytes) -> list[bytes]:
    """Messages one by one, as a library wants them; without system exclusive ones."""
    found: list[bytes] = []
    for octet in messages:
        if octet >= 0x80:
            found.append(bytes((octet,)))
        else:
            found[-1] += bytes((octet,))
    return found


def _registered(channel: int, parameter: int, value: int) -> bytes:
    return (
        control_change(channel, _RPN_UPPER, 0)
        + control_change(channel, _RPN_LOWER, parameter)
        + control_change(channel, _DATA_ENTRY, value)
    )


def _message(status: int, channel: int, *data: int) -> bytes:
    if not 1 <= channel <= 16:
        raise ValueError(f"channel {channel} is outside 1..16")
    for value in data:
        _check(value, DATA)
    return bytes((status | channel - 1, *data))


def _check(value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise ValueError(f"{value} is outside 0..{most}")


def joined(messages: Sequence[bytes]) -> bytes:
    """Messages one after the other."""
    return b"".join(messages)
