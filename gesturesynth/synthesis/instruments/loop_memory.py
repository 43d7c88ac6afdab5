"""What the looper remembers: the arithmetic of recording over a loop that goes round. numpy only, no pyo."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

EDGE_S: Final = 0.01
"""What is recorded over a loop comes in and goes out during this time."""
GUARD_S: Final = 0.08
"""So near to where the loop is being read nothing is changed, so that no step is heard."""


def laid_over(
    loop: NDArray[np.float32],
    more: NDArray[np.float32],
    *,
    seam: int,
    begin: float,
    speed: float,
    keep: float,
    reading: float,
    rate_hz: float,
) -> None:
    """Adds a recording to a loop, where it was heard, as often round as it lasts.

    Args:
        loop: float32, shape (samples + seam,), one channel: the part that goes round, and what is behind its end, which
            is heard while the next round begins; changed in place.
        more: float32, shape (samples,): what was recorded meanwhile, at least one.
        seam: samples behind the end.
        begin: where the loop was read when the recording began, in its samples.
        speed: how fast it was read.
        keep: what is left of the loop under the recording, 0 to 1.
        reading: where the loop is read now, in its samples.
        rate_hz: of both.
    """
    size = len(loop) - seam
    heard = max(int(len(more) * speed), 1)
    mask = np.ones(heard, np.float32)
    if edge := min(round(EDGE_S * rate_hz), heard // 2):
        mask[:edge] = np.linspace(0.0, 1.0, edge, dtype=np.float32)
        mask[-edge:] = mask[:edge][::-1]
    over = np.concatenate([np.ones(size, np.float32), np.linspace(1.0, 0.0, seam, dtype=np.float32)])
    over *= _away(np.arange(len(loop), dtype=np.float32), reading, size, rate_hz)
    time, place = 0, round(begin) % size
    while time < heard:
        part = slice(time, min(time + len(loop) - place, heard))
        under = slice(place, place + part.stop - part.start)
        if speed == 1.0:
            new = more[part]
        else:
            near = more[int(part.start / speed) : int(part.stop / speed) + 2]
            at = np.arange(part.start, part.stop) / speed - int(part.start / speed)
            new = np.interp(at, np.arange(len(near)), near).astype(np.float32)
        loop[under] += mask[part] * over[under] * (new + np.float32(keep - 1.0) * loop[under])
        time, place = time + size - place, 0


def _away(places: NDArray[np.float32], reading: float, size: int, rate_hz: float) -> NDArray[np.float32]:
    """0 near to where the loop is read, 1 elsewhere."""
    apart = np.abs(places - reading)
    apart = np.minimum(apart, size - apart)
    guard = min(GUARD_S * rate_hz, size / 8)
    return np.asarray(np.clip(apart / guard * 2.0 - 1.0, 0.0, 1.0), np.float32)
