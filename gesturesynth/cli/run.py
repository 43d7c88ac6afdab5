"""`gesturesynth run`: all processes under one supervisor, with words or a live view in front of it."""

from __future__ import annotations

import fcntl
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

import zmq
from rich.console import Console
from rich.live import Live

from gesturesynth.cli.foreground import JobControl, in_foreground
from gesturesynth.cli.live_view import LiveViewState, ProcessState, draw
from gesturesynth.conductor import state_storage
from gesturesynth.config.preset import loader
from gesturesynth.config.settings.settings import Settings
from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import KEYBOARD, KEYS, call
from gesturesynth.control.terminal_keyboard import Keyboard
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import python_command
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.child_process import ChildSpec
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.supervisor import Supervisor
from gesturesynth.synthesis import recorder
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.sources import needs_landmarker, resolve

POLL_S: Final = 0.1
KEY_POLL_S: Final = 0.03
"""Between looks at the keyboard: a key should be heard at once."""
PROCESSES: Final = ("tracker", "conductor", "engine", "keypad")
WATCHDOGS_S: Final = {"tracker": 3.0, "conductor": 1.5, "engine": 1.5, "keypad": 1.5}
"""Without a heart-beat for so long a process is taken for hung. The tracker's includes a slow first frame."""


@dataclass(frozen=True)
class RunSettings:
    """How to run.

    Attributes:
        arguments: for each process, in the order in which they start, the flags it is given.
        level: of log lines.
        json_lines: JSON instead of words.
        quiet: only warnings and errors, and no live view.
    """

    arguments: Mapping[str, Sequence[str]]
    level: log.Level = "info"
    json_lines: bool = False
    quiet: bool = False


def prepare(settings: Settings, record: Path | None = None) -> None:
    """Finds out, before anything starts, what the user would have to change; fetches the pose model if needed.

    Raises:
        UserError: the preset, the source or the recording cannot be used.
        GestureSynthError: the pose model cannot be had.
    """
    loader.load(loader.find(settings.preset))
    if record:
        recorder.check(record, settings.audio.record_limit_mb)
    source = resolve(settings.camera.source)
    if not needs_landmarker(source):
        return
    try:
        ensure_model(settings.model, progress=lambda sentence: log.get().info(sentence))
    except UserError:
        raise
    except GestureSynthError as error:
        if not source.fallback:
            raise
        log.get().warning(str(error))


def run(settings: RunSettings) -> int:
    """Runs everything until Ctrl-C or SIGTERM.

    Returns:
        The exit code: 0 after a stop that was asked for, or that of a process that cannot start as its user wants.

    Raises:
        UserError: it runs already in this runtime folder.
    """
    level: log.Level = "warning" if settings.quiet else settings.level
    log.configure("supervisor", level, json_lines=settings.json_lines)
    specs = [
        ChildSpec(
            name,
            python_command("-m", "gesturesynth", name, "--log-level", level, *flags),
            WATCHDOGS_S[name],
        )
        for name, flags in settings.arguments.items()
    ]
    with single_instance(), Service() as service, zmq.Context() as context:
        statuses = _StatusFeed(context)
        view, keyboard = LiveDisplay(settings), Keyboard()
        supervisor = Supervisor(specs, view.print_again)
        try:
            with (
                view,
                JobControl(active=view.wanted or keyboard.active) as job,
                keyboard,
                CommandClient("keyboard", context) as wire,
            ):
                service.ready("running")
                while not service.stopping and supervisor.refused is None and not statuses.quitting:
                    job.stop_if_requested(view.clear, keyboard.give_back)
                    supervisor.poll(POLL_S if not keyboard.active else KEY_POLL_S)
                    statuses.fetch()
                    service.heartbeat()
                    for key in keyboard.read():
                        _send_key(key, wire, service)
                    wire.poll()  # answers are in the status, too
                    view.show(lambda: statuses.picture(supervisor, keys=keyboard.active), time.monotonic())
        finally:
            supervisor.stop()
            statuses.close()
    return supervisor.refused or 0


def _send_key(key: str, wire: CommandClient, service: Service) -> None:
    """Sends what a key asks for. Where nobody hears it, `q` still ends everything."""
    if key not in KEYS:
        return
    command, values = KEYS[key]
    if not wire.send(call(command, values, KEYBOARD)) and command == "quit":
        service.stopping = True


@contextmanager
def single_instance() -> Iterator[None]:
    """Holds the lock of the runtime folder: two supervisors would fight over its sockets."""
    path = paths.private_folder(paths.runtime_dir()) / "lock"
    with _locked(path) as file:
        _clear_restart_history()  # of a run that was killed
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            _clear_restart_history()
            for name in (*PROCESSES, ""):
                with suppress(OSError):  # not there, or not empty
                    (paths.runtime_dir() / name).rmdir()


