"""Settings of an unattended service: a mistake in gesturesynth.yaml is reported, and the service starts all the same.

At a terminal a mistake in the settings stops the program, and its user corrects it. The services of a gallery start at
power-on without a user, and silence would be worse than old settings. Their units set UNATTENDED. Then the last valid
settings are used until the file is corrected and the service started again; the conductor stores a copy of them in the
cache folder, which the other processes may read. Without a copy, the wrong parts of the file are ignored.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from gesturesynth.config.settings import settings
from gesturesynth.config.settings.settings import Settings
from gesturesynth.config.yaml.document import FileError
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.files import replace_file

UNATTENDED: Final = "GESTURESYNTH_UNATTENDED"
"""Set, to any value, in the environment of a process that runs without a user."""


def is_unattended() -> bool:
    """Whether this process runs without a user, as a service of the system."""
    return bool(os.environ.get(UNATTENDED))


def copy_file() -> Path:
    """The path of the copy of the last valid settings."""
    return paths.cache_dir() / "conductor" / settings.FILE


def load_settings_or_fallback(path: Path | None) -> tuple[Settings, str]:
    """The settings of this machine, or of another file.

    Args:
        path: a file that must exist; None for the machine's own.

    Returns:
        The settings, and sentences about what is wrong with their file; empty when it is right.

    Raises:
        FileError: something is wrong with the file, and the process is attended.
    """
    try:
        return settings.load_settings(path), ""
    except FileError as error:
        if not is_unattended():
            raise
        settings_in_use, text = _fallback(path)
        message = f"{error}\nUntil it is mended, {text}."
        log.get().error("settings refused", message=message)
        return settings_in_use, message


def _fallback(path: Path | None) -> tuple[Settings, str]:
    try:
        return settings.load_settings(copy_file()), "the last settings that were in order hold"
    except FileError:  # none yet, or damaged
        return settings.load_valid_part(path), "what is wrong in it counts as not written"


def save_last_known_good(path: Path | None, good: Settings) -> None:
    """Stores a copy of a valid settings file, if the process is unattended and the file has not changed since.

    A failure is logged; it matters only when the file is broken later.
    """
    file = path or settings.settings_file()
    if file is None or not is_unattended():
        return
    copy = copy_file()
    try:
        data = file.read_bytes()
        if settings.loads(data, file) != good or (copy.is_file() and copy.read_bytes() == data):
            return
        paths.private_folder(copy.parent)
        replace_file(copy, data)
    except FileError:
        return  # changed meanwhile: the next start reads it
    except (GestureSynthError, OSError) as error:
        log.get().warning("settings copy failed", message=f"no copy of the settings could be stored: {error}")
