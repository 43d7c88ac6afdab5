"""How far behind a sound a person moves who follows it, found in the recording itself.

Who moves along with a sound hears it first: the pose at a time belongs to the sound some tenths of a second before. The
delay is that at which poses and sounds agree best: for each delay every block of `LEFT_OUT_S` of the recording is left
out in turn, and its sounds are predicted from the rest, by linear radial basis interpolation. With the inverse A of its
system (which depends on the poses alone, so it is needed once for all delays), the errors in a block b are A_bb^-1
(A y)_b, as for single rows in Golub, Heath and Wahba 1979. The delay of the least error is taken, where it is clearly
the least; else `FOLLOWING_S`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.rbf import distances

Float = NDArray[np.float64]

FOLLOWING_S: Final = 0.25
"""The delay where the recording does not tell it: people follow a moving target that they know 0.2 to 0.25 s late, and
sound card and camera add some hundredths."""
LEAST_S: Final = 0.0
MOST_S: Final = 0.7
STEP_S: Final = 0.02
LEFT_OUT_S: Final = 0.5
ROWS: Final = 240  # of the recording, evenly spread, that are compared: 8 s of frames, or every third of 24 s
FEWEST: Final = 40
CLEARLY: Final = 0.97
"""The least error is clear when it is at most this part of the mean error over all delays."""


def following_s(times_s: Float, x: Float, positions_at: Callable[[float], Float]) -> tuple[float, bool]:
    """The delay of a person who follows a sound, seconds, and whether the recording has told it.

    Args:
        times_s: (n,), of the poses, from the beginning of the sound.
        x: (n, k), their features, scaled; all finite.
        positions_at: the positions (m,), 0..1, of the outputs at a time from the beginning of the sound.
    """
    some = np.unique(np.linspace(0, len(x) - 1, min(len(x), ROWS)).astype(int))
    if len(some) < FEWEST:
        return FOLLOWING_S, False
    x, times_s = x[some], times_s[some]
    delays = np.arange(LEAST_S, MOST_S + STEP_S / 2, STEP_S)
    # A sound is computed once for each step of time, not for each pose and delay: this runs beside what plays.
    grid = np.arange(times_s[0] - MOST_S - STEP_S, times_s[-1] + STEP_S, STEP_S)
    heard = np.stack([positions_at(float(time)) for time in grid])
    late = times_s[:, None] - delays[None, :]
    y = np.stack([np.interp(late, grid, column) for column in heard.T], axis=2)
    errors = _left_out_errors(x, y, times_s)
    best = int(np.argmin(errors))
    if not 0 < best < len(delays) - 1 or errors[best] > CLEARLY * errors.mean():
        return FOLLOWING_S, False
    return float(delays[best]), True


def _left_out_errors(x: Float, y: Float, times_s: Float) -> Float:
    """Mean error of each delay, (d,): y is (n, d, m)."""
    n = len(x)
    system = np.zeros((n + 1, n + 1))
    system[:n, :n] = -distances(x, x)
    system[np.arange(n), np.arange(n)] = 1.0
    system[:n, n] = system[n, :n] = 1.0
    inverse = np.linalg.pinv(system, hermitian=True)[:n, :n]
    weights = np.einsum("ij,jdm->idm", inverse, y)
    squares = np.zeros(y.shape[1])
    blocks = np.floor((times_s - times_s[0]) / LEFT_OUT_S)
    for number in np.unique(blocks):
        rows = np.flatnonzero(blocks == number)
        own = inverse[np.ix_(rows, rows)]
        residual = np.linalg.lstsq(own, weights[rows].reshape(len(rows), -1), rcond=None)[0]
        squares += (residual.reshape(len(rows), *y.shape[1:]) ** 2).sum(axis=(0, 2))
    return np.asarray(np.sqrt(squares / n), dtype=np.float64)
