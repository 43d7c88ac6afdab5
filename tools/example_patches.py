"""Writes the generated files of examples/ from the tables: `make docs`. A test fails when they differ."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.example_max import max_patch
from tools.example_pd import pd_patch
from tools.example_table import ROOT
from tools.example_touchdesigner import touchdesigner_table

FILES: Final[dict[Path, Callable[[], str]]] = {
    ROOT / "puredata" / "gesturesynth.pd": pd_patch,
    ROOT / "max" / "gesturesynth.maxpat": max_patch,
    ROOT / "touchdesigner" / "addresses.csv": touchdesigner_table,
}


def main() -> int:
    """Writes the files that have changed."""
    for path, make in FILES.items():
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT.parent)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
