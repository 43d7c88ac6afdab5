"""What every long-lived process does: say that it is ready, say that it is alive, and leave when asked.

It speaks systemd's notification protocol (sd_notify(3)): datagrams to the Unix socket named by NOTIFY_SOCKET. Under
systemd that is systemd's; under `gesturesynth run` it is the supervisor's; without one, everything here is silent. A
heart-beat means that work flows, so a process sends it from its working loop and nowhere else.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from types import FrameType
from typing import Final, Self

SUPERVISED: Final = "GESTURESYNTH_SUPERVISED"
"""The supervisor's process id, set by it for its children: they leave when it is gone."""

DEFAULT_BEAT_S: Final = 0.5


class Service:
    """The outside life of one process: signals in, notifications out.

    SIGTERM and SIGINT set `stopping`. SIGHUP does too, because it says that the terminal has gone, unless it was
    ignored before (`nohup`); for a process that can reload it sets `reload_wanted` instead. Loops look at both at least
    ten times a second. Use it as a context manager in the main thread: it puts the former signal handlers back.

    Args:
        reloads: a hang-up means: read your files again.
    """

    def __init__(self, *, reloads: bool = False) -> None:
        self.stopping = False
        self.reload_wanted = False
        self._reloads = reloads
        # Told by the parent itself: one that ended before we came this far would not be missed otherwise.
        parent = os.environ.get(SUPERVISED, "")
        self._parent = int(parent) if parent.isdigit() else None
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        self._socket: socket.socket | None = None
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        watchdog_us = os.environ.get("WATCHDOG_USEC", "")
        self._interval_s = int(watchdog_us) / 1e6 / 4 if watchdog_us.isdigit() else DEFAULT_BEAT_S
        self._last_beat_s = float("-inf")
        self._last_status = ""
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number == signal.SIGHUP and not self._reloads and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._former[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
        if self._socket:
            self._socket.close()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and self._reloads:
            self.reload_wanted = True
        else:
            self.stopping = True

    def ready(self, status: str) -> None:
        """The process does its work from now on. `status` is one line for people."""
        self._last_status = status
        self._send(f"READY=1\nSTATUS={status}")

    def beat(self, status: str | None = None) -> None:
        """Work has flowed. Call it as often as you like: it is sent at a quarter of the watchdog's interval."""
        now_s = time.monotonic()
        if now_s - self._last_beat_s < self._interval_s and status in (None, self._last_status):
            return
        self._last_beat_s = now_s
        lines = ["WATCHDOG=1"]
        if status is not None and status != self._last_status:
            self._last_status = status
            lines.append(f"STATUS={status}")
        self._send("\n".join(lines))
        self.look_for_parent()

    def look_for_parent(self) -> None:
        """Whoever supervises this process may be gone; then it stops, too. Part of `beat`, for those that do not."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stopping = True

    def leaving(self) -> None:
        """The process has begun to stop."""
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self._socket:
            return
        message = text.encode(errors="replace")  # a file's name need not be text
        try:
            # Through a connection, which outlives the listener's file: runtime folders get cleaned up.
            self._socket.send(message)
        except BlockingIOError:
            return  # its queue is full: the work matters more
        except OSError:
            # Not connected yet, or that listener has gone. Without another one there is nobody to tell.
            address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
            with suppress(OSError):
                self._socket.connect(address)
                self._socket.send(message)
