"""Whether takes that are to be imported are there already: the same rows teach nothing by being there twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gesturesynth.mapping.examples.dataset import Examples


def known_takes(fresh: Examples, stored: Examples, columns: Sequence[str], outputs: Sequence[str]) -> dict[int, int]:
    """Finds takes of `fresh` that are in `stored`, row by row the same in what a preset looks at.

    Args:
        fresh: what is to be imported.
        stored: what is there, as numbers; also what was computed from skeletons.
        columns: features that are compared.
        outputs: likewise.

    Returns:
        Number of a take in `fresh` -> number of the same take in `stored`.
    """
    there: dict[tuple[bytes, ...], int] = {}
    for number, key in _keys(stored, columns, outputs):
        there.setdefault(key, number)
    found = ((number, there.get(key)) for number, key in _keys(fresh, columns, outputs))
    return {number: same for number, same in found if same is not None}


def _keys(
    examples: Examples, columns: Sequence[str], outputs: Sequence[str]
) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Each take's number with what tells it from others, whatever the order of its rows."""
    aligned = examples.aligned(columns, outputs)
    numbers = np.hstack([aligned.X, aligned.Y]) + 0.0  # there is one zero
    numbers[np.isnan(numbers)] = np.nan  # and one NaN
    for take in dict.fromkeys(aligned.takes.tolist()):
        chosen = aligned.takes == take
        labels = aligned.labels[chosen].tolist()
        rows = zip(numbers[chosen], labels, strict=True)
        yield int(take), tuple(sorted(row.tobytes() + label.encode("utf-8", "replace") for row, label in rows))
