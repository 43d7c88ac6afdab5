"""The computers that may receive poses from this one: a file with a line for each, a name and a public key.

There are no secrets in it. The system service reads it as a member of its group; it may not change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.remote_poses.keys import ALLOWED_FILE, folder, key_text, parse_key, write_private

MODE: Final = 0o600
"""For the service, `keys.open_to_service` lets its group read the list."""
NAME_PATTERN: Final = r"[a-z][a-z0-9_-]{0,31}"
MOST: Final = 64
LONGEST: Final = 64 * 1024
"""Bytes of the file that are read at most."""


@dataclass(frozen=True)
class AllowedKey:
    """A computer that may receive poses: its name here, its public key (32 bytes), and since when (ISO 8601, UTC)."""

    name: str
    public: bytes
    since: str


def allowed_file() -> Path:
    """The file of the computers that may receive poses."""
    return folder() / ALLOWED_FILE


def parse_allowed(text: str) -> tuple[AllowedKey, ...]:
    """The entries of the file.

    Raises:
        ValueError: a line is wrong; with its number.
    """
    found: dict[str, AllowedKey] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if not re.fullmatch(NAME_PATTERN, parts[0]) or len(parts) not in (2, 3):
            raise ValueError(f"line {number}: expected a name and a key")
        try:
            found[parts[0]] = AllowedKey(parts[0], parse_key(parts[1]), parts[2] if len(parts) > 2 else "")
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return tuple(found.values())


def read_allowed(file: Path | None = None) -> tuple[AllowedKey, ...]:
    """The computers that may receive poses; none where there is no file.

    Raises:
        UserError: the file cannot be read, or a line of it is wrong.
    """
    path = file or allowed_file()
    try:
        with path.open("rb") as source:
            return parse_allowed(source.read(LONGEST).decode("ascii"))
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text: no computer gets poses until it is corrected") from None
    except ValueError as error:
        raise UserError(f"{path}, {error}: no computer gets poses until it is corrected") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


def allow(name: str, key: str, now: datetime) -> AllowedKey:
    """Lets a computer receive poses, or gives a known name another key.

    Raises:
        UserError: the name or the key is none, another name has the key, or the file cannot be written.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise UserError(f"'{name}' is not a name: 1 to 32 small letters, digits, `-` and `_`, beginning with a letter")
    try:
        public = parse_key(key)
    except ValueError as error:
        raise UserError(f"{error}; `gesturesynth keys show` on the other computer shows it") from None
    entries = {entry.name: entry for entry in read_allowed()}
    same = next((entry.name for entry in entries.values() if entry.public == public and entry.name != name), None)
    if same:
        raise UserError(f"this key is allowed already, as '{same}'")
    if name not in entries and len(entries) >= MOST:
        raise UserError(f"{MOST} computers are allowed already: forget one first (`gesturesynth keys list`)")
    entries[name] = AllowedKey(name, public, now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _write(entries.values())
    return entries[name]


def forget(name: str) -> None:
    """Refuses poses to a computer from now on.

    Raises:
        UserError: there is no such computer, or the file cannot be written.
    """
    entries = {entry.name: entry for entry in read_allowed()}
    if name not in entries:
        raise UserError(f"no computer '{name}' is allowed; there is {', '.join(entries) or 'none'}")
    del entries[name]
    _write(entries.values())


def _write(entries: Iterable[AllowedKey]) -> None:
    lines = ["# The computers that may receive poses from this one: `gesturesynth keys allow`, `keys forget`."]
    lines += [f"{entry.name} {key_text(entry.public)} {entry.since}" for entry in entries]
    write_private(allowed_file(), "\n".join(lines) + "\n", MODE)  # the file that the entries were read from


class AllowedKeysFile:
    """The file as the pose server sees it: read again when it has changed.

    Attributes:
        names: the name of each public key (32 bytes) that is allowed. None after the file became unreadable.
        error: what is wrong with the file; empty when nothing is.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or allowed_file()
        self._seen: tuple[int, int, int, int] | str | None = ""
        self.names: dict[bytes, str] = {}
        self.error = ""
        self.refresh()

    def refresh(self) -> bool:
        """Reads the file again if it has changed; whether it has."""
        try:
            status = self._file.stat()
            # The time of change, too: where the file could not be read, its rights may be what is corrected.
            seen: tuple[int, int, int, int] | None = (
                status.st_mtime_ns,
                status.st_ctime_ns,
                status.st_size,
                status.st_ino,
            )
        except OSError:
            seen = None
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.names, self.error = {entry.public: entry.name for entry in read_allowed(self._file)}, ""
        except UserError as error:
            self.names, self.error = {}, str(error)
        return True
