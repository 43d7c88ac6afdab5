"""OSC messages of numbers, written fast: what never changes of them is made once.

Subscribers may get hundreds of numbers sixty times a second, from the loop that makes the sound.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal

from gesturesynth.control.osc.codec import PACKET_OCTETS, single

_BUNDLE_HEAD: Final = b"#bundle\0" + struct.pack(">Q", 1)  # the time tag 1 means: now
_LEAST: Final = -(2**31)
_MOST: Final = 2**31 - 1


def message(address: str, *values: float | str) -> bytes:
    """One message; whole numbers are sent as 32-bit ints, other numbers as 32-bit floats, texts as UTF-8."""
    tags = "".join("s" if isinstance(value, str) else "i" if isinstance(value, int) else "f" for value in values)
    return _head(address, tags) + b"".join(map(_octets, values))


def floats(address: str, values: Sequence[float]) -> bytes:
    """One message of floats only."""
    return _head(address, "f" * len(values)) + struct.pack(f">{len(values)}f", *map(single, values))


class NumberBundles:
    """Messages of one number each, in as few bundles as `PACKET_OCTETS` allows.

    Args:
        addresses: one for each number.
        kind: `f` for floats, `i` for whole numbers.
    """

    def __init__(self, addresses: Sequence[str], kind: Literal["f", "i"]) -> None:
        self._kind = kind
        self._bundles = list(_prepared(addresses, kind))

    def fill(self, values: Sequence[float]) -> list[bytes]:
        """The bundles with these values, as many as there are addresses; floats are made to fit by `single`."""
        numbers = list(map(single, values)) if self._kind == "f" else list(map(int, values))
        packets, begun = [], 0
        for layout, parts in self._bundles:
            parts[1::2] = numbers[begun : begun + len(parts) // 2]
            begun += len(parts) // 2
            packets.append(_BUNDLE_HEAD + layout.pack(*parts))
        return packets


def _prepared(addresses: Sequence[str], kind: str) -> Iterator[tuple[struct.Struct, list[bytes | float]]]:
    """For each bundle how it is packed, and the list of what is packed: head and number in turn."""
    form, parts, size = "", list[bytes | float](), len(_BUNDLE_HEAD)
    for address in addresses:
        head = _head(address, kind)
        head = struct.pack(">i", len(head) + 4) + head
        if parts and size + len(head) + 4 > PACKET_OCTETS:
            yield struct.Struct(f">{form}"), parts
            form, parts, size = "", [], len(_BUNDLE_HEAD)
        form += f"{len(head)}s{kind}"
        parts += [head, 0]
        size += len(head) + 4
    if parts:
        yield struct.Struct(f">{form}"), parts


def _octets(value: float | str) -> bytes:
    if isinstance(value, str):
        return _padded(value.encode())
    if isinstance(value, int):
        return struct.pack(">i", min(_MOST, max(_LEAST, value)))
    return struct.pack(">f", single(value))


@lru_cache(maxsize=512)
def _head(address: str, tags: str) -> bytes:
    return _padded(address.encode("ascii")) + _padded(f",{tags}".encode("ascii"))


def _padded(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)
