"""Sentences about gaps in the examples: outputs without values, values outside of ranges, features without values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.row_groups import RowGroup

Float = NDArray[np.float64]

LISTED: Final = 5  # names in a sentence
ROUNDING: Final = 1e-6
"""Of the range: a value no farther outside is at its end, written with few digits."""


def listed(names: Sequence[str], most: int = LISTED) -> str:
    """Names for a sentence: `pitch, level and 3 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def outside_ranges(outputs: Sequence[Output], values: Float) -> list[str]:
    """A sentence for each output with values outside its range.

    Args:
        outputs: m of them.
        values: (n, m), in units; NaN where there is no value.
    """
    notes = []
    for output, column in zip(outputs, values.T, strict=True):
        given = column[np.isfinite(column)]
        low, high = output.limits or (min(output.low, output.high), max(output.low, output.high))
        margin = ROUNDING * (high - low)
        count = int(((given < low - margin) | (given > high + margin)).sum())
        if not count:
            continue
        least, greatest = float(given.min()), float(given.max())
        scale = f"; they look like 0 to 1, while '{output.name}' is in {output.unit or 'a range of its own'}"
        hint = scale if count == len(given) and least >= 0.0 and greatest <= 1.0 else ""
        how_many = "all" if count == len(given) else f"{count} of"
        notes.append(
            f"{how_many} {len(given)} values of '{output.name}' are outside its range of {low:g} to {high:g} "
            f"{output.unit}".rstrip()
            + f" (they go from {least:g} to {greatest:g}{hint}) and count as its nearer end"
        )
    return notes


def unnamed_outputs(outputs: Sequence[Output], groups: Sequence[RowGroup], examples: Examples) -> list[str]:
    """A sentence for outputs that no example teaches, where they stay, and what the examples name instead.

    Args:
        outputs: of the preset.
        groups: of its outputs, as `row_groups.output_groups` gives them.
        examples: with all outputs that they name, also those that the preset does not have.
    """
    taught = {number for group in groups for number in group.outputs}
    missing = [output for number, output in enumerate(outputs) if number not in taught]
    if not missing:
        return []
    known = {output.name for output in outputs}
    others = [name for name in examples.outputs_with_values() if name not in known]
    hint = f" (examples name {listed(others)}, which the preset does not have: was it renamed?)" if others else ""
    names = listed([output.name for output in missing])
    if len(missing) == 1:
        return [f"{names} has not been taught{hint}: it stays {_idle_text(missing[0])}"]
    stay = "at their idle values" if all(output.idle is not None for output in missing) else "as they are"
    where = ", ".join(f"{output.name} {_idle_text(output)}" for output in missing[:LISTED])
    return [f"{names} have not been taught{hint}: they stay {stay} ({where.replace('at its idle value ', '')})"]


def _idle_text(output: Output) -> str:
    """Where an output without a model is."""
    if output.idle is None:
        return "where it is"
    return f"at its idle value {output.idle:g} {output.unit}".rstrip()


def unknown_features(
    columns: Sequence[str], groups: Sequence[RowGroup], classes: NDArray[np.bool_] | None
) -> list[str]:
    """A sentence for features that are not used, because examples have no values for them.

    Args:
        columns: names of the k features.
        groups: of the outputs; a feature that does not feed an output does not have to be known for it.
        classes: bool (k,), the features that count for classes; None when no example has a class.
    """
    counts = [group.columns | ~group.fed for group in groups] + ([classes] if classes is not None else [])
    if not counts:
        return []
    missing = [name for name, used in zip(columns, np.logical_and.reduce(counts), strict=True) if not used]
    if not missing:
        return []
    what = "feature" if len(missing) == 1 else "features"
    text = f"the {what} {listed(missing)} could not be told for all that was taught, and does not count yet"
    return [f"{text}: new takes have it; those without can be deleted"]
