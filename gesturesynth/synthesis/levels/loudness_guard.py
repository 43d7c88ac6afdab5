"""The loudness guard: turns a piece down that stays louder than its target, slowly, and up again. Pure.

A piece that is always too loud should not be held down by limiters, which would make it flat: it is turned down as a
hand on a fader does.
"""

from __future__ import annotations

from typing import Final

ABOVE_TARGET_LU: Final = 2.0
"""Short-term loudness so far above the target is left alone: a piece has loud and soft passages."""
HYSTERESIS_LU: Final = 1.0
"""It is turned up again when short-term loudness is further below that than this."""
DOWN_DB: Final = 0.1
"""A tenth of a second: 1 dB a second."""
UP_DB: Final = 0.02
"""A tenth of a second: 1 dB in five seconds, so that a pause does not undo what a loud passage asked for."""
LOWEST_DB: Final = -40.0


class LoudnessGuard:
    """The gain of the guard, at most 0 dB; it moves by at most 1 dB a second.

    Attributes:
        gain_db: the gain now.
    """

    def __init__(self) -> None:
        self.gain_db = 0.0

    def step(self, short_term_lufs: float, target_lufs: float) -> None:
        """The next tenth of a second.

        Args:
            short_term_lufs: loudness of the last 3 s, with the gain in it, before any limiter.
            target_lufs: what the piece should have.
        """
        above_lu = short_term_lufs - target_lufs - ABOVE_TARGET_LU
        if above_lu > 0.0:
            self.gain_db = max(self.gain_db - min(DOWN_DB, above_lu), LOWEST_DB)
        elif above_lu < -HYSTERESIS_LU:
            self.gain_db = min(self.gain_db + UP_DB, 0.0)
