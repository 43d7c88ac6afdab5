"""Tables of samples made by numpy: quicker than pyo's own, and its callback does not wait while they are filled."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import DataTable

SIZE: Final = 8192
"""Samples of one turn of a wave: a power of two, so that pyo's phases wrap without rounding."""

NO_INTERPOLATION: Final = 1
"""How `TrigEnv` is to read its table, in pyo's numbers. It plays the position that equals the table's size, too: the
guard point, which is there. Interpolating (pyo's default) reads the entry behind it, which is not, and 0 x NaN is
NaN."""


def table(graph: Graph, samples: NDArray[np.float32]) -> DataTable:
    """A pyo table that holds `samples`, one dimension."""
    made = graph.DataTable(len(samples))
    np.asarray(made.getBuffer())[:] = samples
    return made


@cache
def saw_wave(overtones: int) -> NDArray[np.float32]:
    """One turn of a saw of so many overtones, float32, shape (SIZE,), about -1 to 1.

    Overtones fade towards the last one by Lanczos' sigma factors, so that the edge does not ring.
    """
    number = np.arange(1, overtones + 1)
    spectrum = np.zeros(SIZE // 2 + 1, complex)
    spectrum[number] = -1j * np.sinc(number / (overtones + 1)) / number * (SIZE / np.pi)
    return np.fft.irfft(spectrum, SIZE).astype(np.float32)
