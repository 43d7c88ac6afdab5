"""Notes that sound: each note on has one note off, also where several parts of a piece play the same note. Pure."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

from gesturesynth.midi import encoder


@dataclass
class _Note:
    owner: Hashable
    until_s: float


class SoundingNotes:
    """The notes of all channels. A note belongs to the part that has begun it last."""

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], _Note] = {}  # by channel and number

    def begin(self, owner: Hashable, channel: int, note: int, velocity: int, until_s: float = math.inf) -> bytes:
        """Begins a note; one that sounds already is ended first, since receivers count.

        Args:
            owner: the part that plays it.
            channel: 1..16.
            note: 0..127.
            velocity: 1..127.
            until_s: when it ends, monotonic; by default when it is ended.
        """
        before = encoder.note_off(channel, note) if (channel, note) in self._notes else b""
        self._notes[channel, note] = _Note(owner, until_s)
        return before + encoder.note_on(channel, note, velocity)

    def end(self, owner: Hashable, channel: int, note: int) -> bytes:
        """Ends a note, unless another part has begun it since."""
        known = self._notes.get((channel, note))
        if known is None or known.owner != owner:
            return b""
        del self._notes[channel, note]
        return encoder.note_off(channel, note)

    def end_due(self, now_s: float) -> bytes:
        """Ends the notes whose time is over."""
        over = [place for place, note in self._notes.items() if note.until_s <= now_s]
        for place in over:
            del self._notes[place]
        return b"".join(encoder.note_off(*place) for place in over)

    def end_all(self) -> bytes:
        """Ends all notes."""
        sent = b"".join(encoder.note_off(*place) for place in self._notes)
        self._notes.clear()
        return sent

    def forget(self) -> None:
        """No note sounds: the receiver has gone."""
        self._notes.clear()

    @property
    def due_s(self) -> float:
        """When the next note ends, monotonic; infinite where none has an end."""
        return min((note.until_s for note in self._notes.values()), default=math.inf)

    def __len__(self) -> int:
        return len(self._notes)
