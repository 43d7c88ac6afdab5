"""Measures all processes in a thread of its own, so that no fault delays a measurement."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Final

import psutil
import zmq

from gesturesynth.monitoring.status_monitor import StatusMonitor
from gesturesynth.runtime.messages import ConductorStatus
from tests.soak.record import Loudness, ProcessSample, Sample
from tests.soak.setup import SoakSetup, entries, size_mb
from tests.support.thread_scope import ThreadScope

POLL_S: Final = 0.1
SAMPLE_S: Final = 2.0
CALM_S: Final = 2.0
"""So long after the end of a fault, figures are those of normal operation."""
LONG_LIVED: Final = ("supervisor", "tracker", "conductor", "engine")
SHARED_MEMORY: Final = Path("/dev/shm")


class Observer(ThreadScope):
    """Measures while it is entered. A context manager.

    Attributes:
        sampled, heard: the samples and the loudness so far.
        healthy: the newest judgement; `problems` what is wrong.
        pids: of each process, from its newest status.
        conductor: its newest status, or None.
    """

    def __init__(self, setup: SoakSetup) -> None:
        self._setup = setup
        super().__init__("watch")
        self._failure: BaseException | None = None
        self._broken_s = -math.inf
        self._breaking = False
        self.sampled: list[Sample] = []
        self.heard: list[Loudness] = []
        self.healthy = False
        self.problems: tuple[str, ...] = ()
        self.pids: dict[str, int] = {}
        self.conductor: ConductorStatus | None = None

    def breaking(self, is_breaking: bool) -> None:  # noqa: FBT001 - a switch
        """A fault begins now, or ends."""
        self._breaking = is_breaking
        self._broken_s = time.monotonic()

    def _run(self) -> None:
        try:
            with zmq.Context() as context, StatusMonitor(context, self._setup.running.runtime) as monitor:
                due_s = time.monotonic()
                while not self._end.wait(POLL_S):
                    monitor.poll()
                    now_s = time.monotonic()
                    health = monitor.health(now_s)
                    self.problems, self.healthy = health.problems, health.healthy
                    self.pids = {name: process.pid for name, process in health.processes.items()}
                    self.conductor = monitor.conductor
                    self.heard += self._setup.listener.new_samples()
                    if now_s >= due_s:
                        due_s = now_s + SAMPLE_S
                        self.sampled.append(self._sample(monitor, now_s))
        except BaseException as failure:
            self._failure = failure
            raise

    def alive(self) -> bool:
        """Whether the thread still measures; without it a soak proves nothing."""
        return self._thread.is_alive()

    def _sample(self, monitor: StatusMonitor, now_s: float) -> Sample:
        setup = self._setup
        family = setup.processes()
        trains = any(name == "trainer" for name, _ in family.values())
        processes = [measure(name, one) for name, one in family.values() if name in LONG_LIVED]
        tracker, conductor, engine = monitor.tracker, monitor.conductor, monitor.engine
        return Sample(
            time_s=now_s,
            processes=tuple(one for one in processes if one),
            family=len(family),
            runtime_files=entries(setup.running.runtime),
            temporary_files=entries(setup.temporary),
            shared_memory=entries(SHARED_MEMORY, f"*{setup.server.name}*"),
            state_mb=size_mb(setup.running.home / "state"),
            takes=sum(conductor.session.takes.values()) if conductor else 0,
            engine_pid=engine.pid if engine else 0,
            xruns=engine.xruns if engine else 0,
            latency_ms=conductor.latency_ms if conductor else math.nan,
            latency_p99_ms=conductor.latency_p99_ms if conductor else math.nan,
            fps=tracker.fps if tracker else 0.0,
            healthy=self.healthy,
            calm=not trains and not self._breaking and now_s - self._broken_s > CALM_S,
        )


def measure(name: str, process: psutil.Process) -> ProcessSample | None:
    """What one process takes; None when it ends at this moment."""
    try:
        own_mb = anonymous_mb(process.pid)
        with process.oneshot():
            return ProcessSample(
                name=name,
                pid=process.pid,
                age_s=time.time() - process.create_time(),
                rss_mb=process.memory_info().rss / 1e6,
                own_mb=own_mb,
                fds=process.num_fds(),
                threads=process.num_threads(),
            )
    except (psutil.Error, OSError):
        return None


def anonymous_mb(pid: int) -> float:
    """What a process has in use that belongs to no file and was not shared on purpose, 1e6 bytes.

    Raises:
        OSError: it has ended.
    """
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ProcessLookupError(f"process {pid} has no memory any more")
