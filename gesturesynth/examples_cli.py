"""`gesturesynth examples ...`: what was taught to a preset, for people and programs. Works while the service runs.

`app` is mounted by `cli.py`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from cyclopts import App, Group, Parameter
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from gesturesynth import paths, preset
from gesturesynth.errors import GestureSynthError, UserError
from gesturesynth.flags import NO_WORDS, Words
from gesturesynth.mapping.arff import read_arff, write_arff
from gesturesynth.mapping.examples import Examples, read_csv, write_csv
from gesturesynth.mapping.features import columns
from gesturesynth.mapping.store import ExampleStore, TakeInfo, store_path
from gesturesynth.preset import Preset

SUFFIXES: Final = (".csv", ".arff")

app = App(
    name="examples",
    help="Lists, shows, deletes, restores, exports and imports the takes that a preset was taught with.",
    help_format="plaintext",
    group_commands=Group("Takes"),
)

Whose = Annotated[
    str, Parameter(name=["--preset", "-p"], help="A name from `preset list`, or a YAML file: whose examples.")
]
Id = Annotated[int, Parameter(help="Numbers of takes, from `examples list`.")]


@app.command(name="list")
def list_(
    *,
    preset_: Whose,
    deleted: Annotated[bool, Parameter(negative="", help="Deleted takes, too; they can be restored.")] = False,
    words: Words = NO_WORDS,
) -> None:
    """Lists the takes of a preset."""
    store = _open_if_any(preset_)
    if store is None:
        _say_nothing_yet(preset_, words)
        return
    with store:
        infos = store.takes(deleted=deleted)
    if words.json:
        print(json.dumps([_facts(info) for info in infos], indent=2, ensure_ascii=False))
    elif infos:
        table = Table("take", "for", "class", "rows", "seconds", "made (UTC)", "", box=None, pad_edge=False)
        for info in infos:
            made = info.made_utc.removesuffix("+00:00").replace("T", " ")
            facts = (info.id, info.target, info.label, info.rows, f"{info.duration_s:.1f}", made)
            table.add_row(*map(str, facts), "deleted" if info.deleted else "")
        Console(width=None if sys.stdout.isatty() else 1000, highlight=False, markup=False).print(table)
    else:
        _say_nothing_yet(preset_, words)


@app.command
def show(take: int, *, preset_: Whose, words: Words = NO_WORDS) -> None:
    """Shows one take: what sounded, and where the features of the preset were.

    Parameters
    ----------
    take
        Its number, from `examples list`.
    """
    piece = preset.load(preset.find(preset_))
    with _open(preset_) as store:
        info = next((info for info in store.takes(deleted=True) if info.id == take), None)
        sound = store.sound(take)  # says which takes there are when there is no such one
        examples = _examples(store, piece)
    assert info is not None
    x = examples.X[examples.takes == take]
    measured = {name: _spread(values[np.isfinite(values)]) for name, values in zip(examples.columns, x.T, strict=True)}
    if words.json:
        print(json.dumps(_facts(info) | {"sound": sound, "features": measured}, indent=2, ensure_ascii=False))
        return
    print(f"{info.words()}{', deleted' if info.deleted else ''}: {info.duration_s:.1f} s, made {info.made_utc}")
    if info.label:
        print(f"  class    {info.label}")
    for name, value in sound.items():
        print(f"  sound    {name} = {value:g}")
    for name, spread in measured.items():
        if spread:
            print(f"  feature  {name}: {spread['low']:.3g} to {spread['high']:.3g}, middle {spread['middle']:.3g}")
        elif not info.deleted:
            print(f"  feature  {name}: was not seen")


@app.command
def delete(
    *takes: Id,
    preset_: Whose,
    for_good: Annotated[
        bool, Parameter(negative="", help="Erase them with their skeletons; they cannot be restored.")
    ] = False,
    words: Words = NO_WORDS,
) -> None:
    """Deletes takes. They can be restored, unless `--for-good` is said."""
    chosen = _chosen(takes, "delete")
    with _open(preset_) as store:
        _say(store.erase(*chosen) if for_good else store.delete(*chosen), words)


@app.command
def restore(*takes: Id, preset_: Whose, words: Words = NO_WORDS) -> None:
    """Restores deleted takes; `examples list --deleted` shows them."""
    chosen = _chosen(takes, "restore")
    with _open(preset_) as store:
        _say(store.restore(*chosen), words)


@app.command
def export(
    file: Annotated[Path, Parameter(help="The .csv or .arff file to write; it must not exist yet.")],
    *,
    preset_: Whose,
    words: Words = NO_WORDS,
) -> None:
    """Writes features, outputs and classes of all takes into a file, CSV or ARFF by its ending."""
    _check_suffix(file)
    if file.exists():
        raise UserError(f"{file} exists already and is not overwritten: choose another name")
    piece = preset.load(preset.find(preset_))
    with _open(preset_) as store:
        examples = _examples(store, piece)
    whole = np.asarray(np.isfinite(examples.X).all(axis=1), dtype=np.bool_)
    if not whole.any():
        raise UserError(f"'{piece.name}' has no examples to export: record some, or `examples restore` deleted ones")
    try:
        (write_csv if file.suffix.lower() == ".csv" else write_arff)(_rows(examples, whole), file)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise GestureSynthError(f"{file} cannot be written: {error.strerror}") from error
    left_out = int((~whole).sum())
    if words.json:
        print(json.dumps({"file": str(file), "rows": int(whole.sum()), "left_out": left_out}))
    elif not words.quiet:
        more = f" ({left_out} more, in which a feature could not be seen, were left out)" if left_out else ""
        print(f"{file}: {int(whole.sum())} rows{more}")


@app.command(name="import")
def import_(
    file: Annotated[Path, Parameter(help="The .csv or .arff file to read.")],
    *,
    preset_: Whose,
    words: Words = NO_WORDS,
) -> None:
    """Adds the examples of a file, CSV or ARFF by its ending; they must have the features and outputs of the preset."""
    _check_suffix(file)
    piece = preset.load(preset.find(preset_))
    wanted, outputs = columns(piece.features), [output.name for output in piece.outputs]
    examples = read_csv(file) if file.suffix.lower() == ".csv" else read_arff(file, wanted, outputs)
    if not len(examples):
        raise UserError(f"{file}: there are no rows in it")
    try:
        examples.select(wanted, outputs)
    except UserError as error:
        raise UserError(f"{file} does not fit '{piece.name}': {error}") from error
    with _opened(store_path(piece.key)) as store:
        infos = store.add_examples(examples, file.name)
    if words.json:
        print(json.dumps([_facts(info) for info in infos], indent=2, ensure_ascii=False))
    elif not words.quiet:
        print(f"{len(examples)} rows from {file} are now {len(infos)} takes of '{piece.name}'")


# ---------------------------------------------------------------------------------------------------------------- help
def _key(name: str) -> str:
    """The preset's name in the state folder; also of one whose file is gone, as long as it has examples."""
    try:
        return preset.find(name).stem
    except UserError:
        if Path(name).name == name and name not in ("", ".", "..") and store_path(name).is_file():
            return name
        raise


