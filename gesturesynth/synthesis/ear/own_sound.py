"""Whether what the microphone hears is the piece itself. Pure: levels and times are passed in."""

from __future__ import annotations

from collections import deque
from typing import Final

MEMORY_S: Final = 0.4
"""Its own sound arrives late (buffers, air) and sounds on in the room for so long."""
MARGIN_DB: Final = 6.0
"""Another sound is heard where the microphone is so much louder than the piece alone would make it."""


class OwnSound:
    """Remembers how loud the piece was.

    Args:
        leak_db: how much of the piece arrives: the level at the microphone less that of the piece, dB; None where it is
            not known, and all counts as heard.
    """

    def __init__(self, leak_db: float | None) -> None:
        self._leak_db = leak_db
        self._levels: deque[tuple[float, float]] = deque()

    def covers(self, level_db: float, own_db: float, now_s: float) -> bool:
        """Whether a level at the microphone may be the piece alone.

        Args:
            level_db: at the microphone.
            own_db: of the piece, as it is played now.
            now_s: monotonic seconds.
        """
        if self._leak_db is None:
            return False
        while self._levels and (now_s - self._levels[0][0] > MEMORY_S or self._levels[0][1] <= own_db):
            self._levels.popleft()
        while self._levels and self._levels[-1][1] <= own_db:
            self._levels.pop()
        self._levels.append((now_s, own_db))
        return level_db < self._levels[0][1] + self._leak_db + MARGIN_DB
