"""The standard error of a child process, parsed into log lines. Pure: bytes and times in, fields out.

Its own log lines are JSON and are passed on completely. Everything else comes from a library, or is a traceback. Such
lines are passed on as warnings (log lines of native libraries with their own level), but at a limited rate: a camera
for whose every frame a decoder writes a warning would fill a disk in a month.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gesturesynth.core.log import native_level

LONGEST_LINE_BYTES: Final = 64 * 1024
"""The rest of a longer line is dropped."""
FOREIGN_BURST: Final = 200
"""So many lines that are no log lines of ours are passed on at once; a long traceback has 100."""
FOREIGN_EVERY_S: Final = 10.0
"""After that, one more line in each such interval."""

Fields = dict[str, Any]


class ChildOutput:
    """The output of one run of a process.

    Args:
        now_s: monotonic time at which it started.
    """

    def __init__(self, now_s: float) -> None:
        self._pending = b""
        self._skipping = False
        self._allowed = float(FOREIGN_BURST)
        self._allowed_at_s = now_s
        self._left_out = 0

    def feed(self, chunk: bytes, now_s: float) -> list[Fields]:
        """Takes bytes that were read; returns the fields of each complete line: `event` and `level` at least."""
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if self._skipping and lines:
            del lines[0]
            self._skipping = False
        if self._skipping:
            self._pending = b""
        elif len(self._pending) > LONGEST_LINE_BYTES:
            lines.append(self._pending)
            self._pending, self._skipping = b"", True
        return self._fields(lines, now_s)

    def end(self, now_s: float) -> list[Fields]:
        """The output has ended: returns what is left, an unfinished last line included."""
        found = self._fields([self._pending], now_s)
        self._pending = b""
        return found + self._omission_note()

    def _fields(self, lines: list[bytes], now_s: float) -> list[Fields]:
        found: list[Fields] = []
        for line in lines:
            text = line[:LONGEST_LINE_BYTES].decode(errors="replace").strip()
            if not text:
                continue
            if own := _log_line(text):
                found.append(own)
            elif self._is_allowed(now_s):
                found += [*self._omission_note(), {"event": text, "level": native_level(text) or "warning"}]
            else:
                self._left_out += 1
        return found

    def _is_allowed(self, now_s: float) -> bool:
        self._allowed = min(FOREIGN_BURST, self._allowed + (now_s - self._allowed_at_s) / FOREIGN_EVERY_S)
        self._allowed_at_s = now_s
        if self._allowed < 1.0:
            return False
        self._allowed -= 1.0
        return True

    def _omission_note(self) -> list[Fields]:
        count, self._left_out = self._left_out, 0
        return [{"event": f"({count} lines left out)", "level": "warning"}] if count else []


def _log_line(text: str) -> Fields | None:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) and "event" in fields else None
