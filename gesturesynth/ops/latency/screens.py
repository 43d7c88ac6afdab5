"""What lights up before the camera: this terminal."""

from __future__ import annotations

import os
import shutil
import time
from typing import IO, Final, Protocol

BRIGHT: Final = "\x1b[107m"
DARK: Final = "\x1b[40m"
_BEGIN: Final = "\x1b[?1049h\x1b[?25l\x1b[2J"  # another screen, without a cursor
_END: Final = "\x1b[0m\x1b[?25h\x1b[?1049l"


class Screen(Protocol):
    """Something that lights up."""

    def begin(self) -> None:
        """Goes dark."""
        ...

    def show(self, *, on: bool) -> float:
        """Lights up, or goes dark; returns when, monotonic seconds."""
        ...

    def close(self) -> None:
        """Leaves it as it was."""
        ...


class TerminalScreen:
    """Fills a terminal with blanks on white: one byte for each, so that a large one is not slow.

    Args:
        stream: the terminal; its former contents come back at the end.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._begun = False

    def begin(self) -> None:
        """See `Screen`."""
        self._begun = True
        self._write(_BEGIN)
        self.show(on=False)

    def show(self, *, on: bool) -> float:
        """See `Screen`. The terminal and the screen themselves take some time more, which is not known here."""
        width, height = shutil.get_terminal_size()
        self._write(f"\x1b[H{BRIGHT if on else DARK}" + "\r\n".join([" " * width] * height))
        return time.monotonic()

    def close(self) -> None:
        """See `Screen`."""
        if self._begun:
            self._write(_END)

    def _write(self, text: str) -> None:
        self._stream.flush()
        data = memoryview(text.encode())
        while data:  # past Python's buffer: a flash is not to wait in it
            data = data[os.write(self._stream.fileno(), data) :]
