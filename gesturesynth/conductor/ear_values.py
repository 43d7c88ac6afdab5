"""From what the microphone hears to the values of the features `ear.loudness` and so on. Pure: time is passed in."""

from __future__ import annotations

import math
from typing import Final

from gesturesynth.runtime.ear_reading import EarReading

QUIETEST_DB: Final = -60.0
"""Loudness and bands are 0 here, and 1 at full scale."""
LOWEST_HZ: Final = 55.0
OCTAVES: Final = 5.0
"""Pitch is 0 at A1 and 1 at A6, by octaves."""
DARKEST_HZ: Final = 200.0
BRIGHTEST_HZ: Final = 8000.0
FADING_S: Final = 0.1
"""An onset is 1, and less by a factor of e after each of these."""


class EarValues:
    """Makes values of readings; it remembers when the newest sound began."""

    def __init__(self) -> None:
        self._onsets: int | None = None
        self._onset_s = -math.inf

    def of(self, reading: EarReading, now_s: float) -> tuple[float, ...]:
        """The values, 0..1, in the order of `ear_reading.NAMES`; NaN where there is nothing to see.

        Args:
            reading: the newest one.
            now_s: monotonic seconds.
        """
        if self._onsets is not None and reading.onsets > self._onsets:
            self._onset_s = reading.time_s
        self._onsets = reading.onsets
        pitch = math.log2(reading.pitch_hz / LOWEST_HZ) / OCTAVES if reading.pitch_hz > 0.0 else math.nan
        brightness = (
            math.log(max(1.0, reading.brightness_hz) / DARKEST_HZ) / math.log(BRIGHTEST_HZ / DARKEST_HZ)
            if reading.brightness_hz > 0.0
            else math.nan
        )
        onset = math.exp(-max(0.0, now_s - self._onset_s) / FADING_S)
        bands = (_of_level(level_db) for level_db in reading.bands_db)
        return (_of_level(reading.level_db), _unit(pitch), onset, _unit(brightness), *bands)


def _of_level(level_db: float) -> float:
    return _unit(1.0 - level_db / QUIETEST_DB)


def _unit(value: float) -> float:
    """Within 0..1; NaN stays."""
    return value if math.isnan(value) else min(1.0, max(0.0, value))
