"""A tempo: a place on a line of beats, so that the newest message alone tells where every beat is. Pure.

Places are counted in quarter notes since the piece began. A change of tempo sets the anchor to the place of that
moment, so no beat moves.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

SLOWEST_BPM: Final = 20.0
FASTEST_BPM: Final = 300.0
QUARTERS: Final = 4.0
"""In a whole note."""


class Tempo(msgspec.Struct, frozen=True):
    """Where beats are.

    Attributes:
        bpm: quarter notes a minute.
        beats, unit: the metre: 6 and 8 for 6/8.
        swing: how late the second of two swung notes is: 0 even, 1 as the last of a triplet.
        swung: which notes swing, whole notes: 0.125 for eighths.
        anchor_s: a monotonic time.
        anchor_beat: the place of that time, in quarter notes.
    """

    bpm: float = 120.0
    beats: int = 4
    unit: int = 4
    swing: float = 0.0
    swung: float = 0.0625
    anchor_s: float = 0.0
    anchor_beat: float = 0.0

    @property
    def bar(self) -> float:
        """The length of a bar in quarter notes."""
        return self.beats * QUARTERS / self.unit

    @property
    def beats_per_s(self) -> float:
        """Quarter notes a second."""
        return self.bpm / 60.0

    def beat_at(self, time_s: float) -> float:
        """The place at a time, in quarter notes."""
        return self.anchor_beat + (time_s - self.anchor_s) * self.beats_per_s

    def time_of(self, place: float) -> float:
        """When a place in the music comes, in its swing; a place in quarter notes, monotonic seconds."""
        return self.anchor_s + (self.even_place(place) - self.anchor_beat) / self.beats_per_s

    def even_place(self, place: float) -> float:
        """Where a place in the music lies on the even line: what `synthesis/tempo/swing.py` does, turned round."""
        pair = 2.0 * self.swung * QUARTERS
        whole = math.floor(place / pair)
        part = place / pair - whole
        late = 0.5 + self.swing / 6.0
        bent = part * late / 0.5 if part < 0.5 else late + (part - 0.5) * (1.0 - late) / 0.5
        return (whole + bent) * pair

    def seconds(self, length: float) -> float:
        """How long a note of this length (whole notes) lasts."""
        return length * QUARTERS / self.beats_per_s

    def changed(self, bpm: float, time_s: float) -> Tempo:
        """Another tempo from this time on; the place of the moment stays. Beyond the ends it is the end."""
        bpm = min(FASTEST_BPM, max(SLOWEST_BPM, bpm))
        return msgspec.structs.replace(self, bpm=bpm, anchor_s=time_s, anchor_beat=self.beat_at(time_s))

    def with_beat_at(self, time_s: float) -> Tempo:
        """Moved by at most half a beat, so that a quarter note begins at this time. The engine glides there."""
        return msgspec.structs.replace(self, anchor_s=time_s, anchor_beat=float(round(self.beat_at(time_s))))
