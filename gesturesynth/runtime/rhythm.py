"""Which steps of a rhythm are struck: spread evenly, or written, thinned by a density. Pure."""

from __future__ import annotations

import math
from functools import lru_cache

from gesturesynth.runtime.patterns import Rhythm


def euclid(strokes: int, steps: int) -> tuple[bool, ...]:
    """So many strokes over so many steps as evenly as possible, the first on the first step.

    Godfried Toussaint, "The Euclidean Algorithm Generates Traditional Musical Rhythms" (2005); this form is that of a
    digital line (Bresenham), and gives his rhythms up to where they begin.

    Args:
        strokes: 0 to `steps`.
        steps: 1 or more.
    """
    return tuple(step * strokes % steps < strokes for step in range(steps))


@lru_cache(maxsize=512)
def struck(rhythm: Rhythm, density: float) -> tuple[bool, ...]:
    """Whether each step is struck.

    Args:
        rhythm: the whole of it.
        density: 0 (nothing) to 1 (all). An even spread is spread again over fewer strokes; of written strokes those on
            weak steps go first, so the first step is the last to go.
    """
    share = min(1.0, max(0.0, density))
    if not rhythm.written:
        return euclid(round(share * rhythm.strokes), rhythm.steps)
    written = [step for step, on in enumerate(rhythm.written) if on]
    strongest = sorted(written, key=lambda step: (-(step & -step) if step else -math.inf, step))
    kept = set(strongest[: math.ceil(share * len(written) - 1e-9)])
    return tuple(step in kept for step in range(len(rhythm.written)))
