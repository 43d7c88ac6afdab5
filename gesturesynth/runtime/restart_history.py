"""The lives of a process: how often it was started again, how the last one ended, and what it takes of the computer.

A note in the runtime folder (`RUNTIME/PROCESS/life.json`) goes from one life to the next. A process that stops because
it was asked to takes the note away; one that leaves with a fault writes down which; one that finds the note of a life
that never said how it ended knows that it was killed, or crashed. What supervises the processes need not help. The
supervisor of `gesturesynth run` does all the same: it has seen starts that came to nothing, and what it ended itself.
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
from gesturesynth.runtime.messages import ProcessStats

FILE: Final = "life.json"
FRESH: Final = "life.new"
RESTARTS: Final = "GESTURESYNTH_RESTARTS"
"""Set by a supervisor that counts for itself: how often it has started this process again."""
LAST_END: Final = "GESTURESYNTH_LAST_END"
"""Likewise: how the former life ended, as it was seen from outside."""
UNTOLD: Final = "ended without a word (killed, or crashed)"
MEASURE_S: Final = 1.0
"""What a process takes is looked up no more often than this."""
LONGEST: Final = 500
"""Characters of a fault that are kept: a sentence, not a report."""


class LifeRecord(msgspec.Struct, frozen=True):
    """What one life leaves to the next.

    Attributes:
        restarts: lives before it.
        fault, fault_time: see `ProcessStats.last_fault`.
        end_recorded: it has said how it ended.
        pid: of this life; `started_s` the monotonic time at which it began.
    """

    restarts: int = 0
    fault: str = ""
    fault_time: str = ""
    end_recorded: bool = msgspec.field(default=False, name="told")
    pid: int = 0
    started_s: float = 0.0


class RestartHistory:
    """One life, and the note of those before it. Nothing here ever fails: the work matters more than its history.

    Args:
        folder: the process's own runtime folder; made if need be.
        now: the wall clock, UTC.
        environment: where a supervisor may have left its word.
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
        self._note = LifeRecord()
        self._life = ProcessStats()
        self._measured_s = float("-inf")

    def begin(self) -> None:
        """A life begins: counts it, and takes over what the former one left."""
        former = _read(self._file)
        begun_s = time.monotonic()
        seen_end = self._environment.get(LAST_END, "")
        if former and former.end_recorded:
            note = LifeRecord(former.restarts + 1, former.fault, former.fault_time)
        elif former:
            note = LifeRecord(former.restarts + 1, seen_end or UNTOLD, self._stamp())
        else:
            note = LifeRecord(0, seen_end, self._stamp() if seen_end else "")
        counted = self._environment.get(RESTARTS, "")
        restarts = int(counted) if counted.isdecimal() else note.restarts
        self._keep(msgspec.structs.replace(note, restarts=restarts, pid=os.getpid(), started_s=begun_s))
        self._life = ProcessStats(begun_s, restarts, note.fault, note.fault_time)

    def record_fault(self, sentence: str) -> None:
        """This life ends, and that is why. The first reason counts: those that follow come of it."""
        if not self._note.end_recorded:
            self._keep(
                msgspec.structs.replace(self._note, fault=sentence[:LONGEST], fault_time=self._stamp(), end_recorded=True)
            )

    def end(self) -> None:
        """This life ends as it was asked to; the next one is a new beginning. After a fault, nothing happens."""
        if not self._note.end_recorded:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def stats(self) -> ProcessStats:
        """How it has been until now; memory, threads and files as they were at most a second ago."""
        now_s = time.monotonic()
        if now_s - self._measured_s >= MEASURE_S:
            self._measured_s = now_s
            self._life = msgspec.structs.replace(self._life, rss_mb=_rss_mb(), threads=_threads(), fds=_fds())
        return self._life

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def _keep(self, note: LifeRecord) -> None:
        self._note = note
        fresh = self._file.with_name(FRESH)
        with suppress(OSError, UserError):  # no folder, or no room: then the count begins anew
            paths.private_folder(self._file.parent)
            fresh.write_bytes(packed(JSON, note))
            fresh.replace(self._file)


def read(runtime: Path, process: str) -> LifeRecord | None:
    """What a process has written down, for those who look on; None when there is nothing, or it may not be read."""
    return _read(runtime / process / FILE)


def _read(file: Path) -> LifeRecord | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=LifeRecord)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def forget(runtime: Path, process: str) -> None:
    """Takes the note of a process away: what starts now is no restart of what was there before."""
    for name in (FILE, FRESH):
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
