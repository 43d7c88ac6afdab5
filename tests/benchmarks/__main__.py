"""`python -m tests.benchmarks`: measures, prints a table, and writes the page docs/performance.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final

from rich.console import Console

from tests.benchmarks import (
    audible,
    browsers,
    chain,
    empty_room,
    footprint,
    gaps,
    hands,
    inference,
    instruments,
    lamps,
    loudspeakers,
    machine,
    mapping,
    osc,
    overhead,
    people_voices,
    reactions,
    report,
    retraining,
    several_people,
    starting,
    switching,
    vectors,
    voices,
    web_page,
    wekinator,
)
from tests.benchmarks.figures import Figure
from tests.benchmarks.setup import Plan

MEASUREMENTS: Final[dict[str, ModuleType]] = {
    "inference": inference,
    "empty": empty_room,
    "hands": hands,
    "followed": several_people,
    "overhead": overhead,
    "audible": audible,
    "reactions": reactions,
    "instruments": instruments,
    "chain": chain,
    "loudspeakers": loudspeakers,
    "mapping": mapping,
    "people": people_voices,
    "footprint": footprint,
    "start": starting,
    "training": retraining,
    "xruns": gaps,
    "switching": switching,
    "voices": voices,
    "osc": osc,
    "wekinator": wekinator,
    "lamps": lamps,
    "vectors": vectors,
    "page": web_page,
    "browsers": browsers,
}


def main(text: list[str] | None = None) -> int:
    """Runs it. Returns 0 when everything could be measured, else 1; an aim that is missed is no failure."""
    flags = _flags(text)
    names = flags.only or list(MEASUREMENTS)
    console = Console(width=None if sys.stdout.isatty() else 160)
    looked = machine.describe_machine()
    with tempfile.TemporaryDirectory(prefix="gs-bench-") as folder:
        plan = Plan(flags.quick, Path(folder))
        results = tuple(_measured(name, MEASUREMENTS[name], plan, console) for name in names)
    made = report.Report(datetime.now(UTC).isoformat(timespec="seconds"), looked, flags.quick, results)
    report.show(made, console)
    if flags.json:
        flags.json.write_text(report.to_json(made), encoding="utf-8")
    if flags.write or (not flags.only and not flags.quick):
        page = report.PAGE.read_text(encoding="utf-8")
        report.PAGE.write_text(report.rewritten(page, made), encoding="utf-8")
        console.print(f"{report.PAGE.name} is written.")
    return 1 if any(result.trouble for result in results) else 0


def _flags(text: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few samples of each, in less than two minutes")
    parser.add_argument("--only", action="append", choices=list(MEASUREMENTS), help="this one; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON as well")
    parser.add_argument("--write", action="store_true", help="write the page even after --quick or --only")
    return parser.parse_args(text)


def _measured(name: str, module: ModuleType, plan: Plan, console: Console) -> report.Result:
    console.print(f"{name} ...", style="dim", highlight=False)
    measure: Callable[[Plan], Iterator[Figure]] = module.measure
    figures: list[Figure] = []
    trouble = ""
    begun_s = time.monotonic()
    try:
        figures += measure(plan)
    except Exception as error:  # noqa: BLE001 - one thing that cannot be measured must not lose the others; it is said
        trouble = f"{type(error).__name__}: {error}"
    return report.Result(name, module.TITLE, tuple(figures), trouble, round(time.monotonic() - begun_s, 1))


if __name__ == "__main__":
    sys.exit(main())