def _clear_restart_history() -> None:
    for name in PROCESSES:
        restart_history.forget(paths.runtime_dir(), name)
    state_storage.forget(paths.runtime_dir())


def _locked(path: Path) -> IO[str]:
    while True:
        try:
            file = path.open("a+")
        except OSError as error:
            raise UserError(f"the runtime folder {path.parent} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            other = file.read().strip() or "unknown"
            file.close()
            raise UserError(
                f"Gesture Synth runs here already (process {other}). End it first, or set GESTURESYNTH_RUNTIME_DIR to "
                "another folder to run a second one."
            ) from None
        # One that was just ending may have taken the file away after we opened it: then the lock means nothing.
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        file.close()


class _StatusFeed:
    """The newest word of each process."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._tracker, self._conductor, self._engine = (
            Subscriber(context, TrackerStatus),
            Subscriber(context, ConductorStatus),
            Subscriber(context, EngineStatus),
        )
        self.tracker: TrackerStatus | None = None
        self.conductor: ConductorStatus | None = None
        self.engine: EngineStatus | None = None

    def fetch(self) -> None:
        self.tracker = self._tracker.newest() or self.tracker
        self.conductor = self._conductor.newest() or self.conductor
        self.engine = self._engine.newest() or self.engine

    @property
    def quitting(self) -> bool:
        return self.conductor is not None and self.conductor.quitting

    def picture(self, supervisor: Supervisor, *, keys: bool) -> LiveViewState:
        text = [ProcessState(name, child.ready, child.restarts) for name, child in supervisor.children.items()]
        return LiveViewState(text, self.tracker, self.conductor, self.engine, time.monotonic(), keys)

    def close(self) -> None:
        for socket in (self._tracker, self._conductor, self._engine):
            socket.close()


class LiveDisplay:
    """In a terminal, pictures below the log lines; elsewhere the log lines alone. A context manager.

    `wanted` tells whether there are ever any pictures.

    Only a process in the foreground draws: what stands on the screen otherwise (`run &`, or Ctrl-Z and `bg`) is the
    shell's, or another program's. It is looked at before every picture, so `fg` brings the view back.
    """

    def __init__(self, settings: RunSettings) -> None:
        self._console = Console(stderr=True)
        self.wanted = not (settings.quiet or settings.json_lines) and self._console.is_terminal and sys.stdout.isatty()
        self._terminal = sys.stderr
        self._live: Live | None = None
        self._due_s = 0.0

    def __enter__(self) -> Self:
        if self.wanted and in_foreground(self._terminal):
            self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Takes the view off the screen, until the next `show`."""
        if not in_foreground(self._terminal):
            self._withdraw()
        elif self._live:
            with suppress(OSError):
                self._live.stop()
            self._live = None

    def show(self, picture: Callable[[], LiveViewState], now_s: float) -> None:
        """Draws what `picture` gives, as often as statuses come; oftener it would only flicker."""
        if not self.wanted or now_s < self._due_s:
            return
        self._due_s = now_s + POLL_S
        if not in_foreground(self._terminal):
            self._withdraw()
            return
        if not self._live:
            self._begin()
        if self._live:
            with suppress(OSError):  # the terminal has closed; its hang-up ends the run, in order
                self._live.update(draw(picture(), self._live.console.height), refresh=True)

    def _begin(self) -> None:
        self._live = Live(console=self._console, auto_refresh=False, transient=True, redirect_stderr=True)
        self._live.start()
        # Log lines go through the console now, so that they appear above the view instead of through it.
        log.write_to(sys.stderr)

    def _withdraw(self) -> None:
        """Ends the view without a trace: where its lines were, the shell has written since."""
        live, self._live = self._live, None
        if live:
            self._console.file = io.StringIO()
            live.stop()
            self._console.file = self._terminal
            with suppress(OSError):
                self._console.show_cursor()
            log.write_to(self._terminal)

    def print_again(self, process: str, fields: Mapping[str, Any]) -> None:
        """A child's log line, in this process's way of writing.

        Above the view, what the conductor tells of its everyday life is left out, and what it says to whoever asked
        for something (`by`): the view shows all of it.
        """
        level = str(fields.get("level", "info"))
        shown = process == "conductor" and (level in ("info", "debug") or bool(fields.get("by")))
        if shown and self._live and self._live.is_started:
            return
        rest = {key: value for key, value in fields.items() if key not in ("event", "level", "time", "process")}
        method = level if level in log.LEVELS else "warning"
        getattr(log.get(), method)(str(fields["event"]), process=process, **rest)
