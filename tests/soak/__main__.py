"""`python -m tests.soak --minutes 30`: a soak, from its begin to its verdict. Exit code 1: something grew or broke."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from gesturesynth.config.preset.loader import find, load
from gesturesynth.control.command_socket import NothingRunning
from gesturesynth.core.units import db_to_gain
from tests.soak import report, user_commands
from tests.soak.faults import FAULTS, OF_THE_CAMERA, Fault
from tests.soak.observer import Observer
from tests.soak.record import FaultRecord, OscTraffic, Soak
from tests.soak.schedule import Event, plan
from tests.soak.setup import SoakSetup, footage
from tests.soak.traffic import Traffic
from tests.soak.verdict import sentences
from tests.support.waiting import wait_for

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "reliability.md"
HEALTHY_S: Final = 60.0
"""A busy machine may need this long; how long it was is in the table."""
STOP_S: Final = 10.0
MOST_MISSTEPS: Final = 4
"""After so many problems the rest of a soak would find nothing new."""

console = Console(highlight=False, width=150 if not sys.stdout.isatty() else None)


class Soaking:
    """One soak under way.

    Args:
        setup: what it plays on.
        watch: measures.
        begin_s: monotonic.
    """

    def __init__(self, setup: SoakSetup, watch: Observer, begin_s: float) -> None:
        self._setup = setup
        self._watch = watch
        self._begin_s = begin_s
        self.broken: list[FaultRecord] = []
        self.trained = 0
        self.switched = 0
        self.missteps: list[str] = []

    def go_through(self, events: list[Event]) -> None:
        """Does what is planned, in order; what is late is done late."""
        for event in events:
            self.wait_until(self._begin_s + event.at_s)
            try:
                self._do(event)
            except (AssertionError, NothingRunning) as failure:
                self.missteps.append(f"{event.kind} {event.name} at {event.at_s:.0f} s: {failure}")
                self._say(f"MISSTEP: {self.missteps[-1]}")
            if len(self.missteps) >= MOST_MISSTEPS:
                self._say("that is enough: nothing more is done")
                return

    def wait_until(self, at_s: float) -> None:
        """Waits; the observer must stay alive meanwhile."""
        while (left_s := at_s - time.monotonic()) > 0:
            if not self._watch.alive():
                raise RuntimeError("the watch has ended; its traceback is above")
            time.sleep(min(0.5, left_s))

    def _do(self, event: Event) -> None:
        if event.kind == "train":
            user_commands.train(self._setup, self.trained)
            self.trained += 1
        elif event.kind == "switch":
            user_commands.change_preset(self._setup, self.switched)
            self.switched += 1
        else:
            self._break(next(fault for fault in FAULTS if fault.name == event.name))

    def _break(self, fault: Fault) -> None:
        self._watch.breaking(True)
        begin_s = time.monotonic()
        took_s = float("inf")
        try:
            fault.happen(self._setup, self._watch)
            wait_for(lambda: self._watch.healthy, f"health after: {fault.name}; {self._watch.problems}", HEALTHY_S)
            took_s = time.monotonic() - begin_s
        finally:
            self._watch.breaking(False)
            self.broken.append(FaultRecord(fault.name, begin_s, took_s, fault.silence_s, fault.victim))
            self._say(f"{fault.name}: healthy after {took_s:.1f} s")

    def _say(self, text: str) -> None:
        console.print(f"{time.monotonic() - self._begin_s:6.0f} s  {text}")


def soak(duration_s: float) -> Soak:
    """A whole soak; raises ValueError when it is too short for every fault."""
    faults: dict[str, list[str]] = {}
    for fault in FAULTS:
        if footage() or fault.name not in OF_THE_CAMERA:
            faults.setdefault(fault.victim, []).append(fault.name)
    events = plan(duration_s, faults)
    ceiling_db = max(load(find(name)).ceiling_db for name in ("theremin", "drone", "grains"))
    with SoakSetup() as setup, Observer(setup) as watch:
        if setup.camera is None:
            console.print("[red]TEST FOOTAGE MISSING[/red]: the demo performer plays, and no camera breaks")
        wait_for(lambda: watch.healthy, "health at the begin", HEALTHY_S)
        begin_s = time.monotonic()
        soaking = Soaking(setup, watch, begin_s)
        with Traffic(setup.osc_port) as traffic:
            soaking.go_through(events)
            soaking.wait_until(begin_s + duration_s)
            talk: OscTraffic = traffic.talk
            end_s = time.monotonic()
        after = _status(setup)
        done = Soak(
            begin_s=begin_s,
            end_s=end_s,
            ceiling=db_to_gain(ceiling_db),
            sampled=tuple(sample for sample in watch.sampled if begin_s <= sample.time_s <= end_s),
            heard=tuple(one for one in watch.heard if begin_s <= one.time_s <= end_s),
            broken=tuple(soaking.broken),
            trained=soaking.trained,
            switched=soaking.switched,
            talk=talk,
            missteps=tuple(soaking.missteps),
            after=(),
        )
        return msgspec.structs.replace(done, after=(*after, *_stopped(setup)), said=tuple(_said(setup)))


def _status(setup: SoakSetup) -> list[str]:
    """The problems that `gesturesynth status` reports."""
    command = [sys.executable, "-m", "gesturesynth", "status", "--json"]
    told = subprocess.run(
        command, env=os.environ | setup.running.folders, capture_output=True, text=True, check=False, timeout=60
    )
    return [f"gesturesynth status says exit code {told.returncode}: {told.stdout}"] if told.returncode else []


def _said(setup: SoakSetup) -> list[str]:
    """Warnings and errors of its log."""
    return [
        f"{line.get('time', '')} {line.get('process', '')}: {line['event']} {line.get('reason', '')}".strip()
        for line in setup.running.log()
        if line["level"] not in ("debug", "info")
    ]


def _stopped(setup: SoakSetup) -> list[str]:
    """Stops it; returns what it has left behind."""
    setup.processes()
    setup.listener.close()
    left: list[str] = []
    if (code := setup.running.stop()) != 0:
        left.append(f"after Ctrl-C its exit code was {code}")
    wait_for(lambda: not setup.running.alive(), "the end of every process", STOP_S)
    if setup.running.runtime.exists():
        left.append(f"left in the runtime folder: {sorted(map(str, setup.running.runtime.rglob('*')))}")
    if files := sorted(path.name for path in setup.temporary.rglob("*")):
        left.append(f"left in the folder for temporary files: {files}")
    tracebacks = [line["event"] for line in setup.running.log() if "Traceback" in line["event"]]
    return [*left, *(f"in its log: {line}" for line in tracebacks)]


def main() -> int:
    """Parses the command line, soaks, reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long")
    parser.add_argument("--json", type=Path, help="where to write everything")
    parser.add_argument("--page", action="store_true", help=f"renew the table of {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    try:
        done = soak(chosen.minutes * 60)
    except ValueError as error:
        parser.error(str(error))
    report.show(done, console)
    if chosen.json:
        report.write_json(chosen.json, done)
        console.print(f"written: {chosen.json}")
    if chosen.page:
        report.write_page(PAGE, done)
        console.print(f"written: {PAGE.relative_to(ROOT)}")
    return 1 if sentences(done) else 0


if __name__ == "__main__":
    sys.exit(main())
