"""gzip in portions: the same bytes as the standard library's, and the same ends."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from contextlib import suppress

import pytest

from gesturesynth.tracking.bounded_gzip import Unpacked

CONTENT = random.Random(1).randbytes(50_000) + bytes(200_000) + b"a line\n" * 1000


def opened(packed: bytes) -> Unpacked:
    return Unpacked(io.BytesIO(packed))


def test_what_was_packed_comes_out_in_portions_of_any_size() -> None:
    dice = random.Random(2)
    file = io.BytesIO(gzip.compress(CONTENT))
    with Unpacked(file) as stream:
        out = b""
        while portion := stream.read(dice.randrange(1, 40_000)):
            out += portion
    assert out == CONTENT
    assert file.closed


def test_lines_end_at_their_end_or_at_a_limit() -> None:
    stream = opened(gzip.compress(b"one\ntwo\n" + b"x" * 100))
    assert [stream.line(50) for _ in range(5)] == [b"one\n", b"two\n", b"x" * 50, b"x" * 50, b""]


def test_a_missing_end_is_not_taken_for_the_end() -> None:
    packed = gzip.compress(CONTENT)
    with pytest.raises(EOFError):
        opened(packed[:-20]).read(len(CONTENT) + 1)
    assert opened(packed).read(len(CONTENT) + 1) == CONTENT
    with pytest.raises(EOFError):
        opened(b"").read(1)


def test_a_wrong_checksum_is_found_at_the_end() -> None:
    packed = bytearray(gzip.compress(CONTENT))
    packed[-6] ^= 1
    stream = opened(bytes(packed))
    assert stream.read(1000) == CONTENT[:1000]
    with pytest.raises(zlib.error):
        stream.read(len(CONTENT))


def test_bytes_behind_the_end_are_not_read() -> None:
    assert opened(gzip.compress(b"all") + b"more" * 1000).read(100) == b"all"


def test_any_bytes_give_bytes_or_one_of_two_errors() -> None:
    dice = random.Random(3)
    for _ in range(300):
        with suppress(EOFError, zlib.error):
            opened(b"\x1f\x8b\x08" + dice.randbytes(200)).read(1000)
