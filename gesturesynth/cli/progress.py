"""How far a rendering has come, as a line that writes over itself. Only on a terminal."""

from __future__ import annotations

from typing import Final, TextIO

PERIOD_S: Final = 0.25
"""Between two lines: often enough to be seen to move, and no load for the terminal."""
_ERASE: Final = "\r\x1b[K"
"""To the beginning of the line, and erase it (ECMA-48)."""


class ProgressLine:
    """Shows how much is done.

    Args:
        stream: where to; nothing is written when it is no terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on = stream.isatty()
        self._due_s = 0.0
        self._shown = False

    def show(self, text: str, now_s: float) -> None:
        """Shows words instead of those before, unless these were shown a moment ago; `now_s` is monotonic."""
        if self._on and now_s >= self._due_s:
            self._due_s = now_s + PERIOD_S
            self._shown = True
            self._stream.write(f"{_ERASE}{text}")
            self._stream.flush()

    def clear(self) -> None:
        """Takes the line away, so that what follows begins where it stood."""
        if self._shown:
            self._shown = False
            self._stream.write(_ERASE)
            self._stream.flush()
