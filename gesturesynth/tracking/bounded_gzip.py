"""gzip, unpacked bit by bit: whatever the file holds, one read costs little time and memory.

The standard library's reader takes each byte of a header, of zeros behind the end and each empty part of a file for
itself, in Python: a file of some megabytes that is made for it, or a disk's mistake, keeps it busy for minutes.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final, Self

PORTION_BYTES: Final = 16 * 1024
"""Packed bytes that are taken from the file at once."""
MOST_SILENT_BYTES: Final = 4 * 1024 * 1024
"""Packed bytes out of which nothing has come, beyond which a file counts as damaged. A gzip header may have a comment,
and a stream empty parts; ours have neither."""

_GZIP: Final = 16 + zlib.MAX_WBITS


class Unpacked:
    """The unpacked content of the first member of a gzip file. A context manager, which closes the file.

    What is behind the first member is not looked at.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflate = zlib.decompressobj(_GZIP)
        self._packed = b""
        self._ready = b""
        self._missing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """So many bytes; fewer only at the end.

        Raises:
            EOFError: the file ends before its content does, and there are fewer bytes than that.
            OSError: the file cannot be read.
            zlib.error: it is no gzip file, or damaged.
        """
        while len(self._ready) < size and self._unpack():
            pass
        if len(self._ready) < size and self._missing:
            raise EOFError("the end is missing")
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def line(self, longest: int) -> bytes:
        """The bytes up to a line end and with it, or `longest` of them; errors as of `read`."""
        while b"\n" not in self._ready[:longest] and len(self._ready) < longest and self._unpack():
            pass
        if b"\n" not in self._ready[:longest] and self._missing:
            raise EOFError("the end is missing")
        end = self._ready.find(b"\n", 0, longest)
        return self.read(min(len(self._ready), longest if end < 0 else end + 1))

    def _unpack(self) -> bool:
        """Makes some more bytes ready; False where there are none."""
        silent = 0
        while not self._inflate.eof:
            packed = self._packed or self._file.read(PORTION_BYTES)
            fresh = self._inflate.decompress(packed, PORTION_BYTES)  # of nothing: what it still has inside
            if not (packed or fresh):
                self._missing = True
                return False
            silent += len(packed) - len(self._inflate.unconsumed_tail)
            self._packed = self._inflate.unconsumed_tail
            if fresh:
                self._ready += fresh
                return True
            if silent > MOST_SILENT_BYTES:
                raise zlib.error(f"nothing comes out of {silent} packed bytes")
        return False
