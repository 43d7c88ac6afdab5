"""The newest status of each process, and the restart history of those that send none."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final, Self

import zmq

from gesturesynth.monitoring import health
from gesturesynth.monitoring.health import PROCESSES, Health, Process
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.light_message import LightStatus
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.pubsub import Subscriber

PUBLISHER: Final = "pose-server"
"""Where this process runs and neither conductor nor engine was ever started, the computer only publishes poses."""


class ClockProgress:
    """Whether the audio clock moves, from one status of the engine to the next.

    Attributes:
        moved_s: when it was last seen to move, monotonic; None before two statuses of the same engine.
        moves: whether it moved between the last two.
    """

    def __init__(self) -> None:
        self.moved_s: float | None = None
        self.moves = False
        self._last: EngineStatus | None = None

    def update(self, status: EngineStatus) -> None:
        """Takes a newer status of the engine."""
        last, self._last = self._last, status
        self.moves = False
        if last is None or last.pid != status.pid:
            self.moved_s = None
        elif last.samples != status.samples:
            self.moved_s, self.moves = status.time_s, True
        elif self.moved_s is None:
            self.moved_s = last.time_s


class StatusMonitor:
    """Receives the status messages of one installation. A context manager.

    Args:
        context: for the sockets.
        folder: its runtime folder.

    Attributes:
        tracker, conductor, engine, light: the newest status of each, None before the first.

    Raises:
        UserError: the folder is too long for a socket.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> None:
        self._folder = folder
        self._trackers = Subscriber(context, TrackerStatus, folder)
        self._conductors = Subscriber(context, ConductorStatus, folder)
        self._engines = Subscriber(context, EngineStatus, folder)
        self.tracker: TrackerStatus | None = None
        self.conductor: ConductorStatus | None = None
        self.engine: EngineStatus | None = None
        self._lights = Subscriber(context, LightStatus, folder)
        self.light: LightStatus | None = None
        self._clock = ClockProgress()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def poll(self) -> None:
        """Takes the messages that have arrived."""
        self.tracker = self._trackers.newest() or self.tracker
        self.conductor = self._conductors.newest() or self.conductor
        self.light = self._lights.newest() or self.light
        if engine := self._engines.newest():
            self._clock.update(engine)
            self.engine = engine

    def wait(self, limit_s: float) -> None:
        """Returns as soon as all have sent a status and the audio clock was seen to move, or after `limit_s`."""
        end_s = time.monotonic() + limit_s
        poller = zmq.Poller()
        for subscriber in (self._trackers, self._conductors, self._engines):
            poller.register(subscriber.socket, zmq.POLLIN)
        while not self._complete() and (left_s := end_s - time.monotonic()) > 0:
            poller.poll(round(left_s * 1000) + 1)
            self.poll()

    def _complete(self) -> bool:
        return bool(self.tracker and self.conductor and self.engine and self._clock.moves)

    def health(self, now_s: float) -> Health:
        """The assessment, as of now."""
        statuses = {"tracker": self.tracker, "conductor": self.conductor, "engine": self.engine}
        silent = [name for name, status in statuses.items() if status is None or now_s - status.time_s > health.FRESH_S]
        records = {name: record for name in silent if (record := restart_history.read(self._folder, name))}
        optional = _optional_processes(self._folder, now_s)
        started = self.conductor or self.engine or records.keys() & {"conductor", "engine"}
        return health.assess(
            self.tracker,
            self.conductor,
            self.engine,
            now_s,
            moved_s=self._clock.moved_s,
            last_records=records,
            optional=optional,
            plays=bool(started) or PUBLISHER not in optional,
            light=self.light,
        )

    def close(self) -> None:
        """Closes the sockets."""
        for subscriber in (self._trackers, self._conductors, self._engines, self._lights):
            subscriber.close()


def _optional_processes(folder: Path, now_s: float) -> dict[str, Process]:
    """Processes that send no status, such as the keypad, from their restart histories."""
    found: dict[str, Process] = {}
    for path in sorted(folder.glob(f"*/{restart_history.FILE}")):
        name = path.parent.name
        if name in PROCESSES or (record := restart_history.read(folder, name)) is None:
            continue
        found[name] = health.process_of_record(
            record, now_s, "ok" if not record.end_recorded and _is_alive(record.pid) else "missing"
        )
    return found


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True
