"""The peak limiter: turns a sound down before its peaks come, those between the samples as well.

pyo has no limiter, and a loop over samples in Python would take longer than the sound lasts. Everything here is made of
objects that pyo computes in C, and nothing of it has a memory that could keep a number that is none:

- The peak: the greatest of all channels, of their samples and of three points between each two, which short FIR
  filters interpolate (a loudspeaker plays these points too: "true peak" of ITU-R BS.1770-5, annex 2).
- Its fall: the greatest of the last 21 ms, and of what came before that, the less the longer ago. Taken by doubling:
  the greatest of two neighbours, then of two such pairs two samples apart, and so on.
- The gain: ceiling divided by that, averaged over a look-ahead (two running means, again by doubling) and so without
  corners. Every value that is averaged is low enough for the delayed sound, so their mean is, too.

How its times were chosen: docs/levels.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

LOOK_AHEAD_S: Final = 0.0013
"""Length of each of the two means that make the gain smooth."""
HOLD_S: Final = 0.021
"""The gain stands still for so long after a peak: longer than half a period of the lowest note, so a bass is turned
down but not bent."""
RELEASE_S: Final = 0.15
"""Time constant of the exponential fall after that."""
TAPS: Final = 24
POINTS: Final = 4
"""Points for each sample: itself and three between it and the next."""
MARGIN_DB: Final = 0.9
"""How far below the ceiling peaks are held: what the interpolation may miss of full-band noise, the sound with the
highest peaks between samples that there is."""

_KAISER_BETA: Final = 1.5
# After this many time constants a peak at the guard of the rack (+36 dBFS) has fallen below any ceiling that is in use.
_RELEASE_CONSTANTS: Final = 4.5


class PeakLimiter:
    """Builds the limiter behind `source`.

    Args:
        pyo: its classes.
        source: pyo object of one stream for each channel, finite.
        ceiling: the greatest peak as an amplitude above 0, a stream.

    Attributes:
        output: pyo object of as many streams, late by `delay_frames`.
        delay_frames: sample frames by which the sound is later.
    """

    def __init__(self, pyo: PyoClasses, source: PyoObject, ceiling: PyoObject) -> None:
        graph = self._graph = Graph(pyo)
        rate = source.getSamplingRate()
        mean = _power_of_two(LOOK_AHEAD_S * rate)
        peak = _peak_between_samples(graph, source)
        held = _fall(graph, _greatest(graph, peak, _power_of_two(HOLD_S * rate)), mean)
        gain = ceiling / graph.Max(held, ceiling)
        for _ in range(2):
            gain = _sum(graph, gain, mean)
        # 2 * (mean - 1) is the length of both means; one more, because a peak may lie before or behind its sample.
        self.delay_frames = TAPS // 2 + 2 * (mean - 1) + 1
        self.output = delayed(graph, source, self.delay_frames) * (gain * (1.0 / mean**2))


def interpolator(point: float, taps: int = TAPS) -> NDArray[np.float64]:
    """FIR taps that give the value at `point` (0 to 1) between sample n - taps/2 and the next, for pyo's Convolve.

    A windowed sinc (Kaiser, beta 1.5) whose sum is 1. Convolve is one sample late by itself, which is included.
    """
    distance = taps / 2 - point - 1 - np.arange(taps)
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (distance / (taps / 2)) ** 2, 0, 1)))
    filtered = np.sinc(distance) * window
    return np.asarray(filtered / filtered.sum())


def delayed(graph: Graph, source: PyoObject, frames: int, gain: float = 1.0) -> PyoObject:
    """The source, later by whole sample frames (1 or more). pyo cuts a delay down to whole samples: half is added."""
    rate = source.getSamplingRate()
    return graph.SDelay(source, delay=(frames + 0.5) / rate, maxdelay=(frames + 2) / rate, mul=gain)


def peak_of_samples(graph: Graph, source: PyoObject) -> PyoObject:
    """The greatest of the sizes of all channels, sample by sample: one stream."""
    sizes = graph.Abs(source)
    greatest: PyoObject = graph.Dummy([sizes[0]])
    for channel in range(1, len(sizes)):
        greatest = graph.Max(greatest, graph.Dummy([sizes[channel]]))
    return greatest


def _peak_between_samples(graph: Graph, source: PyoObject) -> PyoObject:
    tables = [graph.DataTable(TAPS, 1, interpolator(point / POINTS).tolist()) for point in range(1, POINTS)]
    points = [graph.Convolve(source, filtered, TAPS) for filtered in tables]
    peak = peak_of_samples(graph, delayed(graph, source, TAPS // 2))
    for point in points:
        peak = graph.Max(peak, peak_of_samples(graph, point))
    return peak


def _greatest(graph: Graph, level: PyoObject, frames: int) -> PyoObject:
    """The greatest of the last `frames` (a power of two) sample frames."""
    lag = 1
    while lag < frames:
        level = graph.Max(level, delayed(graph, level, lag))
        lag *= 2
    return level


def _fall(graph: Graph, level: PyoObject, step: int) -> PyoObject:
    """The greatest of the level and of its past, each moment of the past multiplied by exp(-age / RELEASE_S).

    In steps of `step` sample frames, which a mean of as many makes smooth.
    """
    rate = level.getSamplingRate()
    lag = step
    while lag < _RELEASE_CONSTANTS * RELEASE_S * rate:
        level = graph.Max(level, delayed(graph, level, lag, math.exp(-lag / rate / RELEASE_S)))
        lag *= 2
    return level


def _sum(graph: Graph, gain: PyoObject, frames: int) -> PyoObject:
    """The sum of the last `frames` (a power of two) sample frames: exact, and without a memory that could drift."""
    lag = 1
    while lag < frames:
        gain = gain + delayed(graph, gain, lag)
        lag *= 2
    return gain


def _power_of_two(frames: float) -> int:
    return int(2 ** round(math.log2(frames)))
