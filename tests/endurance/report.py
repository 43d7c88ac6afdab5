"""What came of it: a table for the terminal, and the same for docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from gesturesynth.core.units import gain_to_db
from tests.endurance.performance import Progress
from tests.soak.report import machine

PAGE: Final = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN: Final = "<!-- measured: endurance -->"
END: Final = "<!-- end of measured endurance -->"
_BLOCK: Final = re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)
HEAD: Final = ("piece", "sample rate", "seed", "sound", "processor", "peak", "before the master", "DC", "outcome")


class Row(msgspec.Struct, frozen=True):
    """One performance that is over.

    Attributes:
        piece, rate_hz, seed: which one.
        told: its last progress report.
        died: how its process ended before its time (`signal 11`, `exit code 1`); empty when it did not.
    """

    piece: str
    rate_hz: int
    seed: int
    told: Progress
    died: str = ""

    @property
    def bad(self) -> bool:
        """Whether it did not go as it should."""
        return bool(self.died or self.told.trouble)

    @property
    def outcome(self) -> str:
        """As a text."""
        return f"DIED: {self.died}" if self.died else self.told.trouble or "ok"

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of HEAD."""
        told = self.told
        return (
            self.piece,
            f"{self.rate_hz / 1000:g} kHz",
            str(self.seed),
            f"{told.sound_s / 60:.1f} min",
            f"{told.processor_s / max(told.sound_s, 1e-9):.1%}",
            f"{gain_to_db(told.peak):.1f} dBFS",
            f"{gain_to_db(told.raw_peak):.1f} dBFS",
            f"{told.constant:.0e}",
            self.outcome,
        )


def sentence(rows: Sequence[Row]) -> str:
    """How much there was, and whether all of it was well."""
    hours = sum(row.told.sound_s for row in rows) / 3600
    wrong = sum(row.bad for row in rows)
    return f"{hours:.1f} hours of sound in {len(rows)} performances: " + (
        f"{wrong} did not go as they should"
        if wrong
        else "no process died, every sample was a number below the ceiling"
    )


def show(rows: Sequence[Row], console: Console) -> None:
    """The table and the sentence."""
    table = Table(*HEAD, box=None, header_style="dim")
    for row in rows:
        table.add_row(*row.cells(), style="red" if row.bad else "")
    console.print(table)
    console.print(sentence(rows))


def block(rows: Sequence[Row], when: datetime) -> str:
    """What stands on the page between the markers, with them."""
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{BEGIN}\n{when:%Y-%m-%d}, {machine()}. {sentence(rows).capitalize()}.\n\n{table}\n{END}"


def renewed(page: str, new: str) -> str:
    """The page with its block replaced. Raises ValueError when it has none."""
    if not _BLOCK.search(page):
        raise ValueError(f"there is no block between '{BEGIN}' and '{END}'")
    return _BLOCK.sub(lambda _: new, page)


def write_page(path: Path, rows: Sequence[Row]) -> None:
    """Replaces the block on a page."""
    new = block(rows, datetime.now(tz=UTC))
    path.write_text(renewed(path.read_text(encoding="utf-8"), new), encoding="utf-8")
