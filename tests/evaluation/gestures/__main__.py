"""Measures gestures in time on real repetitions: `python -m tests.evaluation.gestures [--page docs/playability.md]`."""

from __future__ import annotations

from tests.evaluation.gestures.table import section
from tests.evaluation.page import arguments, recordings_are_there, write_part

BEGIN, END = "<!-- gestures: measured -->", "<!-- gestures: end -->"


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="one take only")
    asked = parser.parse_args()
    if not recordings_are_there(asked.tracked):
        return 1
    lines = []
    for line in section(quick=asked.quick):
        print(line, flush=True)
        lines.append(line)
    write_part(asked.page, lines[:-1] if lines[-1:] == [""] else lines, BEGIN, END)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
