"""A receiver of MIDI, written by the specification without the code that it checks: what a synthesiser would know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

LENGTHS = {0x8: 3, 0x9: 3, 0xB: 3, 0xC: 2, 0xD: 2, 0xE: 3}


@dataclass
class Receiver:
    """What has arrived. Octets that are no complete message raise AssertionError.

    Attributes:
        messages: one by one.
        sounding: how many times each (channel, note) was begun and not ended.
        controls, programs, bends, pressures: the newest values, channels from 1.
        clocks: how many ticks; running: between start and stop.
    """

    messages: list[bytes] = field(default_factory=list)
    sounding: Counter[tuple[int, int]] = field(default_factory=Counter)
    controls: dict[tuple[int, int], int] = field(default_factory=dict)
    programs: dict[int, int] = field(default_factory=dict)
    bends: dict[int, int] = field(default_factory=dict)
    pressures: dict[int, int] = field(default_factory=dict)
    clocks: int = 0
    running: bool = False

    def feed(self, octets: bytes) -> list[bytes]:
        """Takes octets; returns the messages in them."""
        found: list[bytes] = []
        at = 0
        while at < len(octets):
            status = octets[at]
            length = 1 if status in (0xF8, 0xFA, 0xFC) else LENGTHS[status >> 4]
            message = octets[at : at + length]
            assert len(message) == length, message
            assert all(octet < 0x80 for octet in message[1:]), message
            found.append(message)
            self._take(message)
            at += length
        self.messages += found
        return found

    def _take(self, message: bytes) -> None:
        kind, channel = message[0] >> 4, (message[0] & 15) + 1
        if kind == 0x9 and message[2]:
            self.sounding[channel, message[1]] += 1
        elif kind in (0x8, 0x9):
            assert self.sounding[channel, message[1]] > 0, "a note was ended that does not sound"
            self.sounding[channel, message[1]] -= 1
        elif kind == 0xB:
            self.controls[channel, message[1]] = message[2]
            if message[1] in (120, 123):
                for place in [one for one in self.sounding if one[0] == channel]:
                    self.sounding[place] = 0
        elif kind == 0xC:
            self.programs[channel] = message[1]
        elif kind == 0xD:
            self.pressures[channel] = message[1]
        elif kind == 0xE:
            self.bends[channel] = message[1] | message[2] << 7
        self.clocks += message[0] == 0xF8
        if message[0] in (0xFA, 0xFC):
            assert self.running != (message[0] == 0xFA), "started or stopped twice"
            self.running = message[0] == 0xFA

    def notes(self) -> set[tuple[int, int]]:
        """The notes that sound: channel and number."""
        return {place for place, count in self.sounding.items() if count}
