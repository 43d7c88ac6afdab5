"""What statuses show to people: features, outputs and gestures by name."""

from __future__ import annotations

import msgspec


class Reading(msgspec.Struct, frozen=True):
    """One feature or output, by name, to be shown to people.

    Attributes:
        value: in `unit`, which is empty for a plain number.
        position: 0..1 within its range, for a bar.
    """

    name: str
    value: float
    unit: str
    position: float


class GestureReading(msgspec.Struct, frozen=True):
    """One gesture of the preset, to be shown to people.

    Attributes:
        followed: whether it was taught, and a person is in view; without, the next three are 0.
        progress: 0 at its beginning to 1 at its end.
        closeness: how near the movement is to it, 0..1; 0.5 only just counts.
        speed: 0 and up; 1 is the tempo of the takes.
        performed: how often it was performed since the conductor started.
    """

    name: str
    followed: bool
    progress: float
    closeness: float
    speed: float
    performed: int
