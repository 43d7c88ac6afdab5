"""What statuses show to people: features, outputs and gestures by name, and the scale."""

from __future__ import annotations

from typing import Final

import msgspec

USUAL_REFERENCE_HZ: Final = 440.0


class Reading(msgspec.Struct, frozen=True):
    """One feature or output, by name, to be shown to people.

    Attributes:
        value: in `unit`, which is empty for a plain number.
        position: 0..1 within its range, for a bar.
        note: the note that an output plays while it follows a scale, such as `A4` or `E5 -14` (cents); else empty.
    """

    name: str
    value: float
    unit: str
    position: float
    note: str = ""


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


class ScaleReading(msgspec.Struct, frozen=True):
    """The scale that pitches follow, to be shown to people.

    Attributes:
        name: as in the preset or the command; empty while there is none, and then nothing else counts.
        root: a note, such as `A`.
        tuning: its name.
        reference_hz: the A above middle C.
        strength: from 0 (free) to 1 (notes only).
        outputs: that follow it.
    """

    name: str = ""
    root: str = ""
    tuning: str = ""
    reference_hz: float = 0.0
    strength: float = 0.0
    outputs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people: `A minor pentatonic, just, A = 442 Hz, strength 0.5`; what is usual is left out."""
        parts = [f"{self.root} {self.name}"]
        parts += [self.tuning] * (self.tuning != "equal")
        parts += [f"A = {self.reference_hz:g} Hz"] * (self.reference_hz != USUAL_REFERENCE_HZ)
        parts += [f"strength {self.strength:.3g}"] * (self.strength != 1.0)
        return ", ".join(parts)
