"""Packets of Art-Net 4 (Artistic Licence, document revision 1.4): levels of one universe. Pure."""

from __future__ import annotations

from typing import Final

PORT: Final = 6454
"""0x1936, the one that all nodes listen to."""
MOST_UNIVERSE: Final = 32767
"""The Port-Address has 15 bits: net, sub-net and universe."""
_HEAD: Final = b"Art-Net\0" + b"\x00\x50" + b"\x00\x0e"
"""Identifier; OpDmx, 0x5000, low byte first; protocol version 14, high byte first."""


def dmx_packet(universe: int, levels: bytes, sequence: int) -> bytes:
    """An ArtDmx packet.

    Args:
        universe: the Port-Address, 0 to 32767.
        levels: of 2 to 512 channels, an even number.
        sequence: 1 to 255, then 1 again; 0 would say that packets are not numbered.
    """
    length = len(levels)
    numbers = bytes((sequence, 0, universe & 0xFF, universe >> 8, length >> 8, length & 0xFF))
    return _HEAD + numbers + levels


def next_sequence(sequence: int) -> int:
    """The number of the packet after this one."""
    return sequence % 255 + 1
