"""When an engine has built so many racks that it should begin anew, and whether now is the moment. Pure.

pyo 1.1 never gives back a small part of every object that it makes, about 20 kB for a change of the piece; it is no
garbage that could be collected. Nobody notices for weeks, but a piece whose classes change the preset may do so ten
thousand times a day. So an engine that has done it often enough leaves while nothing is heard, at night for instance,
and is started again within two seconds; and before its memory gets too much, at any moment.
"""

from __future__ import annotations

from typing import Final

MANY_RACKS: Final = 2_000
"""Some 40 MB: from here on a quiet moment will do."""
TOO_MANY_RACKS: Final = 15_000
"""Some 300 MB: more would come near to what the engine's unit may have."""
SILENT_DB: Final = -90.0
QUIET_S: Final = 10.0
"""A silence that lasts for so long is no rest between two notes."""


class RestartPolicy:
    """Looks at one life of an engine.

    Args:
        many: racks after which it leaves in a quiet moment.
        too_many: racks after which it leaves.
    """

    def __init__(self, many: int = MANY_RACKS, too_many: int = TOO_MANY_RACKS) -> None:
        self._many = many
        self._too_many = too_many
        self._loud_s: float | None = None

    def reason_to_restart(self, racks: int, level_db: float, now_s: float) -> str:
        """A sentence when it is time to begin anew, else an empty text.

        Args:
            racks: how many this life has built.
            level_db: of what leaves the master now, dBFS.
            now_s: monotonic.
        """
        if self._loud_s is None or level_db > SILENT_DB:
            self._loud_s = now_s
        if racks >= self._too_many or (racks >= self._many and now_s - self._loud_s >= QUIET_S):
            return f"instruments were changed {racks} times, and each time a little memory is not given back"
        return ""
