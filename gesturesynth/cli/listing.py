"""The verbs that list what there is: `features`, `instruments`, `models`, `scales`, `cameras`; and `fetch-model`.

Their help is in `app.py`.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.cli.foreground import raise_on_stop_signals


def features(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints `features.catalogue`."""
    from gesturesynth.features.catalogue import FEATURES
    from gesturesynth.features.people.role_names import ROLES
    from gesturesynth.runtime.ear_reading import HELP

    rows = [
        {"name": f.name, "unit": f.unit, "group": f.group, "columns": len(f.recipes), "help": f.help}
        for f in FEATURES.values()
    ]
    print_rows(rows, output, "name", "unit", "help")
    if not output.json and sys.stdout.isatty():  # a program gets a row a line, and nothing else
        print("\nA feature of a body may have a role in front of it, as in second.right_wrist.height:")
        print_rows([{"name": name, "help": text} for name, text in ROLES.items()], output, "name", "help")
        print("\nOf the microphone, where the settings open it (`ear: true`):")
        print_rows([{"name": name, "help": text} for name, text in HELP.items()], output, "name", "help")


def instruments(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints the tables of `synthesis.instruments.known`; what cannot be used goes to the error channel."""
    from gesturesynth.config.yaml.types import format_range
    from gesturesynth.synthesis.instruments.known import known_instruments

    rows: list[dict[str, Any]] = []
    known = known_instruments()
    for kind, player in known.tables.items():
        rows.append({"name": kind, "range": "", "help": player.about})
        rows += [
            {"name": f"{kind}.{p.name}", "range": format_range(p.low, p.high, p.unit), "help": p.help}
            for p in player.parameters
        ]
        rows += [{"name": f"{kind}.{t.name}", "range": "trigger", "help": t.help} for t in player.triggers]
        if player.sounds_help:
            rows.append({"name": f"{kind}: sounds", "range": "folder or file", "help": player.sounds_help})
    print_rows(rows, output, "name", "range", "help")
    for text in known.broken.values():
        print(text, file=sys.stderr)


def models(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints `mapping.learning.model_kinds`."""
    from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS

    rows = [
        {"name": k.name, "outputs": k.continuous, "classes": k.classes, "help": k.help} for k in MODEL_KINDS.values()
    ]
    print_rows(rows, output, "name", "help")


def scales(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints `mapping.pitch.scales` and `mapping.pitch.tunings`."""
    from gesturesynth.mapping.pitch.scales import SCALES
    from gesturesynth.mapping.pitch.tunings import TUNINGS

    rows: list[dict[str, Any]] = [
        {"name": s.name, "kind": "scale", "cents": s.cents, "help": s.about} for s in SCALES.values()
    ]
    rows += [{"name": t.name, "kind": "tuning", "cents": t.cents, "help": t.about} for t in TUNINGS.values()]
    print_rows(rows, output, "name", "kind", "help")


def cameras(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints `tracking.cameras.list_cameras`, with what each camera offers, and its controls."""
    from gesturesynth.tracking.camera_controls.offer import camera_offer, control_lines, format_lines
    from gesturesynth.tracking.cameras import list_cameras

    found = list_cameras()
    rows: list[dict[str, Any]] = []
    for camera in found:
        offer = camera_offer(camera.path)
        rows.append(
            {
                "number": camera.number,
                "source": camera.path or str(camera.number),
                "name": camera.name,
                "formats": [asdict(one) for one in offer.formats] if offer else [],
                "controls": [asdict(one) for one in offer.controls] if offer else [],
            }
        )
        if not output.json:
            print_rows(rows[-1:], output, "number", "source", "name")
            for line in [*format_lines(offer), *control_lines(offer)] if offer else []:
                print(f"    {line}")
    if output.json:
        print_rows(rows, output)
    if not found and not output.json:
        print("There is no camera here. Without one, `gesturesynth run` plays the demo performer.")


def fetch_model(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Downloads the models of poses, hands and faces: see `tracking.model.download`."""
    from gesturesynth.tracking.model.download import ensure_model, ensure_parts

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr)

    raise_on_stop_signals()
    path = ensure_model(progress=tell)
    ensure_parts(progress=tell)
    if not output.quiet:
        print(path)


def print_rows(rows: list[dict[str, Any]], output: OutputFlags, *columns: str) -> None:
    """Prints rows as a table of these columns, or all of them as JSON."""
    if output.json:
        import json

        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for column in columns:
        table.add_column(no_wrap=column not in ("help", "about"), overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    # In a pipe lines are not broken: programs read them.
    Console(width=None if sys.stdout.isatty() else 1000, highlight=False).print(table)
