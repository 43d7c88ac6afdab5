"""Starts the processes, watches them, and starts them again: for `gesturesynth run`, what systemd does for a service.

The children use systemd's notification protocol (service.py), each with a socket of its own. One that ends is started
again at once; one that keeps ending, after longer and longer pauses, without a limit. A child whose heart-beat stops is
killed first. Exit code 2 before a child was ever ready means that its user must change something: then all stop.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from gesturesynth.core import paths
from gesturesynth.core.environment import SUPERVISED
from gesturesynth.core.errors import UserError
from gesturesynth.core.search_paths import child_environment
from gesturesynth.runtime.child_output import ChildOutput, Fields
from gesturesynth.runtime.child_process import Child, ChildSpec
from gesturesynth.runtime.restart_history import HEALTHY_S, LAST_END, RESTARTS

RESTART_PAUSES_S: Final = (0.0, 0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pause before the n-th start after a failure; the last one repeats."""
START_LIMIT_S: Final = 60.0
"""A child must send READY within this time: an engine may wait for a server, a landmarker for its weights."""
STOP_LIMIT_S: Final = 5.0
"""After SIGTERM; then SIGKILL."""
KILL_LIMIT_S: Final = 3.0
"""After SIGKILL; a process that hangs in a driver even then is left to the kernel."""
OWN_PAUSE_S: Final = 0.5
"""After a longer pause between two polls, the supervisor itself was held up: that time counts against no child."""
FINAL_READS: Final = 32
"""Reads of 64 kB after a child's end: limited, because a grandchild may hold the pipe open and write on."""

LogLine = Callable[[str, Mapping[str, Any]], None]
"""Receives a child's log line: the process's name, and its fields (`event` and `level` at least)."""


