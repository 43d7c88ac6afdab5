"""The algorithm that was tried before, to compare with: SPRING as it was published, on raw takes.

Y. Sakurai, C. Faloutsos, M. Yamamuro, Stream Monitoring under the Time Warping Distance, ICDE 2007.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

THRESHOLD = 0.3
"""Cost per template frame, as a part of the template's own variance."""


def spring(template: Float, stream: Float) -> list[tuple[int, int]]:
    """Disjoint matches (first and last row of the stream), each reported when no better one can overlap it."""
    count = len(template)
    variance = float(np.mean(np.sum((template - template.mean(axis=0)) ** 2, axis=1)))
    limit = THRESHOLD * variance * count
    sums, starts = [np.inf] * count, [0] * count
    least, span, matches = np.inf, (0, 0), []
    for row, x in enumerate(stream):
        costs = np.sum((template - x) ** 2, axis=1).tolist()
        below, below_start = 0.0, row
        new_sums, new_starts = [], []
        for j in range(count):
            before, before_start = (0.0, row) if j == 0 else (sums[j - 1], starts[j - 1])
            total, start = min((below, below_start), (sums[j], starts[j]), (before, before_start), key=lambda p: p[0])
            below, below_start = total + costs[j], start
            new_sums.append(below)
            new_starts.append(below_start)
        sums, starts = new_sums, new_starts
        if least <= limit and all(s >= least or b > span[1] for s, b in zip(sums, starts, strict=True)):
            matches.append(span)
            sums = [np.inf if b <= span[1] else s for s, b in zip(sums, starts, strict=True)]
            least = np.inf
        if sums[-1] <= limit and sums[-1] < least:
            least, span = sums[-1], (starts[-1], row)
    return matches
