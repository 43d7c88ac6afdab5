"""Skeleton recordings: what the tracker saw, as landmarks only.

A recording is a gzip stream. Its first line is JSON and says what it is; then follow records, each a length (uint32,
little endian) and a `bus.Pose` in MessagePack. There is no place for an image in it. The writer flushes about once a
second, so a recorder that is killed loses at most that; the reader takes a file whose end is missing for a shorter one.

Files may come from anybody: lengths, times and values in them are checked before they are believed.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import numpy as np

import gesturesynth
from gesturesynth.bus import LANDMARKS, Body, Pose
from gesturesynth.errors import UserError

FORMAT: Final = "gesturesynth skeleton recording"
VERSION: Final = 1

FLUSH_EVERY_S: Final = 1.0
LONGEST_RECORD_BYTES: Final = 16 * 1024
"""A pose with one body has about 1000 bytes; a longer record than this is not one of ours."""
LONGEST_HEADER_BYTES: Final = 16 * 1024
MOST_BODIES: Final = 8
GREATEST_SIDE_PX: Final = 65_536
GREATEST_TIME_S: Final = 1e9

_LENGTH: Final = struct.Struct("<I")
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for bytes that it cannot decode, deeply nested ones among them."""


class SkeletonHeader(msgspec.Struct, frozen=True):
    """The first line of a recording.

    Attributes:
        format: always `FORMAT`.
        version: of the format; a reader refuses a newer one than its own.
        made_by: program and version that wrote it.
        about: what is in it, in words for people.
        frame_rate_hz: a hint; the poses' own times count. None when nobody knew.
    """

    format: str
    version: int
    made_by: str
    about: str = ""
    frame_rate_hz: float | None = None


