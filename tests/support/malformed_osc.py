"""Datagrams that are nearly right: what a broken or hostile sender sends."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from gesturesynth.control.osc.addresses import BY_ADDRESS
from gesturesynth.control.osc.codec import encode


def bundle(*parts: bytes) -> bytes:
    return b"#bundle\0\0\0\0\0\0\0\0\1" + b"".join(struct.pack(">i", len(part)) + part for part in parts)


PLAIN = [encode(address) for address in BY_ADDRESS] + [
    encode("/gesturesynth/select", 3),
    encode("/gesturesynth/volume", -6.0),
    encode("/gesturesynth/label", "a pose with a long name"),
    encode("/gesturesynth/mute", True),
    encode("/gesturesynth/subscribe", 5000, 20.0),
    encode("/gesturesynth/state", "{}"),
    encode("/gesturesynth/error", "/a", "no"),
    encode("/a", 2**40, -1, 0.5, "x", False),
]
SEEDS = [
    *PLAIN,
    bundle(*PLAIN[:5]),
    bundle(bundle(PLAIN[0], bundle(PLAIN[1])), PLAIN[2]),
    b"/a\0\0,bmtr[i]\0" + bytes(40),
]
WORDS = [
    b"*",
    b"?",
    b"{a,b}",
    b"[a-z]",
    b"//",
    b"\0",
    b"\xff",
    b",",
    b"#bundle\0",
    b"\x7f\xc0\0\0",
    b"\xff\xff\xff\xf8",
]


def mutants(seed: int) -> Iterator[bytes]:
    """Datagrams without end; the same for the same seed."""
    chance = random.Random(seed)
    while True:
        datagram = bytearray(chance.choice(SEEDS))
        for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
            place = chance.randrange(len(datagram) + 1)
            match chance.randrange(7):
                case 0 if datagram:
                    datagram[place % len(datagram)] = chance.randrange(256)
                case 1:
                    del datagram[place:]
                case 2:
                    datagram[place:place] = chance.choice(WORDS)
                case 3:
                    datagram[place : place + 4] = struct.pack(
                        ">i", chance.choice((-1, -4, 0, 3, 4, 2**31 - 1, -(2**31)))
                    )
                case 4:
                    datagram += chance.choice(SEEDS)
                case 5:
                    del datagram[place : place + chance.randrange(1, 9)]
                case _:
                    datagram += chance.randbytes(chance.choice((1, 4, 60, 1200)))
        yield bytes(datagram[:2000])
