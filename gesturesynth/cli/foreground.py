"""The foreground of a terminal, Ctrl-Z for a program that has changed the terminal, and signals that end a verb."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import IO, Self


def in_foreground(terminal: IO[str]) -> bool:
    """Whether this process may draw: its group has the terminal, or the terminal is not that of its session."""
    try:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return True


class JobControl:
    """Ctrl-Z while it is entered: first the terminal is restored, then the process stops.

    A log line does not stop a process in the background, even if its terminal is set to do so (`stty tostop`).

    Args:
        active: whether there is a terminal at all; without one nothing changes.
    """

    def __init__(self, *, active: bool) -> None:
        self._active = active
        self._wanted = False
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if self._active:
            self._former[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._on_stop)
            self._former[signal.SIGTTOU] = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned

    def _on_stop(self, *_: object) -> None:
        self._wanted = True

    def stop_if_requested(self, *restore: Callable[[], None]) -> None:
        """Stops this process here, if Ctrl-Z was pressed; returns when it goes on (`fg`, `bg`)."""
        if not self._wanted:
            return
        self._wanted = False
        for function in restore:
            function()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._on_stop)


def raise_on_stop_signals() -> None:
    """From here on there is something to clean up: Ctrl-C and SIGTERM raise KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
