"""Findings of the doctor: pass, warn or fail, with the measured numbers and an advice. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec

from gesturesynth.config.settings.settings import Settings
from gesturesynth.monitoring.health import Health
from gesturesynth.ops.doctor.probes.subprocess_report import ProbeReport
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

Grade = Literal["pass", "warn", "fail"]
"""`warn`: it plays, but not as well, or not for as long, as it could. `fail`: it does not."""

GRADES: Final[tuple[Grade, ...]] = ("pass", "warn", "fail")


class Finding(msgspec.Struct, frozen=True):
    """The result of a check: a sentence for people, and what to do; `advice` is empty where there is nothing to do."""

    grade: Grade
    found: str
    advice: str = ""


def good(found: str) -> Finding:
    """A finding without a problem."""
    return Finding("pass", found)


def warn(found: str, advice: str) -> Finding:
    """A finding of something that works, but could be better."""
    return Finding("warn", found, advice)


def fail(found: str, advice: str) -> Finding:
    """A finding of something that does not work."""
    return Finding("fail", found, advice)


def combine(findings: Sequence[Finding]) -> Finding:
    """One finding from several: the worst grade, problems first, and every advice once, a line each."""
    ordered = sorted(findings, key=lambda finding: -GRADES.index(finding.grade))
    advice = dict.fromkeys(finding.advice for finding in ordered if finding.advice)
    return Finding(
        ordered[0].grade,
        "; ".join(dict.fromkeys(finding.found.rstrip(".") for finding in ordered)),
        "\n".join(advice),
    )


@dataclass(frozen=True)
class Examination:
    """The input of all checks: the settings, and what is known before the first check.

    Attributes:
        settings: of this machine, with flags; the defaults where its file is broken.
        settings_error: what is wrong with that file; empty when nothing is.
        settings_file: which one; None where there is none.
        quick: leave out what switches a camera on, makes a sound or takes long.
        folder: the runtime folder of the processes that run.
        bus_error: why their messages cannot be received; empty otherwise.
        health: of these processes; None when none runs.
        tracker, conductor, engine: the newest status of each; None without one.
        reports: of probes that ran already, by their request: two checks may share one.
    """

    settings: Settings
    folder: Path
    settings_error: str = ""
    settings_file: Path | None = None
    quick: bool = False
    bus_error: str = ""
    health: Health | None = None
    tracker: TrackerStatus | None = None
    conductor: ConductorStatus | None = None
    engine: EngineStatus | None = None
    reports: dict[str, ProbeReport] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One check of the doctor.

    Attributes:
        name: for people and programs.
        about: what is examined, a sentence without its subject.
        fails_when: what makes it warn or fail.
        run: the function that examines it. It may take seconds; an exception of it is a mistake in Gesture Synth.
    """

    name: str
    about: str
    fails_when: str
    run: Callable[[Examination], Finding]
