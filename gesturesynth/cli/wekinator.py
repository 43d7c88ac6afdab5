"""`gesturesynth wekinator import`: a project of Wekinator becomes a preset. `app` is mounted by `cli/app.py`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Group, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.cli.numeric_flags import STRICT_NUMBERS
from gesturesynth.core.errors import UserError
from gesturesynth.ops.wekinator.installing import RATE_HZ, install, read_project

RATES_HZ: Final = (0.1, 10_000.0)

app = App(
    name="wekinator",
    help="Moves projects of Wekinator over.",
    help_format="plaintext",
    group_commands=Group("Projects"),
    default_parameter=STRICT_NUMBERS,
)


@app.command(name="import")
def import_(
    project: Annotated[Path, Parameter(help="Its folder, or its file NAME.wekproj.")],
    *,
    name: Annotated[
        str, Parameter(name="--as", help="The name of the preset; by default like that of the project.")
    ] = "",
    rate: Annotated[
        float,
        Parameter(help="Messages a second while it was recorded; its files do not say it. It matters to gestures."),
    ] = RATE_HZ,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Makes a preset with takes of a project of Wekinator: inputs, outputs, gestures, and all that was recorded."""
    low, high = RATES_HZ
    if not low <= rate <= high:
        raise UserError(f"--rate is from {low:g} to {high:g} messages a second, not {rate:g}")
    done = install(read_project(project, rate), name, datetime.now(UTC))
    for note in done.notes:
        print(f"gesturesynth: {note}", file=sys.stderr)
    key = done.preset.key
    if output.json:
        facts = {"preset": key, "file": str(done.preset.path), "takes": done.takes, "rows": done.rows}
        print(json.dumps({**facts, "notes": list(done.notes)}, ensure_ascii=False))
    elif not output.quiet:
        print(f"'{key}' is in {done.preset.path}, with {done.takes} takes of {done.rows} messages")
        print(f"Play it with: gesturesynth run --wekinator --preset {key}")
