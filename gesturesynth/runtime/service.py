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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

from gesturesynth.core import paths
from gesturesynth.core.environment import SUPERVISED
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import ProcessStats
from gesturesynth.runtime.restart_history import RestartHistory

DEFAULT_BEAT_S: Final = 0.5
STATUS_S: Final = 1.0
"""The one-line status is said anew no more often than this: each goes through the system's message bus."""
STOPPING_S: Final = 30.0
"""The watchdog's interval while a process stops: longer than anybody waits for that."""
HEALTHY_S: Final = 10.0
"""After so long at work, former failures are forgiven."""
FAILURES: Final = "failures"
"""In the folder of RUNTIME_DIRECTORY: how often a service has failed lately; systemd/ paces its starts by it."""


class Service:
    """The outside life of one process: signals in, notifications out.

    SIGTERM and SIGINT set `stopping`. SIGHUP does too, because it says that the terminal has gone, unless it was
    ignored before (`nohup`); for a process that can reload it sets `reload_wanted` instead. Loops look at both at least
    ten times a second. Use it as a context manager in the main thread: it puts the former signal handlers back.

    A process with a name keeps count of its lives (`runtime/restart_history.py`). An error that leaves the context is
    the fault of this one; without one it has ended in order, unless `fault` was called.

    Args:
        reloads: a hang-up means: read your files again.
        name: of the process: its folder in the runtime folder. Without one nothing is kept.
    """

    def __init__(self, *, reloads: bool = False, name: str = "") -> None:
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
        self._watchdog_s = _watchdog_s()
        self._interval_s = self._watchdog_s / 4 or DEFAULT_BEAT_S
        self._last_beat_s = self._last_status_s = float("-inf")
        self._last_status = ""
        self._history = RestartHistory(paths.runtime_dir() / name) if name else None
        self._forgive_s = float("inf")
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number == signal.SIGHUP and not self._reloads and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._former[number] = signal.signal(number, self._on_signal)
        if self._history:
            self._history.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, GestureSynthError):
            self.record_fault(str(error))
        elif isinstance(error, Exception):
            self.record_fault(f"a mistake in Gesture Synth: {type(error).__name__}: {error} (the log has more)")
        elif self._history:
            self._history.end()
        for number, handler in self._former.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
        if self._socket:
            self._socket.close()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and self._reloads:
            self.reload_wanted = True
        else:
            self.stopping = True

    def record_fault(self, sentence: str) -> None:
        """The process is about to leave, not because it was asked to; `sentence` says why, to the next one."""
        if self._history:
            self._history.record_fault(sentence)

    def stats(self) -> ProcessStats:
        """How this process has lived until now, for its status message."""
        return self._history.stats() if self._history else ProcessStats()

    def ready(self, status: str) -> None:
        """The process does its work from now on. `status` is one line for people."""
        self._last_status, self._last_status_s = status, time.monotonic()
        self._forgive_s = self._last_status_s + HEALTHY_S
        self._send(f"READY=1\nSTATUS={status}")

    def heartbeat(self, status: str | None = None) -> None:
        """Work has flowed. Call it as often as you like: it is sent at a quarter of the watchdog's interval.

        A new `status` goes along at once, but no two within a second.
        """
        now_s = time.monotonic()
        event = status is not None and status != self._last_status and now_s - self._last_status_s >= STATUS_S
        if now_s - self._last_beat_s < self._interval_s and not event:
            return
        self._last_beat_s = now_s
        lines = ["WATCHDOG=1"]
        if status is not None and event:
            self._last_status, self._last_status_s = status, now_s
            lines.append(f"STATUS={status}")
        self._send("\n".join(lines))
        self.stop_if_orphaned()
        if now_s >= self._forgive_s:
            self._forgive_s = float("inf")
            _clear_failures()

    @contextmanager
    def extend_watchdog(self, limit_s: float) -> Iterator[None]:
        """Something that takes long is done in here without a heart-beat: the watchdog waits up to `limit_s` for it."""
        if self._watchdog_s:
            self._send(f"WATCHDOG_USEC={limit_s * 1e6:.0f}\nWATCHDOG=1")
        try:
            yield
        finally:
            if self._watchdog_s:
                self._send(f"WATCHDOG_USEC={self._watchdog_s * 1e6:.0f}\nWATCHDOG=1")

    def stop_if_orphaned(self) -> None:
        """Whoever supervises this process may be gone; then it stops, too. Part of `beat`, for those that do not."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stopping = True

    def notify_stopping(self) -> None:
        """The process has begun to stop. From here on nothing beats; how long it may take is the stopper's to say."""
        if self._watchdog_s:
            self._send(f"WATCHDOG_USEC={STOPPING_S * 1e6:.0f}\nWATCHDOG=1")
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


def _watchdog_s() -> float:
    """Within what time systemd (or our supervisor) wants a heart-beat; 0 when it does not. See sd_watchdog_enabled."""
    of = os.environ.get("WATCHDOG_PID", "")
    if of and of != str(os.getpid()):
        return 0.0  # meant for a parent of ours
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() else 0.0


def _clear_failures() -> None:
    """Takes away what a service's slower and slower starts are counted by: it has worked for a while."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    if folder:
        with suppress(OSError):
            (Path(folder) / FAILURES).unlink(missing_ok=True)
