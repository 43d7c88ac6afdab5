"""`gesturesynth examples ...`: what was taught to a preset, for people and programs. Works while the service runs.

`app` is mounted by `cli/app.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from cyclopts import App, Group, Parameter
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from gesturesynth.cli.example_files import export_notes, import_notes
from gesturesynth.cli.example_map import add_map_command
from gesturesynth.cli.example_stores import (
    all_examples,
    former_names_hint,
    open_existing_store,
    open_store,
    open_taught_store,
    store_key,
)
from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.cli.numeric_flags import STRICT_NUMBERS
from gesturesynth.cli.take_edits import PresetName, add_edit_commands, print_done
from gesturesynth.cli.take_text import made_text, state_text
from gesturesynth.config.preset import loader
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.arff import read_arff, write_arff
from gesturesynth.mapping.examples.copying import copy_takes
from gesturesynth.mapping.examples.dataset import read_csv, read_movements, write_csv
from gesturesynth.mapping.examples.duplicates import known_takes
from gesturesynth.mapping.examples.store import TakeInfo, store_path

SUFFIXES: Final = (".csv", ".arff")

app = App(
    name="examples",
    help="Lists, shows, edits, deletes, restores, exports and imports the takes that a preset was taught with.",
    help_format="plaintext",
    group_commands=Group("Takes"),
    default_parameter=STRICT_NUMBERS,
)

Id = Annotated[int, Parameter(help="Numbers of takes, from `examples list`.")]


@app.command(name="list")
def list_(
    *,
    preset_: PresetName,
    deleted: Annotated[bool, Parameter(negative="", help="Deleted takes, too; they can be restored.")] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Lists the takes of a preset."""
    store = open_existing_store(preset_)
    if store is None:
        _print_no_examples(preset_, output)
        return
    with store:
        infos = store.takes(deleted=deleted)
    if output.json:
        print(json.dumps([_json_fields(info) for info in infos], indent=2, ensure_ascii=False))
    elif infos:
        table = Table("take", "for", "class", "rows", "seconds", "made (UTC)", "", box=None, pad_edge=False)
        for info in infos:
            made = made_text(info.made_utc)
            facts = (info.id, info.target, info.label, info.rows, f"{info.duration_s:.1f}", made)
            table.add_row(*map(str, facts), _state(info))
        Console(width=None if sys.stdout.isatty() else 1000, highlight=False, markup=False).print(table)
    else:
        _print_no_examples(preset_, output)


