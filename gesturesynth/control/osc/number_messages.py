"""OSC messages that carry numbers only, read fast: whole sensors' worth of them, thousands a second.

`codec` reads commands: few values of any type, with care for sentences. Here a message may have hundreds of numbers,
and what is wrong with it is counted. Ints, floats, doubles, 64-bit ints, true and false count as numbers, all mixed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gesturesynth.control.osc.codec import MalformedError
from gesturesynth.runtime.inputs import MOST_VALUES

MOST_OCTETS: Final = 8192
"""Of a datagram: 512 doubles and their tags."""
MOST_MESSAGES: Final = 64
"""Of a datagram, in bundles within bundles."""
MOST_DEPTH: Final = 4

_BUNDLE: Final = b"#bundle\0"
_BUNDLE_HEAD: Final = 16
_FORMATS: Final = {"i": "i", "f": "f", "h": "q", "d": "d", "T": "", "F": "", "N": "", "I": ""}
_CONSTANTS: Final = {"T": 1.0, "F": 0.0}


class NotNumbersError(MalformedError):
    """A message that is complete and holds something else than numbers, or too many.

    Attributes:
        values: numbers and texts, where it holds nothing else; else None.
    """

    def __init__(self, text: str, address: str, values: tuple[float | str, ...] | None) -> None:
        super().__init__(text, address)
        self.values = values


@dataclass(frozen=True)
class NumberMessage:
    """One message; the numbers may be NaN or infinite, as they were sent."""

    address: str
    values: tuple[float, ...]


def read(datagram: bytes) -> Iterator[NumberMessage | MalformedError]:
    """The messages of a datagram, bundles flattened, in order; an error with its text for each that is not of numbers.

    Never raises for any bytes. Time tags are ignored.
    """
    if len(datagram) > MOST_OCTETS:
        yield MalformedError(f"a datagram of inputs may have at most {MOST_OCTETS} bytes")
        return
    for count, octets in enumerate(_elements(datagram, 0), 1):
        if count > MOST_MESSAGES:
            yield MalformedError(f"a bundle of inputs may hold at most {MOST_MESSAGES} messages")
            return
        if isinstance(octets, MalformedError):
            yield octets
            return
        try:
            yield _message(octets)
        except MalformedError as error:
            yield error


def _elements(datagram: bytes, depth: int) -> Iterator[bytes | MalformedError]:
    if not datagram.startswith(_BUNDLE):
        yield datagram
        return
    if depth == MOST_DEPTH or len(datagram) < _BUNDLE_HEAD:
        yield MalformedError("a bundle is cut off, or too many are within each other")
        return
    place = _BUNDLE_HEAD
    while place < len(datagram):
        size = int.from_bytes(datagram[place : place + 4], "big", signed=True) if place + 4 <= len(datagram) else -1
        place += 4
        if size < 4 or size % 4 or place + size > len(datagram):
            yield MalformedError("a bundle holds an element of a length that cannot be")
            return
        yield from _elements(datagram[place : place + size], depth + 1)
        place += size


def _message(octets: bytes) -> NumberMessage:
    end = octets.find(b"\0")
    if not octets.startswith(b"/") or end < 0 or len(octets) % 4:
        raise MalformedError("this is not an OSC message")
    address = octets[:end].decode("latin-1")
    place = (end // 4 + 1) * 4
    tags_end = octets.find(b"\0", place)
    if octets[place : place + 1] != b"," or tags_end < 0:
        raise MalformedError("the type tags after the address are missing or cut off", address)
    layout = _layout(octets[place + 1 : tags_end])
    if layout is None:
        mixed = _mixed(octets[place + 1 : tags_end].decode("latin-1"), octets, (tags_end // 4 + 1) * 4)
        raise NotNumbersError(f"an input has at most {MOST_VALUES} values, all of them numbers", address, mixed)
    place = (tags_end // 4 + 1) * 4
    if place + layout.packed.size != len(octets):
        raise MalformedError("the values are not as long as the type tags say", address)
    return NumberMessage(address, layout.values(octets, place))


def _mixed(tags: str, octets: bytes, place: int) -> tuple[float | str, ...] | None:
    """Numbers and texts; None where there is something else, or where they do not end with the message."""
    found: list[float | str] = []
    for tag in tags:
        if tag in "sS":
            end = octets.find(b"\0", place)
            if end < 0:
                return None
            found.append(octets[place:end].decode("utf-8", "replace"))
            place = (end // 4 + 1) * 4
        elif tag in _FORMATS:
            packed = struct.Struct(">" + _FORMATS[tag])
            if place + packed.size > len(octets):
                return None
            found += [float(value) for value in packed.unpack_from(octets, place)]
            found += [_CONSTANTS[tag]] if tag in _CONSTANTS else []
            place += packed.size
        else:
            return None
    return tuple(found) if place == len(octets) else None


@dataclass(frozen=True)
class _Layout:
    """How the values of one text of type tags lie; made once for each text."""

    packed: struct.Struct
    constants: tuple[tuple[int, float], ...]  # values that need no bytes, by place

    def values(self, octets: bytes, place: int) -> tuple[float, ...]:
        found = self.packed.unpack_from(octets, place)
        if not self.constants:
            return tuple(map(float, found))
        values = list(map(float, found))
        for at, value in self.constants:
            values.insert(at, value)
        return tuple(values)


@lru_cache(maxsize=64)
def _layout(tags: bytes) -> _Layout | None:
    text = tags.decode("latin-1")
    if len(text) > MOST_VALUES or not set(text) <= _FORMATS.keys():
        return None
    kept = [tag for tag in text if tag in _CONSTANTS or _FORMATS[tag]]  # nil and impulse are no values
    constants = tuple((at, _CONSTANTS[tag]) for at, tag in enumerate(kept) if tag in _CONSTANTS)
    return _Layout(struct.Struct(">" + "".join(_FORMATS[tag] for tag in text)), constants)
