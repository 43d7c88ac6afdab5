"""Finds takes in an import that are stored already: the same rows a second time teach nothing.

It is a module of its own because it compares two sets of examples, while `store` and `dataset` each handle one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gesturesynth.mapping.examples.dataset import Examples


def known_takes(imported: Examples, stored: Examples, columns: Sequence[str], outputs: Sequence[str]) -> dict[int, int]:
    """Finds takes of `imported` that are in `stored`, with the same rows in all that a preset uses.

    Args:
        imported: what is to be imported.
        stored: what is there, including features computed from skeletons.
        columns: features that are compared.
        outputs: outputs that are compared.

    Returns:
        Number of a take in `imported` -> number of the same take in `stored`.
    """
    there: dict[tuple[bytes, ...], int] = {}
    for number, key in _keys(stored, columns, outputs):
        there.setdefault(key, number)
    found = ((number, there.get(key)) for number, key in _keys(imported, columns, outputs))
    return {number: same for number, same in found if same is not None}


def _keys(
    examples: Examples, columns: Sequence[str], outputs: Sequence[str]
) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Each take's number with a key of its rows, whatever their order."""
    aligned = examples.aligned(columns, outputs)
    numbers = np.hstack([aligned.X, aligned.Y]) + 0.0  # -0.0 becomes 0.0
    numbers[np.isnan(numbers)] = np.nan  # all NaN become the same bytes
    for take in dict.fromkeys(aligned.takes.tolist()):
        chosen = aligned.takes == take
        labels = aligned.labels[chosen].tolist()
        rows = zip(numbers[chosen], labels, strict=True)
        yield int(take), tuple(sorted(row.tobytes() + label.encode("utf-8", "replace") for row, label in rows))
