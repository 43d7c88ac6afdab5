"""OSC datagrams: bytes in, checked messages out, and back. Pure.

python-osc reads and writes the values. The structure around them is checked here first, because its parsers trust the
sender: a bundle whose element has a negative size is read for ever, absent arguments are read as 0.0, and every unknown
type tag is a line in the log. So bundles are split here, and a message reaches python-osc only when its address is
plain, its types are ones that commands use, and its length is exactly that of its arguments.

The format is that of the OSC 1.0 specification (opensoundcontrol.stanford.edu).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from gesturesynth.control.arguments import Value
from gesturesynth.control.osc.names import safe_name as safe_name  # noqa: PLC0414 - used with what is encoded here

MOST_OCTETS: Final = 1024
"""A datagram longer than this is not read: the longest command is a fifth of it."""
MOST_MESSAGES: Final = 16
"""Messages in one datagram, all bundles of it together."""
MOST_DEPTH: Final = 4
"""Bundles within bundles."""
MOST_ARGUMENTS: Final = 8
STATE_OCTETS: Final = 65_507
"""The longest datagram that can be sent over IPv4. Only a state comes near it: answers are clipped."""
PACKET_OCTETS: Final = 1400
"""Sent bundles are filled up to here, so that they cross an Ethernet in one piece."""

_BUNDLE: Final = b"#bundle\0"
_BUNDLE_HEAD: Final = _BUNDLE + struct.pack(">Q", 1)  # the time tag 1 means: now
_PLAIN_ADDRESS: Final = re.compile(rb"/[!-~]{0,199}", re.DOTALL)
_RESERVED: Final = frozenset(b"#*,?[]{}")
_NO_VALUE: Final = frozenset("NI")
"""Nil and impulse: some programs send one where a message has no value, so neither counts as one."""
_FIXED: Final = {"i": 4, "f": 4, "h": 8, "d": 8, "T": 0, "F": 0, "N": 0, "I": 0}
_FOREIGN: Final = {
    "b": "a blob",
    "t": "a time tag",
    "c": "a character",
    "r": "a colour",
    "m": "MIDI",
    "S": "a symbol",
    "[": "an array",
    "]": "an array",
}
_MOST_FLOAT: Final = 3.4028234663852886e38
"""The greatest 32-bit float; packing more would raise."""


class MalformedError(ValueError):
    """A datagram, or a message in it, that cannot be used; the text is a sentence.

    Attributes:
        address: of the message, where that much could be read; else empty.
    """

    def __init__(self, text: str, address: str = "") -> None:
        super().__init__(text)
        self.address = address


@dataclass(frozen=True)
class Message:
    """One OSC message; floats may still be NaN or infinite."""

    address: str
    values: tuple[Value, ...]


def decode(datagram: bytes) -> tuple[Message, ...]:
    """The messages of a datagram, bundles flattened, in order. Time tags are ignored: everything is for now.

    One bad message makes the whole datagram invalid: half a bundle is not what its sender meant.

    Raises:
        MalformedError: it is too long, not OSC, or holds a type that no command takes.
    """
    if len(datagram) > MOST_OCTETS:
        raise MalformedError(f"a datagram may have at most {MOST_OCTETS} bytes")
    elements = list(_elements(datagram, 0))
    if len(elements) > MOST_MESSAGES:
        raise MalformedError(f"a bundle may hold at most {MOST_MESSAGES} messages, not {len(elements)}")
    return tuple(_message(element) for element in elements)


def _elements(datagram: bytes, depth: int) -> Iterator[bytes]:
    """Each message's bytes. A message has at least 4 bytes, so there are at most `MOST_OCTETS` / 8."""
    if not datagram.startswith(_BUNDLE):
        yield datagram
        return
    if depth == MOST_DEPTH:
        raise MalformedError(f"bundles may be at most {MOST_DEPTH} deep")
    if len(datagram) < len(_BUNDLE_HEAD):
        raise MalformedError("a bundle ends before its time tag")
    place = len(_BUNDLE_HEAD)
    while place < len(datagram):
        if place + 4 > len(datagram):
            raise MalformedError("a bundle ends within the size of an element")
        (size,) = struct.unpack_from(">i", datagram, place)
        place += 4
        if size < 4 or size % 4 or place + size > len(datagram):
            raise MalformedError(f"a bundle holds an element of {size} bytes, where it cannot")
        yield from _elements(datagram[place : place + size], depth + 1)
        place += size


def _message(octets: bytes) -> Message:
    address, place = _address(octets)
    try:
        if place < len(octets):
            octets = _with_values_only(octets, place, _checked_tags(octets, place))
        # OscMessage tells apart what its tags say; `_checked_tags` admits only those of commands
        return Message(address, tuple(cast("Sequence[Value]", OscMessage(octets).params)))
    except MalformedError as error:
        raise MalformedError(str(error), address) from None
    except (ParseError, UnicodeDecodeError, struct.error):
        raise MalformedError("an argument cannot be read; texts are UTF-8", address) from None


