"""The lines of the live view about teaching: what is chosen, what was recorded, what was said last."""

from __future__ import annotations

import math

from rich.text import Text

from gesturesynth.control.session.targets import WAYS
from gesturesynth.runtime.session_state import SessionState


def teaching_line(session: SessionState) -> Text:
    """What is chosen for teaching, and the take that is being recorded."""
    kind = "gesture" if session.target_kind == "gesture" else "snapshot" if session.target.isdecimal() else "class"
    where = WAYS.get(session.target) or f"{kind} {session.target}"
    if session.phase == "countdown":
        return Text(f"{where} is recorded in {math.ceil(session.countdown_s)} …", style="bold yellow")
    if session.phase == "recording":
        left = f"at most {session.take_left_s:.0f} s more" if session.take_held else f"{session.take_left_s:.1f} s left"
        return Text(f"● recording {where}, {left}", style="bold red")
    if session.played_take:
        return Text(f"▶ take {session.played_take} plays, {session.played_left_s:.1f} s left", style="bold cyan")
    text = Text(where, style="bold") if session.target else Text("nothing chosen", style="dim")
    if session.held_by:
        text.append(f"  {session.held_by} holds {session.held}", style="not bold not dim cyan")
    elif session.held and session.held == session.target:
        text.append("  is heard", style="not bold cyan")
    elif session.held:
        text.append(f"  {session.held} is heard", style="not bold not dim cyan")
    if not session.audition:
        text.append("  audition off", style="not bold dim")
    if session.hands_free != "off":
        text.append("  hands-free: hold your pose to record", style="not bold green")
    return text


def takes_line(session: SessionState) -> Text:
    """How many takes each target has: snapshots by number, then the others; the chosen one stands out."""
    text = Text()
    for target in sorted(session.takes, key=lambda name: (not name.isdecimal(), name)):
        style = "bold reverse" if target == session.target else "" if session.takes[target] else "dim"
        text.append(f" {target}: {session.takes[target]} ", style=style)
        text.append(" ")
    return text


def message_line(session: SessionState) -> Text:
    """The question, or the last message; and the command that it belongs to."""
    text = Text("  ")
    if session.asking:
        text.append(session.asking, style="bold yellow")
    elif session.message:
        text.append(session.message, style="red" if session.message_bad else "green")
    if session.last_command:
        text.append(f"  ({session.last_command}, {session.last_by})", style="dim")
    return text
