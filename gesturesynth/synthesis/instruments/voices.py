"""Voices that take turns: each tick is for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject


def in_turn(graph: Graph, tick: PyoObject, count: int) -> PyoObject:
    """One trigger for each of `count` voices, of which each tick reaches one: the first tick the first.

    pyo's Select fires when a count changes: once when it is built, and not at the first tick, which changes nothing.
    """
    number = graph.Counter(tick, 0, count)
    return graph.Compare(number, [float(voice) for voice in range(count)], "==") * tick
