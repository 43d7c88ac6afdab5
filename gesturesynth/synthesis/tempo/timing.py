"""What an instrument knows of the tempo: cycles that follow a rate, and beats, in phase with everything else.

An instrument asks while it builds its graph. Where it plays without a clock (by itself, to be measured), the same
streams run freely, at 120 beats a minute in 4/4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gesturesynth.core.note_lengths import parse_note_length
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.clock import BAR, CycleStreams, TempoClock, What, Written
from gesturesynth.synthesis.tempo.cycle import COUNTED

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.instruments.graph import Graph


class Struck:
    """A trigger of an instrument: struck by hand from the next buffer on, and by the clock at a sample.

    Args:
        graph: of the instrument.
        by_clock: what the clock strikes; None without one.

    Attributes:
        stream: 1 for one sample at each stroke, else 0.
    """

    def __init__(self, graph: Graph, by_clock: Written | None) -> None:
        self._by_hand = graph.Trig().stop()
        self.stream = graph.Clip(self._by_hand + by_clock.stream, 0.0, 1.0) if by_clock else self._by_hand

    def play(self) -> None:
        """Strikes it."""
        self._by_hand.play()


class InstrumentTiming:
    """The clock as one instrument sees it.

    Args:
        clock: of the engine; None without one.
        musical: the lengths of notes, in whole notes, of the parameters whose rates are notes.

    Attributes:
        cycles: of those parameters, by name; the rack moves their lengths.
        struck: by trigger, where the clock strikes it at a sample.
    """

    def __init__(self, clock: TempoClock | None = None, musical: Mapping[str, float] | None = None) -> None:
        self._clock = clock
        self.cycles: dict[str, CycleStreams] = {}
        if clock:
            self.cycles = {name: clock.cycle(length) for name, length in (musical or {}).items()}
        self.struck: dict[str, Written] = {}
        self._grids: list[CycleStreams] = []

    def trigger(self, graph: Graph, name: str) -> Struck:
        """A trigger of the instrument; `fire` plays it."""
        if self._clock:
            self.struck[name] = Written(graph, self._clock.frames)
        return Struck(graph, self.struck.get(name))

    def follows(self, parameter: str) -> bool:
        """Whether a rate is a note now, so that its cycles lie on the beat."""
        return parameter in self.cycles

    # ------------------------------------------------------------------------------------------ cycles of a parameter
    def ticks(
        self, graph: Graph, parameter: str, rate: PyoObject, uneven: tuple[float, float] | None = None
    ) -> PyoObject:
        """Triggers of one sample, as often as a rate says; on the beat where it is a note.

        Args:
            graph: of the instrument.
            parameter: its name, such as `rate`.
            rate: its stream, in /s; what makes the triggers while the rate is no note.
            uneven: each interval of a free rate is multiplied by a random factor between these.
        """
        if parameter in self.cycles:
            return self.cycles[parameter].stream(graph, "ticks")
        clock = graph.Phasor(rate if uneven is None else rate * graph.Randh(*uneven, freq=rate))
        return wraps(graph, clock)

    def phases(self, graph: Graph, parameter: str, rate: PyoObject, phase: float = 0.0) -> PyoObject:
        """How far a cycle is, 0 to 1; a free one begins at `phase`."""
        if parameter in self.cycles:
            return self.cycles[parameter].stream(graph, "phases")
        return graph.Phasor(rate, phase=phase)

    def counts(self, graph: Graph, parameter: str) -> PyoObject:
        """How many cycles of a parameter whose rate is a note have begun, from 0 to 20159, then from 0.

        Raises:
            KeyError: it is not a note now (see `follows`).
        """
        return self.cycles[parameter].stream(graph, "counts")

    # -------------------------------------------------------------------------------------------------------- the beat
    def beats(self, graph: Graph, note: str = "1/4") -> PyoObject:
        """Triggers of one sample, at every such note of the tempo; `bar` for every bar."""
        return self._grid(graph, note, "ticks")

    def beat_phases(self, graph: Graph, note: str = "1/4") -> PyoObject:
        """How far such a note, or the `bar`, is: 0 to 1."""
        return self._grid(graph, note, "phases")

    def beat_counts(self, graph: Graph, note: str = "1/4") -> PyoObject:
        """How many such notes, or bars, have begun since the piece did, from 0 to 20159, then from 0."""
        return self._grid(graph, note, "counts")

    def _grid(self, graph: Graph, note: str, what: What) -> PyoObject:
        length = BAR if note == "bar" else parse_note_length(note)
        if self._clock:
            self._grids.append(self._clock.cycle(length))
            return self._grids[-1].stream(graph, what)
        phases = graph.Phasor(1.0 / Tempo().seconds(length or 1.0))
        if what == "phases":
            return phases
        ticks = wraps(graph, phases)
        return ticks if what == "ticks" else graph.Counter(ticks, 0, COUNTED)


def wraps(graph: Graph, clock: PyoObject) -> PyoObject:
    """Triggers of one sample where a phase begins again."""
    wrapped = graph.Compare(clock - graph.Delay1(clock), -0.5, "<")
    return graph.Change(wrapped) * wrapped
