"""Where state, models, sockets and caches live.

Four folders, each overridable by an environment variable, so that several installations can run side by side on one
computer. Without an override they follow the conventions of the system (XDG on Linux, Library on a Mac).

| folder  | variable                   | what is in it                                              |
|---------|----------------------------|------------------------------------------------------------|
| config  | GESTURESYNTH_CONFIG_DIR    | gesturesynth.yaml, the user's own presets/                 |
| state   | GESTURESYNTH_STATE_DIR     | what was taught and recorded                               |
| runtime | GESTURESYNTH_RUNTIME_DIR   | sockets, one sub-folder for each process; gone at reboot   |
| cache   | GESTURESYNTH_CACHE_DIR     | the pose model; can be fetched again                       |
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from gesturesynth.core.errors import UserError

APP = "gesturesynth"
SYSTEM_CONFIG = Path("/etc/gesturesynth")
_USER = os.getuid()
"""As it was at the start: in a user namespace of its own a process may see itself as another user."""
SYSTEM_RUNTIME = Path("/run/gesturesynth")
"""Where the sockets of the system service are; its folders let members of the group `gesturesynth` in."""

# sun_path holds 108 bytes on Linux and 104 on a Mac, the final zero included.
SOCKET_PATH_LIMIT = 103


def expanded(text: str) -> Path:
    """A path as a person writes it: `~` is their home. A `~name` of an unknown user stays as it is, as in a shell."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises for unknown users


def printable(path: Path | str) -> str:
    """A path as text for people, logs and messages, on one line.

    The bytes of a name need not be UTF-8, and may be line ends: the one become U+FFFD, the others escapes as in Python.
    """
    text = os.fsencode(path).decode(errors="replace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _folder(variable: str, default: Callable[..., str]) -> Path:
    value = os.environ.get(variable)
    return expanded(value).absolute() if value else Path(default(APP, appauthor=False))


def config_dir() -> Path:
    """The user's settings and presets. It need not exist."""
    return _folder("GESTURESYNTH_CONFIG_DIR", platformdirs.user_config_dir)


def state_dir() -> Path:
    """What cannot be made again: examples, recordings, choices. It need not exist."""
    return _folder("GESTURESYNTH_STATE_DIR", platformdirs.user_state_dir)


def cache_dir() -> Path:
    """What can be fetched or made again. It need not exist."""
    return _folder("GESTURESYNTH_CACHE_DIR", platformdirs.user_cache_dir)


def runtime_dir() -> Path:
    """Sockets of the running processes. It need not exist.

    Without a session (XDG_RUNTIME_DIR), as over a bare ssh or in a container, it is a folder of the user's own in the
    temporary folder.
    """
    return _folder("GESTURESYNTH_RUNTIME_DIR", _session_folder)


def running_dir() -> Path:
    """The runtime folder of the Gesture Synth that runs, for programs that talk to it from outside.

    GESTURESYNTH_RUNTIME_DIR where it is set; else the user's own where a conductor has a socket in it; else that of the
    system service where it exists; else the user's own.
    """
    own = runtime_dir()
    if os.environ.get("GESTURESYNTH_RUNTIME_DIR") or (own / "conductor" / "commands").exists():
        return own
    return SYSTEM_RUNTIME if SYSTEM_RUNTIME.is_dir() else own


def _session_folder(app: str, **_author: bool) -> str:
    if sys.platform == "darwin" or os.environ.get("XDG_RUNTIME_DIR"):
        return platformdirs.user_runtime_dir(app, appauthor=False)
    return str(Path(tempfile.gettempdir()) / f"{app}-{_USER}")


def presets_dir() -> Path:
    """The presets shipped with the project: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"


def demo_performer() -> Path:
    """The skeleton recording that plays when there is no camera."""
    return presets_dir() / "demo.skeleton"


def socket_path(process: str, topic: str, folder: Path | None = None) -> Path:
    """Where `process` binds its socket `topic`: `RUNTIME/PROCESS/TOPIC`.

    Args:
        process: the process.
        topic: the socket.
        folder: the runtime folder; by default this process's own.

    Raises:
        UserError: the path is longer than a Unix socket's address may be.
    """
    runtime = folder or runtime_dir()
    path = runtime / process / topic
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise UserError(
            f"the runtime folder {runtime} is too long for a socket: {path} has "
            f"{len(os.fsencode(path))} bytes, at most {SOCKET_PATH_LIMIT} are allowed. "
            "Set GESTURESYNTH_RUNTIME_DIR to a shorter folder."
        )
    return path


def private_folder(path: Path) -> Path:
    """Makes the folder, for this user only, unless it is there already; returns it.

    One that is there may be open to others: systemd makes those of its services, for their group.

    Raises:
        UserError: the folder belongs to another user, or cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"the folder {path} cannot be made: {error.strerror}. Check its parents, or choose another."
        ) from error
    if path.stat().st_uid not in (os.getuid(), 0):
        raise UserError(f"the folder {path} belongs to another user; take it away or choose another folder.")
    return path
