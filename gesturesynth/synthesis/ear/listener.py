"""The microphone as numbers: pyo's objects compute them in the audio callback, and their newest values are read here.

Figures of each choice, and of what it hears, are in docs/ear.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gesturesynth.core.units import gain_to_db
from gesturesynth.runtime.ear_reading import BANDS, LEAST_DB, EarReading
from gesturesynth.synthesis.ear.own_sound import OwnSound
from gesturesynth.synthesis.ear.pitch_track import HIGHEST_HZ, LOWEST_HZ, PitchTrack, window_frames
from gesturesynth.synthesis.guards import finite
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import PyoObject

LOWEST_BAND_HZ: Final = 60.0
HIGHEST_BAND_HZ: Final = 12_000.0
BAND_EDGES_HZ: Final = tuple(float(edge) for edge in np.geomspace(LOWEST_BAND_HZ, HIGHEST_BAND_HZ, BANDS + 1).round(1))
BAND_GAIN_DB: Final = 2.0
"""What two filters of the second order take from the middle of such a band."""
LEVEL_HZ: Final = 8.0
"""Corner of the mean of a power: 20 ms."""
CENTRE_FRAMES: Final = 1024
"""Of the spectrum whose centre is the brightness; there is a new one after half of it."""
CENTRE_AGE: Final = 0.75
"""How old a centre is on average, in such lengths: half of what it was made of, and half of the time until the next."""
FAST_HZ: Final = 80.0
ONSET_DB: Final = 4.0
LEAST_ONSET_DB: Final = -55.0
"""A sound begins where the power of 2 ms is so much above that of 20 ms, and above this."""
ONSET_REST_S: Final = 0.1
_QUIET: Final = 1e-7
"""Noise that is added, -140 dB: filters are slow with numbers next to 0."""


@dataclass(frozen=True)
class EarSettings:
    """How the microphone is listened to.

    Attributes:
        device: part of its name; empty for the first one.
        floor_db: what is quieter has no pitch and no brightness, dBFS.
        leak_db: how much of the piece's own sound arrives, see `OwnSound`; None where it is not known.
    """

    device: str = ""
    floor_db: float = -50.0
    leak_db: float | None = None


class EarListener:
    """Computes while it listens, and nothing while it does not.

    Args:
        source: the microphone, one stream.
        own: what the piece plays.
        sample_rate: Hz.
        settings: see there.
    """

    def __init__(self, source: PyoObject, own: PyoObject, sample_rate: float, settings: EarSettings) -> None:
        pyo = load_pyo()
        self._settings = settings
        self._pitch_track = PitchTrack(sample_rate)
        self._own_sound = OwnSound(settings.leak_db)
        self._listening = True
        self._counted = self._onsets = 0
        self._onset_s = -math.inf
        zero = pyo.Sig(0.0)
        sound = pyo.Clip(finite(pyo, zero, source), -1.0, 1.0) + pyo.Noise(_QUIET)
        sound = pyo.ButHP(sound, 30.0)
        power = sound * sound
        self._level = pyo.Tone(power, LEVEL_HZ)
        self._yin = pyo.Yin(sound, 0.2, LOWEST_HZ * 0.9, HIGHEST_HZ * 1.1, 3000.0, window_frames(sample_rate))
        # Weighted by its power: else the noise of the room would count as soon as a sound ends, 20 ms and more before
        # its level is silence, and brightness would stay there.
        age_s = CENTRE_AGE * CENTRE_FRAMES / sample_rate
        weight = pyo.SDelay(power, age_s, 2.0 * age_s)
        self._centre = pyo.Tone(pyo.Centroid(sound, CENTRE_FRAMES) * weight, LEVEL_HZ)
        self._weight = pyo.Tone(weight, LEVEL_HZ)
        excess = pyo.Tone(power, FAST_HZ) - (self._level * _power(ONSET_DB) + _power(LEAST_ONSET_DB))
        self._begun = pyo.Counter(pyo.Thresh(excess, 0.0, 0), max=1000)
        self._bands = []
        for low, high in pairwise(BAND_EDGES_HZ):
            band = pyo.ButLP(pyo.ButHP(sound, low), high)
            self._bands.append(pyo.Tone(band * band, LEVEL_HZ))
        # The mean of all channels, as the level in the engine's status is.
        self._own = pyo.Tone(pyo.Mix(own * own, voices=1) * (1.0 / len(own)), LEVEL_HZ)

    def reading(self, now_s: float) -> EarReading:
        """What is heard now.

        Args:
            now_s: monotonic seconds.
        """
        level_db = _level_db(self._level)
        covered = self._own_sound.covers(level_db, _level_db(self._own), now_s)
        audible = level_db >= self._settings.floor_db and not covered
        self._count_onsets(now_s, covered=covered)
        pitch_hz = self._pitch_track.step(float(self._yin.get()), now_s, audible=audible)
        return EarReading(
            time_s=now_s,
            level_db=LEAST_DB if covered else level_db,
            pitch_hz=pitch_hz,
            brightness_hz=self._brightness_hz() if audible else 0.0,
            onsets=self._onsets,
            bands_db=tuple(LEAST_DB if covered else min(0.0, _level_db(band) + BAND_GAIN_DB) for band in self._bands),
        )

    def _brightness_hz(self) -> float:
        """0 also while a sound has begun, and the spectrum is still that of the silence before."""
        if _level_db(self._weight) < max(self._settings.floor_db, LEAST_DB + 1.0):
            return 0.0
        return max(0.0, float(self._centre.get()) / float(self._weight.get()))

    def _count_onsets(self, now_s: float, *, covered: bool) -> None:
        counted = int(self._begun.get())
        if counted != self._counted and not covered and now_s - self._onset_s >= ONSET_REST_S:
            self._onsets += 1
            self._onset_s = now_s
        self._counted = counted


def _power(level_db: float) -> float:
    return float(10.0 ** (level_db / 10.0))


def _level_db(power: Any) -> float:  # noqa: ANN401 - a pyo object
    """The newest value of a power, as a level, dBFS."""
    value = float(power.get())
    return max(LEAST_DB, gain_to_db(math.sqrt(value))) if value > 0.0 and math.isfinite(value) else LEAST_DB
