"""The compact live view of a terminal: the statuses of the processes, drawn as text.

Pure: statuses in, a rich renderable out, time passed in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gesturesynth.cli.key_help import key_help
from gesturesynth.cli.teaching_lines import message_line, takes_line, teaching_line
from gesturesynth.cli.tracker_lines import other_trackers, shows_own
from gesturesynth.control.command_table import KEYS
from gesturesynth.core.note_lengths import note_length_text
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.readings import Reading, voices_text
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.status_line import in_view

FRESH_S: Final = 1.5
"""A status older than this is not shown."""
BAR_CELLS: Final = 24
LEVEL_FLOOR_DB: Final = -60.0
MOST_FEATURES: Final = 8
"""Whole-body vectors have dozens of columns; a screen has room for these."""
GESTURE_CELLS: Final = 8
NEAR: Final = 0.5
"""Closeness of a movement that counts; how far along is shown of no other."""
ROWS: Final = 24
"""Of a terminal whose size is unknown."""
_FOOTER: Final = "  ".join(
    f"{keys} {KEYS[keys[0] if keys != 'space' else ' '][0]}" for keys in ("1…9", "space", "t", "u", "?", "q")
)
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class ProcessState:
    """The supervisor's state of one process: its name, whether it is ready, how often it was restarted."""

    name: str
    ready: bool
    restarts: int


@dataclass(frozen=True)
class LiveViewState:
    """Everything to draw. `keys`: whether keys that are pressed here are read."""

    processes: Sequence[ProcessState]
    tracker: TrackerStatus | None
    conductor: ConductorStatus | None
    engine: EngineStatus | None
    now_s: float
    keys: bool = False


def bar(position: float, cells: int = BAR_CELLS) -> str:
    """A bar of `cells` characters for a position in 0..1, in steps of an eighth of a character."""
    eighths = round(min(1.0, max(0.0, position if math.isfinite(position) else 0.0)) * cells * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(cells)


def quantity(value: float, unit: str) -> str:
    """A value for people: three figures and its unit."""
    if not math.isfinite(value):
        return "–"
    if unit == "note":
        return note_length_text(value)
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def draw(picture: LiveViewState, rows: int = ROWS) -> RenderableType:
    """The whole view, or the keys, after the command `help`.

    Args:
        picture: the state to draw.
        rows: of the screen. The last message and the keys are always on it; readings get what is left.
    """
    tracker = _fresh(picture.tracker, picture.now_s)
    conductor = _fresh(picture.conductor, picture.now_s)
    engine = _fresh(picture.engine, picture.now_s)
    title = _title(picture.processes, conductor)
    if conductor and conductor.help_shown:
        return Group(title, key_help(rows - 3), message_line(conductor.session))
    own = [("source", _source(tracker))] if shows_own(tracker, conductor) else []
    facts = [
        *own,
        *other_trackers(conductor),
        (_played_by(conductor), _person(conductor)),
        ("mapping", _mapping(conductor)),
    ]
    facts.append(("sound", _sound(engine, conductor)))
    warnings = _warnings(tracker)
    last: list[RenderableType] = [*warnings, Text(_FOOTER if picture.keys else "Ctrl-C ends", style="dim")]
    readings: list[RenderableType] = []
    if conductor and conductor.hours:
        facts.append(("hours", _hours(conductor)))
    if conductor:
        facts.append(("teaching", teaching_line(conductor.session)))
        facts += _music(conductor)
        if conductor.session.off.text:
            facts.append(("off for", Text(conductor.session.off.text, style="yellow")))
        if conductor.session.takes:
            facts.append(("takes", takes_line(conductor.session)))
        errors = [*warnings, *_errors(conductor)]
        last = [*errors, message_line(conductor.session), last[-1]]
        # A sentence may need two lines; the last row of a terminal stays empty, or it scrolls.
        readings = [_readings(conductor, rows - 1 - len(facts) - 2 * len(errors) - 2 - 2)]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=max(len(name) for name, _ in facts))
    table.add_column(no_wrap=True, overflow="ellipsis")
    for name, text in facts:
        table.add_row(name, text)
    return Group(title, table, *readings, *last)


