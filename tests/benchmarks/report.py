"""What was measured, on a screen, as JSON, and on the page of documentation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import Machine

PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
_BLOCK: Final = re.compile(r"(<!-- measured: bench -->\n).*?(<!-- end of bench -->)", re.DOTALL)


class Result(msgspec.Struct, frozen=True):
    """One measurement.

    Attributes:
        name: as `--only` takes it.
        title: for people.
        figures: its rows.
        trouble: why there are none, or not all; empty when all is well.
        took_s: how long it took.
    """

    name: str
    title: str
    figures: tuple[Figure, ...]
    trouble: str = ""
    took_s: float = 0.0


class Report(msgspec.Struct, frozen=True):
    """All measurements of one run. `date`: ISO 8601. `quick`: few samples of each."""

    date: str
    machine: Machine
    quick: bool
    results: tuple[Result, ...]

    def missed(self) -> list[str]:
        """A text of what is over its aim, or could not be measured."""
        found: list[str] = []
        for result in self.results:
            if result.trouble:
                found.append(f"{result.title}: {result.trouble}")
            found += [f"{result.title}: {figure.what}" for figure in result.figures if figure.verdict == "over"]
        return found


def number(value: float | None) -> str:
    """With three digits that count, never as a power of ten; an empty text for None."""
    if value is None:
        return ""
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def _aim(figure: Figure) -> str:
    aims = [
        f"{mark} {number(aim)}"
        for mark, aim in (("≤", figure.aim_median), ("p99 ≤", figure.aim_p99))
        if aim is not None
    ]
    return ", ".join(aims)


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        number(figure.median),
        number(figure.p99),
        figure.unit,
        str(figure.n),
        _aim(figure),
        figure.verdict,
        figure.note,
    )


HEAD: Final = ("", "median", "p99", "unit", "n", "aim", "", "note")


def show(report: Report, console: Console) -> None:
    """Prints it."""
    console.print(report.machine.lines(), highlight=False)
    if report.machine.busy:
        console.print("Other programs were busy on this machine: the times are not to be believed.", style="bold red")
    for result in report.results:
        table = Table(title=result.title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
        for at, head in enumerate(HEAD):
            table.add_column(head, justify="right" if 1 <= at <= 2 or at == 4 else "left", overflow="fold")
        for figure in result.figures:
            style = {"over": "yellow", "ok": "green", "": ""}[figure.verdict]
            table.add_row(*_cells(figure), style=style)
        console.print()
        console.print(table)
        if result.trouble:
            console.print(f"NOT MEASURED: {result.trouble}", style="bold red", highlight=False)
    missed = report.missed()
    console.print()
    console.print("Missed: " + "; ".join(missed) if missed else "Every aim is met.", highlight=False)


def to_json(report: Report) -> str:
    """For programs; verdicts included."""
    facts = msgspec.to_builtins(report)
    for result, shown in zip(report.results, facts["results"], strict=True):
        for figure, row in zip(result.figures, shown["figures"], strict=True):
            row["verdict"] = figure.verdict
    return msgspec.json.format(msgspec.json.encode(facts), indent=2).decode()


def markdown(report: Report) -> str:
    """For the page."""
    lines = [f"Measured on {report.date[:10]}: {report.machine.lines()}."]
    if report.machine.busy:
        lines[0] += " **Other programs were busy on this machine: the times are not to be believed.**"
    for result in report.results:
        lines += ["", f"### {result.title}", ""]
        if result.trouble:
            lines += [f"Not measured: {result.trouble}", ""]
        if result.figures:
            lines += [_row(HEAD), _row(("---", "--:", "--:", "---", "--:", "---", "---", "---"))]
            lines += [_row(_cells(figure)) for figure in result.figures]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rewritten(page: str, report: Report) -> str:
    """The page with this report in its block.

    Raises:
        ValueError: there is not exactly one block.
    """
    new, count = _BLOCK.subn(lambda match: f"{match[1]}{markdown(report)}\n{match[2]}", page)
    if count != 1:
        raise ValueError(
            f"the page must have one block from <!-- measured: bench --> to <!-- end of bench -->; it has {count}"
        )
    return new
