"""`gesturesynth run` as a person starts it: a process of its own, in folders of its own; its messages are received.

with AppProcess("--source", "demo", "--audio", "null") as running:
    running.until(EngineStatus, lambda status: status.samples > 48000, "a second of sound")
    assert running.stop() == 0
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
import psutil
import pytest
import zmq

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.pubsub import endpoint
from tests.support.waiting import wait_for

M = TypeVar("M", bound=msgspec.Struct)
STATUSES: dict[str, type[TrackerStatus | ConductorStatus | EngineStatus]] = {
    "tracker": TrackerStatus,
    "conductor": ConductorStatus,
    "engine": EngineStatus,
}
START_S = 60.0
"""A cold, busy machine has to load MediaPipe and find its audio server in this time."""
DEADLINE_S = 30.0


class MessageListener:
    """Receives every message of one type from now on, in order.

    Attributes:
        messages: those received so far; `fetch` adds to them.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], kind: type[msgspec.Struct]) -> None:
        self.messages: list[Any] = []
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._socket = context.socket(zmq.SUB)
        # Unlike the bus's own subscriber this one keeps everything: tests look for what lasted one message only.
        self._socket.set(zmq.RCVHWM, 0)
        self._socket.set(zmq.LINGER, 0)
        self._socket.set(zmq.RECONNECT_IVL, 20)
        self._socket.set(zmq.SUBSCRIBE, b"")
        self._socket.connect(endpoint(kind))

    def fetch(self) -> list[Any]:
        """Receives what has arrived; returns all `messages`."""
        while self._socket.poll(0):
            self.messages.append(self._decoder.decode(self._socket.recv()))
        return self.messages

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def wait_for(
        self,
        condition: Callable[[Any], bool],
        what: str,
        deadline_s: float,
        log_text: Callable[[], str],
        is_running: Callable[[], bool] = lambda: True,
    ) -> Any:
        """The first message from now on that meets the condition.

        Fails, with the log, when none comes in time, or when what sends them has ended.
        """
        begin = len(self.fetch())
        end_s = time.monotonic() + deadline_s
        while True:
            messages = self.fetch()
            for message in messages[begin:]:
                if condition(message):
                    return message
            begin = len(messages)
            assert time.monotonic() < end_s, f"waited {deadline_s:g} s for: {what}; last: {messages[-1:]}\n{log_text()}"
            assert is_running(), f"it ended while waiting for: {what}; {log_text()}"
            time.sleep(0.01)


