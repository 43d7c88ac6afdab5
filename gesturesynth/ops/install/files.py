"""Installs files: each completely or not at all, and only when it differs from what is there. Reports every change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError

UNFINISHED_SUFFIX: Final = ".new-of-gesturesynth"
"""Suffix of a file's name until it is complete."""


class FileInstaller:
    """Changes files, and reports each change.

    Args:
        report: gets a line for each change, and for everything that needed none.

    Attributes:
        changes: the number of changes so far.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self.changes = 0

    def changed(self, text: str) -> None:
        """Counts and reports a change."""
        self.changes += 1
        self._report(text)

    def unchanged(self, text: str) -> None:
        """Reports something that needed no change."""
        self._report(f"as it was: {text}")

    def note(self, text: str) -> None:
        """Reports something that people should know."""
        self._report(f"note: {text}")

    def folder(self, path: Path, mode: int = 0o755) -> None:
        """Makes a folder and its parents, unless it exists."""
        if path.is_dir():
            return
        for missing in (*reversed([parent for parent in path.parents if not parent.exists()]), path):
            missing.mkdir()
            missing.chmod(0o755)  # whatever the umask is: services need access
        path.chmod(mode)
        self.changed(f"made the folder {path}")

    def put(self, content: str | bytes, path: Path, mode: int) -> bool:
        """Writes a file with this content and mode, unless it has both already.

        Returns:
            Whether it was changed.
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
        """Makes a symbolic link point to the target, in one step.

        Returns:
            Whether it was changed.
        """
        if path.is_symlink() and path.readlink() == target:
            return False
        fresh = path.with_name(f"{path.name}{UNFINISHED_SUFFIX}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(path)
        self.changed(f"{path} is now {target}")
        return True

    def remove(self, path: Path) -> bool:
        """Removes a file, a link or a whole folder.

        Returns:
            Whether it existed.
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
    """Writes a file under another name, and renames it when it is completely on the disk.

    Raises:
        GestureSynthError: it cannot be written.
    """
    fresh = path.with_name(f"{path.name}{UNFINISHED_SUFFIX}")
    try:
        write(fresh)
        fresh.chmod(mode)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise GestureSynthError(f"{path} cannot be written: {error.strerror}") from error
