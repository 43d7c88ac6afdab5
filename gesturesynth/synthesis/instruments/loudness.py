"""Loudness inside the graphs: decibels to gain, and curves that take out what another parameter does to loudness.

All of it runs at audio rate, so that a level or a pitch that glides never steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from gesturesynth.core.units import Warp
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.wavetables import table

if TYPE_CHECKING:
    from pyo import PyoObject

SILENCE_DB: Final = -80.0
"""The lowest `level`: its gain is 0, not merely small."""

_CURVE_POINTS: Final = 512
# pyo.Lookup holds its index within -0.99..0.99, so a curve uses -0.98..0.98 of the table.
_REACH: Final = 0.98


def gain(graph: Graph, level_db: PyoObject, trim_db: PyoObject | float, opening_s: float = 0.05) -> PyoObject:
    """The factor for a sound at `level_db` (a stream, SILENCE_DB..0), with a correction `trim_db` (stream or number).

    The curve is that of decibels, lowered by its own value at SILENCE_DB: exactly 0 there, 0.9 dB low at -60 dB, less
    than 0.1 dB off above -40 dB. It opens over `opening_s`, so that what sounds at once does not begin with a jump.
    """
    floor = 10 ** (SILENCE_DB / 20)
    fixed = trim_db if isinstance(trim_db, (int, float)) else 0.0
    whole = 10 ** (fixed / 20) / (1 - floor)
    factor: PyoObject = graph.DBToA(level_db, mul=whole, add=-floor * whole)
    if not isinstance(trim_db, (int, float)):
        factor = factor * graph.DBToA(trim_db)
    return factor * graph.SigTo(1.0, time=opening_s, init=0.0) if opening_s else factor


def curve(graph: Graph, control: PyoObject, points: Sequence[tuple[float, float]], warp: Warp) -> PyoObject:
    """A stream that follows straight lines between points.

    Args:
        graph: the graph to build in.
        control: the stream to read from.
        points: (value of the control, value of the curve), rising, at least two; held beyond the ends.
        warp: whether the lines are straight over the control (`lin`) or over its logarithm (`exp`, values above 0).
    """
    at, values = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    if warp == "exp":
        at = np.log2(at)
    low, high = float(at[0]), float(at[-1])
    position = (np.arange(_CURVE_POINTS) / _CURVE_POINTS * 2 - 1) / _REACH
    line = np.interp((position + 1) / 2 * (high - low) + low, at, values).astype(np.float32)
    scale = 2 * _REACH / (high - low)
    # One object for the logarithm and the scaling: each costs a pass over the buffer.
    place = (graph.Log2 if warp == "exp" else graph.Sig)(control, mul=scale, add=-(low * scale + _REACH))
    return graph.Lookup(table(graph, line), graph.Clip(place, -_REACH, _REACH))


STEADY_POWER: Final = 0.037
"""Power of both sides together that `steadied` lets through at most: -15 LUFS."""


def steadied(graph: Graph, sound: PyoObject, fall_s: float = 1.5) -> PyoObject:
    """Two streams whose loudness is held: for what adds up, such as strokes that ring into one another.

    Trims make single strokes equally loud; how many ring at once depends on the player. The gain follows the power of
    the sound, weighted about as an ear does (60 Hz high-pass, 4 dB shelf above 1.7 kHz, after BS.1770), rising in 20
    ms and falling in `fall_s`, so that a stroke keeps its shape: power p becomes p / (1 + p / STEADY_POWER). Rising in
    3 ms it would follow single waves: the third partial of a sine of 65 Hz is at -30 dB then, with 20 ms at -45 dB.
    """
    heard = graph.EQ(graph.ButHP(sound, 60), 1700, 0.7, 4, type=2)
    power = graph.Port((heard * heard).mix(1), 0.02, fall_s)
    return graph.DCBlock(sound * graph.Pow(power * (1 / STEADY_POWER) + 1, -0.5))
