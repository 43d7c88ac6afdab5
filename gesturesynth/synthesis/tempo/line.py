"""The line of beats that the engine plays, counted in samples and led to the line that the conductor sends. Pure.

The conductor's line is in monotonic time, the engine's in samples of a sound card, whose clock is another one. The
engine never jumps to the conductor's line but goes a little faster or slower than its tempo until it is there, so
neither two clocks that drift apart nor a tap that moves the beat is ever heard as a step.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.swing import Beats, swung

SETTLING_BEATS: Final = 8.0
"""A difference falls to a third in so many beats."""
MOST_SLEW: Final = 0.05
"""And the tempo differs by no more than this meanwhile: half a beat is made good in about twelve beats."""


class TempoLine:
    """Where the engine is.

    Args:
        sample_rate: Hz.

    Attributes:
        tempo: what was set last.
    """

    def __init__(self, sample_rate: float) -> None:
        self._rate = sample_rate
        self.tempo = Tempo()
        self._beat = 0.0
        self._before: float | None = None
        self._begun = False

    def set(self, tempo: Tempo, now_s: float) -> None:
        """Leads the line to another one; the first one is taken as it is.

        Args:
            tempo: the line to follow.
            now_s: on the clock of its anchor.
        """
        if not self._begun:
            self._begun = True
            self._beat, self._before = tempo.beat_at(now_s), None
        elif (tempo.beats, tempo.unit) != (self.tempo.beats, self.tempo.unit):
            # Another metre begins with a bar of its own: beats stay where they are, the bar line moves.
            self._move(float(round(tempo.beat_at(now_s) - self._beat)))
        self.tempo = tempo

    def advance(self, frames: int, now_s: float) -> Beats:
        """Places of the next samples, in quarter notes, swung: float64, shape (frames + 1,).

        The first is that of the sample before, so that differences tell what a buffer contains.

        Args:
            frames: how many.
            now_s: the time of the first of them, on the clock of the anchor.
        """
        tempo = self.tempo
        ahead = tempo.beat_at(now_s) - self._beat if self._begun else 0.0
        bars = int(ahead / tempo.bar)  # towards 0, so that what is left never changes its sign
        if bars:  # a conductor that counts again, or a card that is far too slow: bar lines stay where they are
            self._move(bars * tempo.bar)
            ahead -= bars * tempo.bar
        slew = min(MOST_SLEW, max(-MOST_SLEW, ahead / SETTLING_BEATS))
        step = tempo.beats_per_s / self._rate * (1.0 + slew)
        beats = np.asarray(self._beat + step * np.arange(-1, frames), dtype=np.float64)
        if self._before is not None:  # one step of this buffer earlier, a tick could be lost or come twice
            beats[0] = self._before
        self._before = float(beats[-1])
        self._beat += step * frames
        return swung(beats, tempo.swing, tempo.swung)

    def _move(self, beats: float) -> None:
        self._beat += beats
        if self._before is not None:
            self._before += beats
