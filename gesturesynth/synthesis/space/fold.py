"""What one loudspeaker gets of left and right: all of it, whatever both have in common.

The mean of two channels loses what they have with opposite signs, and is up to 6 dB softer than both together. Here the
right channel is turned by a quarter of a period against the left one at all frequencies (a Hilbert transform of
all-passes), so that they add up by power: nothing is cancelled, and one loudspeaker is as loud as two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject

FLOOR: Final = 1e-12
FLOOR_HZ: Final = 107.0
"""A tone at -240 dBFS: without it the all-passes fade into denormal numbers, which take several times longer."""


def folded(graph: Graph, both: PyoObject) -> PyoObject:
    """One stream of two, which must be finite."""
    real_left, _, _, turned_right = graph.Hilbert(both + graph.Sine(freq=FLOOR_HZ, mul=FLOOR)).getBaseObjects()
    return graph.Mix([graph.Dummy([real_left]), graph.Dummy([turned_right])], voices=1)
