"""What every long-lived process does: report that it is ready and that it is alive, and stop when asked.

It uses systemd's notification protocol (sd_notify(3)): datagrams to the Unix socket named by NOTIFY_SOCKET. Under
systemd that socket is systemd's, under `gesturesynth run` the supervisor's; without one, nothing is sent. A heart-beat
means that work is done, so a process sends it from its working loop and nowhere else.
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
from gesturesynth.core.environment import NOTIFIED, SUPERVISED
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.restart_history import HEALTHY_S, RestartHistory

DEFAULT_BEAT_S: Final = 0.5
STATUS_S: Final = 1.0
"""Least time between two status lines: each goes through the system's message bus."""
STOPPING_S: Final = 30.0
"""The watchdog's interval while a process stops: longer than the limits of systemd and of our supervisor."""
FAILURES: Final = "failures"
"""A file in the folder RUNTIME_DIRECTORY: how often a service has failed lately; the units in systemd/ delay its next
start by it."""


class Service:
    """The link of one process to its supervisor: signals in, notifications out.

    SIGTERM and SIGINT set `stopping`. SIGHUP does too, because it means that the terminal was closed, unless it was
    ignored before (`nohup`); for a process that can reload it sets `reload_wanted` instead. Loops check both at least
    ten times a second. Use it as a context manager in the main thread: it restores the former signal handlers.

    A process with a name keeps a restart history (`runtime/restart_history.py`). An error that leaves the context is
    recorded as the fault that ended it; without one it has ended in order, unless `record_fault` was called.

    Args:
        reloads: SIGHUP sets `reload_wanted`: the process reads its files again.
        name: of the process, and of its folder in the runtime folder. Without one there is no restart history.
    """

    def __init__(self, *, reloads: bool = False, name: str = "") -> None:
        self.name = name
        self.stopping = False
        self.reload_wanted = False
        self._reloads = reloads
        # Set by the parent itself: getppid() would miss a parent that has ended before this line.
        parent = os.environ.get(SUPERVISED, "")
        self._parent = int(parent) if parent.isdigit() else None
        self._address = os.environ.get(NOTIFIED, "")
        self._socket: socket.socket | None = None
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        self._watchdog_s = _watchdog_s()
        self._interval_s = self._watchdog_s / 4 or DEFAULT_BEAT_S
        self._last_beat_s = self._last_status_s = float("-inf")
        self._last_status = ""
        self._history = RestartHistory(paths.runtime_dir() / name) if name else None
        self._clear_failures_s = float("inf")
        self._former_handlers: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number == signal.SIGHUP and not self._reloads and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._former_handlers[number] = signal.signal(number, self._on_signal)
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
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
        if self._socket:
            self._socket.close()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and self._reloads:
            self.reload_wanted = True
        else:
            self.stopping = True

    def record_fault(self, sentence: str) -> None:
        """The process is about to end without having been asked to; `sentence` says why, for the next run."""
        if self._history:
            self._history.record_fault(sentence)

    def note(self, notes: tuple[str, ...]) -> None:
        """What the process cannot do now, as sentences for people; for one that sends no status message.

        They are shown as warnings by all that shows health, until they are taken back with an empty tuple.
        """
        if self._history:
            self._history.note(notes)

    def stats(self) -> ProcessStats:
        """Restarts, last fault and resources of this process, for its status message."""
        return self._history.stats() if self._history else ProcessStats()

    def ready(self, status: str) -> None:
        """Reports that the process does its work from now on. `status` is one line for people."""
        self._last_status, self._last_status_s = status, time.monotonic()
        self._clear_failures_s = self._last_status_s + HEALTHY_S
        self._send(f"READY=1\nSTATUS={status}")

    def heartbeat(self, status: str | None = None) -> None:
        """Reports that work is done. May be called at any rate: it is sent at a quarter of the watchdog's interval.

        A new `status` is sent at once, but no two within `STATUS_S`.
        """
        now_s = time.monotonic()
        status_changed = status is not None and status != self._last_status and now_s - self._last_status_s >= STATUS_S
        if now_s - self._last_beat_s < self._interval_s and not status_changed:
            return
        self._last_beat_s = now_s
        lines = ["WATCHDOG=1"]
        if status is not None and status_changed:
            self._last_status, self._last_status_s = status, now_s
            lines.append(f"STATUS={status}")
        self._send("\n".join(lines))
        self.stop_if_orphaned()
        if now_s >= self._clear_failures_s:
            self._clear_failures_s = float("inf")
            _clear_failures()

    @contextmanager
    def extend_watchdog(self, limit_s: float) -> Iterator[None]:
        """In this context the watchdog waits up to `limit_s` for a heart-beat: for work that takes long."""
        if self._watchdog_s:
            self._send(f"WATCHDOG_USEC={limit_s * 1e6:.0f}\nWATCHDOG=1")
        try:
            yield
        finally:
            if self._watchdog_s:
                self._send(f"WATCHDOG_USEC={self._watchdog_s * 1e6:.0f}\nWATCHDOG=1")

    def stop_if_orphaned(self) -> None:
        """Sets `stopping` when the supervisor has ended. Part of `heartbeat`; for loops that send none now."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stopping = True

    def notify_stopping(self) -> None:
        """Reports that the process has begun to stop: no heart-beat is due; the supervisor's own limit counts."""
        if self._watchdog_s:
            self._send(f"WATCHDOG_USEC={STOPPING_S * 1e6:.0f}\nWATCHDOG=1")
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self._socket:
            return
        message = text.encode(errors="replace")  # a file's name need not be text
        try:
            # Through a connection, which still works after the listener's file was removed from the runtime folder.
            self._socket.send(message)
        except BlockingIOError:
            return  # its queue is full: do not wait for it
        except OSError:
            # Not connected yet, or that listener has ended. Without another one the message is lost.
            address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
            with suppress(OSError):
                self._socket.connect(address)
                self._socket.send(message)


def _watchdog_s() -> float:
    """Within what time systemd (or our supervisor) expects a heart-beat; 0 for never. See sd_watchdog_enabled(3)."""
    of = os.environ.get("WATCHDOG_PID", "")
    if of and of != str(os.getpid()):
        return 0.0  # meant for a parent process
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() else 0.0


def _clear_failures() -> None:
    """Deletes the count of failures by which a service's starts are delayed: it has worked for `HEALTHY_S`."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    if folder:
        with suppress(OSError):
            (Path(folder) / FAILURES).unlink(missing_ok=True)
