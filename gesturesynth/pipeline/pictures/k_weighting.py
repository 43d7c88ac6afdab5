"""The frequency weighting of loudness (ITU-R BS.1770-5, annex 1) for sound that comes in blocks.

The standard gives coefficients for 48 kHz alone. For other rates both filters are made by the bilinear transform from
the analogue prototypes that these coefficients came from; at 48 kHz they agree to six digits.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHELF_HZ: Final = 1681.9745
SHELF_DB: Final = 3.99984
SHELF_Q: Final = 0.7071752
HIGH_PASS_HZ: Final = 38.13547
HIGH_PASS_Q: Final = 0.5003270
_SHELF_SHAPE: Final = 0.4996667741545416
"""Exponent of the gain at the middle of the shelf."""


class KWeighting:
    """Two filters in series, for two channels. Args: the sample rate in Hz."""

    def __init__(self, sample_rate: float) -> None:
        self._sections = sections(sample_rate)
        self._state = np.zeros((2, 2, 2))

    def apply(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weighted block, (frames, 2), after all that came before it."""
        from scipy.signal import sosfilt

        weighted, self._state = sosfilt(self._sections, block, axis=0, zi=self._state)
        return np.asarray(weighted, dtype=np.float64)


def sections(sample_rate: float) -> NDArray[np.float64]:
    """Coefficients of both filters, (2, 6): b0, b1, b2, 1, a1, a2."""
    k = math.tan(math.pi * SHELF_HZ / sample_rate)
    high = 10.0 ** (SHELF_DB / 20.0)
    middle = high**_SHELF_SHAPE
    scale = 1.0 + k / SHELF_Q + k * k
    shelf = [
        (high + middle * k / SHELF_Q + k * k) / scale,
        2.0 * (k * k - high) / scale,
        (high - middle * k / SHELF_Q + k * k) / scale,
        1.0,
        2.0 * (k * k - 1.0) / scale,
        (1.0 - k / SHELF_Q + k * k) / scale,
    ]
    k = math.tan(math.pi * HIGH_PASS_HZ / sample_rate)
    scale = 1.0 + k / HIGH_PASS_Q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / scale, (1.0 - k / HIGH_PASS_Q + k * k) / scale]
    return np.array([shelf, high_pass])