class SkeletonWriter:
    """Writes a new recording; a context manager.

    The same poses give the same bytes: nothing of the clock or the machine goes into the file.

    Args:
        path: must not exist yet.
        about: what is in it, in words for people.
        frame_rate_hz: a hint for readers.

    Raises:
        UserError: the file exists, or cannot be made there.
    """

    def __init__(self, path: Path, about: str = "", frame_rate_hz: float | None = None) -> None:
        try:
            self._file = path.open("xb")
        except FileExistsError:
            raise UserError(
                f"{path} exists already and is not overwritten. Choose another name, or delete it."
            ) from None
        except OSError as error:
            raise UserError(f"a recording cannot be written to {path}: {error.strerror}.") from error
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, compresslevel=9, mtime=0)
        self._encoder = msgspec.msgpack.Encoder()
        self._flushed_s = -math.inf
        made_by = f"gesturesynth {gesturesynth.__version__}"
        header = SkeletonHeader(FORMAT, VERSION, made_by, about[:4000], frame_rate_hz)
        self._gzip.write(msgspec.json.encode(header) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def write(self, pose: Pose) -> None:
        """Appends one pose; also when nobody is in it, because that belongs to the performance.

        Raises:
            OSError: the disk is full, say.
        """
        record = self._encoder.encode(pose)
        self._gzip.write(_LENGTH.pack(len(record)) + record)
        if not 0 <= pose.capture_time_s - self._flushed_s < FLUSH_EVERY_S:
            self._gzip.flush()
            self._file.flush()
            self._flushed_s = pose.capture_time_s

    def close(self) -> None:
        """Finishes the file; may be called twice."""
        try:
            self._gzip.close()
        finally:
            self._file.close()


def read_skeleton(path: Path) -> Iterator[Pose]:
    """The poses of a recording, one by one, in the order and with the times of their capture.

    Raises:
        UserError: the file is missing, damaged, no recording, or made by a newer version. Poses before a damage are
            given out first; an end that is merely missing is no damage.
    """
    with _open(path) as stream:
        _read_header(stream, path)
        decoder = msgspec.msgpack.Decoder(Pose)
        number, last_s = 0, -math.inf
        while (record := _read_record(stream, path, number)) is not None:
            try:
                pose = decoder.decode(record)
            except _UNREADABLE as error:
                raise _damaged(path, number, f"it is not a pose ({error})") from error
            fault = _fault(pose, last_s)
            if fault:
                raise _damaged(path, number, fault)
            yield pose
            number, last_s = number + 1, pose.capture_time_s


def read_header(path: Path) -> SkeletonHeader:
    """What a recording says about itself.

    Raises:
        UserError: the file is missing, or no recording that we can read.
    """
    with _open(path) as stream:
        return _read_header(stream, path)


def is_skeleton(path: Path) -> bool:
    """Whether the file's content (not its name) is that of a skeleton recording, of whatever version."""
    try:
        with gzip.open(path, "rb") as stream:
            header = msgspec.json.decode(stream.readline(LONGEST_HEADER_BYTES), type=dict[str, object])
    except (OSError, EOFError, zlib.error, *_UNREADABLE):
        return False
    return header.get("format") == FORMAT


def _open(path: Path) -> gzip.GzipFile:
    try:
        return gzip.open(path, "rb")
    except OSError as error:
        raise UserError(f"the skeleton recording {path} cannot be opened: {error.strerror}.") from error


def _read_header(stream: gzip.GzipFile, path: Path) -> SkeletonHeader:
    foreign = UserError(f"{path} is not a skeleton recording of gesturesynth (make one with record-skeleton).")
    try:
        line = stream.readline(LONGEST_HEADER_BYTES)
        header = msgspec.json.decode(line, type=SkeletonHeader)
    except (OSError, EOFError, zlib.error, *_UNREADABLE) as error:
        raise foreign from error
    if header.format != FORMAT or not line.endswith(b"\n"):
        raise foreign
    if header.version > VERSION:
        raise UserError(
            f"{path} is a skeleton recording of format {header.version} (by {header.made_by[:80]}); this version reads "
            f"formats up to {VERSION}. Update gesturesynth to play it."
        )
    return header


def _read_record(stream: gzip.GzipFile, path: Path, number: int) -> bytes | None:
    """The next record, or None at the end, also when the end comes early."""
    try:
        prefix = stream.read(_LENGTH.size)
        if len(prefix) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(prefix)
        if not 0 < length <= LONGEST_RECORD_BYTES:
            raise _damaged(path, number, f"a length of {length} bytes is not possible")
        record = stream.read(length)
    except EOFError:
        return None
    except (OSError, zlib.error) as error:
        raise _damaged(path, number, str(error)) from error
    return record if len(record) == length else None


def _fault(pose: Pose, last_s: float) -> str:
    """Why a decoded pose cannot be believed; empty when it can."""
    if not 0 <= pose.capture_time_s <= GREATEST_TIME_S:
        return f"a capture time of {pose.capture_time_s} s is not possible"
    if pose.capture_time_s < last_s:
        return "its time is before that of the record before it"
    if not (0 < pose.width <= GREATEST_SIDE_PX and 0 < pose.height <= GREATEST_SIDE_PX):
        return f"a frame of {pose.width} x {pose.height} pixels is not possible"
    if len(pose.bodies) > MOST_BODIES:
        return f"{len(pose.bodies)} bodies are more than the {MOST_BODIES} that are possible"
    for body in pose.bodies:
        fault = _body_fault(body)
        if fault:
            return fault
    return ""


def _body_fault(body: Body) -> str:
    if len(body.image) != LANDMARKS * 4 * 4 or len(body.world) != LANDMARKS * 3 * 4:
        return f"a body does not have {LANDMARKS} landmarks"
    if not (np.isfinite(body.image_array()).all() and np.isfinite(body.world_array()).all()):
        return "a landmark is not a number"
    return ""


def _damaged(path: Path, number: int, why: str) -> UserError:
    return UserError(f"the skeleton recording {path} is damaged at record {number}: {why}.")
