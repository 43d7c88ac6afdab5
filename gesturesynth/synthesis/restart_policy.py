"""Whether an engine that has built many racks is to be started again, and when. Pure.

pyo 1.1 never frees a small part of every object that it makes, about 20 kB for a change of the piece; no garbage
collection frees it. For weeks this does not matter, but a piece whose classes change the preset may change it ten
thousand times a day. So an engine that has changed its instruments often enough ends while nothing is heard, at night
for instance, and is started again within two seconds; and before it uses too much memory, at any moment.
"""

from __future__ import annotations

from typing import Final

MANY_RACKS: Final = 2_000
"""About 40 MB: from here on a quiet moment is used."""
TOO_MANY_RACKS: Final = 15_000
"""About 300 MB: more would come near to the limit of the engine's systemd unit."""
SILENT_DB: Final = -90.0
QUIET_S: Final = 10.0
"""A silence that lasts this long is no rest between two notes."""


class RestartPolicy:
    """Decides for one run of an engine.

    Args:
        many: racks after which it ends in a quiet moment.
        too_many: racks after which it ends at once.
    """

    def __init__(self, many: int = MANY_RACKS, too_many: int = TOO_MANY_RACKS) -> None:
        self._many = many
        self._too_many = too_many
        self._last_loud_s: float | None = None

    def reason_to_restart(self, racks: int, level_db: float, now_s: float) -> str:
        """A sentence when the engine is to be started again, else an empty text.

        Args:
            racks: how many this run has built.
            level_db: of what leaves the master now, dBFS.
            now_s: monotonic.
        """
        if self._last_loud_s is None or level_db > SILENT_DB:
            self._last_loud_s = now_s
        if racks >= self._too_many or (racks >= self._many and now_s - self._last_loud_s >= QUIET_S):
            return f"instruments were changed {racks} times, and each time a little memory is not freed"
        return ""
