"""The tempo of one rack: which of its parameters are notes, and what its instruments take from the clock."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from gesturesynth.core.note_lengths import LONGEST, QUARTER, SHORTEST
from gesturesynth.runtime.messages import Scene
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.instruments.base import Instrument, Parameter
from gesturesynth.synthesis.tempo.clock import TempoClock
from gesturesynth.synthesis.tempo.note_values import note_value
from gesturesynth.synthesis.tempo.pattern import PATTERN_PARAMETERS
from gesturesynth.synthesis.tempo.strokes import Strokes
from gesturesynth.synthesis.tempo.timing import InstrumentTiming


class RackTempo:
    """Knows the parameters of a rack by their slots.

    Args:
        clock: of the engine; None: nothing is on the beat, and notes are those of 120 beats a minute.
        notes: `instrument.parameter` of those whose values are lengths of notes.
        slots: of all parameters, by name.
        parameters: by slot.

    Attributes:
        strokes: those that come on the beat; None before `begin`.
    """

    def __init__(
        self,
        clock: TempoClock | None,
        notes: Iterable[str],
        slots: Mapping[str, int],
        parameters: Sequence[Parameter],
    ) -> None:
        self._clock = clock
        self._slots, self._parameters = slots, parameters
        self._notes = {slots[name] for name in notes if name in slots}
        self._lengths: dict[int, float] = {}  # in whole notes
        self._timings: dict[str, InstrumentTiming] = {}
        self._of_patterns: dict[str, int] = {}
        self.strokes: Strokes | None = None

    def set_length(self, slot: int, value: float) -> bool:
        """Takes a value if it is the length of a note (in whole notes); returns whether the parameter is a note."""
        if slot in self._notes and math.isfinite(value) and SHORTEST <= value <= LONGEST:
            self._lengths[slot] = float(value)
        return slot in self._notes

    def timing(self, name: str, kind: type[Instrument]) -> InstrumentTiming:
        """The tempo as one instrument sees it, for the building of its graph."""
        rates = {p.name: self._slots[f"{name}.{p.name}"] for p in kind.parameters if p.unit == "/s"}
        lengths = {rate: self._lengths.get(slot, QUARTER) for rate, slot in rates.items() if slot in self._notes}
        self._timings[name] = InstrumentTiming(self._clock, lengths)
        return self._timings[name]

    def begin(self, scene: Scene, fire: Callable[[str, int], None]) -> None:
        """Begins to strike, once the instruments are built.

        Args:
            scene: patterns and grids.
            fire: a method that strikes a trigger at once, and gets the sample of the buffer at which it is due.
        """
        timings = self._timings.items()
        struck = {f"{name}.{trigger}": at for name, timing in timings for trigger, at in timing.struck.items()}
        self.strokes = Strokes(struck, fire)
        self.retune(scene)
        if self._clock:
            self._clock.follow(self.strokes.play)

    def retune(self, scene: Scene) -> None:
        """Takes over the patterns and grids of a scene with the same structure."""
        names = [f"{setup.name}.{p.name}" for setup in scene.on_beat.patterns for p in PATTERN_PARAMETERS]
        self._of_patterns = {name: self._slots[name] for name in names}
        if self.strokes:
            self.strokes.set(scene.on_beat.patterns, scene.on_beat.grids)

    def follow(self, targets: list[float]) -> None:
        """Writes the values of the parameters that are notes, at the tempo of now, into `targets`, by slot."""
        tempo = self._clock.tempo if self._clock else Tempo()
        played: dict[int, float] = {}
        for slot, length in self._lengths.items():
            targets[slot], played[slot] = note_value(self._parameters[slot], length, tempo)
        for name, timing in self._timings.items():
            for parameter, streams in timing.cycles.items():
                slot = self._slots[f"{name}.{parameter}"]
                if slot in played:
                    streams.cycle.length = played[slot]
        if self.strokes:
            self.strokes.values = {name: targets[slot] for name, slot in self._of_patterns.items()}
