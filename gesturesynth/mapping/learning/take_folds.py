"""Leave-one-take-out: splits examples by takes, and scores a fit by what it has not seen.

Frames of one take resemble each other far more than those of another take do. A random split therefore tests a fit with
what it was fitted to, and its scores are far too good. So whole takes are left out, and only those rows count whose
snapshot another take has taught: how a sound is played that was never taught is no error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Float: TypeAlias = NDArray[np.float64]
Fold: TypeAlias = tuple[Bools, Bools]
"""Rows to fit to and rows to test with, bool (n,) each; no take has rows in both."""

Fit: TypeAlias = Callable[[Bools], Callable[[Bools], Float]]
"""From the rows to fit to, to what gives the positions (q, m) of other rows."""


def take_folds(takes: NDArray[np.int64], snapshots: NDArray[np.int64], most: int | None = None) -> list[Fold]:
    """Folds that leave one take out each.

    Args:
        takes: (n,), numbers of the takes.
        snapshots: (n,), equal for rows that teach the same sound or class, in whatever take.
        most: no more folds than this: then a fold leaves out one take of each of several snapshots, and more than one
            where a snapshot has more takes than this. None: one take in each fold.

    Returns:
        Rows to fit to, rows to test with. A take whose snapshots are taught by no other take is in no test; without any
        other: an empty list.
    """
    numbers, of = np.unique(takes, return_inverse=True)
    of = of.reshape(-1)
    left_out = np.arange(len(numbers)) if most is None else _rounds(of, snapshots, len(numbers), most)
    folds = []
    for fold in np.unique(left_out):
        out = left_out[of] == fold
        test = out & np.isin(snapshots, np.unique(snapshots[~out]))
        if test.any():
            folds.append((np.asarray(~out, dtype=np.bool_), np.asarray(test, dtype=np.bool_)))
    return folds


def _rounds(take: NDArray[np.intp], snapshots: NDArray[np.int64], count: int, most: int) -> NDArray[np.intp]:
    """The fold of each of `count` takes: the first take of every snapshot, the second one, and so on."""
    first = np.array([int(np.argmax(take == number)) for number in range(count)], dtype=np.intp)
    rounds = np.zeros(count, dtype=np.intp)
    for snapshot in np.unique(snapshots[first]):
        same = np.flatnonzero(snapshots[first] == snapshot)
        rounds[same] = np.arange(len(same)) % max(2, most)
    return rounds


def fewest_takes(takes: NDArray[np.int64], snapshots: NDArray[np.int64]) -> int:
    """How many takes the snapshot with the fewest of them has; 0 without rows."""
    pairs = np.unique(np.column_stack([snapshots, takes]), axis=0)
    return int(np.unique(pairs[:, 0], return_counts=True)[1].min(initial=len(takes)))


def row_errors(fit: Fit, positions: Float, folds: Sequence[Fold]) -> Float:
    """Absolute error of each output at each row (n, m), where the row was left out; NaN for rows that no fold tests.

    Args:
        fit: called once for each fold.
        positions: (n, m), 0..1; NaN where a row does not name an output.
        folds: from `take_folds`.
    """
    off = np.full(positions.shape, np.nan)
    for train, test in folds:
        off[test] = np.abs(fit(train)(test) - positions[test])
    return off
