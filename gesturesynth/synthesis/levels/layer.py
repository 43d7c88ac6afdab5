"""The limits of one layer: what an instrument may add to the piece, so that one that bursts does not duck the others.

The master turns everything down alike when the sum is too loud. So each instrument is held by itself before the sum:
its loudness as far above the target as that of the whole, its peaks a little below the ceiling. Two layers that were
within the limits then duck each other by at most 3 dB, whatever one of them does (docs/levels.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import Scene
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.levels.loudness_limiter import bounded_power, limiting_gain, most_power
from gesturesynth.synthesis.levels.peak_limiter import MARGIN_DB, delayed, peak_of_samples
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

HEADROOM_DB: Final = 1.7
"""How far below the peaks of the whole those of a layer are held. With a the peak of one layer, b that of another and c
the greatest of both together, a doubled to its limit h ducks by (h + b) / max(c, h / 2 + b): at most 1 + h / 2c, which
is 3 dB for this h."""
KNEE_DB: Final = 0.3
"""How far below that the compressor begins: 6 dB more than it may be then ends at the limit, not above."""
RATIO: Final = 20.0
LOOK_AHEAD_S: Final = 0.0013
# The compressor's follower is a one-pole: with this it has reached 93 % of a step when the look-ahead is over.
_RISE_S: Final = 0.0005
_FALL_S: Final = 0.15
GLIDE_S: Final = 0.05
"""How long a change of the limits takes while they are in use."""
FLOOR: Final = 1e-12
"""A tone at -240 dBFS: without it the filters of a silent layer fade into denormal numbers, which take several times
longer to compute."""
FLOOR_HZ: Final = 107.0


class LayerLimits(NamedTuple):
    """What a scene asks of its layers: gain, most mean K-weighted power, greatest peak in dBFS and as an amplitude."""

    gain: float
    power: float
    peak_db: float
    peak: float

    @classmethod
    def of(cls, gain_db: float, loudness_lufs: float, ceiling_db: float) -> LayerLimits:
        """From the gain in dB, the target in LUFS and the ceiling in dBFS."""
        peak_db = ceiling_db - MARGIN_DB - HEADROOM_DB
        return cls(db_to_gain(gain_db), most_power(loudness_lufs), peak_db, db_to_gain(peak_db))

    @classmethod
    def of_scene(cls, scene: Scene) -> LayerLimits:
        """Those that a scene asks for."""
        return cls.of(scene.gain_db, scene.loudness_lufs, scene.ceiling_db)


class LayerLimiter:
    """Holds all layers of one rack within its limits. Of few objects: a rack is built while another one sounds.

    Args:
        pyo: its classes.
        limits: where they start.
        spread: layers are placed among several loudspeakers behind it, one of which may get both sides: their power
            together is what is held.

    Attributes:
        delay_s: by how much a layer is later behind it than before.
    """

    delay_s: Final = LOOK_AHEAD_S

    def __init__(self, pyo: PyoClasses, limits: LayerLimits, *, spread: bool = False) -> None:
        self._graph = Graph(pyo)
        self._spread = spread
        self._limits = limits
        self._ramps = self._graph.SigTo(list(limits), time=GLIDE_S, init=list(limits))
        ramps = (self._graph.Dummy([stream]) for stream in self._ramps.getBaseObjects())
        self._gain, self._power, self._peak_db, self._peak = ramps
        self._tone = self._graph.Sine(freq=FLOOR_HZ, mul=FLOOR)

    def set(self, limits: LayerLimits) -> None:
        """Glides to other limits."""
        if limits != self._limits:
            self._limits = limits
            self._ramps.setValue(list(limits))

    def limited(self, source: PyoObject) -> PyoObject:
        """One layer, or what comes back of one bus (two streams, finite), within the limits: two streams."""
        graph = self._graph
        scaled = source * self._gain + self._tone
        leveled = scaled * limiting_gain(graph, bounded_power(graph, scaled, self._power), self._power)
        gain = graph.Compress(
            graph.Sqrt((leveled * leveled).mix(1)) if self._spread else peak_of_samples(graph, leveled),
            thresh=self._peak_db - KNEE_DB,
            ratio=RATIO,
            risetime=_RISE_S,
            falltime=_FALL_S,
            lookahead=0,
            knee=0,
            outputAmp=True,
        )
        frames = round(LOOK_AHEAD_S * source.getSamplingRate())
        return graph.Clip(delayed(graph, leveled, frames) * gain, self._peak * -1, self._peak)
