"""MIDI clock: 24 ticks a quarter note, with start at a bar line and stop. Pure: time is passed in.

The ticks follow the line of beats that the conductor sends as the engine does (`synthesis/tempo/line.py`): where the
line moves, they are a little closer or further apart until they are there, so a receiver hears no step.
"""

from __future__ import annotations

import math
from typing import Final

from gesturesynth.midi.encoder import CLOCK, START, STOP, TICKS_A_QUARTER
from gesturesynth.runtime.tempo import Tempo

SETTLING_BEATS: Final = 8.0
MOST_SLEW: Final = 0.05
"""Both as the engine has them, so that both are at the same place."""
LATEST_S: Final = 0.25
"""Ticks that are later than this are not made good one by one: after a sleep it starts again at a bar line."""


class BeatClock:
    """The ticks of one piece."""

    def __init__(self) -> None:
        self._tempo: Tempo | None = None
        self._tick = 0  # the next one, counted from the beginning of the line
        self._last_s = 0.0  # when the one before was due
        self._due_s = math.inf
        self._started = False

    @property
    def due_s(self) -> float:
        """When the next tick is due, monotonic; infinite while there is no tempo."""
        return self._due_s

    def advance(self, tempo: Tempo | None, now_s: float) -> bytes:
        """What is due by now.

        Args:
            tempo: the line; None stops.
            now_s: monotonic seconds.
        """
        if tempo is None:
            return self.stop()
        sent = b""
        if self._tempo is None or now_s - self._due_s > LATEST_S:
            sent = self.stop()
            self._tick = math.ceil(tempo.beat_at(now_s) * TICKS_A_QUARTER)
            self._due_s = _time_of(tempo, self._tick)
            self._last_s = self._due_s - _interval_s(tempo)
        elif tempo != self._tempo:
            if (tempo.beats, tempo.unit) != (self._tempo.beats, self._tempo.unit):
                sent = self._begin_metre(tempo)
            self._due_s = self._next_s(tempo)
        self._tempo = tempo
        while self._due_s <= now_s:
            if not self._started and self._tick % round(tempo.bar * TICKS_A_QUARTER) == 0:
                sent += START
                self._started = True
            sent += CLOCK
            self._tick += 1
            self._last_s = self._due_s
            self._due_s = self._next_s(tempo)
        return sent

    def stop(self) -> bytes:
        """No more ticks; the receiver is told where it was running."""
        sent = STOP if self._started else b""
        self._tempo, self._due_s, self._started = None, math.inf, False
        return sent

    def _begin_metre(self, tempo: Tempo) -> bytes:
        """Another metre has a bar of its own: beats stay where they are, and it starts again at a bar line."""
        moved = tempo.beat_at(self._due_s) - self._tick / TICKS_A_QUARTER
        self._tick += round(moved) * TICKS_A_QUARTER
        sent = STOP if self._started else b""
        self._started = False
        return sent

    def _next_s(self, tempo: Tempo) -> float:
        """When the next tick is due: an interval after the one before, and a little nearer to the line."""
        interval_s = _interval_s(tempo)
        late_s = _time_of(tempo, self._tick) - self._last_s - interval_s
        bar_s = tempo.bar / tempo.beats_per_s
        bars = int(late_s / bar_s)  # whole bars are left out: a receiver counts none
        self._tick -= round(bars * tempo.bar * TICKS_A_QUARTER)
        late_s -= bars * bar_s
        slew = min(MOST_SLEW, max(-MOST_SLEW, late_s * tempo.beats_per_s / SETTLING_BEATS))
        return self._last_s + interval_s * (1.0 + slew)


def _interval_s(tempo: Tempo) -> float:
    return 1.0 / (tempo.beats_per_s * TICKS_A_QUARTER)


def _time_of(tempo: Tempo, tick: int) -> float:
    return tempo.anchor_s + (tick / TICKS_A_QUARTER - tempo.anchor_beat) / tempo.beats_per_s
