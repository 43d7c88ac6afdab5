"""`gesturesynth run`: all processes under one supervisor, with log lines or a live view in front of it."""

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

from gesturesynth.cli import pairing
from gesturesynth.cli.browser import BrowserOpener
from gesturesynth.cli.foreground import JobControl, in_foreground
from gesturesynth.cli.live_view import LiveViewState, ProcessState, draw
from gesturesynth.cli.tour import Tour
from gesturesynth.conductor import state_storage
from gesturesynth.config.preset import loader
from gesturesynth.config.settings.remote import has_local, remote_trackers
from gesturesynth.config.settings.settings import Settings
from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.command_table import KEYS
from gesturesynth.control.commands import COMMAND_LINE, KEYBOARD, call
from gesturesynth.control.terminal_keyboard import Keyboard
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.recent_log import RecentLog
from gesturesynth.core.search_paths import python_command
from gesturesynth.monitoring.status_monitor import StatusMonitor
from gesturesynth.remote_poses.keys import own_key
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.child_process import ChildSpec
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.supervisor import Supervisor
from gesturesynth.synthesis import recorder
from gesturesynth.tracking.model.download import ensure_model, fetch_parts
from gesturesynth.tracking.sources import needs_landmarker, resolve

POLL_S: Final = 0.1
KEY_POLL_S: Final = 0.03
"""Between two reads of the keyboard: a key should take effect at once."""
PROCESSES: Final = (
    *("tracker", "conductor", "engine", "keypad", "midi", "page", "oscquery", "pose-server"),
    *("actions", "action-keys", "light"),
)
WATCHDOGS_S: Final = dict.fromkeys(PROCESSES, 3.0) | dict.fromkeys(("conductor", "engine", "keypad"), 1.5)
"""Without a heart-beat for so long a process counts as hung. The tracker's includes a slow first frame."""


@dataclass(frozen=True)
class RunSettings:
    """How to run.

    Attributes:
        arguments: for each process, in the order in which they start, the flags it is given.
        level: of log lines.
        json_lines: JSON instead of text.
        quiet: only warnings and errors, and no live view.
        tour: pieces that follow each other; it ends when the last one has played. None: one piece, until Ctrl-C.
        open_page: open the web page in a browser as soon as it is served.
    """

    arguments: Mapping[str, Sequence[str]]
    level: log.Level = "info"
    json_lines: bool = False
    quiet: bool = False
    tour: Tour | None = None
    open_page: bool = False


def prepare(settings: Settings, record: Path | None = None, *, with_tracker: bool = True) -> None:
    """Checks, before anything starts, what the user would have to change; downloads the pose model if needed.

    Args:
        settings: how to run.
        record: where the sound is to be recorded, if it is.
        with_tracker: whether a tracker is to run here.

    Raises:
        UserError: the preset, the source or the recording cannot be used.
        GestureSynthError: the pose model cannot be downloaded.
    """
    preset = loader.load(loader.find(settings.preset))
    if record:
        recorder.check(record, settings.audio.record_limit_mb)
    if settings.publish.address or remote_trackers(settings.trackers):
        own_key()
    if not with_tracker:
        return
    source = resolve(settings.camera.source)
    if not needs_landmarker(source):
        return

    def tell(sentence: str) -> None:
        log.get().info("pose model requested", message=sentence)

    try:
        ensure_model(settings.model, progress=tell)
        fetch_parts(preset.tracking_request, progress=tell)
    except UserError:
        raise
    except GestureSynthError as error:
        if not source.fallback:
            raise
        log.get().warning("pose model not fetched", message=str(error))


def needs_tracker(settings: Settings) -> bool:
    """Whether a tracker runs on this computer: its poses are played or published."""
    return has_local(settings.trackers) or bool(settings.publish.address)


def run(settings: RunSettings) -> int:
    """Runs everything until Ctrl-C or SIGTERM.

    Returns:
        The exit code: 0 after a stop on request, or that of a process that cannot start as its user wants.

    Raises:
        UserError: another one runs in this runtime folder.
    """
    level: log.Level = "warning" if settings.quiet else settings.level
    recent = RecentLog(paths.runtime_dir() / "supervisor")
    log.configure("supervisor", level, json_lines=settings.json_lines, recent=recent)
    specs = child_specs(settings.arguments, level)
    with single_instance(), Service() as service, zmq.Context() as context:
        statuses = StatusMonitor(context, paths.runtime_dir())
        view, keyboard = LiveDisplay(settings), Keyboard()
        browser = BrowserOpener(wanted=settings.open_page)
        supervisor = Supervisor(specs, view.print_again)
        try:
            with (
                view,
                JobControl(active=view.wanted or keyboard.active) as job,
                keyboard,
                CommandClient("keyboard", context) as wire,
            ):
                service.ready("running")
                while not service.stopping and supervisor.refused is None and not _quitting(statuses):
                    job.stop_if_requested(view.clear, keyboard.restore)
                    supervisor.poll(POLL_S if not keyboard.active else KEY_POLL_S)
                    statuses.poll()
                    service.heartbeat()
                    browser.poll()
                    for key in keyboard.read():
                        if key == pairing.KEY:
                            view.say(pairing.pairing_for_key())
                        else:
                            _send_key(key, wire, service)
                    if settings.tour and statuses.conductor:
                        _lead(settings.tour, wire, service)
                    wire.poll()  # answers are in the status, too
                    view.show(lambda: _picture(supervisor, statuses, keys=keyboard.active), time.monotonic())
        finally:
            supervisor.stop()
            statuses.close()
            recent.remove()
    return supervisor.refused or 0


