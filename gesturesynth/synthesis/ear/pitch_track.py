"""From the values of pyo's pitch tracker to a pitch, or none. Pure.

pyo's `Yin` (after de Cheveigné and Kawahara 2002) finds the period in whole samples and then between them, but adds the
part of a sample with the wrong sign: a period of 54.545 comes out as 55.455, 29 cents too low. So the period is
mirrored at the whole sample. It also gives some pitch for noise: a pitch counts while it moves by less than
`MOST_STEP_CENTS` from one analysis to the next, for `STEADY` of them.
"""

from __future__ import annotations

import math
from typing import Final

WINDOW_FRAMES: Final = 2048
"""Of one analysis, up to 48 kHz: more than two periods of the lowest pitch."""
STEADY: Final = 3
MOST_STEP_CENTS: Final = 100.0
LOWEST_HZ: Final = 55.0
HIGHEST_HZ: Final = 1760.0
"""Five octaves, A1 to A6."""


def window_frames(sample_rate: float) -> int:
    """The length of one analysis, after which there is a new value: twice as long at 96 kHz, four times at 192 kHz."""
    return WINDOW_FRAMES << max(0, math.ceil(math.log2(sample_rate / 48_000)))


def corrected_hz(found_hz: float, sample_rate: float) -> float:
    """The pitch that pyo's tracker has meant; 0 where it has found none.

    Args:
        found_hz: its value.
        sample_rate: Hz.
    """
    if not math.isfinite(found_hz) or found_hz <= 0.0:
        return 0.0
    period = sample_rate / found_hz
    return sample_rate / (2.0 * round(period) - period)


class PitchTrack:
    """Follows the values of the tracker.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: float) -> None:
        self._sample_rate = sample_rate
        self._analysis_s = window_frames(sample_rate) / sample_rate
        self._pitch_hz = 0.0
        self._steady = 0
        self._taken_s = -math.inf

    def step(self, found_hz: float, now_s: float, *, audible: bool) -> float:
        """The pitch now, Hz; 0 for none.

        Args:
            found_hz: the value of the tracker.
            now_s: monotonic seconds; may be called more often than there are analyses.
            audible: whether anything is loud enough to have a pitch.
        """
        if not audible:
            self._steady = 0
            return 0.0
        if now_s - self._taken_s >= self._analysis_s:
            self._taken_s = now_s
            before, self._pitch_hz = self._pitch_hz, corrected_hz(found_hz, self._sample_rate)
            within = LOWEST_HZ / 1.03 <= self._pitch_hz <= HIGHEST_HZ * 1.03
            near = within and before > 0.0 and abs(1200.0 * math.log2(self._pitch_hz / before)) < MOST_STEP_CENTS
            self._steady = self._steady + 1 if near else 0
        return self._pitch_hz if self._steady >= STEADY - 1 else 0.0