@app.command
def show(take: Id, *, preset_: PresetName, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Shows one take: what sounded, and where the features of the preset were.

    Parameters
    ----------
    take
        Its number, from `examples list`.
    """
    piece = loader.load(loader.find(preset_))
    with open_taught_store(preset_) as store:
        info = next((info for info in store.takes(deleted=True) if info.id == take), None)
        sound = store.sound(take)  # says which takes there are when there is no such one
        examples = all_examples(store, piece)
    assert info is not None
    rows = examples.takes == take
    x, moving = examples.X[rows], _moving(examples.outputs, examples.Y[rows])
    measured = {name: _spread(values[np.isfinite(values)]) for name, values in zip(examples.columns, x.T, strict=True)}
    facts = _json_fields(info) | {"sound": sound, "moving": moving, "features": measured}
    if output.json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    print(f"{', '.join(filter(None, (info.summary(), _state(info))))}: {info.duration_s:.1f} s, made {info.made_utc}")
    if info.label:
        print(f"  class    {info.label}")
    for name, value in sound.items():
        if name not in moving:
            print(f"  sound    {name} = {value:g}")
    for name, (low, high) in moving.items():
        print(f"  sound    {name} moves from {low:g} to {high:g}")
    for name, spread in measured.items():
        if spread:
            print(f"  feature  {name}: {spread['low']:.3g} to {spread['high']:.3g}, middle {spread['middle']:.3g}")
        elif not info.deleted:
            print(f"  feature  {name}: was not seen")


def _moving(outputs: Sequence[str], y: NDArray[np.float64]) -> dict[str, tuple[float, float]]:
    """The least and the greatest value of each output that moved, of y (n, m)."""
    named = {name: values[np.isfinite(values)] for name, values in zip(outputs, y.T, strict=True)}
    ranges = {name: (float(values.min()), float(values.max())) for name, values in named.items() if len(values)}
    return {name: (low, high) for name, (low, high) in ranges.items() if low < high}


@app.command
def delete(
    *takes: Id,
    preset_: PresetName,
    for_good: Annotated[
        bool, Parameter(negative="", help="Erase them with their skeletons; they cannot be restored.")
    ] = False,
    of_output: Annotated[
        str, Parameter(name="--output", help="Of all takes, the examples of this output alone.", show_default=False)
    ] = "",
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Deletes takes, or the examples of one output. They can be restored, unless `--for-good` is said."""
    if of_output and (takes or for_good):
        raise UserError("`--output` deletes the examples of one output in all takes, and never for good: say it alone")
    if of_output:
        _delete_output(of_output, preset_, output)
        return
    chosen = _chosen(takes, "delete")
    with open_taught_store(preset_) as store:
        print_done(store.erase(*chosen) if for_good else store.delete(*chosen), output)


@app.command
def restore(*takes: Id, preset_: PresetName, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Restores deleted takes; `examples list --deleted` shows them."""
    chosen = _chosen(takes, "restore")
    with open_taught_store(preset_) as store:
        print_done(store.restore(*chosen), output)


@app.command
def export(
    file: Annotated[Path, Parameter(help="The .csv or .arff file to write; it must not exist yet.")],
    *,
    preset_: PresetName,
    text: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Writes features, outputs and classes of all takes into a file, CSV or ARFF by its ending.

    What a row says nothing about is left open in it. Outputs that takes name and the preset does not have any more are
    written, too. Takes of gestures go into CSV files, as rows with a time.
    """
    _check_suffix(file)
    if file.exists():
        raise UserError(f"{file} exists already and is not overwritten: choose another name")
    piece = loader.load(loader.find(preset_))
    with open_taught_store(preset_) as store:
        table = file.suffix.lower() == ".csv"
        examples = all_examples(store, piece, quiet=table)
        movements = store.gesture_takes(piece.gesture_targets, piece.gesture_features, piece.smoothing) if table else ()
    some = np.asarray(np.isfinite(examples.X).any(axis=1), dtype=np.bool_)
    if not some.any() and not movements:
        what = f"'{piece.name}' has no examples to export: record some, or `examples restore` deleted ones."
        raise UserError(f"{what} {former_names_hint(preset_)}".rstrip())
    written = examples.rows(some)
    try:
        if table:
            write_csv(written, file, movements, columns(piece.gesture_features))
        else:
            write_arff(written, file)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise GestureSynthError(f"{file} cannot be written: {error.strerror}") from error
    left_out = int((~some).sum())
    notes = export_notes(written, columns(piece.features), [output.name for output in piece.outputs])
    if text.json:
        counts = {"rows": len(written), "gesture_takes": len(movements), "left_out": left_out}
        facts = {"file": str(file), **counts, "notes": notes}
        print(json.dumps(facts, ensure_ascii=False))
    elif not text.quiet:
        more = f" ({left_out} more, in which no feature could be seen, were left out)" if left_out else ""
        gestures = f", and {len(movements)} take{'s' * (len(movements) != 1)} of gestures" if movements else ""
        print(f"{file}: {len(written)} rows{more}{gestures}")
        for note in notes:
            print(note)


@app.command(name="import")
def import_(
    file: Annotated[Path, Parameter(help="The .csv or .arff file to read.")],
    *,
    preset_: PresetName,
    again: Annotated[
        bool, Parameter(negative="", help="Also takes that are there already, row by row the same.")
    ] = False,
    text: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Adds the examples of a file, CSV or ARFF by its ending, for the features and outputs that the preset has."""
    _check_suffix(file)
    piece = loader.load(loader.find(preset_))
    wanted, outputs = columns(piece.features), [output.name for output in piece.outputs]
    examples = read_csv(file) if file.suffix.lower() == ".csv" else read_arff(file, wanted, outputs)
    if not len(examples):
        raise UserError(f"{file}: there are no rows in it that teach an output or a class")
    notes = import_notes(examples, piece, str(file))
    if file.suffix.lower() == ".csv" and read_movements(file, ()):
        notes.append(f"{file}: takes of gestures in it are left out; they teach beside a preset, as its factory takes.")
    with open_store(store_path(piece.key)) as store:
        if store.read_only:
            raise UserError(f"Nothing was imported: {store.read_only}")
        known = {} if again else known_takes(examples, all_examples(store, piece), wanted, outputs)
        fresh = examples.rows(np.isin(examples.takes, list(known), invert=True))
        if not len(fresh):
            there = ", ".join(map(str, sorted(set(known.values()))[:10])) + " and more" * (
                len(set(known.values())) > 10
            )
            raise UserError(
                f"all of {file} is there already, row by row the same (take {there}): nothing was imported. "
                "`--again` imports it all the same, and it counts twice."
            )
        infos = store.add_examples(fresh, file.name)
    if known:
        few = f"{len(known)} take{'s' * (len(known) != 1)} of {file}"
        notes.append(f"{few} are there already, row by row the same, and were left out; `--again` imports them, too.")
    for note in notes:
        print(f"gesturesynth: {note}", file=sys.stderr)
    if text.json:
        print(json.dumps([_json_fields(info) for info in infos], indent=2, ensure_ascii=False))
    elif not text.quiet:
        print(f"{len(fresh)} rows from {file} are now {len(infos)} takes of '{piece.name}'")


@app.command
def copy(
    source: Annotated[str, Parameter(help="The name under which they were taught: a preset, or what it was called.")],
    *,
    preset_: PresetName,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Copies the takes and saved snapshots of another preset, or of this one when it had another name."""
    piece = loader.load(loader.find(preset_))
    key = store_key(source)
    if key == piece.key:
        raise UserError(f"the examples of '{key}' are those of this preset already")
    with open_taught_store(source) as other, open_store(store_path(piece.key)) as store:
        summary = copy_takes(other, store)
    print_done(f"{summary} from '{key}' to '{piece.key}'", output)


add_edit_commands(app)
add_map_command(app)


# ---------------------------------------------------------------------------------------------------------------- help
def _delete_output(name: str, preset: str, output: OutputFlags) -> None:
    with open_taught_store(preset) as store:
        known = tuple(store.named_counts())
        text = store.delete_output(name)
    if not text:
        raise UserError(f"{unknown_name(name, 'an output that a take of it names', known)}")
    print_done(f"{text}. The key u, or `gesturesynth undo`, takes it back.", output)


def _print_no_examples(name: str, output: OutputFlags) -> None:
    if output.json:
        print("[]")
    elif not output.quiet:
        print(f"There are no examples of '{name}'.")
        former = former_names_hint(name)
        if former:
            print(former)


def _json_fields(info: TakeInfo) -> dict[str, Any]:
    return {
        "take": info.id,
        "made_utc": info.made_utc,
        "target": info.target,
        "class": info.label,
        "rows": info.rows,
        "duration_s": round(info.duration_s, 3),
        "deleted": info.deleted,
        "off": info.off,
        "trimmed": info.trimmed,
    }


def _state(info: TakeInfo) -> str:
    return state_text(deleted=info.deleted, off=info.off, trimmed=info.trimmed)


def _chosen(takes: tuple[int, ...], verb: str) -> tuple[int, ...]:
    if not takes:
        raise UserError(f"say which takes to {verb}, such as: gesturesynth examples {verb} 3 --preset theremin")
    return takes


def _check_suffix(file: Path) -> None:
    if file.suffix.lower() not in SUFFIXES:
        raise UserError(f"{file} must end in {' or '.join(SUFFIXES)}")


def _spread(values: NDArray[np.float64]) -> dict[str, float] | None:
    if not len(values):
        return None
    return {"low": float(values.min()), "middle": float(np.median(values)), "high": float(values.max())}
