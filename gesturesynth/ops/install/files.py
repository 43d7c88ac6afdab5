"""Files put where they belong: whole or not at all, and only when they differ from what is there. Says what it did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError

FRESH: Final = ".new-of-gesturesynth"
"""Ends the name of a file that is not whole yet."""


class FileInstaller:
    """Changes files, and says so.

    Args:
        say: gets a line for everything that was done, or was as it should be already.

    Attributes:
        changes: how much was changed until now.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.changes = 0

    def changed(self, what: str) -> None:
        """Something was changed."""
        self.changes += 1
        self._say(what)

    def unchanged(self, what: str) -> None:
        """Something was as it should be."""
        self._say(f"as it was: {what}")

    def note(self, what: str) -> None:
        """Something that whoever reads this should know."""
        self._say(f"note: {what}")

    def folder(self, path: Path, mode: int = 0o755) -> None:
        """Makes a folder, and those above it, unless it is there."""
        if path.is_dir():
            return
        for missing in (*reversed([parent for parent in path.parents if not parent.exists()]), path):
            missing.mkdir()
            missing.chmod(0o755)  # whatever this shell's umask is: services have to get through
        path.chmod(mode)
        self.changed(f"made the folder {path}")

    def put(self, content: str | bytes, path: Path, mode: int) -> bool:
        """Makes a file what it should be.

        Returns:
            Whether it was something else before.
        """
        wanted = content.encode() if isinstance(content, str) else content
        if path.is_file() and not path.is_symlink():
            if path.read_bytes() == wanted and path.stat().st_mode & 0o7777 == mode:
                self.unchanged(str(path))
                return False
            done = "renewed"
        else:
            done = "wrote"
        self.folder(path.parent)
        replace_with(path, lambda fresh: fresh.write_bytes(wanted), mode)
        self.changed(f"{done} {path}")
        return True

    def link(self, path: Path, target: Path) -> bool:
        """Makes a symbolic link point where it should, in one step.

        Returns:
            Whether it was something else before.
        """
        if path.is_symlink() and path.readlink() == target:
            return False
        fresh = path.with_name(f"{path.name}{FRESH}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(path)
        self.changed(f"{path} is now {target}")
        return True

    def remove(self, path: Path) -> bool:
        """Takes a file, a link or a whole folder away.

        Returns:
            Whether it was there.
        """
        if not path.is_symlink() and not path.exists():
            return False
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        self.changed(f"removed {path}")
        return True


def replace_with(path: Path, write: Callable[[Path], object], mode: int) -> None:
    """Writes a file beside its place, and moves it there when it is on the disk.

    Raises:
        GestureSynthError: it cannot be written.
    """
    fresh = path.with_name(f"{path.name}{FRESH}")
    try:
        write(fresh)
        fresh.chmod(mode)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise GestureSynthError(f"{path} cannot be written: {error.strerror}") from error
