"""Reverb whose delay varies a little, so that it favours no note."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject

REFLECTION_S: Final = 0.012
"""The least delay of the first reflections."""
SWING_S: Final = 0.0007
"""How far that delay varies, each way."""
REST: Final = 1e-7
"""Where an envelope that is smoothed rests, -140 dB: at 0 it would fade into denormal floats as well."""
_SPARE_SAMPLES: Final = 2
"""For rounding, at both ends of the swing."""


def denormal_guard(graph: Graph) -> PyoObject:
    """A tone at -160 dBFS for delay lines and filters: silence would fade there into slow, denormal floats."""
    return graph.Sine(freq=107.0, mul=1e-8)


def add_reverb(
    graph: Graph, dry: PyoObject, *, wet: PyoObject | float, decay_s: float, cutoff_hz: float, size: float
) -> PyoObject:
    """The sound (one stream or two) with stereo reverb: two streams.

    Args:
        graph: the graph to build in.
        dry: the sound.
        wet: gain of the reverb, a number or a stream; the dry sound stays as it is.
        decay_s: as for `reverberated`.
        cutoff_hz: likewise.
        size: likewise.
    """
    return reverberated(graph, dry, decay_s=decay_s, cutoff_hz=cutoff_hz, size=size, gain=wet) + dry


def reverberated(
    graph: Graph,
    dry: PyoObject,
    *,
    decay_s: float | PyoObject,
    cutoff_hz: float | PyoObject,
    size: float,
    gain: float | PyoObject = 1.0,
) -> PyoObject:
    """Stereo reverb of a sound (one stream or two), without the sound: two streams.

    With a constant delay a held note is loud or soft as its wavelength happens to fit, by 6 dB and more. Here the delay
    varies slowly by 0.7 ms, so that no note is favoured for long; this bends the pitch of the reflections by up to 2
    cents.

    Args:
        graph: the graph to build in.
        dry: the sound.
        decay_s: time to fall by 60 dB.
        cutoff_hz: damping; above it reflections die sooner.
        size: of the room, as a factor of pyo's STRev, 0.25 to 4.
        gain: of the reverb, a number or a stream.
    """
    middle_s, longest_s = reflection_delays(dry.getSamplingRate())
    delay_s = graph.Sine(freq=[0.27, 0.37], phase=[0.0, 0.5], mul=SWING_S, add=middle_s)
    send = graph.Delay(dry + denormal_guard(graph), delay=delay_s, maxdelay=longest_s)
    reverb = graph.STRev(
        send, inpos=[0.1, 0.9], revtime=decay_s, cutoff=cutoff_hz, bal=1.0, roomSize=size, firstRefGain=-12, mul=gain
    )
    # Delays that move leave a little DC of low notes behind: 0.3 % of them.
    return graph.DCBlock(reverb.mix(2))


def reflection_delays(sample_rate: float) -> tuple[float, float]:
    """The middle of the reverb's delay, REFLECTION_S or a little more, and the length of its line: `exact_delays`."""
    return exact_delays(sample_rate, REFLECTION_S, SWING_S)


def exact_delays(sample_rate: float, middle_s: float, swing_s: float) -> tuple[float, float]:
    """For a delay that varies: its middle, `middle_s` or a little more, and the length of the delay line, seconds.

    pyo.Delay computes the position to read in 32-bit floats, as position - delay (+ size, when that is below 0). When
    it is just below 0 the sum is rounded to the size itself, and the entry behind the line is read, whatever its value.
    The sum is exact when delay and size have the same exponent, so all delays and the size lie between two
    neighbouring powers of two, in samples.

    Args:
        sample_rate: Hz, 4000 or more.
        middle_s: of the delay; at least three times `swing_s`.
        swing_s: how far it varies, each way.
    """
    swing = swing_s * sample_rate + _SPARE_SAMPLES
    middle = middle_s * sample_rate
    power = 2.0 ** math.ceil(math.log2(middle - swing))
    if middle + swing >= power:
        middle = power + swing
    return middle / sample_rate, (middle + swing) / sample_rate
