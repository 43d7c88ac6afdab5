"""OSC messages as bytes (OSC 1.0). The page's process does not load the library that the conductor uses."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Final

from gesturesynth.page.oscquery.nodes import Item

_MOST_FLOAT: Final = 3.4028234663852886e38
_INT32: Final = range(-(2**31), 2**31)


def packet(address: str, values: Sequence[Item]) -> bytes:
    """One message: floats as 32 bits (0 for NaN), whole numbers as 32 or 64, texts as UTF-8, None as impulse."""
    tags, body = ",", b""
    for value in values:
        tag, octets = _argument(value)
        tags += tag
        body += octets
    return _text(address) + _text(tags) + body


def _argument(value: Item) -> tuple[str, bytes]:
    if value is None:
        return "I", b""
    if isinstance(value, bool):
        return ("T" if value else "F"), b""
    if isinstance(value, int):
        return ("i", struct.pack(">i", value)) if value in _INT32 else ("h", struct.pack(">q", value))
    if isinstance(value, float):
        number = 0.0 if math.isnan(value) else min(_MOST_FLOAT, max(-_MOST_FLOAT, value))
        return "f", struct.pack(">f", number)
    return "s", _text(value)


def _text(text: str) -> bytes:
    octets = text.replace("\0", "").encode("utf-8", "replace")
    return octets + b"\0" * (4 - len(octets) % 4)
