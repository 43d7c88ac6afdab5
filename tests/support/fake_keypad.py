"""A fake keypad: a named pipe in the place of a device file, through which real records of input events go.

    keypad = FakeKeypad(folder / "keypad")
    keypad.plug_in()
    keypad.tap("KP1")
    keypad.press("KPENTER")

What a pipe cannot do is answer a device's requests: it has no name and no keys, and cannot be taken. Those are for
virtual_keypad.c.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from gesturesynth.control.keypad.input_events import EV_KEY, EV_SYN, RECORD, SYN_DROPPED, SYN_REPORT
from gesturesynth.control.keypad.key_names import KEY_CODES

EV_MSC, MSC_SCAN = 4, 4


def record(kind: int, code: int, value: int) -> bytes:
    """One `struct input_event`, of now."""
    now_s = time.time()
    return RECORD.pack(int(now_s), int(now_s % 1 * 1e6), kind, code, value)


def key(name: str, value: int) -> bytes:
    """What a keyboard sends when a key goes down (1) or up (0), or is repeated (2): with its scan code, and an end."""
    code = KEY_CODES[name]
    return record(EV_MSC, MSC_SCAN, 0x70000 + code) + record(EV_KEY, code, value) + record(EV_SYN, SYN_REPORT, 0)


def dropped() -> bytes:
    """What the system sends when records were lost, and the end of what was left of them."""
    return record(EV_SYN, SYN_DROPPED, 0) + record(EV_SYN, SYN_REPORT, 0)


class FakeKeypad:
    """See the head of this file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pipe = -1

    def plug_in(self) -> None:
        """The device appears."""
        os.mkfifo(self.path)
        # For both directions, so that opening it does not wait for a reader.
        self._pipe = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def unplug(self) -> None:
        """The device disappears, also while keys are down."""
        self.path.unlink()
        os.close(self._pipe)
        self._pipe = -1

    def press(self, name: str) -> None:
        """A key goes down."""
        self.send(key(name, 1))

    def release(self, name: str) -> None:
        """A key goes up."""
        self.send(key(name, 0))

    def tap(self, name: str) -> None:
        """A key goes down and up."""
        self.send(key(name, 1) + key(name, 0))

    def send(self, data: bytes) -> None:
        """Anything."""
        os.write(self._pipe, data)

    def close(self) -> None:
        """Clears up."""
        if self._pipe >= 0:
            self.unplug()
