"""Which rows and which features are used for which output: an output is fitted to the rows that name it.

Rows come from takes of different ages: one was recorded before an output or a feature was added, another was imported
from a file without some of them. Outputs share one fit where the same rows name them, the same features feed them, and
their model is the same; so a piece whose rows name every output costs one fit.

A row without one of the features is not used. Where whole snapshots would be lost for that (rows that were imported
before a feature was added have no skeleton to compute it from), the feature is left out instead, and the snapshots are
kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.confidence import snapshot_groups

Bools = NDArray[np.bool_]

PATTERNS: Final = 32
"""So many different sets of known features are tried, the most frequent first; rare ones are brief occlusions."""


@dataclass(frozen=True, eq=False)
class RowGroup:
    """Outputs that are fitted together.

    Attributes:
        outputs: their numbers, in order.
        rows: bool (n,), the rows that they are fitted to.
        columns: bool (k,), the features that are used: all that feed them but those that are left out.
        fed: bool (k,), the features that feed them.
    """

    outputs: tuple[int, ...]
    rows: Bools
    columns: Bools
    fed: Bools


def output_groups(
    known: Bools, takes: NDArray[np.int64], positions: NDArray[np.float64], fed: Bools, models: Sequence[Hashable]
) -> tuple[RowGroup, ...]:
    """Groups the outputs that are fitted together.

    Args:
        known: (n, k), whether a row has a feature.
        takes: (n,), numbers of the takes.
        positions: (n, m), of the outputs; NaN where a row does not name one.
        fed: (m, k), the features that feed an output.
        models: m of them, equal for outputs of one kind of model with the same settings.

    Returns:
        Groups in the order of their first outputs. An output is in none when no row that names it has any of the
        features that feed it.
    """
    named = np.isfinite(positions)
    together: dict[Hashable, list[int]] = {}
    for output, model in enumerate(models):
        key = named[:, output].tobytes(), fed[output].tobytes(), model
        together.setdefault(key, []).append(output)
    groups = []
    for outputs in together.values():
        feeding, wanted = fed[outputs[0]], named[:, outputs[0]]
        some = known[:, feeding]
        # Where no feature is missing, no snapshot can be lost.
        snapshots = takes if some.all() else snapshot_groups(takes, positions[:, outputs], np.full(len(takes), ""))
        found = usable_rows(some, wanted, snapshots)
        if found is not None:
            columns = np.zeros(known.shape[1], dtype=np.bool_)
            columns[feeding] = found[1]
            groups.append(RowGroup(tuple(outputs), found[0], columns, feeding))
    return tuple(groups)


def usable_rows(known: Bools, wanted: Bools, snapshots: NDArray[np.int64]) -> tuple[Bools, Bools] | None:
    """The rows (n,) and features (k,) to fit to.

    Args:
        known: (n, k), whether a row has a feature.
        wanted: (n,), rows with a value of what is to be fitted.
        snapshots: (n,), rows of equal numbers are of one snapshot, which should not be lost.

    Returns:
        Of `wanted` the rows that have all the used features, and those features; None when no row has any.
    """
    every = np.ones(known.shape[1], dtype=np.bool_)
    rows = np.asarray(wanted & known.all(axis=1), dtype=np.bool_)
    if not wanted.any():
        return None
    kept = np.unique(snapshots[rows])
    if len(kept) == len(np.unique(snapshots[wanted & known.any(axis=1)])) > 0:
        return rows, every
    patterns, counts = np.unique(known[wanted], axis=0, return_counts=True)
    best, best_score = (rows, every), len(kept) * len(every)
    for columns in patterns[np.argsort(-counts, kind="stable")][:PATTERNS]:
        covering = np.asarray(wanted & known[:, columns].all(axis=1), dtype=np.bool_)
        score = len(np.unique(snapshots[covering])) * int(columns.sum())
        if score > best_score:
            best, best_score = (covering, np.asarray(columns, dtype=np.bool_)), score
    return best if best_score else None
