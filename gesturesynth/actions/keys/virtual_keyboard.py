"""A keyboard that other programs take for one that is plugged in: Linux's uinput.

Requests to the device (`ioctl`) are written out here, as in `control/keypad/devices.py`; numbers and structures are
those of linux/uinput.h and linux/input.h. The kernel removes the keyboard, and releases its keys, when its file is
closed: also when this process is killed.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from gesturesynth.runtime.action_message import KEYBOARD_NAME

UINPUT: Final = Path("/dev/uinput")

_WRITES: Final = 1
_SETUP: Final = struct.Struct("HHHH80sI")
"""`struct uinput_setup`: bus, vendor, product and version; the name; number of force-feedback effects."""
_BUS_VIRTUAL: Final = 6
EVENT: Final = struct.Struct("llHHi")
"""`struct input_event`: seconds, microseconds (the kernel fills in both), type, code, value."""
EV_SYN: Final = 0
EV_KEY: Final = 1
SYN_REPORT: Final = 0


def _request(direction: int, size: int, number: int) -> int:
    """The number of a request to uinput, as the macro _IOC makes it on x86 and ARM."""
    return direction << 30 | size << 16 | ord("U") << 8 | number


UI_DEV_CREATE: Final = _request(0, 0, 1)
UI_DEV_DESTROY: Final = _request(0, 0, 2)
UI_DEV_SETUP: Final = _request(_WRITES, _SETUP.size, 3)
UI_SET_EVBIT: Final = _request(_WRITES, 4, 100)
UI_SET_KEYBIT: Final = _request(_WRITES, 4, 101)


def key_event(code: int, *, down: bool) -> bytes:
    """A key that goes down or up, with the report that makes it count: 48 bytes on a 64-bit system."""
    return EVENT.pack(0, 0, EV_KEY, code, int(down)) + EVENT.pack(0, 0, EV_SYN, SYN_REPORT, 0)


def _ioctl(file: int, number: int, argument: int | bytes) -> object:
    return fcntl.ioctl(file, number, argument)


class VirtualKeyboard:
    """A keyboard with some keys.

    Args:
        codes: of its keys; it has no others, so that no mistake of ours can press them.
        path: of the device that makes it.
        ioctl: sends a request to a device.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(
        self,
        codes: Iterable[int],
        path: Path = UINPUT,
        ioctl: Callable[[int, int, int | bytes], object] = _ioctl,
    ) -> None:
        self._ioctl = ioctl
        self._codes = frozenset(codes)
        self._file = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            ioctl(self._file, UI_SET_EVBIT, EV_KEY)
            for code in sorted(self._codes):
                ioctl(self._file, UI_SET_KEYBIT, code)
            ioctl(self._file, UI_DEV_SETUP, _SETUP.pack(_BUS_VIRTUAL, 0, 0, 1, KEYBOARD_NAME.encode(), 0))
            ioctl(self._file, UI_DEV_CREATE, 0)
        except OSError:
            os.close(self._file)
            raise

    def send(self, code: int, *, down: bool) -> None:
        """Presses or releases a key.

        Raises:
            OSError: the keyboard is gone.
            ValueError: it has no such key.
        """
        if code not in self._codes:
            raise ValueError(f"the keyboard has no key {code}")
        os.write(self._file, key_event(code, down=down))

    def close(self) -> None:
        """Removes the keyboard."""
        try:
            self._ioctl(self._file, UI_DEV_DESTROY, 0)
        finally:
            os.close(self._file)
