"""Levels as bytes: which channel has which, in 8 or 16 bits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gesturesynth.light.protocols import Destination

CHANNELS: Final = 512
"""Of a universe."""


@dataclass(frozen=True, order=True)
class Slot:
    """The place of one level.

    Attributes:
        channel: 1..512; of the coarse byte where it is `wide`, which the fine one follows.
    """

    channel: int
    wide: bool


Looks = dict[Destination, dict[Slot, float]]
"""A level, 0..1, for each slot of each universe."""


def level_bytes(level: float, *, wide: bool) -> bytes:
    """A level, 0..1 (what is beyond is the end), as one byte, or as two, coarse before fine."""
    part = min(1.0, max(0.0, level))
    return round(part * 0xFFFF).to_bytes(2, "big") if wide else bytes((round(part * 0xFF),))


def frame(levels: Mapping[Slot, float]) -> bytes:
    """The 512 channels of a universe; those that no lamp has are 0."""
    channels = bytearray(CHANNELS)
    for slot, level in levels.items():
        written = level_bytes(level, wide=slot.wide)
        channels[slot.channel - 1 : slot.channel - 1 + len(written)] = written
    return bytes(channels[:CHANNELS])


def mixed(former: Looks, new: Looks, part: float) -> Looks:
    """A look between two; a slot that one of them does not have is dark there.

    Where a channel has 8 bits in one of them and 16 in the other, it has those of the new one.

    Args:
        former: at `part` 0.
        new: at `part` 1.
        part: 0..1.
    """
    found: Looks = {}
    for to in (*former, *(to for to in new if to not in former)):
        own = new.get(to, {})
        others = {Slot(slot.channel, not slot.wide): slot for slot in own}
        old = {others.get(slot, slot): level for slot, level in former.get(to, {}).items()}
        slots = (*old, *(slot for slot in own if slot not in old))  # those of `new` are written last
        found[to] = {slot: old.get(slot, 0.0) * (1.0 - part) + own.get(slot, 0.0) * part for slot in slots}
    return found
