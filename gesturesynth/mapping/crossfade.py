"""Crossfades: how an output moves from what sounds to what comes next, when the source of its values changes."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Part = TypeVar("Part", float, Float)

MAX_RANGES_PER_S: Final = 1.0
"""When the model changes, or a held sound is released, no output moves faster than this; the crossfade takes as long as
needed. At 60 steps a second, less than 2 % of the range a step."""

MAX_CROSSFADE_STEP_S: Final = 0.018
"""A step of such a crossfade counts as this at most, so that it stays even while a fit keeps the computer busy."""

MAX_SLOPE: Final = 1.5
"""Slope of `smooth` in its middle, where it is steepest."""


def smooth(part: Part) -> Part:
    """0..1 to 0..1 with level ends, element by element: 3p^2 - 2p^3; its slope is 1.5 at most."""
    return part * part * (3.0 - 2.0 * part)
