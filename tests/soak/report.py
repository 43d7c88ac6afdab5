"""What came of a soak: tables for the terminal, the same for docs/reliability.md, and everything as JSON."""

from __future__ import annotations

import math
import os
import platform
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from tests.soak.record import Soak
from tests.soak.verdict import Row, judge, sentences, worst_silences

BEGIN: Final = "<!-- measured: soak -->"
END: Final = "<!-- end of measured soak -->"
MOST_SAID: Final = 60
"""Lines of the log that are shown where something is wrong."""
_BLOCK: Final = re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)


def machine() -> str:
    """The computer that it ran on, in a line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file() and (found := re.search(r"^model name\s*: (.*)$", info.read_text(), re.MULTILINE)):
        model = " ".join(found[1].split())
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


# ------------------------------------------------------------------------------------------------------------- tables
def fault_rows(soak: Soak) -> list[tuple[str, ...]]:
    """For each kind of fault: how often, until all was healthy (median and worst), the longest silence."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in soak.broken:
        found[one.kind].append(one.healthy_s)
    silence = worst_silences(soak)
    return [
        (kind, str(len(times)), _seconds(sorted(times)[len(times) // 2]), _seconds(max(times)), _gap(silence, kind))
        for kind, times in found.items()
    ]


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if math.isfinite(value) else "never"


def _gap(silence: dict[str, float], kind: str) -> str:
    return _seconds(silence[kind]) if kind in silence else "none"


def row_cells(row: Row) -> tuple[str, ...]:
    """A comparison, as text."""
    return (row.what, _figure(row.start, row.unit), _figure(row.end, row.unit), _figure(row.most, row.unit))


def _figure(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "?"
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} {unit}".strip()


FAULT_HEAD: Final = ("fault", "times", "healthy after, median", "worst", "longest silence")
ROW_HEAD: Final = ("", "start", "end", "at most")


def show(soak: Soak, console: Console) -> None:
    """Both tables, and the verdict."""
    table = Table(*FAULT_HEAD, box=None, header_style="dim")
    for cells in fault_rows(soak):
        table.add_row(*cells)
    console.print(table)
    table = Table(*ROW_HEAD, "", box=None, header_style="dim")
    for row in judge(soak):
        table.add_row(*row_cells(row), row.note, style="red" if row.bad else "")
    console.print(table)
    found = sentences(soak)
    if found:
        for line in soak.said[-MOST_SAID:]:
            console.print(line, style="dim")
    for sentence in found:
        console.print(f"[red]GREW OR BROKE[/red] {sentence}", highlight=False)
    console.print("not as it should be" if found else "nothing grew, and it was always heard")


# --------------------------------------------------------------------------------------------------------------- page
def block(soak: Soak, when: datetime) -> str:
    """What stands on the page between the markers, with them."""
    minutes = (soak.end_s - soak.begin_s) / 60
    found = sentences(soak)
    verdict = "Not as it should be: " + "; ".join(found) if found else "Nothing grew, and it was always heard."
    head = (
        f"{minutes:.0f} minutes on {when:%Y-%m-%d}: {machine()}, load {os.getloadavg()[2]:.1f}. "
        f"{len(soak.broken)} faults, {soak.trained} trainings, {soak.switched} changes of the preset, "
        f"{soak.talk.commands} commands and {soak.talk.rubbish} pieces of rubbish by OSC. {verdict}"
    )
    faults, rows = _markdown(FAULT_HEAD, fault_rows(soak)), _markdown(ROW_HEAD, [row_cells(row) for row in judge(soak)])
    return f"{BEGIN}\n{head}\n\n{faults}\n\n{rows}\n{END}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def renewed(page: str, new: str) -> str:
    """The page with its block replaced. Raises ValueError when it has none."""
    if not _BLOCK.search(page):
        raise ValueError(f"there is no block between '{BEGIN}' and '{END}'")
    return _BLOCK.sub(lambda _: new, page)


def write_page(path: Path, soak: Soak) -> None:
    """Replaces the block on a page."""
    path.write_text(renewed(path.read_text(encoding="utf-8"), block(soak, datetime.now(tz=UTC))), encoding="utf-8")


def write_json(path: Path, soak: Soak) -> None:
    """Everything that was written down, what was compared, and the verdict."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "machine": machine(),
        "faults": [dict(zip(FAULT_HEAD, cells, strict=True)) for cells in fault_rows(soak)],
        "compared": [msgspec.structs.asdict(row) | {"bad": row.bad} for row in judge(soak)],
        "wrong": sentences(soak),
        "soak": soak,
    }
    path.write_bytes(msgspec.json.encode(told))
