"""`python -m tests.fault_injection`: injects faults into an installation, and measures how soon it sounds again.

It needs root (a real systemd is booted, in namespaces of its own) and the test footage; with five repeats it takes
about a quarter of an hour. All faults, often enough, rewrite the table in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console

from gesturesynth.tracking.model.download import ensure_model
from tests.benchmarks import machine
from tests.fault_injection import report
from tests.fault_injection.catalogue import FAULTS, Fault
from tests.fault_injection.measure import Outcome, StateBefore, inject, prepare, restore
from tests.support import footage
from tests.system.installation import Installation, install
from tests.system.machine import TemporaryDisk


def main(text: list[str] | None = None) -> int:
    """Runs it. Returns 0 when everything healed and could be measured, else 1; 2 where it cannot be run."""
    flags = _flags(text)
    if os.geteuid() != 0:
        print("faults are done to a computer of their own, which only root can boot: sudo make faults", file=sys.stderr)
        return 2
    if not (footage.folder() / footage.CLIPS["dancer"]).is_file():
        print(f"the footage {footage.CLIPS['dancer']} is not in {footage.folder()}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 160)
    looked = machine.describe_machine()
    chosen = [fault for fault in FAULTS if not flags.only or fault.key in flags.only]
    ensure_model()
    with TemporaryDisk() as ground:
        console.print("installing the service ...", style="dim")
        install(ground)
        with TemporaryDisk(ground) as disk, Installation(disk) as installation:
            installation.wait_until_playing()
            known = prepare(installation)
            rows = tuple(_row(fault, installation, known, flags.repeats, console) for fault in chosen)
    made = report.Report(datetime.now(UTC).isoformat(timespec="seconds"), looked, flags.repeats, rows)
    report.show(made, console)
    if flags.json:
        flags.json.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2))
    if flags.write or not flags.only:
        report.PAGE.write_text(report.rewritten(report.PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
        console.print(f"{report.PAGE.name} is written.")
    return 1 if any(row.trouble for row in rows) else 0


def _flags(text: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fault_injection", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="how often each is done (5)")
    parser.add_argument(
        "--only", action="append", choices=[fault.key for fault in FAULTS], help="this one; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON as well")
    parser.add_argument("--write", action="store_true", help="write the page even after --only")
    return parser.parse_args(text)


def _row(fault: Fault, installation: Installation, known: StateBefore, repeats: int, console: Console) -> report.Row:
    outcomes: list[Outcome] = []
    try:
        for number in range(repeats):
            console.print(f"{fault.name}: {number + 1} of {repeats}", style="dim", highlight=False)
            restore(installation, known)
            outcomes.append(inject(installation, fault, known))
    except AssertionError as error:  # the other faults are measured all the same; the exit code tells of the error
        return report.Row.of(fault, outcomes, str(error).partition("\n")[0] or "it did not heal")
    return report.Row.of(fault, outcomes)


if __name__ == "__main__":
    sys.exit(main())
