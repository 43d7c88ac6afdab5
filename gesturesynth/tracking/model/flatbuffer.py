"""Reads the binary layout of FlatBuffers, in which TensorFlow Lite keeps its models: tables, vectors, numbers.

Nothing is decoded beyond what is asked for. A place is a position in the bytes. Whatever lies outside of them raises
`struct.error`, and a count that is too large is refused before anything is read.

Format: FlatBuffers' documentation of its binary layout.
"""

from __future__ import annotations

import struct
from typing import Final

MOST_ELEMENTS: Final = 4096
"""Of a vector that is read element by element. BlazePose has some 700 tensors and 332 operators; a file that is made to
take long has no more than this of anything."""


def follow(data: bytes | bytearray, at: int) -> int:
    """The place that the offset at `at` points to."""
    offset: int = struct.unpack_from("<I", data, at)[0]
    return at + offset


def table_fields(data: bytes | bytearray, table: int) -> dict[int, int]:
    """The places of the fields of a table, by number; those that are not set are missing."""
    start = table - struct.unpack_from("<i", data, table)[0]
    if start < 0:
        raise struct.error("the list of fields of a table lies before the file")
    size = struct.unpack_from("<H", data, start)[0]
    count = max(size - 4, 0) // 2
    offsets = struct.unpack_from(f"<{count}H", data, start + 4)
    return {number: table + offset for number, offset in enumerate(offsets) if offset}


def vector_elements(data: bytes | bytearray, field: int | None) -> list[int]:
    """The places of the elements, 4 bytes each, of the vector that a field points to; none when it is not set."""
    if field is None:
        return []
    vector = follow(data, field)
    count: int = struct.unpack_from("<I", data, vector)[0]
    if count > MOST_ELEMENTS or vector + 4 + 4 * count > len(data):
        raise struct.error("a list is longer than the file, or than any list of a pose model")
    return list(range(vector + 4, vector + 4 + 4 * count, 4))


def vector_targets(data: bytes | bytearray, field: int | None) -> list[int]:
    """The places that the elements of a vector of offsets point to; none when the field is not set."""
    return [follow(data, element) for element in vector_elements(data, field)]


def vector_numbers(data: bytes | bytearray, field: int | None) -> list[int]:
    """The elements of a vector of 32-bit numbers with a sign; none when the field is not set."""
    return [struct.unpack_from("<i", data, element)[0] for element in vector_elements(data, field)]
