"""`python -m tests.endurance`: every instrument, at every sample rate, for two hours of sound. Exit code 1: one died.

Seeds are fresh each time and are printed: `--piece theremin --rate 96000 --seed 1234` plays the same once more.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import secrets
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from tests.endurance import report
from tests.endurance.performance import PIECES, Progress
from tests.endurance.report import Row

ROOT: Final = Path(__file__).parents[2]
RATES_HZ: Final = (44100, 48000, 96000)
GENTLE: Final = 10
"""What is added to the niceness: a soak, or work, goes on beside it."""


def perform(piece: str, rate_hz: int, seed: int, sound_s: float, processor_s: float) -> Row:
    """Plays one piece in a process of its own, until its time is over or it has died."""
    text = [piece, str(rate_hz), str(seed), str(sound_s), str(processor_s)]
    done = subprocess.run(
        ["nice", "-n", str(GENTLE), sys.executable, "-P", "-m", "tests.endurance.performance", *text],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    told = msgspec.json.decode(lines[-1], type=Progress) if lines else Progress()
    return Row(piece, rate_hz, seed, told, died(done.returncode, done.stderr.decode(errors="replace")))


def died(code: int, said: str) -> str:
    """How a process ended that should have ended with 0; empty when it did."""
    if code < 0:
        return f"signal {-code} ({signal.Signals(-code).name})"
    return f"exit code {code}: {said.strip().splitlines()[-1] if said.strip() else 'nothing said'}" if code else ""


def main(text: list[str] | None = None) -> int:
    """Parses the command line, plays, reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0, help="of sound, each performance (120)")
    parser.add_argument("--processor", type=float, default=float("inf"), help="seconds of processor, each at most")
    parser.add_argument("--piece", action="append", choices=PIECES, help="only this; may be repeated")
    parser.add_argument("--rate", action="append", type=int, metavar="HZ", help="only this; may be repeated")
    parser.add_argument("--seed", type=int, help="for every performance, instead of a fresh one for each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--page", action="store_true", help=f"renew the table of {report.PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args(text)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 170)
    pairs = list(itertools.product(chosen.piece or PIECES, chosen.rate or RATES_HZ))
    seeds = [secrets.randbits(31) if chosen.seed is None else chosen.seed for _ in pairs]
    for (piece, rate_hz), seed in zip(pairs, seeds, strict=True):
        console.print(f"{piece} at {rate_hz} Hz: seed {seed}", style="dim")
    order = random.sample(range(len(pairs)), len(pairs))  # so that a budget that ends early has seen all kinds
    rows: dict[int, Row] = {}
    with ThreadPoolExecutor(chosen.jobs) as pool:
        under_way = {
            pool.submit(perform, *pairs[number], seeds[number], chosen.minutes * 60, chosen.processor): number
            for number in order
        }
        for over in as_completed(under_way):
            row = rows[under_way[over]] = over.result()
            console.print(f"{row.piece} at {row.rate_hz} Hz: {row.told.sound_s / 60:.1f} min, {row.outcome}")
    done = [rows[number] for number in sorted(rows)]
    report.show(done, console)
    if chosen.page:
        report.write_page(report.PAGE, done)
        console.print(f"written: {report.PAGE.relative_to(ROOT)}")
    return 1 if any(row.bad for row in done) else 0


if __name__ == "__main__":
    sys.exit(main())
