"""Health: one assessment of all processes, for `gesturesynth status`, its exit code and the metrics. Pure.

Healthy means that a person in front of the camera is seen and heard: every process sends its status, frames are fresh
(the demo performer's count), the audio clock runs and leads to a device, a preset plays and its file is in order.
Silence that was asked for, or that opening hours prescribe, is a note and no problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from gesturesynth.monitoring.remote_trackers import needs_local, remote_problems, remote_warnings
from gesturesynth.runtime.light_message import LightStatus
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.restart_history import LifeRecord

FRESH_S: Final = 3.0
"""The age above which a status, or a frame, is stale."""
CLOCK_LIMIT_S: Final = 0.5
"""An audio clock that stands still for longer is a problem; after a second the engine ends by itself."""
LAMPS_NOT_REACHED: Final = "lamps are not reached"
PROCESSES: Final = ("tracker", "conductor", "engine")

SETTINGS_FILE: Final = "gesturesynth.yaml"
"""A note of the conductor that names it is about something that a preset asks for and the settings do not allow."""

State = Literal["ok", "waiting", "missing", "stale"]
"""`ok`: it works; `waiting`: it runs, and waits for something; `missing`: no status yet; `stale`: no new status."""


class Process(msgspec.Struct, frozen=True):
    """The state of one process. What is not known is 0 or empty; see `process_stats.ProcessStats` for the rest.

    Attributes:
        notes: sentences about what a process that sends no status cannot do now.
    """

    state: State
    pid: int = 0
    uptime_s: float = 0.0
    restarts: int = 0
    rss_mb: float = 0.0
    threads: int = 0
    fds: int = 0
    last_fault: str = ""
    last_fault_time: str = ""
    notes: tuple[str, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """The newest fault of all: its process, its time (ISO 8601, UTC), and a sentence."""

    process: str
    time: str
    text: str = msgspec.field(name="words")


class Health(msgspec.Struct, frozen=True):
    """The state of the whole installation.

    Attributes:
        healthy: there is no problem.
        problems: sentences, the most important first.
        notes: useful to know, and no problem.
        processes: by name, in the order in which data runs; optional ones after that.
        last_fault: the newest, however long ago; None without one.
        warnings: what needs action although people are seen and heard.
    """

    healthy: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    processes: dict[str, Process]
    last_fault: Fault | None
    warnings: tuple[str, ...] = ()


NO_RECORDS: Final[Mapping[str, LifeRecord]] = {}


def assess(
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    now_s: float,
    *,
    moved_s: float | None = None,
    last_records: Mapping[str, LifeRecord] = NO_RECORDS,
    optional: Mapping[str, Process] | None = None,
    plays: bool = True,
    light: LightStatus | None = None,
) -> Health:
    """Assesses the newest status of each process.

    Args:
        tracker: its newest status, of any age, or None.
        conductor: likewise.
        engine: likewise.
        now_s: monotonic seconds.
        moved_s: when the audio clock was last seen to move, monotonic; None when it was not observed for long enough.
        last_records: the restart histories, from the runtime folder, of processes that send nothing, by name.
        optional: other processes, such as the keypad.
        plays: whether conductor and engine are to run here; false for a computer that only publishes poses.
        light: the newest status of the process that drives lamps, where there is one.
    """
    statuses: dict[str, TrackerStatus | ConductorStatus | EngineStatus | None] = {
        "tracker": tracker,
        "conductor": conductor,
        "engine": engine,
    }
    states: dict[str, State] = {name: _state(status, now_s) for name, status in statuses.items()}
    if not plays:
        del states["conductor"], states["engine"]
    if states["tracker"] == "missing" and not needs_local(conductor):
        del states["tracker"]  # the trackers are on other computers, or the preset needs none
    problems = [
        _process_problem(name, state, statuses[name], last_records.get(name), now_s) for name, state in states.items()
    ]
    notes: list[str] = []
    warnings: list[str] = []
    if tracker and states.get("tracker") != "stale":
        problems += _tracker_problems(tracker, now_s)
        notes += _tracker_notes(tracker)
        warnings += _tracker_warnings(tracker)
    if conductor and states["conductor"] != "stale":
        problems += _conductor_problems(conductor) + remote_problems(conductor.trackers)
        warnings += remote_warnings(conductor.trackers)
        warnings += [note for note in conductor.notes if SETTINGS_FILE in note]
        notes += _conductor_notes(conductor)
    if engine and states["engine"] != "stale":
        problems += _engine_problems(engine, moved_s)
        notes += [engine.detail if not engine.unheard and engine.preset else ""]
    if light and now_s - light.time_s > FRESH_S:
        light = None
    if light and light.error:
        warnings.append(f"{LAMPS_NOT_REACHED}: {light.error}")
    processes = {name: _process(states[name], statuses[name], last_records.get(name), now_s) for name in states}
    for name, process in (optional or {}).items():
        processes[name] = _process(process.state, light, None, now_s) if name == "light" and light else process
        if process.state != "ok":
            problems.append(f"{name} does not run{_because(process.last_fault)}")
        warnings += process.notes
    found = tuple(problem for problem in problems if problem)
    return Health(
        not found, found, tuple(note for note in notes if note), processes, _newest_fault(processes), tuple(warnings)
    )


def _state(status: TrackerStatus | ConductorStatus | EngineStatus | None, now_s: float) -> State:
    if status is None:
        return "missing"
    if now_s - status.time_s > FRESH_S:
        return "stale"
    if isinstance(status, TrackerStatus):
        return "ok" if status.state == "live" else "waiting"
    return "ok" if status.preset else "waiting"


def _process_problem(
    name: str,
    state: State,
    status: TrackerStatus | ConductorStatus | EngineStatus | None,
    note: LifeRecord | None,
    now_s: float,
) -> str:
    """A sentence when a process sends no status; else an empty text."""
    if state in ("missing", "stale") and note and note.end_recorded:
        return f"the {name} does not run{_because(note.fault)}"
    if state == "missing":
        return f"the {name} sends no status: it starts, hangs, or does not run"
    if state == "stale" and status:
        return f"the {name} has sent no status for {now_s - status.time_s:.0f} s: it hangs, or has ended"
    return ""


def _tracker_problems(status: TrackerStatus, now_s: float) -> Sequence[str]:
    if status.state != "live":
        return [f"there are no frames ({status.source}): {status.detail or status.state}"]
    age_s = frame_age_s(status, now_s)
    if age_s == float("inf"):
        return [f"there has been no frame yet ({status.source})"]
    return [f"the newest frame is {age_s:.0f} s old ({status.source})"] if age_s > FRESH_S else []


def _conductor_problems(status: ConductorStatus) -> list[str]:
    return [
        "" if status.preset else "no preset plays",
        first_line(status.settings_error),
        first_line(status.preset_error),
        first_line(status.model_error),
    ]


def _engine_problems(status: EngineStatus, moved_s: float | None) -> Sequence[str]:
    # Compared with the time of its status: an engine that was delayed has not read the clock since.
    stands = moved_s is not None and status.time_s - moved_s > CLOCK_LIMIT_S
    return [
        f"the audio clock stands still ({status.backend}, {status.device})" if stands else "",
        f"nothing is heard: {status.unheard}" if status.unheard else "",
        "" if status.preset else f"the engine plays nothing yet{_because(status.detail)}",
    ]


def _tracker_notes(status: TrackerStatus) -> Sequence[str]:
    return [
        status.detail if status.state == "live" else "",
        status.view.text if status.state == "live" else "",
        "" if status.network == "none" or status.network_advice else first_line(status.network),
    ]


def _tracker_warnings(status: TrackerStatus) -> Sequence[str]:
    if not status.network_advice:
        return []
    network, advice = first_line(status.network), first_line(status.network_advice)
    return [f"the process that sees people can reach the network: {network}. {advice}"]


def _conductor_notes(status: ConductorStatus) -> Sequence[str]:
    session = status.session
    return [
        "panic: silent until it is released" if session.panic else "muted" if session.muted else "",
        status.hours if status.closed else "",
        "a model is being fitted" if status.training else "",
        first_line(status.model_note),
        "" if status.model or status.model_error or status.training else "nothing has been taught yet",
    ]


def frame_age_s(status: TrackerStatus, now_s: float) -> float:
    """How old the newest frame is now; infinite before the first."""
    return status.frame_age_s + max(0.0, now_s - status.time_s)


def _process(
    state: State,
    status: TrackerStatus | ConductorStatus | EngineStatus | LightStatus | None,
    record: LifeRecord | None,
    now_s: float,
) -> Process:
    if record:
        return process_of_record(record, now_s, state)
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


def process_of_record(record: LifeRecord, now_s: float, state: State) -> Process:
    """A process that sends no status, from its restart history."""
    return Process(
        state,
        record.pid if state == "ok" else 0,
        max(0.0, now_s - record.started_s) if state == "ok" else 0.0,
        record.restarts,
        last_fault=record.fault,
        last_fault_time=record.fault_time,
        notes=record.notes if state == "ok" else (),
    )


def _newest_fault(processes: Mapping[str, Process]) -> Fault | None:
    faults = [Fault(name, one.last_fault_time, one.last_fault) for name, one in processes.items() if one.last_fault]
    return max(faults, key=lambda fault: fault.time, default=None)


def _because(text: str) -> str:
    return f": {first_line(text)}" if text else ""


def first_line(text: str) -> str:
    """The first of several lines: a file may have many mistakes."""
    return text.partition("\n")[0]
