"""A recorded sound as instruments get it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyo import DataTable


@dataclass(frozen=True)
class RecordedSound:
    """A sound in memory, at the engine's rate.

    Attributes:
        name: of its file, without the ending.
        pitch_hz: what its name says; middle C where it says nothing.
        table: its samples, one or two channels; all of one folder have as many.
        frames: how many in each channel.
    """

    name: str
    pitch_hz: float
    table: DataTable
    frames: int


Sounds = tuple[RecordedSound, ...]
"""Of one instrument."""
