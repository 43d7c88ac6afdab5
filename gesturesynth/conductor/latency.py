"""Latency from the capture of a frame to the parameters made from it, for status and metrics."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np

WINDOW_S: Final = 2.0


class Latency:
    """Latencies of the last two seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, now_s: float, delay_s: float) -> None:
        """Adds a frame; `delay_s` is the time from its capture to now."""
        self._samples.append((now_s, delay_s))

    def quantiles_ms(self, now_s: float) -> tuple[float, float]:
        """Median and 99th percentile in milliseconds; NaN without frames."""
        while self._samples and now_s - self._samples[0][0] > WINDOW_S:
            self._samples.popleft()
        if not self._samples:
            return math.nan, math.nan
        median, p99 = np.quantile([delay for _, delay in self._samples], [0.5, 0.99])
        return float(median) * 1000, float(p99) * 1000