def _music(conductor: ConductorStatus) -> list[tuple[str, Text]]:
    """What a preset may have: gestures, scenes, a scale, a tempo, a range that adapts."""
    rows = [("gestures", _gestures(conductor))] if conductor.gestures else []
    scale = conductor.scale.text if conductor.scale.name else ""
    tempo = conductor.tempo.text if conductor.tempo.bpm else ""
    scene = f"{conductor.scene} of {', '.join(conductor.scenes)} (j: next)" if conductor.scene else ""
    predicted = f"{conductor.predict_ms:g} ms ahead" if conductor.predict_ms else ""
    texts = [("scene", scene), ("scale", scale), ("tempo", tempo), ("adapted", conductor.adaptation.text)]
    texts += [("predicted", predicted), ("voices", voices_text(conductor.voices))]
    return rows + [(name, Text(text)) for name, text in texts if text]


def _warnings(tracker: TrackerStatus | None) -> list[Text]:
    """What should be changed, though all plays."""
    if not tracker:
        return []
    view = [Text(f"  {tracker.view.text}", style="yellow")] if tracker.state == "live" and tracker.view.text else []
    if not tracker.network_advice:
        return view
    text = "  the process that sees people can reach the network: `gesturesynth status` says why, and what to do"
    return [Text(text, style="bold yellow"), *view]


def _errors(conductor: ConductorStatus) -> list[Text]:
    """What is wrong with the files, and what cannot be seen now."""
    errors = (conductor.preset_error, conductor.model_error, conductor.session.model_error)
    found = [Text(f"  {_first_lines(error)}", style="red") for error in dict.fromkeys(errors) if error]
    if conductor.model_note:
        found.append(Text(f"  {_first_lines(conductor.model_note)}", style="yellow"))
    if conductor.present:  # without a person that is shown already
        found += [Text(f"  {note}", style="yellow", no_wrap=True, overflow="ellipsis") for note in conductor.notes[:2]]
    return found


S = TypeVar("S", TrackerStatus, ConductorStatus, EngineStatus)


def _fresh(status: S | None, now_s: float) -> S | None:
    return status if status and now_s - status.time_s < FRESH_S else None


def _title(processes: Sequence[ProcessState], conductor: ConductorStatus | None) -> Text:
    title = Text()
    title.append("Gesture Synth", style="bold")
    title.append(f"  {conductor.preset if conductor else '…'}  ")
    for process in processes:
        title.append("● " if process.ready else "○ ", style="green" if process.ready else "red")
        again = f" (restarted {process.restarts}×)" if process.restarts else ""
        title.append(f"{process.name}{again}  ", style="" if process.ready else "red")
    return title


def _source(tracker: TrackerStatus | None) -> Text:
    if not tracker:
        return Text("no word from the tracker", style="red")
    style = {"live": "green", "opening": "yellow", "waiting": "red"}[tracker.state]
    text = Text.assemble(tracker.source, "  ", (tracker.state, style))
    if tracker.state == "live":
        text.append(f"  {tracker.fps:.0f} fps, frame {tracker.frame_age_s * 1000:.0f} ms old")
    if tracker.detail:
        text.append(f"  {tracker.detail}", style="yellow")
    return text


def _played_by(conductor: ConductorStatus | None) -> str:
    return "inputs" if conductor and conductor.by_inputs_alone else "person"


def _person(conductor: ConductorStatus | None) -> Text:
    if not conductor:
        return Text("no word from the conductor", style="red")
    played = conductor.session.played_take
    if not (conductor.present or played):
        return Text(in_view(conductor), style="dim")
    seen = in_view(conductor).removesuffix(" in view").replace("person", "here")
    text = Text.assemble(
        (f"take {played}" if played else seen, "green"),
        "  confidence ",
        ("▕" + bar(conductor.confidence, 10) + "▏"),
        f" {conductor.confidence:.0%}",
    )
    if conductor.recognised:
        text.append(f"  {conductor.recognised}", style="bold cyan")
    return text


