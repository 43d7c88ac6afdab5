"""Prediction: smoothed points, carried forward to where they will be when they are heard.

A sound is heard some tens of milliseconds after the frame that it follows was captured. Each point moves on with its
velocity for that time. A body that is still has velocities, too: noise, which must not be multiplied. So what is slow
counts less (the gate), and the noise of a still body stays as it is. Which constants, and what they cost where a
movement turns round: docs/latency.md.

Nothing is kept from frame to frame beyond the velocities of the filter. It forgets them when a body jumps, when another
person comes and after a gap, so nothing is carried then until a movement has been seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LONGEST_S: Final = 0.06
"""The longest prediction. Beyond it the error where a movement turns is greater than the one that is saved."""

GAIN: Final = 0.8
"""Of the velocity: most movements that are seen are slowing down."""

GATE: Final = 0.35
"""Torso lengths a second. A point of this speed is carried half as far as its velocity says, a slower one less."""

LONGEST_STEP: Final = 0.2
"""Torso lengths. No point is carried further."""

CHANGE_S: Final = 0.002
"""A frame: by so much a prediction changes at most while it runs. From none to the longest, a second at 30 frames."""


def changed_ahead(now_s: float | None, wanted_s: float) -> float:
    """How far ahead at the next frame, seconds; `now_s` at the one before, None for the first."""
    return wanted_s if now_s is None else now_s + min(CHANGE_S, max(-CHANGE_S, wanted_s - now_s))


def carried(positions: Array, velocities: Array, ahead_s: float) -> Array:
    """Where points will be.

    Args:
        positions: float64 (n, 2), torso lengths, finite.
        velocities: float64 (n, 2), torso lengths a second, finite.
        ahead_s: how far ahead, 0 to `LONGEST_S`.

    Returns:
        float64 (n, 2); for 0 s `positions` itself.
    """
    if ahead_s <= 0.0:
        return positions
    squares = np.einsum("ij,ij->i", velocities, velocities)
    share = GAIN * ahead_s * squares / (squares + GATE**2)
    length = share * np.sqrt(squares)
    share *= np.minimum(1.0, LONGEST_STEP / np.maximum(length, LONGEST_STEP))
    return np.asarray(positions + share[:, None] * velocities)
