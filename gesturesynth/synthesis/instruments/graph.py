"""Keeping a graph alive: pyo's classes, and a list of every object that was made through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject, PyoTableObject


class Graph(PyoClasses):
    """Stands in for the pyo module while a graph is built, and keeps every object that was made through it.

    pyo frees a table as soon as Python forgets it, also while a C object still reads from it: a crash some time later.
    Holding the Graph holds everything. Nothing in it points back, so that dropping it frees the graph at once, without
    the garbage collector (which does not run while the engine sounds).

    Attributes:
        made: every object, in the order of making.
    """

    def __init__(self, pyo: PyoClasses) -> None:
        self._pyo = pyo
        self.made: list[PyoObject | PyoTableObject] = []

    if not TYPE_CHECKING:  # a type checker takes the classes of PyoClasses for attributes

        def __getattr__(self, name: str) -> Callable[..., object]:
            make = getattr(self._pyo, name)

            def make_and_keep(*args: object, **keywords: object) -> object:
                self.made.append(make(*args, **keywords))
                return self.made[-1]

            return make_and_keep

    def private_streams(self, controls: Mapping[str, PyoObject]) -> dict[str, PyoObject]:
        """The controls, each behind a stream of the instrument's own.

        Arithmetic on a pyo object is remembered by that object for as long as it lives; this way the instrument's
        arithmetic dies with the instrument, and a control may be any kind of stream.
        """
        return {name: self.Sig(control) for name, control in controls.items()}
