"""Captures what native code writes to standard error, and drops the log lines that are known to say nothing.

MediaPipe's C++ code writes log lines to file descriptor 2 that no setting turns off. While a `CapturedStderr` is open,
descriptor 2 leads into a file in memory. Afterwards, known lines are dropped and everything else, such as a log line of
ours from another thread, is written to the real standard error.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from types import TracebackType
from typing import IO, Final, Self

from gesturesynth.core import log as logs
from gesturesynth.core.log import native_level

_KNOWN_WARNING: Final = re.compile(
    r"WARNING: (All log messages|Logging) before \S+ "
    r"|W\d{4} [\d:.]+ +\d+ \S+:\d+\] "
    r"|WARNING: \[\S+\.(cc|cpp|h):\d+\] "
)
"""Warnings that MediaPipe's own code has written at each start, in the formats of absl and of LiteRT (1.2.3: 30 times
one about its own models). They concern the developers of MediaPipe."""

_TURN: Final = threading.RLock()
"""There is one standard error for all threads."""

LONGEST: Final = 2000
"""Characters of native messages that are kept for an error message: the last ones, which say most."""


class CapturedStderr:
    """A context that captures what is written to file descriptor 2; a second thread waits for the first."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._real = -1
        self._captured = b""

    def __enter__(self) -> Self:
        _TURN.acquire()
        sys.stderr.flush()
        try:
            self._real = os.dup(2)
        except OSError:
            return self  # there is no standard error
        try:
            self._file = _memory_file()  # closed in __exit__
        except OSError:
            os.close(self._real)  # a full or read-only disk: the messages are shown, and the work goes on
            return self
        os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None) -> None:
        try:
            self._leave(kind)
        finally:
            _TURN.release()

    def _leave(self, kind: type[BaseException] | None) -> None:
        if self._file is None:
            return
        sys.stderr.flush()
        os.dup2(self._real, 2)
        os.close(self._real)
        self._captured = _content(self._file)
        self._file.close()
        self._file = None
        # After an error the captured text is part of its message, and is not written a second time.
        if kind is None:
            self._forward_rest()

    def _forward_rest(self) -> None:
        warnings: dict[str, int] = {}
        for line in self._captured.splitlines(keepends=True):
            text = line.decode(errors="replace").rstrip()
            if not _is_known(text):
                os.write(2, line)
            elif native_level(text) == "warning":
                warnings[text] = warnings.get(text, 0) + 1
        for text, times in warnings.items():
            logs.get().debug("native warning received", said=text, times=times)

    def text(self) -> str:
        """What was written so far, on one line, without the known lines."""
        captured = self._captured if self._file is None else _content(self._file)
        lines = [line.strip() for line in captured.decode(errors="replace").splitlines()]
        return " | ".join(line for line in lines if line and not _is_known(line))[-LONGEST:]


def _is_known(line: str) -> bool:
    """Whether a line is information of native code about itself, or a warning of `_KNOWN_WARNING`. Never an error."""
    return native_level(line) == "debug" or bool(_KNOWN_WARNING.match(line))


def _memory_file() -> IO[bytes]:
    """A file without a name, on Linux in memory: while no person is in view one is made for every frame, for months."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("native-stderr"), "w+b")
    return tempfile.TemporaryFile()


def _content(file: IO[bytes]) -> bytes:
    # Not file.seek(): the offset is shared with descriptor 2, which is still being written to.
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
