"""What the conductor says about each of its trackers, where it has others than that of its own computer."""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec

LOCAL: Final = "local"
"""The name of the tracker of this computer."""

TrackerState = Literal["connecting", "refused", "wrong key", "live", "no frames", "silent"]
"""`connecting`: not reached yet; `refused`: it does not allow this computer's key; `wrong key`: it has another key than
the settings say; `live`: poses come; `no frames`: it is there, and its camera gives none; `silent`: nothing comes any
more."""


class TrackerReading(msgspec.Struct, frozen=True):
    """One tracker, to be shown to people.

    Attributes:
        name: as in the settings; `local` for that of this computer.
        room: which room it sees.
        state: see `TrackerState`.
        used: whether its poses are used now; of the sides of a room one is.
        people: in its newest pose; 0 when that is stale.
        rate_hz: poses a second, mean of the last two seconds.
        age_ms: age of its newest pose, milliseconds; NaN before the first.
        offset_ms: its clock minus this one's; `error_ms` by how much that may be wrong; NaN while it is not known.
        round_trip_ms: the shortest of late, milliseconds; likewise.
        dropped: how many of its messages were not used, by reason.
    """

    name: str
    room: str
    state: TrackerState
    used: bool = False
    people: int = 0
    rate_hz: float = 0.0
    age_ms: float = math.nan
    offset_ms: float = math.nan
    error_ms: float = math.nan
    round_trip_ms: float = math.nan
    dropped: dict[str, int] = {}

    @property
    def text(self) -> str:
        """For people, without its name: `live, used, 1 person, 29.8 poses a second, 42 ms old, ...`."""
        if self.state not in ("live", "no frames"):
            return ", ".join([self.state, *self._dropped_text])
        parts = [self.state, *(["used"] if self.used else [])]
        parts += [f"{self.rate_hz:.1f} poses a second"] if self.rate_hz else []
        parts += [f"newest {self.age_ms:.0f} ms old"] if math.isfinite(self.age_ms) else []
        if math.isfinite(self.offset_ms):
            parts.append(f"clock {self.offset_ms:+.1f} ms (± {self.error_ms:.1f})")
        parts += [f"round trip {self.round_trip_ms:.1f} ms"] if math.isfinite(self.round_trip_ms) else []
        return ", ".join(parts + self._dropped_text)

    @property
    def _dropped_text(self) -> list[str]:
        """Also where nothing comes that is used: messages may come of which none is."""
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self.dropped.items()))
        return [f"messages not used: {reasons}"] if reasons else []
