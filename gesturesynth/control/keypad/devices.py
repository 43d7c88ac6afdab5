"""Keyboards and keypads as Linux shows them: found, described, opened, grabbed, read.

Requests to a device (`ioctl`) are written out here: the library for it has no ready-made package, and refuses
anything that is no real device. What a device is, is read once, and again when its file has changed, as after an
unplug.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.control.keypad.key_names import KEY_NAMES, KEYPAD_KEYS, LETTER_KEYS
from gesturesynth.runtime.action_message import KEYBOARD_NAME

INPUT: Final = Path("/dev/input")
AUTO: Final = "auto"

# linux/input.h and asm-generic/ioctl.h: direction (2 reads, 1 writes), size, 'E', number.
_EV_KEY: Final = 1
_KEY_BYTES: Final = 96
"""KEY_MAX is 0x2ff."""
_NAME_BYTES: Final = 256
READ_BYTES: Final = 64 * 24

_KEYPAD_NAME: Final = re.compile(r"key ?pad|num ?pad|numeric|number ?pad|ten ?key", re.IGNORECASE)


def request(direction: int, size: int, number: int) -> int:
    """The number of a request to an input device, as the macro _IOC makes it on x86 and ARM."""
    return direction << 30 | size << 16 | ord("E") << 8 | number


EVIOCGNAME: Final = request(2, _NAME_BYTES, 0x06)
EVIOCGKEY: Final = request(2, _KEY_BYTES, 0x18)
EVIOCGBIT_KEY: Final = request(2, _KEY_BYTES, 0x20 + _EV_KEY)
EVIOCGRAB: Final = request(1, 4, 0x90)


@dataclass(frozen=True)
class DeviceInfo:
    """What a device is.

    Attributes:
        path: its file.
        name: the device's own; its file's name where that cannot be read.
        stable: its name in /dev/input/by-id, which stays the same wherever it is plugged in; may be empty.
        keys: the codes of the keys that it claims to have; empty where they cannot be read.
    """

    path: Path
    name: str
    stable: str = ""
    keys: frozenset[int] = frozenset()

    @property
    def has_keys(self) -> bool:
        """Whether it has keys with names, rather than being a mouse or a power button alone."""
        return len(self.keys & KEY_NAMES.keys()) >= 3

    @property
    def is_keypad(self) -> bool:
        """A numeric keypad: it has no letters, or its name says so. Many claim to have every key there is."""
        if not self.keys >= KEYPAD_KEYS:
            return False
        return not self.keys & LETTER_KEYS or bool(_KEYPAD_NAME.search(f"{self.name} {self.stable}"))

    def is_wanted(self, wanted: str) -> bool:
        """Whether it is one of those meant by the setting `device`: part of a name, or `auto`.

        The keyboard that actions press never is: its keys are for other programs.
        """
        if self.name == KEYBOARD_NAME:
            return False
        if wanted == AUTO:
            return self.is_keypad
        return self.has_keys and wanted.lower() in f"{self.name}\n{self.stable}".lower()


class InputDevice:
    """One device that is open. Never waits.

    Args:
        path: its file.
        stable: see `DeviceInfo`.

    Attributes:
        kind: what it is.
        problem: why its keys reach other programs, too, or do not come here; empty when all is well.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, stable: str = "") -> None:
        self.problem = ""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        name = self._ioctl(EVIOCGNAME, _NAME_BYTES).split(b"\0")[0].decode(errors="replace")
        self.kind = DeviceInfo(path, name or path.name, stable, _codes(self._ioctl(EVIOCGBIT_KEY, _KEY_BYTES)))

    def fileno(self) -> int:
        """To wait for."""
        return self._descriptor

    def grab(self) -> None:
        """Takes it for this program alone. If that fails, it is read nevertheless, and `problem` says so."""
        try:
            fcntl.ioctl(self._descriptor, EVIOCGRAB, 1)
            self.problem = ""
        except OSError as error:
            if error.errno == errno.EBUSY:
                self.problem = "another program has taken it: no key of it comes here"
            else:
                self.problem = f"it cannot be taken ({error.strerror}): its keys reach others, too"

    def read(self) -> bytes | None:
        """What it has sent; empty when there is nothing yet, None when it is gone."""
        try:
            return os.read(self._descriptor, READ_BYTES) or None
        except BlockingIOError:
            return b""
        except OSError:  # ENODEV: it was unplugged
            return None

    def keys_down(self) -> frozenset[int]:
        """The codes of the keys that are down now; none where they cannot be read."""
        return _codes(self._ioctl(EVIOCGKEY, _KEY_BYTES))

    def close(self) -> None:
        """Closes it; other programs get its keys again."""
        os.close(self._descriptor)

    def _ioctl(self, number: int, size: int) -> bytes:
        try:
            return fcntl.ioctl(self._descriptor, number, bytes(size))
        except OSError:  # no input device, such as a pipe that stands for one; or it has gone already
            return b""


def stable_names(folder: Path = INPUT) -> dict[Path, str]:
    """The names in by-id of the devices that have one, by their files."""
    found = {}
    for link in sorted(_matching(folder / "by-id", "*event*")):
        found[Path(os.path.realpath(link))] = link.name
    return found


def event_files(folder: Path = INPUT) -> list[Path]:
    """The files of all input devices, in the order of their numbers."""
    found = [path for path in _matching(folder, "event*") if path.name.removeprefix("event").isdecimal()]
    return sorted(found, key=lambda path: int(path.name.removeprefix("event")))


def list_devices(folder: Path = INPUT) -> list[dict[str, str]]:
    """The keyboards and keypads of this computer: a row for each, with `name`, `kind` and `device`.

    `device` is the file by a name that stays: what to write into settings. `gesturesynth keypad --list` prints these.
    """
    names = stable_names(folder)
    rows = []
    for path in event_files(folder):
        stable = names.get(path.resolve(), "")
        file = str(folder / "by-id" / stable) if stable else str(path)
        try:
            device = InputDevice(path, stable)
        except OSError as error:
            rows.append({"name": stable or path.name, "kind": f"closed to you: {error.strerror}", "device": file})
            continue
        kind = device.kind
        device.close()
        if kind.has_keys:
            rows.append({"name": kind.name, "kind": "keypad" if kind.is_keypad else "keyboard", "device": file})
    return rows


def identity(path: Path) -> tuple[int, ...] | None:
    """Changes whenever a path leads to another device, or its permissions change; None when it leads to nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_rdev, found.st_ctime_ns


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _codes(bits: bytes) -> frozenset[int]:
    return frozenset(8 * place + bit for place, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1)