def _mapping(conductor: ConductorStatus | None) -> Text:
    if not conductor:
        return Text("–", style="dim")
    session = conductor.session
    text = Text(conductor.model or "no model yet")
    if session.trained and session.trained != conductor.model:
        text.append(f"  {session.trained}")
    if conductor.training or session.training:
        text.append("  training…", style="yellow")
    if session.train_again:
        text.append("  and once more after that", style="yellow")
    if math.isfinite(conductor.latency_ms):
        text.append(f"  frame to parameter {conductor.latency_ms:.0f} ms (p99 {conductor.latency_p99_ms:.0f})")
    return text


def _sound(engine: EngineStatus | None, conductor: ConductorStatus | None) -> Text:
    if not engine:
        return Text("no word from the engine", style="red")
    level = max(LEVEL_FLOOR_DB, engine.level_db)
    text = Text.assemble(
        f"{engine.backend} {engine.device}  ".replace("  ", " "),
        f"{engine.sample_rate:.0f} Hz / {engine.buffer_frames}  ",
        (bar(1.0 - level / LEVEL_FLOOR_DB, 12), "green"),
        f" {engine.level_db:.0f} dB" if engine.level_db > LEVEL_FLOOR_DB else " silent",
    )
    if conductor:
        text.append_text(_loudness(conductor.session))
    if engine.xruns > 0:
        text.append(f"  {engine.xruns} xruns", style="yellow")
    if engine.detail:
        text.append(f"  {engine.detail}", style="yellow")
    return text


def _loudness(session: SessionState) -> Text:
    """Volume, mute and panic, where a command has set them."""
    text = Text()
    if session.volume_db < 0:
        text.append(f"  volume {session.volume_db:.0f} dB")
    if session.panic:
        text.append("  panic: silent until released (R)", style="bold red")
    elif session.muted:
        text.append("  muted", style="bold yellow")
    return text


def _hours(conductor: ConductorStatus) -> Text:
    """Whether it is open, and until when."""
    if conductor.closed:
        return Text(f"{conductor.hours}: silent (o opens)", style="bold yellow")
    return Text(conductor.hours)


def _gestures(conductor: ConductorStatus) -> Text:
    """How far along each gesture is, the nearer the brighter, and how often it was performed."""
    text = Text()
    for gesture in conductor.gestures:
        near = gesture.closeness >= NEAR
        style = "bold magenta" if near else "" if gesture.followed else "dim"
        progress = gesture.progress if near else 0.0
        text.append(f"{gesture.name} ▕{bar(progress, GESTURE_CELLS)}▏ {gesture.performed}×", style=style)
        text.append("   ")
    return text


def _first_lines(text: str) -> str:
    """What there is room for; all of it is in the log."""
    lines = text.splitlines()
    return "\n  ".join(lines[:2]) + (" …" if len(lines) > 2 else "")


def _readings(conductor: ConductorStatus, rows: int) -> Table:
    """Outputs and features, as many as there is room for; outputs first, since they are what is heard."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, max_width=28)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    outputs = conductor.outputs[: max(1, rows)]
    room = max(0, rows - len(outputs))
    count = min(MOST_FEATURES, room, len(conductor.features))
    if count == room < len(conductor.features):
        count = max(0, count - 1)  # a line for `… and more`
    for reading in conductor.features[:count]:
        table.add_row(*_reading(reading, "blue"))
    if count < len(conductor.features) and room:
        table.add_row(Text(f"… and {len(conductor.features) - count} more", style="dim"))
    for reading in outputs:
        table.add_row(*_reading(reading, "magenta"))
    return table


def _reading(reading: Reading, style: str) -> tuple[Text, Text, Text]:
    return (
        Text(reading.name, style=style),
        Text(f"▕{bar(reading.position)}▏", style=style),
        Text(f"{quantity(reading.value, reading.unit)}  {reading.note}".rstrip()),
    )
