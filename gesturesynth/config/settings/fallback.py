"""Settings where nobody looks: a mistake in gesturesynth.yaml is said, and it plays on without what is wrong.

At a terminal a mistake in the settings stops the program, and its user mends it. The services of a gallery start at
power-on, with nobody there: silence would be the worst answer. Their units set UNATTENDED. Then the last settings that
were in order hold until the file is mended and the service started again; the conductor keeps a copy of them in the
cache folder, where the other processes may read it. Without a copy, what is wrong in the file counts as not written.
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
"""Set, to anything, in the environment of a process that nobody watches."""


def is_unattended() -> bool:
    """Whether nobody watches this process: a service of the system's."""
    return bool(os.environ.get(UNATTENDED))


def copy_file() -> Path:
    """Where the last settings that were in order are."""
    return paths.cache_dir() / "conductor" / settings.FILE


def load_settings_or_fallback(path: Path | None) -> tuple[Settings, str]:
    """The settings of this machine, or of another file.

    Args:
        path: a file that must exist; None for the machine's own.

    Returns:
        The settings, and what is wrong with their file: sentences, empty when nothing is.

    Raises:
        FileError: something is wrong with the file, and somebody is there to mend it.
    """
    try:
        return settings.load_settings(path), ""
    except FileError as error:
        if not is_unattended():
            raise
        instead, text = _fallback(path)
        trouble = f"{error}\nUntil it is mended, {text}."
        log.get().error(f"the settings cannot be used as they are:\n{trouble}")
        return instead, trouble


def _fallback(path: Path | None) -> tuple[Settings, str]:
    try:
        return settings.load_settings(copy_file()), "the last settings that were in order hold"
    except FileError:  # none yet, or damaged
        return settings.load_valid_part(path), "what is wrong in it counts as not written"


def save_last_known_good(path: Path | None, good: Settings) -> None:
    """Keeps a copy of a settings file that is in order, where nobody looks and it is still what was read.

    What cannot be kept is said, and matters only when the file is broken later.
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
        return  # changed since: the next start reads it
    except (GestureSynthError, OSError) as error:
        log.get().warning(f"no copy of the settings could be kept: {error}")
