"""The master chain, between the instruments and the loudspeakers: everything that is heard goes through it.

A guard against samples that are not numbers, DC block, loudness guard, loudness limiter, peak limiter, fade, volume,
mute, ceiling; all channels are always turned down alike. The peak limiter holds the peaks between the samples below
the ceiling as well. The ceiling is a hard clip with one more guard: for any input, every sample that goes out is finite
and at most the ceiling.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gesturesynth.core.units import db_to_gain
from gesturesynth.synthesis.guards import GUARD, finite
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.levels.loudness_limiter import bounded_power, limiting_gain, most_power
from gesturesynth.synthesis.levels.peak_limiter import MARGIN_DB, PeakLimiter
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import PyoObject

FLOOR: Final = 1e-12
"""A tone at -240 dBFS that is always added, far below the resolution of 24 bits. Without it a silent engine computed
2.5 times as long as one that played."""
FLOOR_HZ: Final = 107.0

GUARD_GLIDE_S: Final = 0.1
"""The loudness guard sets its gain ten times a second."""
VOLUME_GLIDE_S: Final = 0.05
MUTE_S: Final = 0.02
LOWEST_DB: Final = -120.0
LOWEST_CEILING_DB: Final = -60.0

# The server multiplies by a gain of its own that reaches 1 in float32 steps and may end a few 1e-7 off.
_GAIN_MARGIN: Final = 1.0 - 1e-5


class Master:
    """Builds the chain behind `source`, silent until `fade_in`.

    Args:
        source: pyo object of one stream for each channel.

    Attributes:
        output: pyo object of as many streams: what the loudspeakers get.
        power: pyo object of one stream: bounded K-weighted power before the limiters, with the guard's gain in it.
        delay_frames: sample frames by which the sound is later here than at the source.
    """

    def __init__(self, source: PyoObject) -> None:
        pyo = load_pyo()
        # The quietest settings first: nothing is louder on its way to the first settings than at them.
        self._ceiling_db = LOWEST_CEILING_DB
        self._volume_db = LOWEST_DB
        self._muted = True
        self._fade = pyo.SigTo(0.0, time=0.01, init=0.0)
        self._volume = pyo.SigTo(0.0, time=VOLUME_GLIDE_S, init=0.0)
        self._mute = pyo.SigTo(0.0, time=MUTE_S, init=0.0)
        top = db_to_gain(self._ceiling_db) * _GAIN_MARGIN
        # No glide: the ceiling holds from the first sample on.
        self._limits = pyo.SigTo([-top, top], time=0, init=[-top, top])
        held = db_to_gain(self._ceiling_db - MARGIN_DB)
        self._held = pyo.SigTo(held, time=MUTE_S, init=held)
        self._gain = self._fade * self._volume * self._mute
        self._guard_db = 0.0
        self._guard = pyo.SigTo(1.0, time=GUARD_GLIDE_S, init=1.0)
        self._target_lufs = 0.0
        self._most_power = pyo.SigTo(most_power(0.0), time=VOLUME_GLIDE_S, init=most_power(0.0))

        self._zero = pyo.Sig(0.0)
        # One sample that is no number, or infinite, would stay in the filters that follow.
        self._finite_source = finite(pyo, self._zero, source)
        self._guarded = pyo.Clip(self._finite_source, -GUARD, GUARD)
        # In silence the states of the filters fade into denormal floats, which take several times longer to compute.
        self._tone = pyo.Sine(freq=FLOOR_HZ, mul=FLOOR)
        self._floored = self._guarded + self._tone
        self._blocked = pyo.DCBlock(self._floored)
        # The guard's gain comes first: what it turns down, the limiters need not.
        self._guarded_sum = self._blocked * self._guard
        self._graph = Graph(pyo)
        self.power = bounded_power(self._graph, self._guarded_sum, self._most_power)
        self._leveled = self._guarded_sum * limiting_gain(self._graph, self.power, self._most_power)
        self._limiter = PeakLimiter(pyo, self._leveled, self._held)
        self._shaped = self._limiter.output * self._gain
        self.delay_frames = self._limiter.delay_frames
        self._finite = finite(pyo, self._zero, self._shaped)
        self.output = pyo.Clip(self._finite, min=self._limits[0], max=self._limits[1]).out()

    def fade_in(self, fade_s: float) -> None:
        """Fades the sound in from the present gain, in `fade_s` seconds (0.01 to 60)."""
        self._ramp_fade(1.0, fade_s)

    def fade_out(self, fade_s: float) -> None:
        """Fades the sound out in `fade_s` seconds (0.01 to 60)."""
        self._ramp_fade(0.0, fade_s)

    def _ramp_fade(self, target: float, fade_s: float) -> None:
        self._fade.setTime(min(max(fade_s, 0.01), 60.0) if math.isfinite(fade_s) else 2.0)
        self._fade.setValue(target)

    def set_ceiling(self, ceiling_db: float) -> None:
        """Sets the level that no sample exceeds from the next buffer on, dBFS, -60 to 0. Not finite: unchanged."""
        if not math.isfinite(ceiling_db):
            return
        ceiling_db = min(max(ceiling_db, LOWEST_CEILING_DB), 0.0)
        if ceiling_db != self._ceiling_db:
            self._ceiling_db = ceiling_db
            top = db_to_gain(ceiling_db) * _GAIN_MARGIN
            self._limits.setValue([-top, top])
            self._held.setValue(db_to_gain(ceiling_db - MARGIN_DB))

    def set_loudness(self, target_lufs: float) -> None:
        """Sets the loudness that the limiter allows a little more than, LUFS. Not finite: unchanged."""
        if math.isfinite(target_lufs) and target_lufs != self._target_lufs:
            self._target_lufs = target_lufs
            self._most_power.setValue(most_power(target_lufs))

    def set_guard(self, gain_db: float) -> None:
        """Sets the gain of the loudness guard, dB, at most 0; glides."""
        if gain_db != self._guard_db:
            self._guard_db = gain_db
            self._guard.setValue(db_to_gain(gain_db))

    def set_volume(self, volume_db: float) -> None:
        """Sets the volume, dB, at most 0; glides. Minus infinity is silence; other values not finite: unchanged."""
        if math.isnan(volume_db) or volume_db == math.inf:
            return
        volume_db = min(max(volume_db, LOWEST_DB), 0.0)
        if volume_db != self._volume_db:
            self._volume_db = volume_db
            self._volume.setValue(db_to_gain(volume_db) if volume_db > LOWEST_DB else 0.0)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - it is what is set
        """Mutes or unmutes, in 20 ms."""
        if muted != self._muted:
            self._muted = muted
            self._mute.setValue(0.0 if muted else 1.0)
