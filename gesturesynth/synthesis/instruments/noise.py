"""Noise that is read from a table: pyo's own generators take 13 to 15 µs for a buffer of 256 samples, this takes 0.6.

The table is 11 s long at 48 kHz, too long for an ear to know it again, and each reader begins at another place. It
holds what pyo's objects give: white noise evenly between -0.99 and 0.99, and pink noise of the same spectrum and level
as PinkNoise, which is Paul Kellet's filter (posted to the music-dsp list in 1999) behind white noise.

A resonance that is narrower than a tenth of a hertz hears single lines of the table and stands still where noise would
tremble: what rings for seconds takes pyo's own (`bowls`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table

if TYPE_CHECKING:
    from pyo import DataTable, PyoObject

LENGTH: Final = 2**19
"""Samples; a power of two, so that the step of its reader is exactly 1."""
_SEED: Final = 7
_WHITE_PEAK: Final = 0.99
_PINK_POLES: Final = (
    (0.99886, 0.0555179),
    (0.99332, 0.0750759),
    (0.96900, 0.1538520),
    (0.86650, 0.3104856),
    (0.55000, 0.5329522),
    (-0.7616, -0.0168980),
)
_PINK_DIRECT: Final = (0.5362, 0.115926)
"""Of this sample and of the one before."""
_PINK_GAIN: Final = 0.2
_SEED_STEP: Final = 0.7548776662466927
_GOLDEN: Final = 0.6180339887498949
"""Places that are this far apart, around a circle, never come close to one another."""


@cache
def white_noise() -> NDArray[np.float32]:
    """Float32, shape (LENGTH,), of the same values in every process."""
    return np.random.default_rng(_SEED).uniform(-_WHITE_PEAK, _WHITE_PEAK, LENGTH).astype(np.float32)


@cache
def pink_noise() -> NDArray[np.float32]:
    """Float32, shape (LENGTH,).

    Sines of random phases whose sizes follow the filter exactly, so that a narrow resonance finds the same level
    wherever it is; they fit into the table, so that its end goes on with its beginning.
    """
    turn = np.exp(-2j * np.pi * np.arange(LENGTH // 2 + 1) / LENGTH)
    response = _PINK_DIRECT[0] + _PINK_DIRECT[1] * turn
    for pole, part in _PINK_POLES:
        response = response + part / (1 - pole * turn)
    response[0] = 0.0
    phases = np.exp(2j * np.pi * np.random.default_rng(_SEED).random(len(turn)))
    level = _PINK_GAIN * _WHITE_PEAK / np.sqrt(3) * np.sqrt(LENGTH)
    return np.asarray(np.fft.irfft(np.abs(response) * phases, LENGTH) * level, np.float32)


class NoiseSource:
    """Streams of noise for one graph, all independent of one another.

    Args:
        graph: the graph to build in.
        near: any stream of the server that it plays in.
    """

    def __init__(self, graph: Graph, near: PyoObject) -> None:
        self._graph = graph
        self._near = near
        self._tables: dict[Callable[[], NDArray[np.float32]], DataTable] = {}

    def white(self, gains: float | Sequence[float] = 1.0, add: float = 0.0) -> PyoObject:
        """White noise as pyo.Noise gives it: one stream, or one for each of the gains."""
        return self._read(white_noise, gains, add)

    def pink(self, gains: float | Sequence[float] = 1.0) -> PyoObject:
        """Pink noise as pyo.PinkNoise gives it, likewise."""
        return self._read(pink_noise, gains, 0.0)

    def _read(
        self, samples: Callable[[], NDArray[np.float32]], gains: float | Sequence[float], add: float
    ) -> PyoObject:
        if samples not in self._tables:
            self._tables[samples] = table(self._graph, samples())
        several = [gains] if isinstance(gains, (int, float)) else list(gains)
        # By how much is built already: another place for each reader, and the same in every rendering with one seed.
        server = self._near.getServer()
        begin = len(server.getStreams()) + _SEED_STEP * server.getGlobalSeed()
        places = [(begin + number) * _GOLDEN % 1 for number in range(len(several))]
        step_hz = self._near.getSamplingRate() / LENGTH
        return self._graph.Osc(
            self._tables[samples], step_hz, phase=places, interp=NO_INTERPOLATION, mul=several, add=add
        )
