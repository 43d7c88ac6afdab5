"""Packets of sACN, ANSI E1.31-2018: levels of one universe, the end of a stream, and the list of universes. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Final

PORT: Final = 5568
MOST_UNIVERSE: Final = 63999
MOST_PRIORITY: Final = 200
DISCOVERY_S: Final = 10.0
"""E131_UNIVERSE_DISCOVERY_INTERVAL: between two lists of universes."""
TERMINATIONS: Final = 3
"""Packets with the flag Stream_Terminated at the end of a stream (6.2.6)."""
DISCOVERY_UNIVERSE: Final = 64214
LONGEST_NAME: Final = 63
"""Bytes of the source's name, in UTF-8; a zero byte ends it."""
UNIVERSES_PER_PAGE: Final = 512
_ACN_ID: Final = b"\x00\x10\x00\x00ASC-E1.17\0\0\0"
"""Sizes of preamble and postamble, and the identifier of the root layer."""
_VECTOR_ROOT_DATA: Final = 4
_VECTOR_ROOT_EXTENDED: Final = 8
_VECTOR_DATA_PACKET: Final = 2
_VECTOR_DISCOVERY: Final = 2
_VECTOR_UNIVERSE_LIST: Final = 1
_VECTOR_SET_PROPERTY: Final = 2
_TERMINATED: Final = 0x40


def multicast_address(universe: int) -> str:
    """The group of receivers of a universe: 239.255 and the two bytes of its number (9.3.1)."""
    return str(IPv4Address(0xEFFF0000 + universe))


def data_packet(
    universe: int,
    levels: bytes,
    sequence: int,
    *,
    cid: bytes,
    name: str,
    priority: int = 100,
    terminated: bool = False,
) -> bytes:
    """An E1.31 data packet.

    Args:
        universe: 1 to 63999.
        levels: of 1 to 512 channels.
        sequence: 0 to 255, then 0 again, counted for each universe.
        cid: 16 bytes, the same in all packets of a source.
        name: of the source, for people; what is longer than 63 bytes is cut.
        priority: 0 to 200; of several sources of a universe, receivers obey the one with the greatest.
        terminated: the stream ends with this packet.
    """
    # Each length counts from its own field to the end of the packet; the upper four bits are flags, always 7.
    properties = struct.pack(">HBBHHH", _length(11 + len(levels)), _VECTOR_SET_PROPERTY, 0xA1, 0, 1, 1 + len(levels))
    dmp = properties + b"\0" + levels  # the start code 0: levels
    flags = _TERMINATED if terminated else 0
    framing = struct.pack(">I64sBHBBH", _VECTOR_DATA_PACKET, source_name(name), priority, 0, sequence, flags, universe)
    return _root(_VECTOR_ROOT_DATA, cid, struct.pack(">H", _length(2 + len(framing) + len(dmp))) + framing + dmp)


def discovery_packets(universes: Sequence[int], *, cid: bytes, name: str) -> list[bytes]:
    """The list of the universes that a source sends, in pages of 512 (8)."""
    numbers = sorted(universes)
    pages = [numbers[at : at + UNIVERSES_PER_PAGE] for at in range(0, len(numbers), UNIVERSES_PER_PAGE)] or [[]]
    packets = []
    for page, listed in enumerate(pages):
        body = struct.pack(f">IBB{len(listed)}H", _VECTOR_UNIVERSE_LIST, page, len(pages) - 1, *listed)
        layer = struct.pack(">H", _length(2 + len(body))) + body
        framing = struct.pack(">I64sI", _VECTOR_DISCOVERY, source_name(name), 0)
        packets.append(
            _root(
                _VECTOR_ROOT_EXTENDED, cid, struct.pack(">H", _length(2 + len(framing) + len(layer))) + framing + layer
            )
        )
    return packets


def source_name(name: str) -> bytes:
    """The name in UTF-8, without half a character at its end."""
    return name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore").encode()


def _root(vector: int, cid: bytes, rest: bytes) -> bytes:
    return _ACN_ID + struct.pack(">HI16s", _length(22 + len(rest)), vector, cid) + rest


def _length(count: int) -> int:
    return 0x7000 | count
