"""The loudness limiter: turns a sound down while it is louder than allowed, in a fraction of a second.

The mean of the K-weighted power over about a seventh of a second, and the gain that brings it to what is allowed. It is
as quick as it must be to hold the loudness of any three seconds, whatever begins to sound, and slow enough to leave the
form of a stroke alone. What stays too loud is turned down for longer by the loudness guard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.levels.k_weighting import power_of, weighted_power

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.instruments.graph import Graph

MEAN_S: Final = 0.15
"""Time constant of the mean."""
ABOVE_TARGET_LU: Final = 2.2
"""What is allowed: so far above the target. docs/levels.md has the loudness of three seconds that it leads to."""

BOUND: Final = 512.0


def most_power(target_lufs: float) -> float:
    """The mean K-weighted power that is allowed for a target loudness in LUFS."""
    return power_of(target_lufs + ABOVE_TARGET_LU)


def bounded_power(graph: Graph, source: PyoObject, most: PyoObject) -> PyoObject:
    """The K-weighted power of `source`, one stream, at most 27 dB above what is allowed (`most`).

    The bound keeps a fault of a few milliseconds, which may have any size, from turning the sound down for seconds.
    """
    return graph.Min(weighted_power(graph, source), most * BOUND)


def limiting_gain(graph: Graph, power: PyoObject, most: PyoObject) -> PyoObject:
    """The gain, 0 to 1, for a sound of this bounded power; `most` is the mean power that is allowed."""
    mean = graph.Port(power, MEAN_S, MEAN_S)
    return graph.Sqrt(most / graph.Max(mean, most))
