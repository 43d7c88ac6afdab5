"""Two sides from streams: how an instrument becomes left and right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject


def pair(graph: Graph, left: PyoObject, right: PyoObject) -> PyoObject:
    """Two objects of one stream each as one object of two streams."""
    return graph.Mix([left, right], voices=2)


def parts(graph: Graph, source: PyoObject) -> list[PyoObject]:
    """The streams of an object, each as an object of its own (`source[0]` is not one that pyo calculates with)."""
    return [graph.Dummy([stream]) for stream in source.getBaseObjects()]


def spread(graph: Graph, voices: PyoObject, places: Sequence[float]) -> PyoObject:
    """All streams of an object between left and right, with equal power: two streams.

    Args:
        graph: the graph to build in.
        voices: one stream for each place.
        places: -1 (left) to 1 (right) for each stream.
    """
    angles = [(place + 1) * math.pi / 4 for place in places]
    sides = ([math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles])
    return pair(graph, *((voices * gains).mix(1) for gains in sides))


def narrowed(sound: PyoObject) -> PyoObject:
    """Two streams of which each has a third of the other: wide, but whole in one loudspeaker."""
    return sound * 0.7 + sound.mix(1) * 0.3


def fan(count: int, width: float = 0.8) -> list[float]:
    """Places for `count` streams, evenly from -width to width, neighbours on opposite sides."""
    if count == 1:
        return [0.0]
    even = [width * (2 * number / (count - 1) - 1) for number in range(count)]
    return [even[number // 2] if number % 2 == 0 else even[-1 - number // 2] for number in range(count)]
