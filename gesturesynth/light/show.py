"""The levels that are sent, as text for people and as facts for programs. Pure."""

from __future__ import annotations

from gesturesynth.runtime.light_message import LightStatus

PER_LINE = 8


def lamps_text(lamps: int) -> str:
    """How many lamps, as people say it."""
    return f"{lamps} lamp{'' if lamps == 1 else 's'}"


def frame_lines(status: LightStatus) -> list[str]:
    """Lines for people: where levels go, and of each universe the channels that are not 0."""
    dark = f" ({status.dark})" if status.dark else ""
    lines = [f"{status.to}: {status.state}{dark}, {lamps_text(status.lamps)}, {status.packets} packets sent"]
    if status.error:
        lines.append(f"! {status.error}")
    if status.withheld:
        lines.append(f"{status.withheld} flashes were withheld: more than `light.flashes` in a second")
    if not status.frames:
        lines.append("no universe is sent: no conductor was heard yet, or its preset has no `light`")
    for number, frame in status.frames.items():
        shown = [f"{channel:3}: {level:3}" for channel, level in enumerate(frame, 1) if level]
        lines.append(f"universe {number}:" + ("" if shown else " all channels are 0"))
        lines += ["  " + "   ".join(shown[at : at + PER_LINE]) for at in range(0, len(shown), PER_LINE)]
    return lines


def status_facts(status: LightStatus) -> dict[str, object]:
    """The same for programs; each universe as a list of 512 numbers."""
    return {
        "to": status.to,
        "state": status.state,
        "dark": status.dark,
        "lamps": status.lamps,
        "packets": status.packets,
        "lost": status.lost,
        "error": status.error,
        "withheld": status.withheld,
        "universes": {number: list(frame) for number, frame in status.frames.items()},
    }
