"""What the receivers of a pose server ask its tracker to look for, all of them together. Pure."""

from __future__ import annotations

from typing import Final

from gesturesynth.runtime.tracking_request import ReceiversRequest, TrackingRequest, greatest

HELD_S: Final = 5.0
"""What was asked for counts for so long after it was asked for last. So a network that fails for a moment changes
nothing, and a computer that asks for something else with every report makes the tracker load its models once in so
many seconds, not a hundred times in one."""


class Wishes:
    """Collects requests. There are 56 different ones, so a flood of them needs no memory."""

    def __init__(self) -> None:
        self._asked_s: dict[TrackingRequest, float] = {}  # when each was asked for last

    def add(self, request: TrackingRequest, now_s: float) -> None:
        """A receiver asks; `now_s` is monotonic."""
        self._asked_s[request] = now_s

    def all(self, now_s: float) -> ReceiversRequest:
        """What satisfies everybody who has asked within `HELD_S`."""
        for request in [one for one, asked_s in self._asked_s.items() if now_s - asked_s > HELD_S]:
            del self._asked_s[request]
        most = greatest(self._asked_s)
        return ReceiversRequest(most.people, most.hands, most.face, most.everyone)
