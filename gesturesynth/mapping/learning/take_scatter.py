"""How far from what was taught a pose may be and still count as that, learnt from the takes themselves.

Where a sound or a class has several takes, the rows of each are compared with the others (leave one take out): they are
what a person does who takes the same pose once more. With few such takes the radius is drawn towards a part of the
median distance between snapshots, as if `PRIOR_TAKES` takes had shown it. It is never less than a take extends.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.rbf import distances

Float = NDArray[np.float64]
Numbers = NDArray[np.int64]

PRIOR: Final = 0.35
"""Of the median distance between snapshots of different sounds."""
PRIOR_TAKES: Final = 3.0

MARGIN: Final = 1.2
"""Times the distance that 90 of 100 rows of a take have from the other takes of its sound: people vary more over an
evening than over a minute."""

LEAST: Final = 0.2
MOST: Final = 0.7
"""Of the median distance between snapshots. Beyond the latter poses of different sounds would be one."""

WIDEST_TAKE: Final = 0.1
"""Scaled units times the root of the number of features that move. A take that extends farther than this was recorded
in movement; its extent is no measure of how much a held pose varies."""

FEWEST: Final = 5
"""Rows of a take that is compared. Shorter ones are rows of a table: they tell how dense that is, not how people vary.
"""

ROWS: Final = 30
TAKES: Final = 60
"""Rows of a take, and takes, evenly spread, that are compared: bounds of work."""


def full_confidence_radius(x: Float, group: Numbers, meaning: Numbers, apart: float) -> float:
    """The distance up to which confidence is 1, in the units of `x`.

    Args:
        x: (n, k), scaled features.
        group: (n,), the snapshot of each row, 0 to s - 1.
        meaning: (s,), the sound or class of each snapshot.
        apart: the median distance between snapshots of different meanings, above 0.
    """
    some = [_spread(np.flatnonzero(group == number), ROWS) for number in range(len(meaning))]
    long = np.array([len(rows) >= FEWEST for rows in some])
    repeated = np.flatnonzero(long & np.isin(meaning, np.flatnonzero(np.bincount(meaning[long]) > 1)))
    held_out = []
    for number in _spread(repeated, TAKES).tolist():
        others = [other for other in repeated.tolist() if meaning[other] == meaning[number] and other != number]
        rest = np.concatenate([x[some[other]] for other in others[:TAKES]])
        held_out.append(float(np.quantile(distances(x[some[number]], rest).min(axis=1), 0.9)))
    learned = MARGIN * sum(held_out)
    radius = (PRIOR_TAKES * PRIOR * apart + learned) / (PRIOR_TAKES + len(held_out))
    radius = min(max(radius, LEAST * apart), MOST * apart)
    return max(radius, _take_extent(x, some))


def _take_extent(x: Float, rows_of: list[Numbers]) -> float:
    """How far 90 of 100 rows of a take lie from its middle; the median of all takes, bounded."""
    extents = [
        float(np.quantile(np.linalg.norm(x[rows] - x[rows].mean(axis=0), axis=1), 0.9)) for rows in rows_of if len(rows)
    ]
    bound = WIDEST_TAKE * np.sqrt(np.count_nonzero(np.ptp(x, axis=0)))
    return float(min(np.median(extents), bound)) if extents else 0.0


def _spread(numbers: Numbers, most: int) -> Numbers:
    """At most so many of them, evenly spread."""
    return numbers[:: max(1, -(-len(numbers) // most))]
