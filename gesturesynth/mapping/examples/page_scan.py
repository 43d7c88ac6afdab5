"""Finds every record that can still be read in the pages of a damaged SQLite database.

SQLite finds a row by following a tree from the first page; one broken page near the top hides everything below it.
Here every page is read by itself: the first byte of a page tells whether it holds rows, and each row begins with its
length and types. The format: sqlite.org/fileformat2.html; the numbers of its sections stand beside the code.

No function here raises, whatever the bytes. Whether a record belongs to the examples, and is complete, is checked by
the caller.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from gesturesynth.mapping.examples.schema import PAGE_BYTES

Value = int | float | str | bytes | None
Record = tuple[int, tuple[Value, ...]]
"""The row's number, and its columns; the column that IS the row's number is None."""

_MAGIC: Final = b"SQLite format 3\0"
_WAL_MAGIC: Final = (0x377F0682, 0x377F0683)
_WAL_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_TABLE_LEAF: Final = 0x0D
_LONGEST_BYTES: Final = 16 * 1024 * 1024
"""Rows of examples are far smaller; a greater length is damage."""


def records(database: bytes, wal: bytes = b"") -> Iterator[Record]:
    """All rows of all tables, in no order.

    Args:
        database: contents of the file; may be anything.
        wal: of the file beside it whose name ends in -wal.
    """
    pages = _Pages(database, wal)
    for number in pages.numbers():
        if number > 1:  # the first page holds the tables' definitions, no rows
            yield from _leaf(pages, number)


def merge_log(database: bytes, wal: bytes) -> bytes:
    """A database file with the pages of its write-ahead log merged in, so that it needs no log.

    As for SQLite, only frames with right checksums, up to the last commit, count (4.1, 4.2). What is not a database
    is returned unchanged.
    """
    if not database.startswith(_MAGIC) or len(database) < 100:
        return database
    size, _ = _sizes(database)
    image = bytearray(database)
    for number, page in _log_pages(_valid_log(wal, size), size).items():
        end = number * size
        image.extend(bytes(max(0, end - len(image))))
        image[end - size : end] = page
    image[18:20] = (
        b"\x01\x01"  # the merged file has no log: versions of the file format for writing and reading (1.3.3)
    )
    return bytes(image)


def _valid_log(wal: bytes, size: int) -> bytes:
    """A log up to the first frame whose checksum is wrong."""
    if len(wal) < _WAL_HEADER or int.from_bytes(wal[:4], "big") not in _WAL_MAGIC:
        return b""
    order = ">" if int.from_bytes(wal[:4], "big") == _WAL_MAGIC[1] else "<"
    sums = _checksum(order, wal[:24], (0, 0))
    if struct.unpack(">II", wal[24:32]) != sums:
        return b""
    for start in range(_WAL_HEADER, len(wal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        page = start + _FRAME_HEADER
        sums = _checksum(order, wal[start : start + 8] + wal[page : page + size], sums)
        if struct.unpack(">II", wal[start + 16 : start + 24]) != sums:
            return wal[:start]
    return wal


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """Continues the checksum of a log over these bytes (4.2)."""
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


class _Pages:
    """Pages by number, from 1; a page in the write-ahead log is newer and goes before that of the file."""

    def __init__(self, database: bytes, wal: bytes) -> None:
        size, self.usable = _sizes(database)
        self._database = database
        self._size = size
        self._newer = _log_pages(wal, size)

    def numbers(self) -> Iterator[int]:
        yield from range(1, -(-len(self._database) // self._size) + 1)
        yield from (number for number in self._newer if (number - 1) * self._size >= len(self._database))

    def page(self, number: int) -> bytes:
        """Shorter than a page where the file ends; empty beyond."""
        if number in self._newer:
            return self._newer[number]
        return self._database[(number - 1) * self._size : number * self._size] if number > 0 else b""


def _sizes(database: bytes) -> tuple[int, int]:
    """Page size, and how many bytes of it are used; this program's own sizes where the header is damaged (1.3)."""
    if database.startswith(_MAGIC) and len(database) >= 100:
        size = int.from_bytes(database[16:18], "big")
        size = 65536 if size == 1 else size
        reserved = database[20]
        if 512 <= size <= 65536 and size & (size - 1) == 0 and size - reserved >= 480:
            return size, size - reserved
    return PAGE_BYTES, PAGE_BYTES


def _log_pages(wal: bytes, size: int) -> dict[int, bytes]:
    """The newest committed version of each page in a write-ahead log (4.1)."""
    if len(wal) < _WAL_HEADER or int.from_bytes(wal[:4], "big") not in _WAL_MAGIC:
        return {}
    salt = wal[16:24]
    committed: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for start in range(_WAL_HEADER, len(wal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, pages_after_commit = struct.unpack_from(">II", wal, start)
        if wal[start + 8 : start + 16] != salt:
            break  # left over from before the log was restarted
        waiting[number] = wal[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        if pages_after_commit:
            committed |= waiting
            waiting = {}
    return committed


def _leaf(pages: _Pages, number: int) -> Iterator[Record]:
    """The rows of one page, if it is one that holds rows (1.6)."""
    page = pages.page(number)
    if len(page) < 8 or page[0] != _TABLE_LEAF:
        return
    count = int.from_bytes(page[3:5], "big")
    for index in range(min(count, (len(page) - 8) // 2)):
        (start,) = struct.unpack_from(">H", page, 8 + 2 * index)
        try:
            length, at = _varint(page, start)
            row, at = _varint(page, at)
            yield row, _columns(_payload(pages, page, at, length))
        except (ValueError, IndexError, struct.error):
            continue  # this row is lost; the others of the page may be readable


def _payload(pages: _Pages, page: bytes, at: int, length: int) -> bytes:
    """A row's bytes: what does not fit into its page is in a chain of overflow pages (1.6, 1.7)."""
    if not 0 < length <= _LONGEST_BYTES:
        raise ValueError("not a length")
    usable = pages.usable
    here = length
    if length > usable - 35:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (usable - 4)
        here = here if here <= usable - 35 else least
    found = page[at : at + here]
    following = page[at + here : at + here + 4]
    while len(found) < length and len(found) >= here:
        chained = pages.page(int.from_bytes(following, "big"))
        if len(chained) < 5:
            break
        following = chained[:4]
        found += chained[4 : min(usable, 4 + length - len(found))]
    if len(found) != length:
        raise ValueError("its end is missing")
    return found


def _columns(payload: bytes) -> tuple[Value, ...]:
    """A row's values: their types come first (2.1)."""
    header_end, at = _varint(payload, 0)
    if not 0 < header_end <= len(payload):
        raise ValueError("not a header")
    kinds = []
    while at < header_end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    at = header_end
    for kind in kinds:
        length = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind] if kind < 10 else (kind - 12) // 2
        data = payload[at : at + length]
        if len(data) != length or kind in (10, 11):
            raise ValueError("not a value")
        values.append(_value(kind, data))
        at += length
    return tuple(values)


def _value(kind: int, data: bytes) -> Value:
    if kind == 0:
        return None
    if kind == 7:
        return float(struct.unpack(">d", data)[0])
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(data, "big", signed=True)
    return data.decode("utf-8") if kind % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number of one to nine bytes, and where it ends (1.6)."""
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >> 63 else value, at + 9
