"""A room around an instrument, whose walls drift a little."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject

WAY_S: Final = 0.012
"""From the source to the walls and back, at least."""
SWING_S: Final = 0.0007
"""How far the walls drift, each way."""
_SPARE_SAMPLES: Final = 2
"""For rounding, at both ends of the swing."""


def hum(graph: Graph) -> PyoObject:
    """A tone at -160 dBFS, for whatever remembers its past: silence fades there into floats that crawl (denormals)."""
    return graph.Sine(freq=107.0, mul=1e-8)


def room(graph: Graph, dry: PyoObject, *, wet: float, decay_s: float, cutoff_hz: float, size: float) -> PyoObject:
    """The sound (one stream or two) with a stereo room behind it: two streams.

    A held note in a still room is loud or soft as its wavelength happens to fit the walls, by 6 dB and more. Here the
    way to the walls is drawn out and in by 0.7 ms, slowly, so that no note is favoured for long; in the reflections
    alone this bends the pitch by up to 2 cents.

    Args:
        graph: the graph to build in.
        dry: the sound.
        wet: gain of the room; the dry sound stays as it is.
        decay_s: time to fall by 60 dB.
        cutoff_hz: damping; above it reflections die sooner.
        size: of the room, as a factor of pyo's STRev, 0.25 to 4.
    """
    middle_s, longest_s = way(dry.getSamplingRate())
    way_s = graph.Sine(freq=[0.27, 0.37], phase=[0.0, 0.5], mul=SWING_S, add=middle_s)
    send = graph.Delay(dry + hum(graph), delay=way_s, maxdelay=longest_s)
    walls = graph.STRev(
        send, inpos=[0.1, 0.9], revtime=decay_s, cutoff=cutoff_hz, bal=1.0, roomSize=size, firstRefGain=-12, mul=wet
    )
    return walls.mix(2) + dry


def way(sample_rate: float) -> tuple[float, float]:
    """The middle of the way to the walls, WAY_S or a little more, and the length of the delay line: seconds.

    pyo.Delay computes the position to read in 32-bit floats, as position - delay (+ size, when that is below 0). When
    it is a hair below 0 the sum is rounded to the size itself, and the entry behind the line is read, whatever lies
    there. The sum is exact when delay and size have the same exponent, so all delays and the size lie between two
    neighbouring powers of two, in samples.

    Args:
        sample_rate: Hz, 4000 or more.
    """
    swing = SWING_S * sample_rate + _SPARE_SAMPLES
    middle = WAY_S * sample_rate
    power = 2.0 ** math.ceil(math.log2(middle - swing))
    if middle + swing >= power:
        middle = power + swing
    return middle / sample_rate, (middle + swing) / sample_rate
