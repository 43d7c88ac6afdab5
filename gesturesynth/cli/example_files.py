"""Whether the examples of a file fit a preset, and what an exported one leaves open, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.example_notes import listed, outside_ranges


def import_notes(examples: Examples, piece: Preset, name: str) -> list[str]:
    """Checks examples that are to be imported.

    Args:
        examples: what a file holds.
        piece: the preset that they are for.
        name: of the file, for sentences.

    Returns:
        Sentences about what differs from the preset, though it can learn from them.

    Raises:
        UserError: they do not have even half of its features, neither an output nor a class of it, or lack something of
            both and name what it does not have: then they are of another preset.
    """
    wanted, outputs = columns(piece.features), [output.name for output in piece.learned_outputs]
    absent = [column for column in wanted if column not in examples.columns]
    named = [output for output in outputs if output in examples.outputs_with_values()]
    shown = set(examples.labels.tolist()) & set(piece.classes)
    why = ""
    foreign = set(examples.outputs_with_values()) - set(outputs)
    of_another = absent and foreign and len(named) < len(outputs)
    if of_another or 2 * len(absent) > len(wanted):
        why = f"it does not hold the features {listed(absent)} (it holds {listed(examples.columns)})"
        why += ": it was made for another preset"
    elif not named and not shown:
        meant = [*outputs, *piece.classes]
        why = f"no row of it names an output or a class of it, such as {listed(meant)}"
        why += f" (it names {listed(examples.outputs_with_values())})" if examples.outputs_with_values() else ""
    if why:
        raise UserError(f"{name} does not fit '{piece.name}': {why}")
    notes = []
    if absent:
        what = "feature" if len(absent) == 1 else "features"
        notes.append(f"{name} does not have the {what} {listed(absent)}; they do not count while such rows do.")
    silent = [output for output in outputs if output not in named]
    if named and silent:
        what = "output" if len(silent) == 1 else "outputs"
        notes.append(f"{name} says nothing about the {what} {listed(silent)}.")
    values = examples.aligned((), outputs).Y
    return notes + [f"{name}: {note}." for note in outside_ranges(piece.mapping_outputs(), values)]


def export_notes(examples: Examples, wanted: Sequence[str], outputs: Sequence[str]) -> list[str]:
    """Sentences about an export: columns that the preset does not have, and cells that are open.

    Args:
        examples: what was written.
        wanted: the feature columns of the preset.
        outputs: its outputs.
    """
    notes = []
    more = [f"output {name}" for name in examples.outputs if name not in outputs]
    more += [f"feature {name}" for name in examples.columns if name not in wanted]
    if more:
        notes.append(f"In the file, though the preset does not have them: {listed(more)}.")
    for what, names, values in (("output", examples.outputs, examples.Y), ("feature", examples.columns, examples.X)):
        empty = np.isnan(values).sum(axis=0).tolist()
        some = [f"{name} ({count} rows)" for name, count in zip(names, empty, strict=True) if count]
        if some:
            notes.append(f"Left open, because takes say nothing about it: {what} {listed(some)}.")
    return notes
