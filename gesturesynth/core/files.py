"""Files that are replaced completely or not at all, and files that may not be reachable."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether there is a file; also true where rights to look are missing, so that reading it says why it fails."""
    try:
        return path.is_file()
    except OSError:
        return True


def replace_file(file: Path, data: bytes, check: Callable[[Path], object] = lambda _: None) -> None:
    """Replaces the contents of a file, completely or not at all; they are on the disk when this returns.

    Args:
        file: in an existing folder.
        data: the contents.
        check: is called with the new file before it replaces the former; when it raises, the former stays.

    Raises:
        OSError: the disk is full or broken, rights are missing.
    """
    new_file = file.with_suffix(".new")
    try:
        with new_file.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        check(new_file)
        new_file.replace(file)
    except BaseException:
        with suppress(OSError):
            new_file.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
