"""Headphones: a ring of loudspeakers, each heard as a head between its two ears hears what comes from there.

The head is a sphere (C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech
and Audio Processing 6, 1998): the way around it delays a sound (R. S. Woodworth, "Experimental psychology", 1938), and
its shadow is a filter of one pole and one zero, whose zero moves with the angle between sound and ear. The loudspeakers
stand still, and layers move among them as in a real ring: so the filters are few and fixed, and nothing steps.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.stereo import parts
from gesturesynth.synthesis.levels.peak_limiter import delayed
from gesturesynth.synthesis.space.layout import SpeakerLayout

if TYPE_CHECKING:
    from pyo import PyoObject

HEAD_RADIUS_M: Final = 0.0875
SOUND_M_S: Final = 343.0
EARS_DEG: Final = (-90.0, 90.0)
"""Azimuths of the left and of the right ear."""
FLOOR: Final = 1e-12
FLOOR_HZ: Final = 107.0
"""A tone at -240 dBFS: keeps the filters' memory out of denormal numbers."""
_SHADOW: Final = 0.1
"""Brown and Duda's alpha_min: what is left of high frequencies at the darkest place, -20 dB."""
_DARKEST_DEG: Final = 150.0
"""Their theta_min: it is not opposite of the ear, where the ways around the head meet again."""


class EarFilter(NamedTuple):
    """How one ear hears one direction: y[n] = b0 x[n] + b1 x[n-1] - a1 y[n-1], later by `delay_s`."""

    b0: float
    b1: float
    a1: float
    delay_s: float


def ear_filter(azimuth_deg: float, ear_deg: float, sample_rate: float) -> EarFilter:
    """The filter of an ear for a sound from a direction, both in degrees clockwise from the front."""
    angle_deg = abs((azimuth_deg - ear_deg + 180.0) % 360.0 - 180.0)
    angle = math.radians(angle_deg)
    way_m = HEAD_RADIUS_M * (1 - math.cos(angle) if angle <= math.pi / 2 else 1 + angle - math.pi / 2)
    alpha = (1 + _SHADOW / 2) + (1 - _SHADOW / 2) * math.cos(math.pi * angle_deg / _DARKEST_DEG)
    # (1 + alpha tau s) / (1 + tau s) with tau = a / 2c, made digital by the bilinear transform.
    corner = sample_rate * HEAD_RADIUS_M / SOUND_M_S
    unit = 1 + corner
    return EarFilter((1 + alpha * corner) / unit, (1 - alpha * corner) / unit, (1 - corner) / unit, way_m / SOUND_M_S)


def binaural(graph: Graph, ring: PyoObject, layout: SpeakerLayout) -> PyoObject:
    """What both ears hear of a ring (one finite stream for each loudspeaker): two streams, as loud as the ring."""
    rate = ring.getSamplingRate()
    sources = parts(graph, ring + graph.Sine(freq=FLOOR_HZ, mul=FLOOR))
    heard = []
    for ear_deg in EARS_DEG:
        ways = []
        for source, azimuth_deg in zip(sources, layout.azimuths_deg, strict=True):
            ear = ear_filter(azimuth_deg, ear_deg, rate)
            filtered = graph.Biquada(source, b0=ear.b0, b1=ear.b1, b2=0.0, a0=1.0, a1=ear.a1, a2=0.0)
            # Each loudspeaker is heard by both ears: half of its power for each.
            ways.append(delayed(graph, filtered, 1 + round(ear.delay_s * rate), math.sqrt(0.5)))
        heard.append(graph.Mix(ways, voices=1))
    return graph.Mix(heard, voices=2)
