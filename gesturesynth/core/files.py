"""Files that are replaced whole or not at all, and files that may not be reachable."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether there is a file; true as well when one may not even look, so that `read` says why it cannot be read."""
    try:
        return path.is_file()
    except OSError:
        return True


def replace_file(file: Path, data: bytes, check: Callable[[Path], object] = lambda _: None) -> None:
    """Puts new contents in the place of a file's, whole or not at all; the disk has them when this returns.

    Args:
        file: in a folder that is there.
        data: the contents.
        check: is given the new file before it takes the place of the former; what it raises calls that off.

    Raises:
        OSError: the disk is full or broken, rights are missing.
    """
    fresh = file.with_suffix(".new")
    try:
        with fresh.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        check(fresh)
        fresh.replace(file)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
