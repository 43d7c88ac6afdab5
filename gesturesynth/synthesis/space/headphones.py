"""Headphones: what both ears hear of a layer at its place around the head.

The head is a sphere (C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech
and Audio Processing 6, 1998). The way around it delays a sound (R. S. Woodworth, "Experimental psychology", 1938), and
its shadow is the shelf (1 + alpha tau s) / (1 + tau s): the sound, and alpha - 1 times its high frequencies. So one
fixed high-pass serves both ears, and as a layer moves only two gains and two delays do. The gains are divided by the
power of both ears, so that a layer is as loud at the side as in front, where it sounds as in stereo.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import exact_delays
from gesturesynth.synthesis.instruments.stereo import pair, parts
from gesturesynth.synthesis.instruments.wavetables import table
from gesturesynth.synthesis.space.panner import POINTS, REACH, index_of, turn_of

if TYPE_CHECKING:
    from pyo import DataTable, PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses

HEAD_RADIUS_M: Final = 0.0875
SOUND_M_S: Final = 343.0
EARS_DEG: Final = (-90.0, 90.0)
"""Azimuths of the left and of the right ear."""
FLOOR: Final = 1e-12
FLOOR_HZ: Final = 107.0
"""A tone at -240 dBFS: keeps the high-pass's memory out of denormal numbers."""
_SHADOW: Final = 0.1
"""Brown and Duda's alpha_min: what is left of high frequencies at the darkest place, -20 dB."""
_DARKEST_DEG: Final = 150.0
"""Their theta_min: it is not opposite of the ear, where the ways around the head meet again."""
_LEAST_DELAY_S: Final = 0.0022
"""About the middle of the delays: late enough for `exact_delays` at every rate."""

Places = NDArray[np.float64]


def _angle_deg(azimuth_deg: Places, ear_deg: float) -> Places:
    return np.asarray(np.abs((azimuth_deg - ear_deg + 180.0) % 360.0 - 180.0))


def way_s(azimuth_deg: Places, ear_deg: float) -> Places:
    """How much later than the nearest point of the head an ear hears a sound from there, seconds."""
    angle = np.radians(_angle_deg(azimuth_deg, ear_deg))
    way = np.where(angle <= math.pi / 2, 1 - np.cos(angle), 1 + angle - math.pi / 2)
    return np.asarray(way * (HEAD_RADIUS_M / SOUND_M_S))


def high_gain(azimuth_deg: Places, ear_deg: float) -> Places:
    """The gain of high frequencies at an ear; the mean of the squares at both ears is 1 everywhere."""

    def alpha(ear: float) -> Places:
        angle = _angle_deg(azimuth_deg, ear)
        return (1 + _SHADOW / 2) + (1 - _SHADOW / 2) * np.cos(math.pi * angle / _DARKEST_DEG)

    power = np.square([alpha(ear) for ear in EARS_DEG]).mean(axis=0)
    return np.asarray(alpha(ear_deg) / np.sqrt(power))


class EarPanner:
    """Places layers around the head; made once, and used by all racks. Takes the place of a `Panner`.

    Args:
        pyo: its classes.
        sample_rate: Hz.
    """

    channels: Final = 2

    def __init__(self, pyo: PyoClasses, sample_rate: float) -> None:
        self._graph = Graph(pyo)
        azimuths_deg = ((np.arange(POINTS) / POINTS * 2 - 1) / REACH + 1) * 180.0
        longest_s = float(way_s(np.array([EARS_DEG[1]]), EARS_DEG[0])[0])
        middle_s, self._most_s = exact_delays(sample_rate, _LEAST_DELAY_S, longest_s / 2)
        self._ears: list[tuple[DataTable, DataTable]] = [
            (
                table(self._graph, (high_gain(azimuths_deg, ear) - 1.0).astype(np.float32)),
                table(self._graph, (way_s(azimuths_deg, ear) - longest_s / 2 + middle_s).astype(np.float32)),
            )
            for ear in EARS_DEG
        ]
        corner = sample_rate * HEAD_RADIUS_M / SOUND_M_S
        self._high = (corner / (1 + corner), (1 - corner) / (1 + corner))

    def placed(self, graph: Graph, layer: PyoObject, pan: PyoObject | None, azimuth: PyoObject | None) -> PyoObject:
        """A layer (two streams) at its place: two streams. See `Panner.placed`; in front it is as it was."""
        if pan is None and azimuth is None:
            return layer
        index = index_of(graph, turn_of(graph, pan, azimuth))
        b0, a1 = self._high
        middle = layer.mix(1) * 0.5 + graph.Sine(freq=FLOOR_HZ, mul=FLOOR)
        high = graph.Biquada(middle, b0=b0, b1=-b0, b2=0.0, a0=1.0, a1=a1, a2=0.0)
        ears = [
            graph.Delay(
                graph.Lookup(gains, index, mul=high, add=side), delay=graph.Lookup(delays, index), maxdelay=self._most_s
            )
            for side, (gains, delays) in zip(parts(graph, layer), self._ears, strict=True)
        ]
        return pair(graph, *ears)

    def around(self, graph: Graph, returned: PyoObject) -> PyoObject:  # noqa: ARG002 - as a Panner does
        """What comes back of a bus is around the head as it is: its sides have little in common."""
        return returned