def _opened(path: Path) -> ExampleStore:
    store = ExampleStore.open(path, datetime.now(UTC))
    if store.note:
        print(f"gesturesynth: {store.note}", file=sys.stderr)
    return store


def _open_if_any(name: str) -> ExampleStore | None:
    """The store, unless nothing was ever taught: looking should not leave files behind."""
    path = store_path(_key(name))
    return _opened(path) if any(path.parent.glob("examples.*")) else None


def _open(name: str) -> ExampleStore:
    store = _open_if_any(name)
    if store is None:
        raise UserError(f"'{name}' has not been taught yet: there are no examples of it in {paths.state_dir()}.")
    return store


def _say_nothing_yet(name: str, words: Words) -> None:
    if words.json:
        print("[]")
    elif not words.quiet:
        print(f"There are no examples of '{name}'.")


def _say(sentence: str, words: Words) -> None:
    if words.json:
        print(json.dumps({"done": sentence}, ensure_ascii=False))
    elif not words.quiet:
        print(sentence)


def _facts(info: TakeInfo) -> dict[str, Any]:
    return {
        "take": info.id,
        "made_utc": info.made_utc,
        "target": info.target,
        "class": info.label,
        "rows": info.rows,
        "duration_s": round(info.duration_s, 3),
        "deleted": info.deleted,
    }


def _chosen(takes: tuple[int, ...], verb: str) -> tuple[int, ...]:
    if not takes:
        raise UserError(f"say which takes to {verb}, such as: gesturesynth examples {verb} 3 --preset theremin")
    return takes


def _check_suffix(file: Path) -> None:
    if file.suffix.lower() not in SUFFIXES:
        raise UserError(f"{file} must end in {' or '.join(SUFFIXES)}")


def _examples(store: ExampleStore, piece: Preset) -> Examples:
    examples = store.examples(piece.features, [output.name for output in piece.outputs], piece.smoothing)
    if store.note:
        print(f"gesturesynth: {store.note}", file=sys.stderr)
    return examples


def _rows(examples: Examples, chosen: NDArray[np.bool_]) -> Examples:
    """Some rows. One that gives only some of the outputs gives none: the formats know nothing in between."""
    y = examples.Y[chosen]
    y[~np.isfinite(y).all(axis=1)] = np.nan
    return Examples(
        examples.columns, examples.X[chosen], examples.outputs, y, examples.labels[chosen], examples.takes[chosen]
    )


def _spread(values: NDArray[np.float64]) -> dict[str, float] | None:
    if not len(values):
        return None
    return {"low": float(values.min()), "middle": float(np.median(values)), "high": float(values.max())}
