"""What a child process writes to its standard error, taken apart into log lines. Pure: bytes and times in, fields out.

Its own log lines are JSON and come through whole. Everything else is the voice of some library, or a traceback. Such
words are passed on as warnings (log lines of native libraries by their own level), but not at any length: a camera
whose every frame draws a complaint from a decoder would fill a disk in a month.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gesturesynth.core.log import native_level

LONGEST_LINE_BYTES: Final = 64 * 1024
"""The rest of a longer line is dropped."""
FOREIGN_BURST: Final = 200
"""Lines that are no log lines of ours and come through at once; a long traceback has 100."""
FOREIGN_EVERY_S: Final = 10.0
"""And then one more for so many seconds."""

Fields = dict[str, Any]


class ChildOutput:
    """The words of one life of a process.

    Args:
        now_s: monotonic time of its start.
    """

    def __init__(self, now_s: float) -> None:
        self._pending = b""
        self._cutting = False
        self._allowed = float(FOREIGN_BURST)
        self._counted_s = now_s
        self._left_out = 0

    def feed(self, chunk: bytes, now_s: float) -> list[Fields]:
        """Takes what was read; returns the lines that are complete, `event` and `level` at least in each."""
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if self._cutting and lines:
            del lines[0]
            self._cutting = False
        if self._cutting:
            self._pending = b""
        elif len(self._pending) > LONGEST_LINE_BYTES:
            lines.append(self._pending)
            self._pending, self._cutting = b"", True
        return self._fields(lines, now_s)

    def end(self, now_s: float) -> list[Fields]:
        """Nothing follows: an unfinished last line counts as well."""
        found = self._fields([self._pending], now_s)
        self._pending = b""
        return found + self._omission()

    def _fields(self, lines: list[bytes], now_s: float) -> list[Fields]:
        found: list[Fields] = []
        for line in lines:
            text = line[:LONGEST_LINE_BYTES].decode(errors="replace").strip()
            if not text:
                continue
            if own := _log_line(text):
                found.append(own)
            elif self._may_pass(now_s):
                found += [*self._omission(), {"event": text, "level": native_level(text) or "warning"}]
            else:
                self._left_out += 1
        return found

    def _may_pass(self, now_s: float) -> bool:
        self._allowed = min(FOREIGN_BURST, self._allowed + (now_s - self._counted_s) / FOREIGN_EVERY_S)
        self._counted_s = now_s
        if self._allowed < 1.0:
            return False
        self._allowed -= 1.0
        return True

    def _omission(self) -> list[Fields]:
        count, self._left_out = self._left_out, 0
        return [{"event": f"({count} lines left out)", "level": "warning"}] if count else []


def _log_line(text: str) -> Fields | None:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) and "event" in fields else None
