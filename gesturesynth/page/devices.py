"""The devices that were paired: who they are, what they may do, and the file that remembers them.

A device is known by a token in its cookie. The file holds a hash of the token only, so that it lets no one in.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import replace_file
from gesturesynth.page.roles import Role

MOST_DEVICES: Final = 64
NAME_LENGTH: Final = 40
TOKEN_BYTES: Final = 32


class Device(msgspec.Struct, frozen=True):
    """A paired device.

    Attributes:
        number: by which it is revoked; never used again.
        name: that its user gave it.
        role: what it may do.
        paired: when, ISO 8601 in UTC.
        token_sha256: of its token, in hexadecimal digits.
    """

    number: int
    name: str
    role: Role
    paired: str
    token_sha256: str


class _Stored(msgspec.Struct, frozen=True):
    next_number: int = 1
    devices: tuple[Device, ...] = ()


class DeviceBook:
    """All devices. What is changed is on the disk before it counts.

    Args:
        file: where they are remembered. One that cannot be read is left as it is: then no device is known, and a
            warning says so.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stored = _Stored()
        try:
            self._stored = msgspec.json.decode(file.read_bytes(), type=_Stored)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            message = f"{file} cannot be read ({error}): no paired device is known; pair them again"
            log.get().warning("devices not read", message=message)

    @property
    def devices(self) -> tuple[Device, ...]:
        """All, the oldest first."""
        return self._stored.devices

    def add(self, name: str, role: Role, paired: str) -> tuple[Device, str]:
        """A new device and its token.

        Raises:
            UserError: there are too many, or it cannot be written down.
        """
        if len(self.devices) >= MOST_DEVICES:
            raise UserError(f"{MOST_DEVICES} devices are paired: revoke one first (`gesturesynth page devices`)")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        plain = " ".join("".join(letter for letter in name if letter.isprintable()).split())[:NAME_LENGTH]
        number = self._stored.next_number
        device = Device(number, plain or f"device {number}", role, paired, _hash(token))
        self._store(_Stored(number + 1, (*self.devices, device)))
        return device, token

    def find(self, token: str) -> Device | None:
        """The device with this token."""
        wanted = _hash(token)
        return next((device for device in self.devices if device.token_sha256 == wanted), None)

    def revoke(self, number: int) -> Device:
        """Forgets a device.

        Raises:
            UserError: there is no such device, or it cannot be written down.
        """
        gone = next((device for device in self.devices if device.number == number), None)
        if gone is None:
            raise UserError(f"there is no device {number}: `gesturesynth page devices` lists them")
        self._store(_Stored(self._stored.next_number, tuple(one for one in self.devices if one is not gone)))
        return gone

    def _store(self, stored: _Stored) -> None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._file, msgspec.json.format(msgspec.json.encode(stored)))
        except OSError as error:
            raise UserError(f"{self._file} cannot be written: {error.strerror}") from error
        self._stored = stored


def _hash(token: str) -> str:
    """Tokens are random, so a plain hash is as hard to turn back as they are to guess."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
