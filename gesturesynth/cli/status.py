"""`gesturesynth status`: how the Gesture Synth that runs does, for people, for programs, and as an exit code.

It only reads status messages and sends nothing, so that a process that hangs cannot delay it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import zmq
from cyclopts import Parameter
from rich.console import Console, RenderableType
from rich.live import Live

from gesturesynth.control.command_socket import NothingRunning, no_access, not_running
from gesturesynth.core import paths
from gesturesynth.monitoring.health import Health, assess
from gesturesynth.monitoring.status_monitor import StatusMonitor
from gesturesynth.monitoring.status_text import render
from gesturesynth.runtime.pubsub import TOPICS
from gesturesynth.runtime.service import Service

LISTEN_S: Final = 0.8
"""The tracker sends its status twice a second; a process without one for so long is missing."""
WATCH_S: Final = 1.0

JSON: Final = Parameter(negative="", help="JSON, for programs: the judgement, and the whole status of each process.")
WATCH: Final = Parameter(
    negative="", help="Go on until Ctrl-C: a view in a terminal; in a pipe a line whenever something changes."
)


def status(*, json: Annotated[bool, JSON] = False, watch: Annotated[bool, WATCH] = False) -> int:
    """Tells how everything does: processes, camera, piece, sound, the last fault. Exit code 0: healthy; 1: not."""
    folder = paths.running_dir()
    if not watch:
        return _once(folder, as_json=json)
    with Service() as service:
        return _watch(folder, lambda: service.stopping, as_json=json)


def _once(folder: Path, *, as_json: bool) -> int:
    if reason := unreachable(folder):
        if not as_json:
            raise NothingRunning(reason)
        nothing = assess(None, None, None, time.monotonic())
        _write(report(msgspec.structs.replace(nothing, problems=(reason,)), None))
        return 1
    with zmq.Context() as context, StatusMonitor(context, folder) as monitor:
        monitor.wait(LISTEN_S)
        health = monitor.health(time.monotonic())
        if as_json:
            _write(report(health, monitor))
        else:
            # In a pipe lines are not broken: programs read them.
            Console(width=None if sys.stdout.isatty() else 1000, highlight=False).print(_picture(health, monitor))
    return 0 if health.healthy else 1


def _watch(folder: Path, stopping: Callable[[], bool], *, as_json: bool) -> int:
    """Shows the health until it is to stop; the exit code is that of the last reading."""
    console = Console(highlight=False)
    live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal and not as_json else None
    last: tuple[str, ...] | None = None
    healthy = False
    with zmq.Context() as context, StatusMonitor(context, folder) as monitor:
        monitor.wait(LISTEN_S)
        if live:
            live.start()
        try:
            while not stopping():
                monitor.poll()
                health = monitor.health(time.monotonic())
                healthy = health.healthy
                if as_json:
                    _write(report(health, monitor))
                elif live:
                    live.update(_picture(health, monitor), refresh=True)
                elif health.problems != last:
                    _write(f"{_local().isoformat(timespec='seconds')} {'; '.join(health.problems) or 'healthy'}")
                last = health.problems
                _pause(stopping)
        finally:
            if live:
                live.stop()
    return 0 if healthy else 1


def _pause(stopping: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WATCH_S
    while not stopping() and time.monotonic() < end_s:
        time.sleep(0.05)


def unreachable(folder: Path) -> str:
    """Why no status can be read in this runtime folder, without waiting; empty when it can."""
    found = False
    for process, _ in TOPICS.values():
        place = folder / process
        if place.is_dir():
            if not os.access(place, os.X_OK):
                return no_access(folder)
            found |= (place / "status").exists() or (place / "life.json").exists()
    return "" if found else not_running(folder)


def report(health: Health, monitor: StatusMonitor | None) -> str:
    """Everything as one line of JSON; numbers that are not finite are null."""
    statuses: dict[str, Any] = {name: getattr(monitor, name, None) for name in ("tracker", "conductor", "engine")}
    facts = {"time": datetime.now(tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
    return msgspec.json.encode(facts | msgspec.structs.asdict(health) | statuses).decode()


def _picture(health: Health, monitor: StatusMonitor) -> RenderableType:
    return render(health, monitor.tracker, monitor.conductor, monitor.engine, wall=_local())


def _local() -> datetime:
    return datetime.now(tz=UTC).astimezone()


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
