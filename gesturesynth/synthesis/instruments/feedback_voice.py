"""A sine that modulates its own phase, y = sin(x + 2 pi feedback y), read from tables instead of computed by feedback.

pyo's SineLoop computes it sample by sample, but pyo 1.1.0 wraps its phase in 32-bit floats: a phase just below 0
becomes exactly the length of the table, the entry behind the table is read, and when that is no number it becomes an
index and ends the process. The wave itself is known: y = sin(E) where E is the solution of Kepler's equation E - b
sin(E) = x with b = 2 pi feedback, so one turn of it is a table for each feedback, and the tables between which a
feedback lies are crossfaded. `Osc` reads tables with a 64-bit phase, which wraps exactly when the size of the table is
a power of two.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.wavetables import SIZE, table

if TYPE_CHECKING:
    from pyo import PyoObject

GREATEST: Final = 0.15
"""Feedback in turns of the phase. Kepler's equation has one solution up to 1 / (2 pi), 0.159."""
FEEDBACKS: Final = (0.0, 0.03, 0.06, 0.09, 0.12, GREATEST)
"""Those that have a table. Between two, overtones down to -20 dB are within 1 dB of where they would be."""
OVERTONES: Final = 64
"""More are below -50 dB of the fundamental at the greatest feedback."""
_STEPS: Final = 40
"""Of Newton's method; 12 are enough."""

# Tables of weights have 512 entries, and each feedback that has a table stands on an entry, so that there the others
# are silent. pyo.Lookup reads an index of -1 to 1 from 0.005 to 0.995 of its table.
_ENTRIES: Final = 512
_FIRST_ENTRY: Final = 6
_ENTRIES_APART: Final = 100
_REACH: Final = (0.5 - _FIRST_ENTRY / _ENTRIES) / 0.495


def feedback_voice(graph: Graph, freq: PyoObject, feedback: PyoObject) -> PyoObject:
    """The voice: a stream between -1.2 and 1.2, without DC.

    Args:
        graph: the graph to build in.
        freq: stream of Hz, above 0.
        feedback: stream, 0 (a sine) to GREATEST (a bowed string); held beyond the ends.
    """
    place = graph.Clip(feedback * (2 * _REACH / GREATEST) - _REACH, -_REACH, _REACH)
    at = (np.arange(_ENTRIES) - _FIRST_ENTRY) / _ENTRIES_APART
    voices = []
    # Every oscillator begins at phase 0 and adds the same steps, so that they stay in phase.
    for number, value in enumerate(FEEDBACKS):
        share = np.maximum(1 - np.abs(np.clip(at, 0, len(FEEDBACKS) - 1) - number), 0).astype(np.float32)
        weight = graph.Lookup(table(graph, share), place)
        voices.append(graph.Osc(table(graph, feedback_wave(value)), freq=freq, mul=weight))
    return graph.Mix(voices, voices=1)


@cache
def feedback_wave(feedback: float) -> NDArray[np.float32]:
    """One turn of the wave, float32, shape (SIZE,), of at most OVERTONES partials; `feedback` 0 to GREATEST."""
    turn = np.arange(SIZE) * (2 * np.pi / SIZE)
    bend = 2 * np.pi * feedback
    # From pi Newton's method reaches the solution from every x (it is monotonic beyond it).
    solution = np.full(SIZE, np.pi)
    for _ in range(_STEPS):
        solution = solution - (solution - bend * np.sin(solution) - turn) / (1 - bend * np.cos(solution))
    spectrum = np.fft.rfft(np.sin(solution))
    spectrum[0] = 0.0
    spectrum[OVERTONES + 1 :] = 0.0
    return np.fft.irfft(spectrum, SIZE).astype(np.float32)
