"""Linux input events: the bytes that a keyboard or keypad sends in, keys that go down and up out. Pure.

A device file gives records of `struct input_event` (linux/input.h): the time, a type, a code and a value. A key is a
record of type EV_KEY whose value is 1 (down), 0 (up) or 2 (the kernel repeats it). When the file was not read
for too long, records are lost, and SYN_DROPPED says so: all up to the next SYN_REPORT is invalid then, and the state of
the keys has to be read from the device. A key that is up by then has gone up unnoticed: `recover` returns it, so that
no key is held for ever. A key that is down by then does not count until it is pressed again.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

RECORD: Final = struct.Struct("llHHi")
"""`struct input_event`: seconds, microseconds, type, code, value; 24 bytes on a 64-bit system."""
EV_SYN: Final = 0
EV_KEY: Final = 1
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3

Change = Literal["up", "down", "repeat"]
_CHANGES: Final[dict[int, Change]] = {0: "up", 1: "down", 2: "repeat"}


@dataclass(frozen=True)
class KeyEvent:
    """Something that a key did.

    Attributes:
        code: as in linux/input-event-codes.h; `key_names.KEY_CODES` has their names.
        change: what it did. An `up` always follows a `down` of the same code, and a `repeat` comes in between.
    """

    code: int
    change: Change


class EventParser:
    """The keys of one device.

    Attributes:
        down: the codes of the keys that are down.
        lost: records were lost: `recover` is due.
    """

    def __init__(self) -> None:
        self.down: set[int] = set()
        self.lost = False
        self._rest = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[KeyEvent]:
        """More bytes, cut anywhere; returns the events of keys in order."""
        data = self._rest + data
        whole = len(data) - len(data) % RECORD.size
        self._rest = data[whole:]
        found = []
        for _, _, kind, code, value in RECORD.iter_unpack(data[:whole]):
            if kind == EV_SYN:
                self._on_sync(code)
            elif kind == EV_KEY and not self._dropping and value in _CHANGES:
                event = KeyEvent(code, _CHANGES[value])
                if self._is_consistent(event):
                    found.append(event)
        return found

    def recover(self, down: Collection[int]) -> list[KeyEvent]:
        """After `lost`, and when the device goes away: only these keys are down. Returns the others, as up."""
        self.lost = False
        gone = sorted(self.down.difference(down))
        self.down.intersection_update(down)
        return [KeyEvent(code, "up") for code in gone]

    def _on_sync(self, code: int) -> None:
        if code == SYN_DROPPED:
            self._dropping = True
        elif code == SYN_REPORT and self._dropping:
            self._dropping, self.lost = False, True

    def _is_consistent(self, event: KeyEvent) -> bool:
        """Whether it fits the state before: the `up` of a key that was down at the start does not count."""
        was_down = event.code in self.down
        if event.change == "down":
            self.down.add(event.code)
            return not was_down
        if event.change == "up":
            self.down.discard(event.code)
        return was_down