class Supervisor:
    """Runs children until `stop`. All methods must be called from one thread; only `poll` and `stop` block.

    Attributes:
        children: by name.
        refused: the exit code of a child that cannot start until its user changes something, or None.
    """

    def __init__(self, specs: Sequence[ChildSpec], log_line: LogLine) -> None:
        self._log_line = log_line
        self._folder = paths.private_folder(paths.runtime_dir() / "supervisor")
        self._selector = selectors.DefaultSelector()
        self.children = {spec.name: Child(spec) for spec in specs}
        self.refused: int | None = None
        self._polled_s = time.monotonic()
        for child in self.children.values():
            self._bind_notify_socket(child)

    def _notify_path(self, child: Child) -> Path:
        return paths.socket_path("supervisor", child.spec.name)

    def _bind_notify_socket(self, child: Child) -> None:
        """Makes the socket for a child's notifications: at first, and when its file was removed."""
        if child.notify:
            self._selector.unregister(child.notify)
            child.notify.close()
        address = self._notify_path(child)
        paths.private_folder(self._folder)
        address.unlink(missing_ok=True)
        child.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        child.notify.setblocking(False)
        child.notify.bind(str(address))
        self._selector.register(child.notify, selectors.EVENT_READ, (self._on_notify, child))

    # ------------------------------------------------------------------------------------------------------- one poll
    def poll(self, timeout_s: float) -> None:
        """Waits up to `timeout_s` for events and handles them; starts children that are due."""
        for key, _ in self._selector.select(timeout_s):
            handler, child = key.data
            handler(child)
        now_s = time.monotonic()
        self._allow_for_own_delay(now_s, timeout_s)
        for child in self.children.values():
            if child.process is None:
                if now_s >= child.next_start_s and self.refused is None:
                    self._try_to_start(child, now_s)
            elif child.process.poll() is not None:
                self._on_exit(child, now_s)
            else:
                self._check_heartbeat(child, now_s)

    def _allow_for_own_delay(self, now_s: float, timeout_s: float) -> None:
        """Subtracts the time in which this process itself stood still (a stopped terminal, a sleeping computer)."""
        pause_s, self._polled_s = now_s - self._polled_s - timeout_s, now_s
        if pause_s > OWN_PAUSE_S:
            for child in self.children.values():
                child.last_beat_s = min(now_s, child.last_beat_s + pause_s)

    def _try_to_start(self, child: Child, now_s: float) -> None:
        try:
            self._start(child, now_s)
        except (OSError, UserError) as error:
            # No memory for it now, or no runtime folder any more: the other children go on.
            self._plan_next_start(child, now_s, f"cannot be started ({error})")

    def _start(self, child: Child, now_s: float) -> None:
        if not self._notify_path(child).exists():
            self._bind_notify_socket(child)
        settings = {
            "NOTIFY_SOCKET": str(self._notify_path(child)),
            "WATCHDOG_USEC": str(int(child.spec.watchdog_s * 1e6)),
            SUPERVISED: str(os.getpid()),
            RESTARTS: str(child.restarts),
            LAST_END: child.last_end,
            "PYTHONUNBUFFERED": "1",
            # One thread of linear algebra: our vectors are short, and idle threads only take processor time from sound.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        environment = child_environment(settings)
        environment.pop("WATCHDOG_PID", None)  # it belongs to the watchdog of this process
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops all in order.
        child.process = subprocess.Popen(
            list(child.spec.command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        child.ready, child.killed, child.exit_code = False, False, None
        child.watchdog_s = child.spec.watchdog_s
        child.started_s = child.last_beat_s = now_s
        assert child.process.stderr is not None
        child.pipe, child.output = child.process.stderr, ChildOutput(now_s)
        os.set_blocking(child.pipe.fileno(), False)
        self._selector.register(child.pipe, selectors.EVENT_READ, (self._on_output, child))

    def _check_heartbeat(self, child: Child, now_s: float) -> None:
        limit_s = child.watchdog_s if child.ready else START_LIMIT_S
        if now_s - child.last_beat_s > limit_s and not child.killed:
            fault = f"{'has hung' if child.ready else 'did not start'}: no heart-beat for {limit_s:g} s"
            self._log_event("warning", "process killed", child, f"{child.spec.name} {fault}")
            self._signal(child, signal.SIGKILL)
            child.killed = True
            child.last_end = fault

    def _collect_exit(self, child: Child) -> int:
        """Reads the rest of the output and the exit code of a process that has ended."""
        assert child.process is not None
        for _ in range(FINAL_READS):
            self._on_output(child)
        self._close_output(child)
        child.exit_code = child.process.returncode
        child.process, child.ready = None, False
        return child.exit_code

    def _on_exit(self, child: Child, now_s: float) -> None:
        was_ready = child.ready
        exit_code = self._collect_exit(child)
        if exit_code == UserError.exit_code and not child.ever_ready:
            self.refused = exit_code
            return
        if was_ready and now_s - child.started_s > HEALTHY_S:
            child.failures = 0
        how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        if not child.killed:
            child.last_end = f"ended without a message ({how})"
        self._plan_next_start(child, now_s, f"ended ({how})")

    def _plan_next_start(self, child: Child, now_s: float, reason: str) -> None:
        pause_s = RESTART_PAUSES_S[min(child.failures, len(RESTART_PAUSES_S) - 1)]
        child.failures += 1
        child.restarts += 1
        child.next_start_s = now_s + pause_s
        when = f"again in {pause_s:g} s" if pause_s else "again now"
        self._log_event("warning", "restart scheduled", child, f"{child.spec.name} {reason}; starting it {when}")

    # --------------------------------------------------------------------------------- notifications and output
    def _on_notify(self, child: Child) -> None:
        while child.notify:
            try:
                message = child.notify.recv(4096)
            except BlockingIOError:
                return
            child.last_beat_s = time.monotonic()
            for line in message.decode(errors="replace").splitlines():
                key, _, value = line.partition("=")
                if key == "READY":
                    child.ready = child.ever_ready = True
                elif key == "STATUS":
                    child.status = value
                elif key == "WATCHDOG_USEC" and value.isdecimal():
                    child.watchdog_s = int(value) / 1e6

    def _on_output(self, child: Child) -> None:
        if not child.pipe:
            return
        try:
            chunk = os.read(child.pipe.fileno(), 65536)
        except BlockingIOError:
            return
        if chunk:
            self._forward_lines(child, child.output.feed(chunk, time.monotonic()))
        else:
            self._close_output(child)

    def _close_output(self, child: Child) -> None:
        """Closes the pipe, at its end or because its process has ended."""
        if child.pipe:
            self._selector.unregister(child.pipe)
            child.pipe.close()
            child.pipe = None
            self._forward_lines(child, child.output.end(time.monotonic()))

    def _forward_lines(self, child: Child, lines: Sequence[Fields]) -> None:
        for fields in lines:
            self._log_line(child.spec.name, fields)

    def _log_event(self, level: str, event: str, child: Child, message: str) -> None:
        fields = {"event": event, "level": level, "child": child.spec.name, "restarts": child.restarts}
        self._log_line("supervisor", fields | {"message": message})

    # ------------------------------------------------------------------------------------------------------- the end
    def stop(self) -> None:
        """Asks all children to end, waits, kills those that did not end, and removes the sockets."""
        for child in self.children.values():
            self._signal(child, signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_LIMIT_S
        while any(child.process for child in self.children.values()) and time.monotonic() < deadline_s:
            self._reap(0.05)
        for child in self.children.values():
            if child.process:
                self._log_event(
                    "warning", "process killed", child, f"{child.spec.name} did not stop within {STOP_LIMIT_S:g} s"
                )
                self._signal(child, signal.SIGKILL)
        deadline_s = time.monotonic() + KILL_LIMIT_S
        while any(child.process for child in self.children.values()) and time.monotonic() < deadline_s:
            self._reap(0.05)
        for child in self.children.values():
            if child.process:
                message = f"{child.spec.name} cannot be ended: it hangs in the system (a device?)"
                self._log_event("error", "process abandoned", child, message)
                child.process = None
            self._close_output(child)
            if child.notify:
                child.notify.close()
            self._notify_path(child).unlink(missing_ok=True)
        self._selector.close()
        with suppress(OSError):  # removed already, or not empty
            self._folder.rmdir()

    def _reap(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            handler, child = key.data
            handler(child)
        for child in self.children.values():
            if child.process and child.process.poll() is not None:
                self._collect_exit(child)

    @staticmethod
    def _signal(child: Child, number: signal.Signals) -> None:
        if child.process and child.process.poll() is None:
            child.process.send_signal(number)
