"""Is all well? One judgement for `gesturesynth status`, for its exit code, and for what is monitored. Pure.

Healthy means that whoever comes is seen and heard: every process speaks, frames are fresh (the demo performer's count),
the audio clock runs and leads to a device, a preset plays and its file is in order. What people or opening hours want
to be silent is no fault; it is said as a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, ProcessStats, TrackerStatus
from gesturesynth.runtime.restart_history import LifeRecord

FRESH_S: Final = 3.0
"""A word, or a frame, that is older is not believed any more."""
CLOCK_S: Final = 0.5
"""An audio clock that stands still for so long is a fault; after a second the engine leaves by itself."""
PROCESSES: Final = ("tracker", "conductor", "engine")

State = Literal["ok", "waiting", "missing", "stale"]
"""`ok`: it works; `waiting`: it lives, and waits for something; `missing`: not a word; `stale`: no word any more."""


class Process(msgspec.Struct, frozen=True):
    """How one process does. What is not known is 0 or empty; see `messages.Life` for the rest."""

    state: State
    pid: int = 0
    uptime_s: float = 0.0
    restarts: int = 0
    rss_mb: float = 0.0
    threads: int = 0
    fds: int = 0
    last_fault: str = ""
    last_fault_time: str = ""


class Fault(msgspec.Struct, frozen=True):
    """The newest fault of all: whose, when (ISO 8601, UTC), and a sentence."""

    process: str
    time: str
    text: str = msgspec.field(name="words")


class Health(msgspec.Struct, frozen=True):
    """How everything does.

    Attributes:
        healthy: there is no problem.
        problems: sentences; the first is the one to look at first.
        notes: what is good to know, and no fault.
        processes: by name, in the order in which data runs; optional ones after that.
        last_fault: the newest, however long ago; None without one.
        warnings: what somebody should do something about, though people are seen and heard.
    """

    healthy: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    processes: dict[str, Process]
    last_fault: Fault | None
    warnings: tuple[str, ...] = ()


NOBODY: Final[Mapping[str, LifeRecord]] = {}


def assess(
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    now_s: float,
    *,
    moved_s: float | None = None,
    last_records: Mapping[str, LifeRecord] = NOBODY,
    optional: Mapping[str, Process] | None = None,
) -> Health:
    """Judges.

    Args:
        tracker: its newest word, however old, or None.
        conductor: likewise.
        engine: likewise.
        now_s: monotonic seconds.
        moved_s: when the audio clock was last seen to move; None when nobody has looked for long enough.
        last_records: what processes that say nothing left in the runtime folder, by name.
        optional: other processes, such as the keypad's.
    """
    text: dict[str, TrackerStatus | ConductorStatus | EngineStatus | None] = {
        "tracker": tracker,
        "conductor": conductor,
        "engine": engine,
    }
    states: dict[str, State] = {name: _state(word, now_s) for name, word in text.items()}
    problems = [_silence(name, state, text[name], last_records.get(name), now_s) for name, state in states.items()]
    said: list[str] = []
    warnings: list[str] = []
    if tracker and states["tracker"] != "stale":
        problems += _of_tracker(tracker, now_s)
        said += _said_of_tracker(tracker)
        warnings += _warned_of_tracker(tracker)
    if conductor and states["conductor"] != "stale":
        problems += _of_conductor(conductor)
        said += _said_of_conductor(conductor)
    if engine and states["engine"] != "stale":
        problems += _of_engine(engine, moved_s)
        said += [engine.detail if not engine.unheard and engine.preset else ""]
    processes = {name: _process(states[name], text[name], last_records.get(name), now_s) for name in PROCESSES}
    for name, process in (optional or {}).items():
        processes[name] = process
        if process.state != "ok":
            problems.append(f"{name} does not run{_because(process.last_fault)}")
    found = tuple(problem for problem in problems if problem)
    notes_said = tuple(note for note in said if note)
    return Health(not found, found, notes_said, processes, _newest(processes), tuple(warnings))


def _state(status: TrackerStatus | ConductorStatus | EngineStatus | None, now_s: float) -> State:
    if status is None:
        return "missing"
    if now_s - status.time_s > FRESH_S:
        return "stale"
    if isinstance(status, TrackerStatus):
        return "ok" if status.state == "live" else "waiting"
    return "ok" if status.preset else "waiting"


def _silence(
    name: str,
    state: State,
    status: TrackerStatus | ConductorStatus | EngineStatus | None,
    note: LifeRecord | None,
    now_s: float,
) -> str:
    """Why nothing is heard of a process."""
    if state in ("missing", "stale") and note and note.end_recorded:
        return f"the {name} does not run{_because(note.fault)}"
    if state == "missing":
        return f"the {name} says nothing: it starts, or hangs, or does not run"
    if state == "stale" and status:
        return f"the {name} has said nothing for {now_s - status.time_s:.0f} s: it hangs, or it has ended"
    return ""


def _of_tracker(status: TrackerStatus, now_s: float) -> Sequence[str]:
    if status.state != "live":
        return [f"there are no frames ({status.source}): {status.detail or status.state}"]
    age_s = frame_age_s(status, now_s)
    if age_s == float("inf"):
        return [f"there has been no frame yet ({status.source})"]
    return [f"the newest frame is {age_s:.0f} s old ({status.source})"] if age_s > FRESH_S else []


def _of_conductor(status: ConductorStatus) -> Sequence[str]:
    return [
        "" if status.preset else "no preset plays",
        first_line(status.settings_error),
        first_line(status.preset_error),
        first_line(status.model_error),
    ]


def _of_engine(status: EngineStatus, moved_s: float | None) -> Sequence[str]:
    # By its own word: one that was held up itself has not seen the clock.
    stands = moved_s is not None and status.time_s - moved_s > CLOCK_S
    return [
        f"the audio clock stands still ({status.backend}, {status.device})" if stands else "",
        f"nobody hears it: {status.unheard}" if status.unheard else "",
        "" if status.preset else f"the engine plays nothing yet{_because(status.detail)}",
    ]


def _said_of_tracker(status: TrackerStatus) -> Sequence[str]:
    return [
        status.detail if status.state == "live" else "",
        "" if status.network == "none" or status.network_advice else first_line(status.network),
    ]


def _warned_of_tracker(status: TrackerStatus) -> Sequence[str]:
    if not status.network_advice:
        return []
    network, advice = first_line(status.network), first_line(status.network_advice)
    return [f"the process that sees people can reach the network: {network}. {advice}"]


def _said_of_conductor(status: ConductorStatus) -> Sequence[str]:
    session = status.session
    return [
        "panic: silent until somebody releases it" if session.panic else "muted" if session.muted else "",
        status.hours if status.closed else "",
        "a model is being fitted" if status.training else "",
        first_line(status.model_note),
        "" if status.model or status.model_error or status.training else "nothing has been taught yet",
    ]


def frame_age_s(status: TrackerStatus, now_s: float) -> float:
    """How old the newest frame is now; infinite before the first."""
    return status.frame_age_s + max(0.0, now_s - status.time_s)


def _process(
    state: State, status: TrackerStatus | ConductorStatus | EngineStatus | None, note: LifeRecord | None, now_s: float
) -> Process:
    if note:
        return process_of_record(note, now_s, state)
    if status is None:
        return Process(state)
    life: ProcessStats = status.life
    return Process(
        state,
        status.pid,
        now_s - life.started_s if life.started_s else 0.0,
        life.restarts,
        life.rss_mb,
        life.threads,
        life.fds,
        life.last_fault,
        life.last_fault_time,
    )


def process_of_record(note: LifeRecord, now_s: float, state: State) -> Process:
    """A process that sends no status, by what it wrote down when it began."""
    return Process(
        state,
        note.pid if state == "ok" else 0,
        max(0.0, now_s - note.started_s) if state == "ok" else 0.0,
        note.restarts,
        last_fault=note.fault,
        last_fault_time=note.fault_time,
    )


def _newest(processes: Mapping[str, Process]) -> Fault | None:
    faults = [Fault(name, one.last_fault_time, one.last_fault) for name, one in processes.items() if one.last_fault]
    return max(faults, key=lambda fault: fault.time, default=None)


def _because(text: str) -> str:
    return f": {first_line(text)}" if text else ""


def first_line(text: str) -> str:
    """The first of several lines: a file may be wrong in many places."""
    return text.partition("\n")[0]
