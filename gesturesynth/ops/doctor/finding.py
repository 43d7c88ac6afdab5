"""What an examination of this computer finds: pass, warn or fail, with numbers, and what to do about it. Pure."""

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
    """What was found, for people, and what to do; `advice` is empty where there is nothing to do."""

    grade: Grade
    found: str
    advice: str = ""


def good(found: str) -> Finding:
    """All is well."""
    return Finding("pass", found)


def warn(found: str, advice: str) -> Finding:
    """It could be better."""
    return Finding("warn", found, advice)


def fail(found: str, advice: str) -> Finding:
    """It does not work."""
    return Finding("fail", found, advice)


def together(findings: Sequence[Finding]) -> Finding:
    """One from several: the worst grade, what is amiss before what is well, and every advice once, a line each."""
    ordered = sorted(findings, key=lambda finding: -GRADES.index(finding.grade))
    advice = dict.fromkeys(finding.advice for finding in ordered if finding.advice)
    return Finding(
        ordered[0].grade,
        "; ".join(dict.fromkeys(finding.found.rstrip(".") for finding in ordered)),
        "\n".join(advice),
    )


@dataclass(frozen=True)
class Examination:
    """What is examined, and what is known beforehand.

    Attributes:
        settings: of this machine, with flags; the defaults where its file is broken.
        settings_error: what is wrong with that file; empty when nothing is.
        settings_file: which one; None where there is none.
        quick: nothing that lights a lamp, makes a sound or takes long.
        folder: the runtime folder of what runs.
        closed: why what runs cannot be listened to; empty otherwise.
        health: how it does; None when nothing runs.
        tracker, conductor, engine: the newest word of each that speaks.
        reports: of children that were asked already, by what they were asked: two checks may share a look.
    """

    settings: Settings
    folder: Path
    settings_error: str = ""
    settings_file: Path | None = None
    quick: bool = False
    closed: str = ""
    health: Health | None = None
    tracker: TrackerStatus | None = None
    conductor: ConductorStatus | None = None
    engine: EngineStatus | None = None
    reports: dict[str, ProbeReport] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at.

    Attributes:
        name: for people and programs.
        about: what is looked at, a sentence without its subject.
        amiss: what makes it warn or fail.
        run: does it. May take seconds, and may raise: that is then a mistake of ours.
    """

    name: str
    about: str
    amiss: str
    run: Callable[[Examination], Finding]
