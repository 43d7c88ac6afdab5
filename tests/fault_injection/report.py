"""What faults came to: on a screen, as JSON, and on the page docs/reliability.md."""

from __future__ import annotations

import re
import statistics
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import Machine
from tests.fault_injection.catalogue import Fault
from tests.fault_injection.measure import Outcome

PAGE: Final = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN: Final = "<!-- measured: faults -->"
END: Final = "<!-- end of measured faults -->"
LOST: Final = {"piece": "the piece that was chosen", "volume_db": "the volume", "takes": "TAKES"}
HEAD: Final = ("fault", "seconds to sound", "seconds to the body", "what was lost", "started again")


class Row(msgspec.Struct, frozen=True):
    """One fault, done several times.

    Attributes:
        key, fault: which.
        sound_s, body_s: of each time; see `Outcome`.
        lost: a text; empty when nothing was lost.
        restarted: processes that were started again, at any time.
        trouble: why it was not measured, or not as often; empty when all is well.
    """

    key: str
    fault: str
    sound_s: tuple[float, ...]
    body_s: tuple[float, ...]
    lost: str
    restarted: tuple[str, ...]
    trouble: str = ""

    @classmethod
    def of(cls, fault: Fault, outcomes: list[Outcome], trouble: str = "") -> Row:
        """From what came of it each time."""
        lost = [LOST[name] for name in sorted(frozenset().union(*(outcome.lost for outcome in outcomes)))]
        text = [fault.words] if fault.words and outcomes and (not fault.loses or lost) else lost
        restarted = frozenset().union(*(outcome.restarted for outcome in outcomes))
        names = sorted(unit.removeprefix("gesturesynth-").removesuffix(".service") for unit in restarted)
        return cls(
            fault.key,
            fault.name,
            tuple(round(outcome.sound_s, 2) for outcome in outcomes),
            tuple(round(outcome.body_s, 2) for outcome in outcomes),
            ", ".join(text),
            ("everything",) if fault.powered else tuple(names),
            trouble,
        )

    def cells(self) -> tuple[str, ...]:
        """For a table, in the order of `HEAD`."""
        if not self.sound_s:
            return (self.fault, "not measured", "", "", "")
        return (
            self.fault,
            _times(self.sound_s, "never silent"),
            _times(self.body_s, "at once"),
            self.lost or "nothing",
            ", ".join(self.restarted) or "none",
        )


class Report(msgspec.Struct, frozen=True):
    """One run. `date`: ISO 8601; `repeats`: how often each was done."""

    date: str
    machine: Machine
    repeats: int
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        """The line above the table."""
        busy = " **Other programs were busy on this machine: the times are too long.**" if self.machine.busy else ""
        times = "once" if self.repeats == 1 else f"{self.repeats} times"
        return (
            f"Measured on {self.date[:10]}, each fault {times} (median, and the worst in brackets): "
            f"{self.machine.lines()}.{busy}"
        )


def _times(times_s: tuple[float, ...], never: str) -> str:
    if max(times_s) == 0:
        return never
    return f"{statistics.median(times_s):.1f} ({max(times_s):.1f})"


def show(report: Report, console: Console) -> None:
    """Prints it."""
    table = Table(*HEAD, box=None, pad_edge=False)
    for row in report.rows:
        table.add_row(*row.cells())
    console.print(report.text, highlight=False)
    console.print(table)
    for row in report.rows:
        if row.trouble:
            console.print(f"{row.fault}: {row.trouble}", style="bold red", highlight=False, markup=False)


def markdown(report: Report) -> str:
    """For the page."""
    rows = [HEAD, ("---", "--:", "--:", "---", "---"), *(row.cells() for row in report.rows)]
    return "\n".join([report.text, "", *("| " + " | ".join(cells) + " |" for cells in rows)])


def rewritten(page: str, report: Report) -> str:
    """The page with this report in its block.

    Raises:
        ValueError: there is not exactly one block.
    """
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    new, count = block.subn(lambda _: f"{BEGIN}\n{markdown(report)}\n{END}", page)
    if count != 1:
        raise ValueError(f"{PAGE.name} must have one block from {BEGIN} to {END}; it has {count}")
    return new
