"""The message with how much brighter a frame became, from the tracker to `gesturesynth latency`."""

from __future__ import annotations

import msgspec


class FlashReading(msgspec.Struct, frozen=True):
    """One frame, as a light meter sees it: sent before its pose while a program receives it. It holds no picture.

    Attributes:
        sequence: of the pose of the same frame (`messages.Pose`).
        capture_time_s: monotonic time at which the frame was read from its source, seconds.
        begun_s: when the tracker began with it; `found_s` when its pose was found. Likewise.
        rise: how much brighter the part of the picture became that brightened most, 0 (not at all) to 1.
        people: number of bodies found in it.
    """

    sequence: int
    capture_time_s: float
    begun_s: float
    found_s: float
    rise: float
    people: int
