"""Restarts, last fault and resources of a process: a part of its status. Who counts them: `restart_history.py`."""

from __future__ import annotations

import msgspec


class ProcessStats(msgspec.Struct, frozen=True):
    """Restarts, last fault and resources of a process: part of its status. See `runtime/restart_history.py`.

    Attributes:
        started_s: monotonic time at which this run began, seconds; 0 where there is no restart history.
        restarts: number of runs before this one, since the installation (or `gesturesynth run`) was started in order.
        last_fault: a sentence about the newest fault that ended a run before this one; empty without one.
        last_fault_time: time of that fault, ISO 8601 in UTC; empty without one.
        rss_mb: resident memory, 1e6 bytes; where the system does not report it, the greatest until now.
        threads, fds: number of threads and of open files; 0 where the system does not report it.
    """

    started_s: float = 0.0
    restarts: int = 0
    last_fault: str = ""
    last_fault_time: str = ""
    rss_mb: float = 0.0
    threads: int = 0
    fds: int = 0
