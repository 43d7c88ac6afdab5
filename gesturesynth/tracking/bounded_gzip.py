"""gzip, unpacked in small portions: one read costs little time and memory, for any content of the file.

The standard library's reader handles each byte of a header, of zeros behind the end and each empty part of a file one
by one in Python: a file of some megabytes that is made for it, or a fault of the disk, keeps it busy for minutes.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final, Self

PORTION_BYTES: Final = 16 * 1024
"""Packed bytes that are read from the file at once."""
MOST_SILENT_BYTES: Final = 4 * 1024 * 1024
"""After so many packed bytes without any content a file counts as damaged. A gzip header may have a comment, and a
stream empty parts; ours have neither."""

_GZIP: Final = 16 + zlib.MAX_WBITS


class Unpacked:
    """The unpacked content of the first member of a gzip file. A context manager, which closes the file.

    What follows the first member is not read.
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
        """Exactly `size` bytes; fewer only at the end.

        Raises:
            EOFError: the file ends before its content does, and fewer bytes are left.
            OSError: the file cannot be read.
            zlib.error: it is not a gzip file, or it is damaged.
        """
        while len(self._ready) < size and self._unpack():
            pass
        if len(self._ready) < size and self._missing:
            raise EOFError("the end is missing")
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def line(self, longest: int) -> bytes:
        """The bytes up to and including a line end, at most `longest`; raises the same errors as `read`."""
        while b"\n" not in self._ready[:longest] and len(self._ready) < longest and self._unpack():
            pass
        if b"\n" not in self._ready[:longest] and self._missing:
            raise EOFError("the end is missing")
        end = self._ready.find(b"\n", 0, longest)
        return self.read(min(len(self._ready), longest if end < 0 else end + 1))

    def _unpack(self) -> bool:
        """Unpacks some more bytes; False at the end."""
        silent = 0
        while not self._inflate.eof:
            packed = self._packed or self._file.read(PORTION_BYTES)
            unpacked = self._inflate.decompress(
                packed, PORTION_BYTES
            )  # without input: what the decompressor still holds
            if not (packed or unpacked):
                self._missing = True
                return False
            silent += len(packed) - len(self._inflate.unconsumed_tail)
            self._packed = self._inflate.unconsumed_tail
            if unpacked:
                self._ready += unpacked
                return True
            if silent > MOST_SILENT_BYTES:
                raise zlib.error(f"nothing comes out of {silent} packed bytes")
        return False
