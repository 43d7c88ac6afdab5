"""Keys of computers that send and receive poses: how a public key is written, and the file of a computer's own key.

A key is a Curve25519 key pair (CurveZMQ, rfc.zeromq.org/spec/26). The public half is written as base32 (RFC 4648) of
its 32 bytes with four check characters (the first 20 bits of its SHA-256), in eight groups of seven: it may be read
out, typed, and put into YAML or a command without quotes, and a mistyped one is noticed.
"""

from __future__ import annotations

import base64
import grp
import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there, replace_file

FOLDER: Final = "keys"
"""Of the config folder."""
OWN_FILE: Final = "own.key"
OWN_MODE: Final = 0o600
ALLOWED_FILE: Final = "allowed"
"""The list of the computers that may receive poses; see `allowed_keys`."""
KEY_FILE: Final = "GESTURESYNTH_KEY_FILE"
"""Set by units of the system service, which run as users that cannot read the file in /etc."""
SERVICE_GROUP: Final = "gesturesynth"
KEY_BYTES: Final = 32
_GROUP: Final = 7
_LETTERS: Final = 52
_CHECKED: Final = 56
_MISREAD: Final = str.maketrans("018", "OIB")
"""Digits that base32 does not have, as the letters that they are read for."""
_HEAD: Final = (
    "# The secret key of this computer, for poses over the network. Keep it here. `gesturesynth keys show` shows"
)
NO_CURVE: Final = (
    "the installed pyzmq has no CURVE encryption, so poses cannot travel over a network: install pyzmq from its wheel "
    "(`pip install --force-reinstall --only-binary :all: pyzmq`)"
)


# ---------------------------------------------------------------------------------------------------------- public keys
def key_text(public: bytes) -> str:
    """A public key (32 bytes) as people write it: eight groups of seven capitals and digits."""
    letters = base64.b32encode(public).decode().rstrip("=")
    letters += _check_letters(public)
    return "-".join(letters[start : start + _GROUP] for start in range(0, _CHECKED, _GROUP))


def parse_key(text: str) -> bytes:
    """The 32 bytes of a public key.

    Raises:
        ValueError: it is none, or mistyped; with a sentence.
    """
    letters = re.sub(r"[-\s]", "", text).upper().translate(_MISREAD)
    if len(letters) != _CHECKED:
        raise ValueError(f"a key has eight groups of seven characters, {_CHECKED} in all, not {len(letters)}")
    try:
        public = base64.b32decode(f"{letters[:_LETTERS]}====")
    except ValueError:
        raise ValueError("a key is made of letters and the digits 2 to 7") from None
    if key_text(public).replace("-", "") != letters:
        raise ValueError("the key has a typing mistake: its last four characters do not fit the others")
    return public


def _check_letters(public: bytes) -> str:
    return base64.b32encode(hashlib.sha256(public).digest()).decode()[: _CHECKED - _LETTERS]


# -------------------------------------------------------------------------------------------------------------- the own
@dataclass(frozen=True)
class OwnKey:
    """The key pair of this computer.

    Attributes:
        secret: the secret half, Z85 (40 bytes), as libzmq takes it. It is not part of `repr`.
        public: the public half, 32 bytes.
        made: when, ISO 8601 in UTC.
    """

    secret: bytes = field(repr=False)
    public: bytes
    made: str


def require_curve() -> None:
    """Raises UserError where libzmq was built without CURVE."""
    import zmq  # noqa: PLC0415 - settings know how keys are written, and need no sockets

    if not zmq.has("curve"):
        raise UserError(NO_CURVE)


def folder() -> Path:
    """The folder of the keys: in the user's config folder, or in that of the system where only that has a key."""
    own = paths.config_dir() / FOLDER
    system = paths.SYSTEM_CONFIG / FOLDER
    return system if not own.is_dir() and system.is_dir() else own


def own_key_file() -> Path:
    """The file of this computer's own key: that which a unit of the system service names, or in the folder of keys."""
    given = os.environ.get(KEY_FILE)
    return Path(given) if given else folder() / OWN_FILE


