"""Keeping a graph alive: pyo's classes, with a memory of what they made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any


class Graph:
    """Stands in for the pyo module while a graph is built, and keeps every object that was made through it.

    pyo frees a table as soon as Python forgets it, also while a C object still reads from it: a crash some time later.
    Holding the Graph holds everything. Nothing in it points back, so that dropping it frees the graph at once, without
    the garbage collector (which does not run while the engine sounds).
    """

    def __init__(self, pyo: ModuleType) -> None:
        self._pyo = pyo
        self._made: list[Any] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        make = getattr(self._pyo, name)

        def make_and_keep(*args: object, **keywords: object) -> Any:  # noqa: ANN401 - pyo has no types
            self._made.append(make(*args, **keywords))
            return self._made[-1]

        return make_and_keep

    def private_streams(self, controls: Mapping[str, Any]) -> dict[str, Any]:
        """The controls, each behind a stream of the instrument's own.

        Arithmetic on a pyo object is remembered by that object for as long as it lives; this way the instrument's
        arithmetic dies with the instrument, and a control may be any kind of stream.
        """
        return {name: self.Sig(control) for name, control in controls.items()}
