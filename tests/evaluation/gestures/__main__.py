"""Measures gestures in time on real repetitions: `python -m tests.evaluation.gestures [--page docs/playability.md]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.evaluation.gestures import recordings
from tests.evaluation.gestures.table import section

BEGIN, END = "<!-- gestures: measured -->", "<!-- gestures: end -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="a page whose measured part is replaced")
    parser.add_argument("--tracked", type=Path, help="a folder with clips as skeleton recordings, tracked before")
    parser.add_argument("--quick", action="store_true", help="one take only")
    asked = parser.parse_args()
    if missing := recordings.missing():
        print("RECORDINGS MISSING, nothing is measured:\n  " + "\n  ".join(missing))
        return 1
    if asked.tracked:
        recordings.KEPT.append(asked.tracked)
    lines = []
    for line in section(quick=asked.quick):
        print(line, flush=True)
        lines.append(line)
    if asked.page:
        text = asked.page.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        asked.page.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