class AppProcess:
    """One `gesturesynth run`. A context manager; its end ends every process that it has started.

    Args:
        flags: for `gesturesynth run`; the log is JSON in any case.
        environment: in place of this process's, such as a JACK server's.
        home: its config, state and runtime folders are in here; a temporary folder of its own by default.

    Attributes:
        runtime: the runtime folder.
        folders: the environment variables that name its folders.
        known_processes: every process that was ever part of it, by its id.
    """

    def __init__(
        self, *flags: str | Path, environment: Mapping[str, str] | None = None, home: Path | None = None
    ) -> None:
        self._flags = [str(flag) for flag in flags]
        self._temporary = None if home else tempfile.TemporaryDirectory(prefix="gs-")
        self.home = home or Path(self._temporary.name if self._temporary else "")
        self.folders = {
            f"GESTURESYNTH_{name.upper()}_DIR": str(self.home / name) for name in ("config", "state", "runtime")
        }
        self._environment = dict(os.environ if environment is None else environment) | self.folders
        self.runtime = self.home / "runtime"
        self._stderr_file = self.home / "words"
        self.process: subprocess.Popen[bytes] | None = None
        self.known_processes: dict[int, psutil.Process] = {}
        self._context = zmq.Context()
        self._listeners: dict[type[msgspec.Struct], MessageListener] = {}

    def __enter__(self) -> Self:
        self.launch()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def launch(self) -> None:
        """Starts it, and does not wait."""
        with self._stderr_file.open("wb") as text:
            # A session of its own, as in a terminal of its own: Ctrl-C reaches the whole foreground group.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gesturesynth", "run", "--json", *self._ports(), *self._flags],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=text,
                start_new_session=True,
            )

    def _ports(self) -> list[str]:
        """Ports of its own, so that several can run side by side."""
        given = {flag.partition("=")[0] for flag in self._flags}
        page = [] if given & {"--page-port", "--open"} else ["--no-page"]
        return [*page, *(f"{flag}=0" for flag in ("--osc-port", "--metrics-port") if flag not in given)]

    # ------------------------------------------------------------------------------------------------ messages and log
    def listen(self, kind: type[msgspec.Struct]) -> MessageListener:
        """All messages of this type from the first call on."""
        if kind not in self._listeners:
            with pytest.MonkeyPatch.context() as patch:
                for name, folder in self.folders.items():
                    patch.setenv(name, folder)
                self._listeners[kind] = MessageListener(self._context, kind)
        return self._listeners[kind]

    def until(self, kind: type[M], condition: Callable[[M], bool], what: str, deadline_s: float = DEADLINE_S) -> M:
        """The first message from now on that meets the condition."""
        found: M = self.listen(kind).wait_for(
            condition,
            what,
            deadline_s,
            self.stderr_text,
            lambda: self.process is not None and self.process.poll() is None,
        )
        return found

    def stderr_text(self) -> str:
        """Its standard error so far."""
        return self._stderr_file.read_text(errors="replace")

    def log(self) -> list[dict[str, Any]]:
        """Its log so far. A line that is not JSON (of a traceback) is {"event": ..., "level": "unstructured"}."""
        lines: list[dict[str, Any]] = []
        for line in self.stderr_text().splitlines():
            try:
                lines.append(json.loads(line))
            except ValueError:
                lines.append({"event": line, "level": "unstructured"})
        return lines

    def until_logged(self, text: str, process: str = "", deadline_s: float = DEADLINE_S) -> dict[str, Any]:
        """The first line of the log with this text in its event or its message."""

        def found() -> list[dict[str, Any]]:
            return [
                line
                for line in self.log()
                if text in f"{line['event']}: {line.get('message', '')}" and process in ("", line.get("process"))
            ]

        wait_for(lambda: bool(found()), f"the text '{text}' in:\n{self.stderr_text()}", deadline_s)
        return found()[0]

    # ------------------------------------------------------------------------------------------------------- processes
    def wait_until_playing(self, deadline_s: float = START_S) -> None:
        """Waits until every process sends its status, the model is fitted and the engine plays the preset."""
        for kind in STATUSES.values():
            self.listen(kind)
        self.until(TrackerStatus, lambda status: status.state == "live", "frames", deadline_s)
        conductor = self.until(ConductorStatus, lambda status: bool(status.model), "a model", deadline_s)
        self.until(EngineStatus, lambda status: status.preset == conductor.preset, "the preset to sound", deadline_s)
        self.find_processes()

    def pids(self) -> dict[str, int]:
        """The process ids of tracker, conductor and engine, from their statuses."""
        return {name: self.until(kind, lambda _: True, f"a status of {name}").pid for name, kind in STATUSES.items()}

    def find_processes(self) -> set[int]:
        """The process ids of all that belongs to it now; adds them to `known_processes`."""
        assert self.process is not None
        try:
            top = psutil.Process(self.process.pid)
            processes = [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            processes = []
        self.known_processes |= {process.pid: process for process in processes}
        return {process.pid for process in processes}

    def alive(self) -> list[psutil.Process]:
        """Those of `known_processes` that have not ended."""
        return [
            one for one in self.known_processes.values() if one.is_running() and one.status() != psutil.STATUS_ZOMBIE
        ]

    # ----------------------------------------------------------------------------------------------------- how it ends
    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C (or another signal), and its exit code."""
        self.find_processes()
        assert self.process is not None
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    def close(self) -> None:
        """Ends all processes that are left, and removes the folders."""
        if self.process is not None:
            if self.process.poll() is None:
                self.find_processes()
                self.process.terminate()
                try:
                    self.process.wait(15)
                except subprocess.TimeoutExpired:
                    self.find_processes()
                    self.process.kill()
                    self.process.wait()
            for member in self.alive():
                member.kill()
        self._context.destroy(linger=0)
        if self._temporary:
            self._temporary.cleanup()

    def assert_nothing_is_left(self) -> None:
        """No process, no socket file, nothing else in the runtime folder, no traceback."""
        assert not self.alive()
        left = (
            [str(path.relative_to(self.runtime)) for path in self.runtime.rglob("*")] if self.runtime.exists() else []
        )
        assert left == []
        assert [line for line in self.log() if line["level"] == "unstructured"] == []