def own_key() -> OwnKey:
    """The key of this computer.

    Raises:
        UserError: there is none, it cannot be read, or its file may be read by others.
    """
    require_curve()
    file = own_key_file()
    try:
        text = file.read_text(encoding="ascii")
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise UserError(f"this computer has no key ({file}): make one with `{_how_to_make()}`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}") from None
    if mode & 0o077:
        raise UserError(f"other users of this computer may read the secret key in {file}: `chmod 600 {file}`")
    return _parse_own(text, file)


def _how_to_make(*flags: str) -> str:
    """The command that makes the key: for a unit of the system service, whose file is a copy, another one."""
    of_service = KEY_FILE in os.environ
    words = ("sudo" if of_service else "", "gesturesynth keys new", *flags, "--service" if of_service else "")
    return " ".join(filter(None, words))


def _parse_own(text: str, file: Path) -> OwnKey:
    found = dict(line.split(" ", 1) for line in text.splitlines() if " " in line and not line.startswith("#"))
    secret = found.get("secret", "").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", secret):
        raise UserError(f"{file} is damaged: there is no secret key in it; `{_how_to_make('--replace')}` makes one")
    return _pair(z85_encoded(bytes.fromhex(secret)), found.get("made", "").strip())


def make_own_key(*, replace: bool, now: datetime) -> OwnKey:
    """Makes a key for this computer, and writes it down for this user only.

    Args:
        replace: in the place of the one that it has.
        now: the wall clock.

    Raises:
        UserError: it has one already, or the file cannot be written.
    """
    import zmq  # noqa: PLC0415 - as above

    require_curve()
    place = paths.config_dir() / FOLDER
    file = place / OWN_FILE
    if is_there(file) and not replace:
        raise UserError(
            f"this computer has a key already ({file}): `gesturesynth keys show` shows it. With --replace a new one "
            "takes its place, and has to be allowed again wherever the former was"
        )
    _, secret = zmq.curve_keypair()
    made = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"{_HEAD} the public one.\nmade {made}\nsecret {z85_decoded(secret).hex()}\n"
    write_private(file, text, OWN_MODE)
    return _pair(secret, made)


def _pair(secret: bytes, made: str) -> OwnKey:
    import zmq  # noqa: PLC0415 - as above

    return OwnKey(secret, z85_decoded(zmq.curve_public(secret)), made)


def open_to_service(folder: Path) -> None:
    """Lets the service's group into its folder of keys, and into the list in it; the secret stays closed to the group.

    Does nothing for another folder, for another user than root, and where there is no such group: keys may be made
    before the service is installed, which calls this, too.
    """
    for place, mode in ((folder, 0o750), (folder / ALLOWED_FILE, 0o640)):
        _open_one_to_service(place, folder, mode)


def _open_one_to_service(place: Path, folder: Path, mode: int) -> None:
    if os.geteuid() != 0 or folder.parent != paths.SYSTEM_CONFIG:
        return
    with suppress(KeyError, OSError):  # there is no group, or no such file
        os.chown(place, 0, grp.getgrnam(SERVICE_GROUP).gr_gid)
        place.chmod(mode)


def write_private(file: Path, text: str, mode: int) -> None:
    """Writes a file of the keys' folder; nothing is ever readable by others, not even for a moment.

    Raises:
        UserError: it cannot be written.
    """

    def opened(fresh: Path) -> None:
        if file.name == ALLOWED_FILE:  # before it takes its place: the pose server may look at any moment
            _open_one_to_service(fresh, file.parent, 0o640)

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        former = os.umask(0o777 & ~mode)
        try:
            replace_file(file, text.encode(), opened)
        finally:
            os.umask(former)
        open_to_service(file.parent)
    except OSError as error:
        system = file.parent.parent == paths.SYSTEM_CONFIG
        hint = ". It is that of the system service: use `sudo`, and `--service`" if system else ""
        raise UserError(f"{file} cannot be written: {error.strerror}{hint}") from error


def z85_decoded(text: bytes) -> bytes:
    """The bytes of a key that libzmq has written."""
    from zmq.utils import z85  # noqa: PLC0415 - as above

    return bytes(z85.decode(text))


def z85_encoded(public: bytes) -> bytes:
    """A public key as libzmq takes it."""
    from zmq.utils import z85  # noqa: PLC0415 - as above

    return bytes(z85.encode(public))
