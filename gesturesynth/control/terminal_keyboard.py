"""Keys of the terminal, as they are pressed: one at a time, without Enter, and without an echo.

`KeyParser` is pure: bytes in, keys out. `Keyboard` is the terminal: its settings are
restored however the program ends, nothing is read or set while another program is in the foreground, and output is
not changed.
"""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
import termios
import time
from types import FrameType
from typing import Final, Self

ESCAPE: Final = "\x1b"
"""The Esc key by itself."""
ESCAPE_S: Final = 0.1
"""Silence after an Esc that makes it a key; an arrow key sends the rest of its sequence at once."""
PASTE_S: Final = 1.0
"""Silence that ends a paste whose end was lost."""
MOST_KEYS: Final = 16
"""More keys at once are a paste or an accident: then none of them counts."""
_READ_BYTES: Final = 4096
_PARAMETERS: Final = 32

# Bracketed paste: the terminal says where a paste begins and ends (xterm's control sequences, mode 2004).
_PASTES_MARKED: Final = b"\x1b[?2004h"
_PASTES_UNMARKED: Final = b"\x1b[?2004l"
_PASTE_BEGINS: Final = "200~"
_PASTE_ENDS: Final = "201~"


class KeyParser:
    """Turns what a terminal sends into keys. Pure: how long nothing came is passed in.

    A key is one printable character, or ESCAPE. All else is ignored: sequences of arrow and function keys (ECMA-48
    CSI and SS3, and the Linux console's), keys with Alt, answers of the terminal, mouse reports, control characters,
    bytes that are not UTF-8, and everything within a marked paste.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._state = "key"
        self._parameters = ""
        self._skip = 0
        self._pasting = False

    @property
    def waiting(self) -> bool:
        """Whether a pause would mean something: `pause` has to be called."""
        return self._state != "key" or self._pasting

    def feed(self, data: bytes) -> list[str]:
        """More bytes, cut anywhere; returns the keys that are complete."""
        return [key for char in self._decoder.decode(data) if (key := self._process(char))]

    def pause(self, silence_s: float) -> list[str]:
        """Nothing has come for so long: an Esc was the key itself, and an unfinished sequence is dropped."""
        escaped = self._state == "escape" and not self._pasting
        if silence_s >= PASTE_S:
            self._pasting = False
        if silence_s < ESCAPE_S:
            return []
        self._state = "key"
        self._decoder.reset()
        return [ESCAPE] if escaped else []

    def _process(self, char: str) -> str:
        if char == ESCAPE and self._state != "skip":
            self._state = "text end" if self._state == "text" else "escape"
            return ""
        match self._state:
            case "key":
                return char if char.isprintable() and not self._pasting else ""
            case "escape":
                self._escaped(char)
            case "csi":
                self._csi(char)
            case "ss3":
                self._state = "ss3" if char in "0123456789;" else "key"
            case "text":
                self._state = "key" if char == "\a" else "text"
            case "text end":
                self._state = "key" if char == "\\" else "text"
            case "skip":
                self._skip -= 1
                self._state = "skip" if self._skip else "key"
        return ""

    def _escaped(self, char: str) -> None:
        self._parameters = ""
        # What follows Esc: "[" a control sequence, "O" a key of the keypad, "]PX^_" a text until its end; else Alt.
        self._state = {"[": "csi", "O": "ss3"}.get(char, "text" if char in "]PX^_" else "key")

    def _csi(self, char: str) -> None:
        if " " <= char <= "?":
            self._parameters = (self._parameters + char)[:_PARAMETERS]
        elif char == "[" and not self._parameters:
            self._state, self._skip = "skip", 1  # the Linux console's function keys: Esc [ [ A
        elif char == "M" and not self._parameters:
            self._state, self._skip = "skip", 3  # a mouse report
        else:
            self._state = "key"
            if self._parameters + char in (_PASTE_BEGINS, _PASTE_ENDS):
                self._pasting = self._parameters + char == _PASTE_BEGINS


def keys(data: bytes) -> list[str]:
    """The keys in all that a terminal sent."""
    parser = KeyParser()
    return parser.feed(data) + parser.pause(PASTE_S)


class Keyboard:
    """The keys of a terminal. A context manager: inside, keys come as they are pressed; at its end all is restored.

    Use it in the main thread. A SIGTERM or SIGHUP without a handler (see `service.Service`) ends the program in
    order, with exit code 128 + its number, instead of at once.

    Args:
        descriptor: of the terminal; standard input by default. Anything else than a terminal gives no keys.

    Attributes:
        gone: the terminal was closed.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = _standard_input() if descriptor is None else descriptor
        self._is_terminal = self._descriptor >= 0 and os.isatty(self._descriptor)
        self._parser = KeyParser()
        self._former: list[int | list[bytes | int]] | None = None
        self._handlers: dict[signal.Signals, object] = {}
        self._last_byte_s = 0.0
        self._flooded = False
        self.closed = False

    @property
    def active(self) -> bool:
        """Whether keys can come."""
        return self._is_terminal and not self.closed

    def fileno(self) -> int:
        """The terminal, to wait for; -1 when there is none."""
        return self._descriptor if self.active else -1

    def __enter__(self) -> Self:
        if self.active:
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) == signal.SIG_DFL:
                    self._handlers[number] = signal.signal(number, _exit_on_signal)
            try:
                self._set_up()
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()
        while self._handlers:
            number, handler = self._handlers.popitem()
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned

    def read(self) -> list[str]:
        """The keys that were pressed since the last call; never waits. Call it several times a second.

        More than MOST_KEYS at once, and all that follows until there is a pause, are dropped.
        """
        if not self._set_up():
            return []
        now_s = time.monotonic()
        data = self._bytes()
        if not data:
            silence_s = now_s - self._last_byte_s
            self._flooded = self._flooded and silence_s < ESCAPE_S
            return self._parser.pause(silence_s) if self._parser.waiting else []
        self._last_byte_s = now_s
        found = self._parser.feed(data)
        self._flooded = self._flooded or len(found) > MOST_KEYS
        return [] if self._flooded else found

    def _bytes(self) -> bytes:
        try:
            if not select.select([self._descriptor], [], [], 0)[0]:
                return b""
            data = os.read(self._descriptor, _READ_BYTES)
        except OSError:  # EIO: the terminal was closed
            data = b""
        self.closed = not data
        return data

    # ---------------------------------------------------------------------------------------------------- the terminal
    def _set_up(self) -> bool:
        """Sets the terminal up unless it is; returns whether it may be read.

        This is checked every time: after Ctrl-Z and `fg` the shell may have put its own settings back.
        """
        if not self.active or not self._in_foreground():
            return False
        try:
            now = termios.tcgetattr(self._descriptor)
            if now[3] & (termios.ICANON | termios.ECHO):
                self._former = self._former or termios.tcgetattr(self._descriptor)
                now[3] &= ~(termios.ICANON | termios.ECHO)
                now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
                termios.tcsetattr(self._descriptor, termios.TCSANOW, now)
                self._write(_PASTES_MARKED)
        except termios.error:
            self.closed = True
        return self.active

    def _in_foreground(self) -> bool:
        """Whether this program is in the foreground: setting the terminal up in the background would stop it."""
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            # Not the terminal of this session: no other program is in its foreground, either.
            return True

    def restore(self) -> None:
        """Restores the settings of the terminal, until the next `read`."""
        if self._former is None or not self.active or not self._in_foreground():
            return
        try:
            self._write(_PASTES_UNMARKED)
            # Not TCSAFLUSH: it would wait for a terminal that was stopped with Ctrl-S. Keys that were not read must
            # not reach the shell.
            termios.tcflush(self._descriptor, termios.TCIFLUSH)
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._former)
        except termios.error:
            self.closed = True
        self._former = None

    def _write(self, text: bytes) -> None:
        try:
            if select.select([], [self._descriptor], [], 0)[1]:
                os.write(self._descriptor, text)
        except OSError:
            return  # opened for reading only: then a paste is recognised by its size alone


def _standard_input() -> int:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # none, replaced by something without a descriptor, or closed
        return -1


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
