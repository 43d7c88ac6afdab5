"""Swing: a line of even beats bent so that the second of each two notes is late. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.tempo import QUARTERS

Beats = NDArray[np.float64]


def swung(beats: Beats, swing: float, note: float) -> Beats:
    """The place in the music at places of the even line; it rises with them, and is the same at every second note.

    Args:
        beats: quarter notes, any shape.
        swing: 0 (the same) to 1 (the second of two notes begins as the last of a triplet).
        note: which notes swing, whole notes.
    """
    if swing == 0.0:
        return beats
    pair = 2.0 * note * QUARTERS
    pairs = beats / pair
    whole = np.floor(pairs)
    part = pairs - whole
    late = 0.5 + swing / 6.0
    bent = np.where(part < late, part * (0.5 / late), 0.5 + (part - late) * (0.5 / (1.0 - late)))
    return np.asarray((whole + bent) * pair, dtype=np.float64)
