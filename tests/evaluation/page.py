"""What the commands that write a measured part into a page have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.evaluation.gestures import recordings


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The flags `--page` and `--tracked`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--page", type=Path, help="a page whose measured part is replaced")
    parser.add_argument("--tracked", type=Path, help="a folder with clips as skeleton recordings, tracked before")
    return parser


def recordings_are_there(tracked: Path | None) -> bool:
    """Whether there is something to measure; says what is missing. `tracked`: see `arguments`."""
    if missing := recordings.missing():
        print("RECORDINGS MISSING, nothing is measured:\n  " + "\n  ".join(missing))
        return False
    if tracked:
        recordings.KEPT.append(tracked)
    return True


def write_part(page: Path | None, lines: Sequence[str], begin: str, end: str) -> None:
    """Replaces what lies between two marks in a page, if there is one."""
    if page:
        text = page.read_text(encoding="utf-8")
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        page.write_text(f"{head}{begin}\n\n" + "\n".join(lines) + f"\n{end}{tail}", encoding="utf-8")
