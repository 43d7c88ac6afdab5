"""What `gesturesynth doctor` does: the checks, one after the other, and their findings as text or JSON."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import zmq
from rich.console import Console
from rich.table import Table
from rich.text import Text

import gesturesynth
from gesturesynth.cli.flags import AudioFlags, CameraFlags, Config
from gesturesynth.cli.status import unreachable
from gesturesynth.config.settings import settings
from gesturesynth.control.command_socket import not_running
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.monitoring.health import FRESH_S
from gesturesynth.monitoring.status_monitor import StatusMonitor
from gesturesynth.ops.doctor.finding import Check, Examination
from gesturesynth.ops.doctor.registry import CHECKS, Result, examine, worst
from gesturesynth.ops.install.layout import TARGET, Layout

STYLES: Final = {"pass": "green", "warn": "bold yellow", "fail": "bold red"}
LISTEN_S: Final = 3.0
"""Longer than in `status`, so that the findings are right on a busy computer, too."""
WIDTH: Final = max(len(check.name) for check in CHECKS)


def run_checks(
    names: Sequence[str],
    config: Config,
    camera: CameraFlags,
    audio: AudioFlags,
    *,
    quick: bool = False,
    json: bool = False,
) -> int:
    """Examines this computer and says what was found: see `doctor_flags.doctor`, which has the same arguments.

    Returns:
        The exit code: 0, or 1 when a check has failed.

    Raises:
        UserError: a flag holds something that is not allowed, or there is no such check.
    """
    if audio.record:
        raise UserError("the doctor records nothing: leave --record out")
    checks = _checks(names)
    console = Console(width=None if sys.stdout.isatty() else 1000, highlight=False)
    adopt_service(Layout(), os.environ)
    examination = _examination(config, camera, audio, quick=quick)
    results = examine(examination, (lambda _: None) if json else (lambda result: console.print(_row(result))), checks)
    grade = worst(results)
    if json:
        facts = {
            "time": datetime.now(tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "version": gesturesynth.__version__,
            "grade": grade,
            "checks": results,
        }
        sys.stdout.write(packed(JSON, facts).decode() + "\n")
    else:
        console.print(_verdict(results))
    return 1 if grade == "fail" else 0


def _checks(names: Sequence[str]) -> Sequence[Check]:
    known = {check.name: check for check in CHECKS}
    for name in names:
        if name not in known:
            raise UserError(f"the doctor has no check '{name}'; there are: {', '.join(known)}")
    return [known[name] for name in names] or CHECKS


def adopt_service(layout: Layout, environment: MutableMapping[str, str]) -> None:
    """Where the system service is installed, that is examined, unless the environment names other folders."""
    folders = {
        "GESTURESYNTH_CONFIG_DIR": layout.config,
        "GESTURESYNTH_STATE_DIR": layout.state,
        "GESTURESYNTH_CACHE_DIR": layout.cache,
        "GESTURESYNTH_RUNTIME_DIR": layout.at(str(paths.SYSTEM_RUNTIME)),
    }
    if (layout.units / TARGET).exists() and not any(environment.get(name) for name in folders):
        environment.update({name: str(folder) for name, folder in folders.items()})


def _examination(config: Path | None, camera: CameraFlags, audio: AudioFlags, *, quick: bool) -> Examination:
    """The settings and the running processes to examine.

    Raises:
        UserError: a flag holds something that is not allowed. (A file that does is a finding.)
    """
    flags = camera.overrides() | audio.overrides()
    chosen, wrong = settings.Settings().with_overrides(flags), ""
    try:
        chosen = settings.load_settings(config).with_overrides(flags)
        file = config or settings.settings_file()
    except UserError as error:
        wrong, file = str(error), config
    examination = Examination(chosen, paths.running_dir(), wrong, file, quick)
    return _with_running_processes(examination)


def _with_running_processes(examination: Examination) -> Examination:
    """Adds the statuses of the running processes, if there are any."""
    if reason := unreachable(examination.folder):
        return examination if reason == not_running(examination.folder) else replace(examination, bus_error=reason)
    with zmq.Context() as context, StatusMonitor(context, examination.folder) as monitor:
        monitor.wait(LISTEN_S)
        now_s = time.monotonic()
        tracker, conductor, engine = monitor.tracker, monitor.conductor, monitor.engine
        if not (tracker or conductor or engine):
            return examination  # they were killed; their folders are left
        return replace(
            examination,
            health=monitor.health(now_s),
            tracker=tracker if tracker and now_s - tracker.time_s <= FRESH_S else None,
            conductor=conductor if conductor and now_s - conductor.time_s <= FRESH_S else None,
            engine=engine if engine and now_s - engine.time_s <= FRESH_S else None,
        )


def _row(result: Result) -> Table:
    """One check: its grade, its name, what was found, and below that what to do."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=len("pass"))
    table.add_column(width=WIDTH)
    table.add_column(overflow="fold")
    text = Text(result.found)
    for advice in result.advice.splitlines():
        text.append(f"\n→ {advice}", style={"fail": "red", "warn": "yellow"}.get(result.grade, ""))
    table.add_row(Text(result.grade, style=STYLES[result.grade]), result.check, text)
    return table


def _verdict(results: Sequence[Result]) -> Text:
    failed, warned = (sum(result.grade == grade for result in results) for grade in ("fail", "warn"))
    if failed:
        return Text(f"{failed} of {len(results)} failed", style=STYLES["fail"])
    if warned:
        return Text(f"It can play; {warned} of {len(results)} could be better", style=STYLES["warn"])
    return Text("All is well", style=STYLES["pass"])
