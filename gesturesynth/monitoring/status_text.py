"""What `gesturesynth status` prints: health and the newest status of each process, as text for people. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gesturesynth.monitoring.health import Health, Process, first_line
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.readings import voices_text
from gesturesynth.runtime.status_line import SILENT_DB, in_view, people, xruns

SHOWN_GUARD_DB: Final = -0.5
"""A loudness guard that does less is not told."""
STYLES: Final = {"ok": "green", "waiting": "yellow", "missing": "bold red", "stale": "bold red"}


def render(
    health: Health,
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    *,
    wall: datetime,
) -> RenderableType:
    """The whole text.

    Args:
        health: the assessment.
        tracker: its newest status, or None.
        conductor: likewise.
        engine: likewise.
        wall: the wall clock, with its zone: for how long ago a fault was, and its local time.
    """
    title = Text.assemble(
        ("Gesture Synth  ", "bold"), ("healthy", "bold green") if health.healthy else ("not healthy", "bold red")
    )
    facts: list[tuple[str, Text]] = [("problem", Text(problem, style="red")) for problem in health.problems]
    facts += [("warning", Text(warning, style="bold yellow")) for warning in health.warnings]
    facts += [("note", Text(note, style="yellow")) for note in health.notes]
    if tracker:
        facts.append(("camera", Text(_camera(tracker))))
    if conductor:
        facts += [(f"tracker {one.name}", Text(one.text)) for one in conductor.trackers]
        facts += [
            ("inputs" if conductor.by_inputs_alone else "person", Text(_person(conductor))),
            ("piece", Text(_piece(conductor))),
        ]
        if conductor.voices:
            facts.append(("voices", Text(voices_text(conductor.voices))))
        facts.append(("takes", Text(_takes(conductor))))
        if conductor.session.off.text:
            facts.append(("off for", Text(conductor.session.off.text)))
    if engine:
        facts.append(("sound", Text(_sound(engine, conductor))))
    if fault := health.last_fault:
        facts.append(
            ("last fault", Text(f"{fault.process}, {_fault_time(fault.time, wall)}: {first_line(fault.text)}"))
        )
    return Group(title, _processes(health), _grid(facts))


def _processes(health: Health) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("process", "state"):
        table.add_column(column, no_wrap=True)
    for column in ("pid", "up", "restarts", "memory", "threads", "files"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, one in health.processes.items():
        table.add_row(name, Text(one.state, style=STYLES[one.state]), *_numbers(one))
    return table


def _numbers(one: Process) -> Sequence[str]:
    return (
        str(one.pid or "–"),
        duration(one.uptime_s) if one.uptime_s else "–",
        str(one.restarts),
        f"{one.rss_mb:.0f} MB" if one.rss_mb else "–",
        str(one.threads or "–"),
        str(one.fds or "–"),
    )


def _grid(facts: Sequence[tuple[str, Text]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in facts:
        table.add_row(name, text)
    return table


def _camera(status: TrackerStatus) -> str:
    text = [status.source, status.state]
    if status.state == "live":
        text += [f"{status.fps:.1f} fps", f"frame {status.frame_age_s * 1000:.0f} ms old"]
        text += [f"inference {status.inference_ms:.0f} ms"] if status.inference_ms else []
        text += [people(status.people)]
    return ", ".join(text)


def _person(status: ConductorStatus) -> str:
    if not status.present:
        return in_view(status)
    return ", ".join(filter(None, (in_view(status), f"confidence {status.confidence:.0%}", status.recognised)))


def _piece(status: ConductorStatus) -> str:
    text = [status.preset or "none", status.model or "no model yet"]
    if math.isfinite(status.latency_ms):
        text.append(f"frame to parameter {status.latency_ms:.1f} ms (p99 {status.latency_p99_ms:.1f})")
    return ", ".join(text)


def _takes(status: ConductorStatus) -> str:
    takes = status.session.takes
    return ", ".join(f"{name}: {takes[name]}" for name in sorted(takes) if takes[name]) or "none"


def _sound(status: EngineStatus, conductor: ConductorStatus | None) -> str:
    level = f"{status.level_db:.0f} dBFS" if status.level_db > SILENT_DB else "silent"
    device = f"{status.backend}, {status.device}, {status.layout}"
    text = [device, f"{status.sample_rate:.0f} Hz / {status.buffer_frames}", level]
    if status.channels > 2 and status.level_db > SILENT_DB:
        levels = " ".join(f"{level:.0f}" if level > SILENT_DB else "silent" for level in status.channel_level_db)
        text.append(f"channels 1 to {status.channels}: {levels} dBFS")
    if status.short_term_lufs > SILENT_DB:
        text.append(f"{status.short_term_lufs:.1f} LUFS (0.4 s: {status.momentary_lufs:.1f})")
        text.append(f"true peak {status.true_peak_db:.1f} dBTP")
    if status.guard_db <= SHOWN_GUARD_DB:
        text.append(f"turned down by {-status.guard_db:.1f} dB because it is too loud")
    if conductor:
        text.append(f"volume {conductor.session.volume_db:g} dB")
        text += [conductor.hours] if conductor.hours else []
    return ", ".join([*text, *xruns(status)])


def duration(seconds: float) -> str:
    """`12 s`, `3 min`, `5 h 20 min`, `12 d 4 h`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, hours, days = whole // 60 % 60, whole // 3600 % 24, whole // 86400
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _fault_time(stamp: str, wall: datetime) -> str:
    try:
        then = datetime.fromisoformat(stamp)
        ago_s = (wall - then).total_seconds()
        local = then.astimezone(wall.tzinfo).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, TypeError):
        return stamp
    return f"{duration(ago_s)} ago ({local})"
