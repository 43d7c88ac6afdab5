"""Broken packets: whole messages and bundles with bytes changed, cut off, doubled and put in. From a seed."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.wekinator_addresses import ADDRESSES

_VALUES = ((), (1,), (0.5, 0.5), ("x",), (3, 2.0), ("x", "y"), (1, "/a/b.xml"), (2, 1, 2))


def whole_packets() -> list[bytes]:
    """Inputs, and each control message with values of several kinds; a third of them in bundles, too."""
    whole = [encode("/wek/inputs", *values) for values in ((0.1, 0.2), (1, 2), (True, 0.5), (0.5,)) * 20]
    whole += [encode(address, *values) for address in ADDRESSES for values in _VALUES]
    return whole + [b"#bundle\0" + bytes(8) + struct.pack(">i", len(one)) + one for one in whole[::3]]


def broken_packets(count: int, seed: int) -> Iterator[bytes]:
    """So many packets; each has one to three faults."""
    chance, whole = random.Random(seed), whole_packets()
    for _ in range(count):
        packet = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(packet) + 1)
            match chance.randrange(5):
                case 0:
                    packet[place : place + 1] = bytes((chance.randrange(256),))
                case 1:
                    del packet[place:]
                case 2:
                    packet[place:place] = packet[: chance.randrange(12)]
                case 3:
                    packet[place:place] = packet * chance.randrange(3)
                case _:
                    packet[place : place + 4] = struct.pack(">i", chance.choice((0, 1, -1, 2**31 - 1, 4, 8)))
        yield bytes(packet[:9000])