def _address(octets: bytes) -> tuple[str, int]:
    """The address, and where the type tags begin."""
    if not octets.startswith(b"/"):
        raise MalformedError("this is not an OSC message: it does not begin with '/'")
    end = octets.find(b"\0")
    if len(octets) % 4 or end < 0:
        raise MalformedError("this is not an OSC message: its address or its length is cut off")
    name = octets[:end]
    if not _PLAIN_ADDRESS.fullmatch(name):
        raise MalformedError("the address is too long, or has other characters than ASCII without spaces")
    address = name.decode("ascii")
    if _RESERVED.intersection(name):
        raise MalformedError("wildcards are not understood; write the address of one command", address)
    return address, _padded(end)


def _checked_tags(octets: bytes, place: int) -> str:
    """The type tags at `place`. Raises MalformedError unless commands use them, and their arguments fill the rest."""
    end = octets.find(b"\0", place)
    if octets[place] != ord(",") or end < 0:
        raise MalformedError("the type tags after the address are missing or cut off")
    tags = octets[place + 1 : end].decode("latin-1")
    if len(tags) > MOST_ARGUMENTS:
        raise MalformedError(f"a message may have at most {MOST_ARGUMENTS} arguments, not {len(tags)}")
    place = _padded(end)
    for number, tag in enumerate(tags, 1):
        if tag == "s":
            end = octets.find(b"\0", place)
            place = _padded(end) if end >= 0 else len(octets) + 1
        elif tag in _FIXED:
            place += _FIXED[tag]
        else:
            what = _FOREIGN.get(tag, "of an unknown type")
            raise MalformedError(f"argument {number} is {what}; arguments are ints, floats, texts, true and false")
        if place > len(octets):
            raise MalformedError(f"argument {number} is missing or cut off")
    if place != len(octets):
        raise MalformedError("there is more behind the last argument")
    return tags


def _with_values_only(octets: bytes, place: int, tags: str) -> bytes:
    """The message without the tags of nil and impulse, which have no bytes behind the tags."""
    if not _NO_VALUE.intersection(tags):
        return octets
    kept = "".join(tag for tag in tags if tag not in _NO_VALUE).encode("latin-1")
    written = b"," + kept + b"\0" * (_padded(len(kept) + 1) - len(kept) - 1)
    return octets[:place] + written + octets[_padded(place + 1 + len(tags)) :]


def _padded(end: int) -> int:
    """Where the next thing begins after a text whose closing zero is at `end`."""
    return (end // 4 + 1) * 4


def encode(address: str, *values: Value) -> bytes:
    """One message; floats as 32 bits, whole numbers as 32 (or 64 where they need it)."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(single(value) if isinstance(value, float) else value)
    return cast("bytes", builder.build().dgram)


def single(value: float) -> float:
    """A number that a 32-bit float holds: 0 for NaN, the greatest for anything greater."""
    if math.isnan(value):
        return 0.0
    return min(_MOST_FLOAT, max(-_MOST_FLOAT, value))


class FloatsMessage:
    """A message that always carries the same number of floats: built once, filled often."""

    def __init__(self, address: str, count: int) -> None:
        self._floats = struct.Struct(f">{count}f")
        empty = encode(address, *[0.0] * count)
        self._head = empty[: len(empty) - self._floats.size]

    def fill(self, values: Sequence[float]) -> bytes:
        """The message with these values, made to fit by `single`."""
        try:
            if math.isfinite(sum(values)):  # nearly always: there may be hundreds, thousands of times a second
                return self._head + self._floats.pack(*values)
        except (OverflowError, struct.error):
            pass
        return self._head + self._floats.pack(*map(single, values))


def bundles(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Messages packed into as few bundles as `PACKET_OCTETS` allows; a single message is not bundled."""
    parts: list[bytes] = []
    size = len(_BUNDLE_HEAD)
    for message in messages:
        if parts and size + 4 + len(message) > PACKET_OCTETS:
            yield _packed(parts)
            parts, size = [], len(_BUNDLE_HEAD)
        parts.append(message)
        size += 4 + len(message)
    if parts:
        yield _packed(parts)


def _packed(parts: Sequence[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    return _BUNDLE_HEAD + b"".join(struct.pack(">i", len(part)) + part for part in parts)


def clipped(text: str, most: int = 400) -> str:
    """A sentence fit to be sent back: in one line, printable, and of bounded length."""
    line = "".join(character if character.isprintable() else "?" for character in text.replace("\n", " "))
    return line if len(line) <= most else f"{line[: most - 1]}…"
