"""The examples of a preset by its name, for the command line; what is wrong with them goes to the error channel."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.pipeline.example_library import teaching_rows, without_gestures
from gesturesynth.pipeline.former_presets import former_presets_hint


def store_key(name: str) -> str:
    """The preset's name in the state folder; also of one whose file is gone, as long as it has examples."""
    try:
        return loader.find(name).stem
    except UserError:
        if Path(name).name == name and name not in ("", ".", "..") and store_path(name).is_file():
            return name
        raise


def open_store(path: Path) -> ExampleStore:
    """Opens or begins a store. Raises as `ExampleStore.open` does."""
    store = ExampleStore.open(path, datetime.now(UTC))
    if store.note:
        print(f"gesturesynth: {store.note}", file=sys.stderr)
    return store


def open_existing_store(name: str) -> ExampleStore | None:
    """The store, unless there is none: reading must not create files."""
    path = store_path(store_key(name))
    return open_store(path) if any(path.parent.glob("examples.*")) else None


def open_taught_store(name: str) -> ExampleStore:
    """The store of a preset. Raises UserError when nothing was ever taught."""
    store = open_existing_store(name)
    if store is None:
        former = former_names_hint(name)
        raise UserError(
            f"'{name}' has not been taught yet: there are no examples of it in {paths.state_dir()}."
            + (f" {former}" if former else "")
        )
    return store


def former_names_hint(name: str) -> str:
    """A sentence about takes under a name that this preset may have had; empty when there are none."""
    try:
        return former_presets_hint(loader.load(loader.find(name)))
    except UserError:  # its file is gone, or wrong
        return ""


def all_examples(store: ExampleStore, piece: Preset, *, quiet: bool = False) -> Examples:
    """All examples of the takes, also of outputs and features that the preset does not have.

    Takes of gestures are left out, and it is said that they are, unless `quiet`; so are those that teach nothing.
    """
    outputs = [output.name for output in piece.learned_outputs]
    examples = teaching_rows(store.examples(piece.features, outputs, piece.smoothing, everything=True))
    if store.note:
        print(f"gesturesynth: {store.note}", file=sys.stderr)
    kept = without_gestures(examples, piece)
    if len(kept) < len(examples) and not quiet:
        print(
            "gesturesynth: takes of gestures are left out: a table of poses has no movement in it. "
            f"`gesturesynth examples copy {piece.key} --preset NEW` copies them.",
            file=sys.stderr,
        )
    return kept
