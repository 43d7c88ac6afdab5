"""Files for native libraries: named by an open descriptor, so that no part of a name has another meaning.

FFmpeg takes `12:30 take.mp4` for a protocol and `%02d` for a series of pictures; OpenCV's binding ends the process
because of a name that is not UTF-8. The name of an open descriptor has no such parts, and the file that was checked is
the one that is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError

DESCRIPTORS: Final = ("/proc/self/fd", "/dev/fd")
"""Folders in which a process finds its own open files: on Linux, and on nearly every Unix."""


@contextmanager
def native_name(path: Path) -> Iterator[str]:
    """A name in ASCII for a regular file. It is valid inside the context; what was opened by it stays open.

    Raises:
        UserError: the file is missing, cannot be read, or is a folder, a pipe or a device.
    """
    try:
        # Without O_NONBLOCK a named pipe would wait here for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = error.strerror if isinstance(error, OSError) else "its name has a zero byte in it"
        raise UserError(f"{paths.printable(path)} cannot be read: {why}.") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UserError(f"{paths.printable(path)} cannot be read: it is a folder, a pipe or a device, not a file.")
        yield _name(descriptor, path)
    finally:
        os.close(descriptor)


def _name(descriptor: int, path: Path) -> str:
    for folder in DESCRIPTORS:
        if os.path.lexists(f"{folder}/{descriptor}"):
            return f"{folder}/{descriptor}"
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps `..`, which some libraries take for a web address
