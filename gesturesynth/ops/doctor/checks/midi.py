"""The check of MIDI: the package, the system, and the ports that the settings name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gesturesynth.config.settings.midi import MidiSection
from gesturesynth.core.errors import UserError
from gesturesynth.midi.library import require_library
from gesturesynth.midi.ports import matching
from gesturesynth.midi.systems import EXTRA, LIBRARY, VIRTUAL
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.ops.doctor.probes import subprocess_report

PROBE_S: Final = 10.0
"""A driver that hangs longer than this is told as a fault of it."""


def check_midi(examination: Examination) -> Finding:
    """The ports that there are, asked for in a process of its own, since drivers hang; only where MIDI is asked for."""
    wanted = examination.settings.midi
    if not wanted.enabled:
        return good("MIDI is not asked for (midi.enabled)")
    try:
        require_library()
    except UserError as error:
        return fail(str(error), f"pip install '{EXTRA}'")
    report = subprocess_report.run_probe("gesturesynth.ops.doctor.probes.midi", [wanted.system], PROBE_S)
    return judge_midi(wanted, report.facts, report.ended)


def judge_midi(wanted: MidiSection, facts: Mapping[str, object], ended: str) -> Finding:
    """Whether the ports are there.

    Args:
        wanted: the settings.
        facts: of the probe: `error`, or `outputs` and `inputs`, lists of names.
        ended: how the probe ended, where it did not end in order; else empty.
    """
    if error := facts.get("error"):
        return fail(f"there is no MIDI: {error}", "docs/midi.md says which systems there are (midi.system).")
    if ended or "inputs" not in facts:
        return fail(
            f"{LIBRARY} did not list the ports: {ended or 'it said nothing'}",
            "Plug out what was plugged in last, and look again; a driver may hang.",
        )
    return combine(
        [
            _judge_port(name, key, facts.get(f"{name}s"))
            for name, key in (("output", wanted.output), ("input", wanted.input))
            if key
        ]
        or [good("no port is asked for")]
    )


def _judge_port(what: str, wanted: str, names: object) -> Finding:
    known: Sequence[str] = [str(name) for name in names] if isinstance(names, list) else []
    if wanted == VIRTUAL:
        return good(f"{what}: a port of its own")
    if found := matching(known, wanted):
        return good(f"{what}: {found}")
    listed = ", ".join(f"'{name}'" for name in known) or "none"
    return warn(
        f"there is no {what} '{wanted}'; ports are: {listed}",
        f"Plug it in, or write a part of another name as midi.{what}; `gesturesynth midi ports` lists them.",
    )
