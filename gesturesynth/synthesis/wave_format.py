"""The format chunk of a WAV file, for any number of channels. Pure."""

from __future__ import annotations

import struct
from typing import Final

PCM: Final = 1
FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
# The end of the identifiers of sub-formats, whose first two bytes are the plain format's number (Microsoft, "Multiple
# channel audio data and WAVE files", 2001).
_SUBFORMAT: Final = bytes.fromhex("000000001000800000aa00389b71")


def format_chunk(channels: int, sample_rate: int, sample_bytes: int, tag: int = PCM) -> bytes:
    """What the chunk `fmt ` holds: 16 bytes for one or two channels, 40 for more, which name no loudspeakers.

    Args:
        channels: 1 or more.
        sample_rate: Hz.
        sample_bytes: of one sample of one channel.
        tag: PCM or FLOAT.
    """
    frame = channels * sample_bytes
    plain = (channels, sample_rate, sample_rate * frame, frame, sample_bytes * 8)
    if channels <= 2:
        return struct.pack("<HHIIHH", tag, *plain)
    extension = struct.pack("<HHIH", 22, sample_bytes * 8, 0, tag) + _SUBFORMAT
    return struct.pack("<HHIIHH", _EXTENSIBLE, *plain) + extension
