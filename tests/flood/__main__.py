"""`python -m tests.flood`: floods the built thing with OSC, and prints what became of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.flood.measure import Contention, FloodResult, contend, measure_flood

RATES: Final = (500, 6000)
LEAST_SOUND: Final = 0.9
LEAST_HEARD: Final = 0.95
GROWTH_MB: Final = 2.0
"""Less than a hundredth of the conductor's memory: what an allocator keeps for later."""


def main(text: list[str] | None = None) -> int:
    """Runs it. Returns 0 when all that is promised holds, else 1."""
    flags = _flags(text)
    console = Console(width=None if sys.stdout.isatty() else 140)
    kept = True
    if flags.busy:
        table = Table(
            "datagrams a second", "Sound before", "during", "after", "ratio", "after 1 s", "heard", "slowest answer"
        )
        for contention in contend(RATES, flags.busy, flags.seconds):
            table.add_row(*_row(contention))
            kept &= min(contention.ratio, contention.recovered) >= LEAST_SOUND
            kept &= contention.during.sound_share >= LEAST_HEARD
        console.print(f"{flags.busy} busy programs beside it, {flags.seconds:g} s each:")
        console.print(table)
    if flags.count:
        one = measure_flood(flags.count)
        table = Table("what", "figure")
        for row in _rows(one):
            table.add_row(*row)
        console.print(table)
        kept &= not one.restarts and one.sent == one.counted + one.dropped
        kept &= one.own_mb[1] - one.own_mb[0] <= GROWTH_MB
    console.print("All of it holds." if kept else "[red]Not all of it holds.[/red]")
    return 0 if kept else 1


def _flags(text: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.flood", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000_000, help="datagrams, as fast as they can be sent; 0: none")
    parser.add_argument("--busy", type=int, default=8, help="busy programs beside floods of a given rate; 0: no such")
    parser.add_argument("--seconds", type=float, default=10.0, help="before, during and after each of those floods")
    return parser.parse_args(text)


def _row(one: Contention) -> Iterator[str]:
    yield f"{one.rate_hz}"
    for phase in (one.before, one.during, one.after):
        yield f"{phase.sounds_hz:.1f}/s"
    yield f"{one.ratio:.2f}"
    yield f"{one.recovered:.2f}"
    yield f"{one.during.answered} of {one.during.asked}"
    yield f"{1000 * one.during.slowest_s:.0f} ms"


def _rows(one: FloodResult) -> Iterator[tuple[str, str]]:
    yield "datagrams sent", f"{one.sent}"
    yield "counted by the conductor", f"{one.counted}"
    yield "dropped by the kernel, unread", f"{one.dropped}"
    yield "unaccounted for", f"{one.sent - one.counted - one.dropped}"
    yield "datagrams a second", f"{one.sent / one.took_s:.0f}"
    yield "Sound, of that without a flood", f"{one.ratio:.2f}"
    yield "answers to a program on another address", f"{one.heard:.1%}"
    yield "memory of the conductor: before, and the most", f"{one.own_mb[0]:.1f} MB, {one.own_mb[1]:.1f} MB"
    yield "processes restarted", f"{one.restarts}"


if __name__ == "__main__":
    sys.exit(main())
