"""K-weighting: how loud the ear hears a sound, as two filters at any sample rate (ITU-R BS.1770-5, annex 1).

The standard gives the coefficients at 48 kHz only. At other rates they are those of the same analogue filters, made
digital by the bilinear transform: a shelf of 4 dB above 1.7 kHz and a high-pass at 38 Hz, whose frequency, gain and Q
were solved from the standard's table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.instruments.graph import Graph

OFFSET_LU: Final = -0.691
"""What the standard adds, so that a sine of 1 kHz at full scale in one channel has -3.01 LUFS."""
SILENT_LUFS: Final = -120.0
"""The lowest loudness that is told."""

_SHELF_HZ: Final = 1681.974450955533
_SHELF_Q: Final = 0.7071752369554196
_SHELF_DB: Final = 3.999843853973347
_SHELF_MIDDLE: Final = 0.4996667741545416
"""Exponent of the shelf's gain that is its gain at `_SHELF_HZ`."""
_HIGH_PASS_HZ: Final = 38.13547087602444
_HIGH_PASS_Q: Final = 0.5003270373238773


class Biquad(NamedTuple):
    """Coefficients of y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def filters(sample_rate: float) -> tuple[Biquad, Biquad]:
    """The two filters in their order, for a sample rate in Hz."""
    warped = math.tan(math.pi * _SHELF_HZ / sample_rate)
    high, middle = 10 ** (_SHELF_DB / 20), 10 ** (_SHELF_DB / 20 * _SHELF_MIDDLE)
    unit = 1 + warped / _SHELF_Q + warped**2
    shelf = Biquad(
        (high + middle * warped / _SHELF_Q + warped**2) / unit,
        2 * (warped**2 - high) / unit,
        (high - middle * warped / _SHELF_Q + warped**2) / unit,
        2 * (warped**2 - 1) / unit,
        (1 - warped / _SHELF_Q + warped**2) / unit,
    )
    warped = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate)
    unit = 1 + warped / _HIGH_PASS_Q + warped**2
    high_pass = Biquad(1.0, -2.0, 1.0, 2 * (warped**2 - 1) / unit, (1 - warped / _HIGH_PASS_Q + warped**2) / unit)
    return shelf, high_pass


def weighted_power(graph: Graph, source: PyoObject) -> PyoObject:
    """One stream: the sum of the squares of the K-weighted streams of `source`, which must be finite."""
    weighted = source
    for one in filters(source.getSamplingRate()):
        weighted = graph.Biquada(weighted, b0=one.b0, b1=one.b1, b2=one.b2, a0=1.0, a1=one.a1, a2=one.a2)
    return (weighted * weighted).mix(1)


def loudness_lufs(power: float) -> float:
    """The loudness of a mean K-weighted power, LUFS, at least -120."""
    floor = 10 ** ((SILENT_LUFS - OFFSET_LU) / 10)
    return OFFSET_LU + 10 * math.log10(max(power, floor))


def power_of(loudness: float) -> float:
    """The mean K-weighted power of a loudness in LUFS."""
    return float(10 ** ((loudness - OFFSET_LU) / 10))
