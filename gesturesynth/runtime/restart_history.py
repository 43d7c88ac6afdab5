"""The restart history of a process: how often it was started again, how its last run ended, what resources it uses.

A record in the runtime folder (`RUNTIME/PROCESS/life.json`) is handed from one run of a process to the next. A process
that stops as requested deletes the record; one that ends with a fault writes the fault into it; one that finds a record
without an end knows that the former run was killed or has crashed. This works under any supervisor. That of
`gesturesynth run` adds what only it knows: starts that failed, and processes that it has ended itself.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.runtime.process_stats import ProcessStats

HEALTHY_S: Final = 10.0
"""After so long at work a process counts as healthy: the supervisor and the service reset the count of failures by
which restarts are delayed, and the conductor trusts the preset that it was started with."""
FILE: Final = "life.json"
NEW_FILE: Final = "life.new"
RESTARTS: Final = "GESTURESYNTH_RESTARTS"
"""Set by our supervisor: how often it has started this process again."""
LAST_END: Final = "GESTURESYNTH_LAST_END"
"""Set by our supervisor: how the former run ended, as it saw it."""
UNRECORDED_END: Final = "ended without a message (killed, or crashed)"
MEASURE_S: Final = 1.0
"""Memory, threads and files are measured no more often than this."""
LONGEST_FAULT: Final = 500
"""Characters of a fault that are kept: a sentence, not a whole traceback."""


class LifeRecord(msgspec.Struct, frozen=True):
    """What one run of a process hands on to the next. Stored as JSON.

    Attributes:
        restarts: runs before it.
        fault, fault_time: see `ProcessStats.last_fault`.
        end_recorded: whether the run has recorded its end (in the file: `told`).
        pid: of this run; `started_s` the monotonic time at which it began, seconds.
        notes: sentences about what it cannot do now, for people.
    """

    restarts: int = 0
    fault: str = ""
    fault_time: str = ""
    end_recorded: bool = msgspec.field(default=False, name="told")
    pid: int = 0
    started_s: float = 0.0
    notes: tuple[str, ...] = ()


class RestartHistory:
    """Records one run of a process, and reads the record of the former one.

    No method raises: a process must not stop because its history cannot be written.

    Args:
        folder: the process's own runtime folder; made when it is missing.
        now: the wall clock, UTC.
        environment: may hold `RESTARTS` and `LAST_END`, set by our supervisor.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._file = folder / FILE
        self._now = now
        self._environment = environment
        self._record = LifeRecord()
        self._stats = ProcessStats()
        self._measured_s = float("-inf")

    def begin(self) -> None:
        """A run begins: counts it, and takes over the record of the former one."""
        former = _read(self._file)
        begun_s = time.monotonic()
        seen_end = self._environment.get(LAST_END, "")
        if former and former.end_recorded:
            record = LifeRecord(former.restarts + 1, former.fault, former.fault_time)
        elif former:
            record = LifeRecord(former.restarts + 1, seen_end or UNRECORDED_END, self._timestamp())
        else:
            record = LifeRecord(0, seen_end, self._timestamp() if seen_end else "")
        counted = self._environment.get(RESTARTS, "")
        restarts = int(counted) if counted.isdecimal() else record.restarts
        self._write(msgspec.structs.replace(record, restarts=restarts, pid=os.getpid(), started_s=begun_s))
        self._stats = ProcessStats(begun_s, restarts, record.fault, record.fault_time)

    def record_fault(self, sentence: str) -> None:
        """This run ends because of a fault. Only the first one is kept: later ones are its consequences."""
        if not self._record.end_recorded:
            fault, time_text = sentence[:LONGEST_FAULT], self._timestamp()
            self._write(msgspec.structs.replace(self._record, fault=fault, fault_time=time_text, end_recorded=True))

    def end(self) -> None:
        """This run ends as requested: deletes the record, and the next run counts from 0. Nothing after a fault."""
        if not self._record.end_recorded:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def note(self, notes: tuple[str, ...]) -> None:
        """What this run cannot do now, as sentences; it is written only when it has changed."""
        if notes != self._record.notes and not self._record.end_recorded:
            self._write(msgspec.structs.replace(self._record, notes=notes))

    def stats(self) -> ProcessStats:
        """The statistics of this run; memory, threads and files are at most `MEASURE_S` old."""
        now_s = time.monotonic()
        if now_s - self._measured_s >= MEASURE_S:
            self._measured_s = now_s
            self._stats = msgspec.structs.replace(self._stats, rss_mb=_rss_mb(), threads=_threads(), fds=_fds())
        return self._stats

    def _timestamp(self) -> str:
        return self._now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def _write(self, record: LifeRecord) -> None:
        self._record = record
        new_file = self._file.with_name(NEW_FILE)
        with suppress(OSError, UserError):  # no folder, or no room: then the count starts from 0 again
            paths.private_folder(self._file.parent)
            new_file.write_bytes(packed(JSON, record))
            new_file.replace(self._file)


def read(runtime: Path, process: str) -> LifeRecord | None:
    """The record of a process, for programs that show its state; None when there is none, or it cannot be read."""
    return _read(runtime / process / FILE)


def _read(file: Path) -> LifeRecord | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=LifeRecord)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def clear(runtime: Path, process: str) -> None:
    """Deletes the record of a process: what starts next does not count as a restart."""
    for name in (FILE, NEW_FILE):
        with suppress(OSError):
            (runtime / process / name).unlink(missing_ok=True)


def _rss_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - twice as quick as iterdir
    except OSError:
        return threading.active_count()


def _fds() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with suppress(OSError):
            return len(os.listdir(folder)) - 1  # noqa: PTH208 - the one that reads this folder is not counted
    return 0
