"""The newest log lines of each process, in its runtime folder, for programs that show them.

A service's lines go to the journal, which a program without rights cannot read, and those of `gesturesynth run` to a
terminal. So each service, and the supervisor with the lines of all that it has started, also writes them here, as JSON:
two files of bounded size, the newer of which becomes the older when it is full. They are gone with the runtime folder,
and are readable for those who may enter it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE: Final = "log"
FORMER: Final = "log.1"
MOST_BYTES: Final = 64 * 1024
"""Of each file: some 400 lines."""
MOST_LINE_BYTES: Final = 4096
_SHOWN: Final = 2000
"""Characters of one field that are kept."""


class RecentLog:
    """Writes the lines of one process. An error of the disk loses lines, and nothing else.

    Args:
        folder: of the process, in the runtime folder; made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / FILE

    def add(self, time: str, fields: Mapping[str, object]) -> None:
        """Writes a line.

        Args:
            time: ISO 8601, UTC.
            fields: `level`, `process`, `event` and others.
        """
        shown = {
            name: value if isinstance(value, int | float) else str(value)[:_SHOWN] for name, value in fields.items()
        }
        line = json.dumps({"time": time} | shown, default=str).encode("ascii", "replace")
        if len(line) > MOST_LINE_BYTES:
            kept = {name: shown[name] for name in ("level", "process", "event") if name in shown}
            line = json.dumps({"time": time} | kept | {"message": "(a long line)"}).encode("ascii", "replace")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Opened each time: lines are rare, and the folder may be removed and made again meanwhile.
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                os.write(descriptor, line + b"\n")
                full = os.fstat(descriptor).st_size > MOST_BYTES
            finally:
                os.close(descriptor)
            if full:
                self._file.replace(self._folder / FORMER)

    def remove(self) -> None:
        """Removes the files, and the folder when nothing else is in it."""
        with suppress(OSError):
            for name in (FILE, FORMER):
                (self._folder / name).unlink(missing_ok=True)
            self._folder.rmdir()


def recent_lines(runtime: Path, most: int = 200) -> list[dict[str, object]]:
    """The newest lines of all processes, the oldest first; what cannot be read is left out.

    Args:
        runtime: the runtime folder.
        most: how many.
    """
    found: list[dict[str, object]] = []
    for name in (FORMER, FILE):
        for file in runtime.glob(f"*/{name}"):
            with suppress(OSError):
                found += _lines_of(file) if file.is_file() else []  # reading a pipe would wait for its writer
    return sorted(found, key=lambda line: str(line["time"]))[-most:] if most > 0 else []


def _lines_of(file: Path) -> list[dict[str, object]]:
    with file.open("rb") as source:
        text = source.read(2 * MOST_BYTES)
    lines: list[dict[str, object]] = []
    for raw in text.splitlines():
        with suppress(ValueError, RecursionError):
            line = json.loads(raw)
            if isinstance(line, dict) and isinstance(line.get("time"), str) and isinstance(line.get("event"), str):
                lines.append(line)
    return lines
