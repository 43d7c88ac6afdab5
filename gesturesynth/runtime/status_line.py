"""What a process says of itself in one line: `systemctl status` shows it. Pure: its newest status in, words out.

Numbers are rounded, so that the line stays the same while nothing happens that a person would want to know.
"""

from __future__ import annotations

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

SILENT_DB = -70.0
"""Below this nobody hears anything, and the level is not worth a number."""


def tracker_line(status: TrackerStatus) -> str:
    """`live, 30 fps, 1 person: USB Camera`."""
    if status.state != "live":
        return f"{status.state}: {status.detail or status.source}"
    why = f" ({status.detail})" if status.detail else ""
    warning = "; CAN REACH THE NETWORK" if status.network_advice else ""
    return f"live, {status.fps:.0f} fps, {people(status.people)}: {status.source}{why}{warning}"


def conductor_line(status: ConductorStatus) -> str:
    """`Air theremin: playing, somebody is there, linear rbf, 18 examples`."""
    session = status.session
    doing = [
        session.phase,
        "training" if status.training or session.training else "",
        "panic" if session.panic else "muted" if session.muted else "",
        status.hours if status.closed else "",
        "somebody is there" if status.present else "nobody is there",
        status.model or "no model yet",
    ]
    errors = status.settings_error, status.preset_error, status.model_error
    firsts = [text.partition("\n")[0] for text in errors if text]
    return "; ".join([f"{status.preset}: {', '.join(word for word in doing if word)}", *firsts])


def engine_line(status: EngineStatus) -> str:
    """`jack, -18 dBFS, 0 xruns`."""
    level = f"{status.level_db:.0f} dBFS" if status.level_db > SILENT_DB else "silent"
    return ", ".join([status.backend, level, *xruns(status)]) + (f"; {status.detail}" if status.detail else "")


def people(count: int) -> str:
    """`nobody`, `1 person`, `2 people`."""
    return {0: "nobody", 1: "1 person"}.get(count, f"{count} people")


def xruns(status: EngineStatus) -> list[str]:
    """How many there were, where they can be counted."""
    return [] if status.xruns < 0 else [f"{status.xruns} xrun{'' if status.xruns == 1 else 's'}"]
