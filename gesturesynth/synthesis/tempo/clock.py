"""The clock of the engine: writes the beats of each buffer into tables that pyo reads sample by sample.

pyo calls it in its audio callback, right before a buffer is computed. What instruments take from it (`timing.py`) is
held by them alone: a rack that is dropped takes its tables with it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.cycle import Cycle
from gesturesynth.synthesis.tempo.line import TempoLine
from gesturesynth.synthesis.tempo.swing import Beats

if TYPE_CHECKING:
    from pyo import PyoObject, PyoTableObject, Server

    from gesturesynth.synthesis.instruments.graph import Graph

What = Literal["ticks", "counts", "phases"]
"""What of a cycle a table holds: 1 at the sample where one begins; how many have begun; how far it is."""

BAR: Final = 0.0
"""In place of a length: one bar, whatever the metre is."""


class Written:
    """A table of one buffer that is written before each buffer, and the stream that reads it.

    Args:
        graph: keeps both alive.
        frames: of a buffer.
    """

    def __init__(self, graph: Graph, frames: int) -> None:
        self._table: PyoTableObject = graph.DataTable(frames)
        self.stream: PyoObject = graph.TableScan(self._table)
        self._dirty = False

    def write(self, values: Beats) -> None:
        """One value for each sample."""
        # pyo frees a table's memory although views of it exist: they must not be kept.
        np.asarray(self._table.getBuffer())[: len(values)] = values

    def write_ones(self, samples: list[int]) -> None:
        """1 at these samples, 0 at all others."""
        if not samples and not self._dirty:
            return
        memory = np.asarray(self._table.getBuffer())
        memory[:] = 0.0
        memory[samples] = 1.0
        self._dirty = bool(samples)


class CycleStreams:
    """What instruments read of one cycle. Only what is asked for is computed.

    Args:
        length: whole notes, or `BAR`.
        frames: of a buffer.
    """

    def __init__(self, length: float, frames: int) -> None:
        self.cycle = Cycle(length or 1.0)
        self._is_bar = length == BAR
        self._frames = frames
        self._written: dict[What, Written] = {}

    def stream(self, graph: Graph, what: What) -> PyoObject:
        """A stream that is kept alive by `graph`."""
        if what not in self._written:
            self._written[what] = Written(graph, self._frames)
        return self._written[what].stream

    def write(self, beats: Beats, bar: float) -> None:
        """The next buffer; `bar` is the length of a bar in whole notes."""
        if self._is_bar:
            self.cycle.length = bar
        for what, written in tuple(self._written.items()):  # an instrument may just be built by another thread
            if what == "ticks":
                written.write_ones(self.cycle.ticks(beats).tolist())
            else:
                written.write(self.cycle.counts(beats) if what == "counts" else self.cycle.phases(beats))


class TempoClock:
    """One for each server. Nothing is computed for what no instrument asks for.

    Args:
        server: the booted pyo server.
        time_s: gives the time on the clock of the tempo's anchor; None: samples since the construction.
    """

    def __init__(self, server: Server, time_s: Callable[[], float] | None = None) -> None:
        self._rate = server.getSamplingRate()
        self.frames = server.getBufferSize()
        self._line = TempoLine(self._rate)
        self._time_s = time_s
        self._computed = 0
        self._readers: list[weakref.ReferenceType[CycleStreams]] = []
        self._followers: list[weakref.WeakMethod[Callable[[Beats, Tempo], None]]] = []
        self._callback = self._compute  # pyo does not keep what it is given
        server.setCallback(self._callback)

    @property
    def tempo(self) -> Tempo:
        """What was set last."""
        return self._line.tempo

    def set(self, tempo: Tempo) -> None:
        """Follows another tempo from the next buffer on."""
        if tempo != self._line.tempo:
            self._line.set(tempo, self._now_s())

    def cycle(self, length: float) -> CycleStreams:
        """A cycle that is computed as long as what is returned is held."""
        made = CycleStreams(length, self.frames)
        self._readers = [reader for reader in self._readers if reader() is not None]
        self._readers.append(weakref.ref(made))
        return made

    def follow(self, play: Callable[[Beats, Tempo], None]) -> None:
        """Calls a method right before each buffer, with its places, as long as the object lives."""
        self._followers = [follower for follower in self._followers if follower() is not None]
        self._followers.append(weakref.WeakMethod(play))

    def _now_s(self) -> float:
        return self._time_s() if self._time_s else self._computed / self._rate

    def _compute(self) -> None:
        beats = self._line.advance(self.frames, self._now_s())
        self._computed += self.frames
        bar = self._line.tempo.bar / 4.0
        for reader in self._readers:
            streams = reader()
            if streams is not None:
                streams.write(beats, bar)
        for follower in self._followers:
            play = follower()
            if play is not None:
                play(beats, self._line.tempo)
