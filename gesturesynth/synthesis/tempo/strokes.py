"""Strokes that come on the beat: those of patterns, and triggers that wait for the next line of their grid."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping

from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.clock import Written
from gesturesynth.synthesis.tempo.cycle import Cycle
from gesturesynth.synthesis.tempo.pattern import Pattern
from gesturesynth.synthesis.tempo.swing import Beats


class Strokes:
    """Strikes the instruments of one rack; called in the audio callback, right before a buffer is computed.

    Args:
        struck: where the clock strikes a trigger at a sample, by `instrument.trigger`.
        fire: a method that strikes any other trigger at the beginning of the buffer; it gets the sample at which it is
            due, too. It is held weakly: a rack that is dropped is gone at once.

    Attributes:
        values: of parameters of patterns, by `pattern.parameter`; the rack moves them.
    """

    def __init__(self, struck: Mapping[str, Written], fire: Callable[[str, int], None]) -> None:
        self._struck = struck
        self._fire = weakref.WeakMethod(fire)
        self.values: dict[str, float] = {}
        self._patterns: tuple[Pattern, ...] = ()
        self._grids: dict[str, Cycle] = {}
        self._waiting: dict[str, None] = {}

    def set(self, patterns: Iterable[PatternSetup], grids: Mapping[str, float]) -> None:
        """Takes over the patterns of a scene, and the grids of its triggers, in whole notes."""
        setups = tuple(patterns)
        if setups != tuple(pattern.setup for pattern in self._patterns):
            self._patterns = tuple(map(Pattern, setups))
        self._grids = {trigger: Cycle(length) for trigger, length in grids.items()}

    def wait(self, trigger: str) -> bool:
        """Has a trigger struck on its grid; returns whether it has one."""
        if trigger not in self._grids:
            return False
        self._waiting[trigger] = None
        return True

    def play(self, beats: Beats, tempo: Tempo) -> None:
        """Strikes what is due in a buffer."""
        due: dict[str, list[int]] = {}
        for pattern in self._patterns:
            name, trigger = pattern.setup.name, pattern.setup.trigger
            density, chance = self.values.get(f"{name}.density", 1.0), self.values.get(f"{name}.chance", 1.0)
            due.setdefault(trigger, []).extend(pattern.due(beats, tempo.bar, density, chance))
        for trigger in tuple(self._waiting):
            grid = self._grids.get(trigger)
            lines = grid.ticks(beats).tolist() if grid else [0]
            if lines:
                due.setdefault(trigger, []).append(lines[0])
                self._waiting.pop(trigger, None)
        for trigger, written in self._struck.items():
            written.write_ones(due.pop(trigger, []))
        fire = self._fire()
        for trigger, samples in due.items():
            if samples and fire is not None:
                fire(trigger, min(samples))
