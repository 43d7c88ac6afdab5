"""Keeps the chatter of native code off the terminal, without losing a word that matters.

MediaPipe's C++ code writes log lines to file descriptor 2 that no setting turns off. While a `NativeWords` is open,
descriptor 2 leads into a file in memory. Afterwards, lines that look like the known chatter are dropped and everything
else, such as a log line of ours from another thread, is written to the real standard error after all.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from types import TracebackType
from typing import IO, Final, Self

CHATTER: Final = re.compile(
    rb"^(WARNING: (All log messages|Logging) before \S+ "
    rb"|INFO: Created TensorFlow Lite"
    rb"|[IW]\d{4} [\d:.]+ +\d+ \S+:\d+\] )"
)
"""Information and warnings in the formats of absl and TensorFlow Lite; errors (E, F) are not among them."""

LONGEST: Final = 2000
"""Characters of native words that fit into an error message; the end tells most."""


class NativeWords:
    """Holds back what is written to file descriptor 2 while it is open. Not for two threads at once."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._real = -1
        self._said = b""

    def __enter__(self) -> Self:
        sys.stderr.flush()
        try:
            self._real = os.dup(2)
        except OSError:
            return self  # there is no standard error to keep clean
        try:
            self._file = _scratch()  # closed in __exit__
        except OSError:
            os.close(self._real)  # a full or read-only disk is no reason to stop: the chatter is seen, that is all
            return self
        os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None) -> None:
        if self._file is None:
            return
        sys.stderr.flush()
        os.dup2(self._real, 2)
        os.close(self._real)
        self._said = _content(self._file)
        self._file.close()
        self._file = None
        # After an error the words are in its message; printing them here as well would tell it twice.
        for line in self._said.splitlines(keepends=True) if kind is None else ():
            if not CHATTER.match(line):
                os.write(2, line)

    def text(self) -> str:
        """What was written so far, on one line, without the chatter."""
        said = self._said if self._file is None else _content(self._file)
        lines = [line for line in said.splitlines() if line.strip() and not CHATTER.match(line)]
        return " | ".join(line.decode(errors="replace").strip() for line in lines)[-LONGEST:]


def _scratch() -> IO[bytes]:
    """A file without a name. On Linux in memory: while nobody is there one is made for every frame, for months."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("native-words"), "w+b")
    return tempfile.TemporaryFile()


def _content(file: IO[bytes]) -> bytes:
    # Not file.seek(): the offset is shared with descriptor 2, which is still being written to.
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