def child_specs(arguments: Mapping[str, Sequence[str]], level: log.Level) -> list[ChildSpec]:
    """How each process is started, given its flags, in the order in which they start."""
    return [
        ChildSpec(name, python_command("-m", "gesturesynth", name, "--log-level", level, *flags), WATCHDOGS_S[name])
        for name, flags in arguments.items()
    ]


def _quitting(statuses: StatusMonitor) -> bool:
    """Whether the command `quit` was given."""
    return statuses.conductor is not None and statuses.conductor.quitting


def _picture(supervisor: Supervisor, statuses: StatusMonitor, *, keys: bool) -> LiveViewState:
    processes = [ProcessState(name, child.ready, child.restarts) for name, child in supervisor.children.items()]
    return LiveViewState(processes, statuses.tracker, statuses.conductor, statuses.engine, time.monotonic(), keys)


def _send_key(key: str, wire: CommandClient, service: Service) -> None:
    """Sends the command of a key. Without a conductor, `q` still ends everything."""
    if key not in KEYS:
        return
    command, values = KEYS[key]
    if not wire.send(call(command, values, KEYBOARD)) and command == "quit":
        service.stopping = True


def _lead(tour: Tour, wire: CommandClient, service: Service) -> None:
    """Plays and announces the next piece of a tour when it is due, and ends the run after the last one."""
    now_s = time.monotonic()
    stop = tour.due(now_s)
    if stop:
        if tour.begun > 1:  # everything was started with the first one
            wire.send(call("preset", [stop.preset], COMMAND_LINE))
        log.get().info("piece announced", preset=stop.preset, message=stop.sentence)
    service.stopping = service.stopping or tour.ended(now_s)


@contextmanager
def single_instance() -> Iterator[None]:
    """Holds the lock of the runtime folder: two supervisors cannot share its sockets."""
    path = paths.private_folder(paths.runtime_dir()) / "lock"
    with _locked(path) as file:
        _clear_restart_history()  # left by a run that was killed
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
        restart_history.clear(paths.runtime_dir(), name)
    state_storage.remove_run_state(paths.runtime_dir())


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
        # A run that was just ending may have removed the file after it was opened here: then this lock is worthless.
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        file.close()


class LiveDisplay:
    """In a terminal, the live view below the log lines; elsewhere the log lines alone. A context manager.

    `wanted` tells whether there is ever a view.

    Only a process in the foreground draws: otherwise (`run &`, or Ctrl-Z and `bg`) the screen belongs to the shell or
    to another program. This is checked before each drawing, so `fg` brings the view back.
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
        """Removes the view from the screen, until the next `show`."""
        if not in_foreground(self._terminal):
            self._withdraw()
        elif self._live:
            with suppress(OSError):
                self._live.stop()
            self._live = None

    def say(self, text: str) -> None:
        """Prints lines above the view."""
        with suppress(OSError):
            self._console.print(text, highlight=False, markup=False, no_wrap=True)

    def show(self, picture: Callable[[], LiveViewState], now_s: float) -> None:
        """Draws the state that `picture` returns, as often as statuses come; more often it would only flicker."""
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
        # Log lines go through the console from now on, so that they appear above the view and do not cut it.
        log.write_to(sys.stderr)

    def _withdraw(self) -> None:
        """Ends the view and erases nothing: the shell has written since where its lines were."""
        live, self._live = self._live, None
        if live:
            self._console.file = io.StringIO()
            live.stop()
            self._console.file = self._terminal
            with suppress(OSError):
                self._console.show_cursor()
            log.write_to(self._terminal)

    def print_again(self, process: str, fields: Mapping[str, Any]) -> None:
        """A log line of a child, in the format of this process.

        Above the view, the conductor's lines below `warning` are left out, and its answers to commands (lines with the
        field `by`): the view shows all of these.
        """
        level = str(fields.get("level", "info"))
        shown = process == "conductor" and (level in ("info", "debug") or bool(fields.get("by")))
        if shown and self._live and self._live.is_started:
            return
        rest = {key: value for key, value in fields.items() if key not in ("event", "level", "time", "process")}
        method = level if level in log.LEVELS else "warning"
        getattr(log.get(), method)(str(fields["event"]), process=process, **rest)
