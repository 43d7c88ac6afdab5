"""The functions of expressions that remember: windows, differences, smoothing. Pure: time is passed in.

Each takes one sample a frame, with its time, and answers with a value, which is NaN while there is none. A frame in
which the sample is not seen (NaN) adds nothing; windows go on to forget.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

MOST_SAMPLES: Final = 8192
"""Of one window; at more frames a second than 273, the longest one gets shorter."""


class Memory(Protocol):
    """A function of one stream of samples."""

    def step(self, sample: float, time_s: float) -> float:
        """Takes the sample of a frame, NaN for none; returns the value at this time, NaN for none."""
        ...


class Window:
    """The samples of the last seconds, in order, as one array.

    Args:
        length_s: how far back they go, seconds.
        measure: makes the value of the samples, at least one, and their times.
    """

    def __init__(self, length_s: float, measure: Callable[[NDArray[np.float64], NDArray[np.float64]], float]) -> None:
        self._length_s = length_s
        self._measure = measure
        self._rows = np.empty((2, 64))
        self._begin = self._end = 0

    def step(self, sample: float, time_s: float) -> float:
        """See Memory."""
        times = self._rows[1]
        while self._begin < self._end and times[self._begin] <= time_s - self._length_s:
            self._begin += 1
        if not math.isnan(sample):
            self._add(sample, time_s)
        if self._begin == self._end:
            return math.nan
        kept = self._rows[:, self._begin : self._end]
        return self._measure(kept[0], kept[1])

    def _add(self, sample: float, time_s: float) -> None:
        if self._end - self._begin >= MOST_SAMPLES:
            self._begin += 1
        if self._end == self._rows.shape[1]:
            kept = self._rows[:, self._begin : self._end]
            size = max(64, 2 * kept.shape[1])
            rows = np.empty((2, size))
            rows[:, : kept.shape[1]] = kept
            self._rows, self._begin, self._end = rows, 0, kept.shape[1]
        self._rows[:, self._end] = sample, time_s
        self._end += 1


class Change:
    """The change a second since the sample before."""

    def __init__(self) -> None:
        self._last = (math.nan, -math.inf)
        self._value = math.nan

    def step(self, sample: float, time_s: float) -> float:
        """See Memory."""
        before, before_s = self._last
        if math.isnan(sample):
            self._last, self._value = (math.nan, -math.inf), math.nan
        elif time_s > before_s:
            self._value = (sample - before) / (time_s - before_s)
            self._last = (sample, time_s)
        return self._value


class Smooth:
    """A one-pole low-pass of a time constant in seconds, right for any steps of time."""

    def __init__(self, constant_s: float) -> None:
        self._constant_s = constant_s
        self._value = math.nan
        self._time_s = -math.inf

    def step(self, sample: float, time_s: float) -> float:
        """See Memory."""
        if math.isnan(sample):
            self._value = math.nan
            return math.nan
        if math.isnan(self._value):
            self._value = sample
        else:
            weight = -math.expm1(-max(0.0, time_s - self._time_s) / self._constant_s)
            self._value += weight * (sample - self._value)
        self._time_s = time_s
        return self._value


class Delayed:
    """The sample of some seconds ago; between two samples, on the line that joins them."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._kept: deque[tuple[float, float]] = deque(maxlen=MOST_SAMPLES)

    def step(self, sample: float, time_s: float) -> float:
        """See Memory."""
        self._kept.append((sample, time_s))
        wanted_s = time_s - self._delay_s
        while len(self._kept) > 1 and self._kept[1][1] <= wanted_s:
            self._kept.popleft()
        before, before_s = self._kept[0]
        if before_s > wanted_s:
            return math.nan
        after, after_s = self._kept[1] if len(self._kept) > 1 else (before, before_s)
        if before_s in (wanted_s, after_s):
            return before
        return before + (after - before) * (wanted_s - before_s) / (after_s - before_s)


class Onsets:
    """How often the samples have come to a threshold from below, in the last seconds."""

    def __init__(self, threshold: float, length_s: float) -> None:
        self._threshold = threshold
        self._length_s = length_s
        self._before = math.nan
        self._times: deque[float] = deque(maxlen=MOST_SAMPLES)

    def step(self, sample: float, time_s: float) -> float:
        """See Memory."""
        while self._times and self._times[0] <= time_s - self._length_s:
            self._times.popleft()
        if not math.isnan(sample):
            if self._before < self._threshold <= sample:
                self._times.append(time_s)
            self._before = sample
        return float(len(self._times)) if not math.isnan(self._before) else math.nan


class Recent:
    """The newest samples, newest first; those that were never there are as the oldest one."""

    def __init__(self, count: int) -> None:
        self._kept: deque[float] = deque(maxlen=count)
        self._count = count

    def step(self, sample: float) -> list[float]:
        """Takes the sample of a frame; returns `count` values, NaN before the first."""
        if not math.isnan(sample):
            self._kept.appendleft(sample)
        known = list(self._kept)
        return known + [known[-1] if known else math.nan] * (self._count - len(known))


def _energy(samples: NDArray[np.float64], times: NDArray[np.float64]) -> float:
    if len(samples) < 2:
        return 0.0
    return float(np.mean(np.square(np.diff(samples) / np.maximum(np.diff(times), 1e-6))))


def memory(function: str, constants: tuple[float, ...]) -> Memory:
    """The memory of one call in an expression.

    Args:
        function: its name.
        constants: the numbers behind its first value.

    Raises:
        KeyError: there is no function with a memory of that name.
    """
    kinds: dict[str, Callable[..., Memory]] = {
        "smooth": Smooth,
        "delay": Delayed,
        "change": Change,
        "onsets": Onsets,
        "lowest": lambda length_s: Window(length_s, lambda samples, _: float(samples.min())),
        "highest": lambda length_s: Window(length_s, lambda samples, _: float(samples.max())),
        "mean": lambda length_s: Window(length_s, lambda samples, _: float(samples.mean())),
        "deviation": lambda length_s: Window(length_s, lambda samples, _: float(samples.std())),
        "energy": lambda length_s: Window(length_s, _energy),
    }
    return kinds[function](*constants)
