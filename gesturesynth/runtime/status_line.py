"""The status of a process in one line, for `systemctl status`. Pure: its newest status in, text out.

Numbers are rounded, so that the line stays the same while nothing of interest changes.
"""

from __future__ import annotations

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

SILENT_DB = -70.0
"""dBFS. Below this nothing can be heard, and the line says `silent` instead of a number."""


def tracker_line(status: TrackerStatus) -> str:
    """`live, 30 fps, 1 person: USB Camera`."""
    if status.state != "live":
        return f"{status.state}: {status.detail or status.source}"
    why = f" ({status.detail})" if status.detail else ""
    why += f" [{status.view.code}]" if status.view.code else ""
    warning = "; CAN REACH THE NETWORK" if status.network_advice else ""
    return f"live, {status.fps:.0f} fps, {people(status.people)}: {status.source}{why}{warning}"


def conductor_line(status: ConductorStatus) -> str:
    """`Air theremin: playing, person in view, linear rbf, 18 examples`."""
    session = status.session
    states = [
        session.phase,
        "training" if status.training or session.training else "",
        "panic" if session.panic else "muted" if session.muted else "",
        status.hours if status.closed else "",
        in_view(status),
        status.model or "no model yet",
    ]
    errors = status.settings_error, status.preset_error, status.model_error
    first_lines = [text.partition("\n")[0] for text in errors if text]
    return "; ".join([f"{status.preset}: {', '.join(state for state in states if state)}", *first_lines])


def in_view(status: ConductorStatus) -> str:
    """`no person in view`, `person in view`, `2 people in view`; for a piece of inputs alone, whether numbers come."""
    if status.by_inputs_alone:
        return "numbers come" if status.present else "no numbers come"
    if not status.present:
        return "no person in view"
    return f"{len(status.people)} people in view" if len(status.people) > 1 else "person in view"


def engine_line(status: EngineStatus) -> str:
    """`jack, -18 dBFS, 0 xruns`."""
    level = f"{status.level_db:.0f} dBFS" if status.level_db > SILENT_DB else "silent"
    return ", ".join([status.backend, level, *xruns(status)]) + (f"; {status.detail}" if status.detail else "")


def people(count: int) -> str:
    """`no person`, `1 person`, `2 people`."""
    return {0: "no person", 1: "1 person"}.get(count, f"{count} people")


def xruns(status: EngineStatus) -> list[str]:
    """The number of xruns as a text, in a list; an empty list where they cannot be counted."""
    return [] if status.xruns < 0 else [f"{status.xruns} xrun{'' if status.xruns == 1 else 's'}"]
