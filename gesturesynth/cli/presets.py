"""The verbs `preset check`, `preset list`, `preset new` and `preset schema`. Their help is in `app.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there

if TYPE_CHECKING:
    from gesturesynth.config.preset.model import Preset
    from gesturesynth.mapping.examples.dataset import Examples
    from gesturesynth.pipeline.example_library import LibrarySummary


def check(*files: Path) -> int:
    """Checks preset files and their examples.

    Parameters
    ----------
    files
        One or more YAML files, folders of them, or names from `preset list`.
    """
    from gesturesynth.config.preset import loader

    if not files:
        raise UserError("name at least one preset file to check, such as: gesturesynth preset check mine.yaml")
    failures = 0
    for file in [one for given in files for one in loader.files_of(given)]:
        try:
            loaded = loader.load(loader.find(str(file)))
            examples = _describe_examples(loaded)
        except UserError as error:
            failures += 1
            print(error, file=sys.stderr)
        else:
            print(f"{file}: fine ({loaded.name}; {examples})")
    return 2 if failures else 0


def list_(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints `loader.available`."""
    from gesturesynth.cli.listing import print_rows
    from gesturesynth.config.preset import loader

    found = loader.available()
    rows = [{"name": entry.name, "about": entry.about, "file": str(entry.path)} for entry in found]
    print_rows(rows, output, "name", "about")


def new(
    file: Annotated[Path, Parameter(help="The YAML file to write; it must not exist yet.")],
    *,
    instrument: Annotated[str, Parameter(help="A kind from `gesturesynth instruments`.")] = "theremin",
    name: Annotated[str | None, Parameter(help="The piece's name.", show_default=False)] = None,
) -> None:
    """Writes a starter preset and its examples: see `config.preset.template`."""
    from gesturesynth.config.preset import loader, preset_files
    from gesturesynth.config.preset.template import starter_examples, starter_preset
    from gesturesynth.mapping.examples.dataset import write_csv

    if file.suffix not in preset_files.SUFFIXES:
        raise UserError(f"{file} must end in .yaml")
    for target in (file, file.with_suffix(".csv")):
        if target.exists():
            raise UserError(f"{target} exists already and is not overwritten: choose another name")
    text = starter_preset(name or file.stem.replace("_", " ").replace("-", " ").capitalize(), instrument)
    try:
        file.write_text(text, encoding="utf-8")
        write_csv(starter_examples(loader.load(file)), file.with_suffix(".csv"))
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from error
    print(f"Play it with: gesturesynth run --preset {file}")


def schema(
    *, settings: Annotated[bool, Parameter(negative="", help="That of gesturesynth.yaml instead.")] = False
) -> None:
    """Prints a schema: see `config.json_schema`."""
    import json

    from gesturesynth.config.json_schema import preset_schema, settings_schema

    print(json.dumps(settings_schema() if settings else preset_schema(), indent=2))


def _describe_examples(loaded: Preset) -> str:
    """What a model can be fitted to, as a text; raises UserError when it cannot be fitted to that."""
    from gesturesynth.mapping.learning.output_fits import described_features, described_kinds
    from gesturesynth.pipeline.fit_job import fit_job, untaught
    from gesturesynth.pipeline.former_presets import former_presets_hint

    parts = []
    if is_there(loaded.examples_path):
        job = fit_job(loaded)
        shown = [f"{len(job.labels)} examples"] if job.labels or not job.gestures else []
        shown += [f"{len(job.gestures.takes)} factory takes of gestures"] if job.gestures else []
        parts += [*shown, untaught(loaded, job)]
    view, own = _taught(loaded)
    takes = view.total
    if own is None and loaded.gestures and not loaded.learned_outputs and not loaded.classes:
        job = fit_job(loaded)
        parts += ["no takes yet", untaught(loaded, job)]
    if own is not None:
        job = fit_job(loaded, own)
        movements = f", {len(own.gesture_takes)} of them of gestures" if own.gesture_takes else ""
        count = f"{takes} take{'s' * (takes != 1)} taught here{movements}, {len(job.labels)} examples"
        parts += [count, untaught(loaded, job, own)]
    if parts and job.own_fits:
        fits = job.output_fits()
        parts += [described_kinds(fits), described_features(fits)]
    parts += [f"off for {view.off.text}"] if view.off.text else []
    former = former_presets_hint(loaded) if own is None else ""
    return "; ".join(filter(None, parts or ["no examples yet"])) + (f". {former}" if former else "")


def taught_examples(loaded: Preset) -> tuple[int, Examples | None]:
    """How many takes were recorded here for a preset, and their examples; None where there are none."""
    view, examples = _taught(loaded)
    return view.total, examples


def _taught(loaded: Preset) -> tuple[LibrarySummary, Examples | None]:
    from datetime import UTC, datetime

    from gesturesynth.pipeline.example_library import load_taught

    view, examples = load_taught(loaded, datetime.now(tz=UTC))
    if view.note:
        print(view.note, file=sys.stderr)
    return view, examples
