"""Skeleton recordings: poses in a file, landmarks only.

A recording is a gzip stream. Its first line is a header in JSON; then follow records, each a length (uint32, little
endian) and a `messages.Pose` in MessagePack. The format has no place for an image. The writer flushes about once a
second, so a recorder that is killed loses at most that; a file whose end is missing is read as a shorter one.

Files are not trusted: lengths, times and values in them are checked before they are used. A bad record is left out and
reported; where the stream itself is damaged, the begin of the next record cannot be found.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

import gesturesynth
from gesturesynth.core import paths
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.body_points import is_sound
from gesturesynth.runtime.messages import LANDMARKS, Body, Pose
from gesturesynth.tracking.bounded_gzip import Unpacked
from gesturesynth.tracking.frame_times import RecordTimes
from gesturesynth.tracking.source_warnings import WarningHandler, warn

FORMAT: Final = "gesturesynth skeleton recording"
VERSION: Final = 1

FLUSH_EVERY_S: Final = 1.0
LONGEST_RECORD_BYTES: Final = 16 * 1024
"""A pose with one body has about 1000 bytes; a longer record than this is not one of ours."""
LONGEST_HEADER_BYTES: Final = 16 * 1024
MOST_BODIES: Final = 8
GREATEST_SIDE_PX: Final = 65_536
MOST_IN_A_ROW: Final = 300
"""After more bad records in a row a recording counts as damaged: 10 s of a camera; reading so many takes 5 ms."""

_LENGTH: Final = struct.Struct("<I")
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for bytes that it cannot decode, deeply nested ones among them."""


class SkeletonHeader(msgspec.Struct, frozen=True):
    """The first line of a recording.

    Attributes:
        format: always `FORMAT`.
        version: of the format; a reader refuses a newer one than its own.
        made_by: program and version that wrote it.
        about: a description for people.
        frame_rate_hz: a hint; the times of the poses count. None when it is not known.
    """

    format: str
    version: int
    made_by: str
    about: str = ""
    frame_rate_hz: float | None = None


class SkeletonWriter(Closable):
    """Writes a new recording; a context manager.

    The same poses give the same bytes: nothing of the clock or the machine goes into the file.

    Args:
        path: must not exist yet.
        about: a description for people.
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

    def write(self, pose: Pose) -> None:
        """Appends one pose, also one without a person.

        Raises:
            OSError: the file cannot be written; the disk is full, for example.
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


def read_skeleton(path: Path, on_warning: WarningHandler = warn) -> Iterator[Pose]:
    """The poses of a recording, one by one, in the order of their capture; each takes little time, for any file.

    Times are those of the capture and increase by at least half a millisecond; gaps in them are shortened as those of
    clips are (`frame_times.py`). A record with impossible values, or whose time does not increase, is left out, up to
    `MOST_IN_A_ROW` of them.

    Args:
        path: the file.
        on_warning: called once when a record is left out, once when a gap is shortened, and at the end with the
            number of records left out.

    Raises:
        UserError: the file is missing, damaged, no recording, or made by a newer version. Poses before the damage
            are given first; a missing end alone is no damage.
    """
    with _open(path) as stream:
        _read_header(stream, path)
        decoder = msgspec.msgpack.Decoder(Pose)
        times = RecordTimes()
        left_out = _LeftOut(path, on_warning)
        number = -1
        while (record := _read_record(stream, path, number + 1)) is not None:
            number += 1
            try:
                pose = decoder.decode(record)
            except _UNREADABLE as error:
                left_out.add(number, f"it is not a pose ({error})")
                continue
            fault = _fault(pose) or times.fault(pose.capture_time_s)
            if fault:
                left_out.add(number, fault)
                continue
            left_out.reset_row()
            time_s, shortened_s = times.next(pose.capture_time_s)
            if shortened_s:
                on_warning(
                    f"the skeleton recording {paths.printable(path)} has a gap of {shortened_s:.1f} s in its times at "
                    f"record {number}. Such gaps are shortened to a few seconds at most."
                )
            yield pose if time_s == pose.capture_time_s else msgspec.structs.replace(pose, capture_time_s=time_s)
        left_out.report_total(number + 1)


class _LeftOut:
    """Counts records that are left out, and reports them with two warnings at most."""

    def __init__(self, path: Path, on_warning: WarningHandler) -> None:
        self._path = path
        self._on_warning = on_warning
        self._count = self._in_a_row = 0

    def reset_row(self) -> None:
        """A record was good: the row of bad ones has ended."""
        self._in_a_row = 0

    def add(self, number: int, why: str) -> None:
        """Counts a bad record. Raises UserError when there are too many in a row."""
        self._count += 1
        self._in_a_row += 1
        if self._in_a_row > MOST_IN_A_ROW:
            raise _damaged(self._path, number, f"{why}; so many bad ones in a row end it")
        if self._count == 1:
            name = paths.printable(self._path)
            self._on_warning(f"the skeleton recording {name} is damaged at record {number}, which is left out: {why}.")

    def report_total(self, records: int) -> None:
        """Reports how many of `records` were left out."""
        if self._count > 1:
            name = paths.printable(self._path)
            self._on_warning(f"{self._count} of {records} records of the skeleton recording {name} were left out.")


def read_header(path: Path) -> SkeletonHeader:
    """The header of a recording.

    Raises:
        UserError: the file is missing, or no recording that we can read.
    """
    with _open(path) as stream:
        return _read_header(stream, path)


def is_skeleton(path: Path) -> bool:
    """Whether the file's content (not its name) is that of a skeleton recording, of whatever version."""
    try:
        with Unpacked(path.open("rb")) as stream:
            header = msgspec.json.decode(stream.line(LONGEST_HEADER_BYTES), type=dict[str, object])
    except (OSError, EOFError, zlib.error, *_UNREADABLE):
        return False
    return header.get("format") == FORMAT


def _open(path: Path) -> Unpacked:
    try:
        return Unpacked(path.open("rb"))
    except OSError as error:
        name = paths.printable(path)
        raise UserError(f"the skeleton recording {name} cannot be opened: {error.strerror}.") from error


def _read_header(stream: Unpacked, path: Path) -> SkeletonHeader:
    name = paths.printable(path)
    foreign = UserError(f"{name} is not a skeleton recording of gesturesynth (make one with record-skeleton).")
    try:
        line = stream.line(LONGEST_HEADER_BYTES)
        header = msgspec.json.decode(line, type=SkeletonHeader)
    except (OSError, EOFError, zlib.error, *_UNREADABLE) as error:
        raise foreign from error
    if header.format != FORMAT or not line.endswith(b"\n"):
        raise foreign
    if header.version > VERSION:
        raise UserError(
            f"{name} is a skeleton recording of format {header.version} (by {header.made_by[:80]}); this version reads "
            f"formats up to {VERSION}. Update gesturesynth to play it."
        )
    return header


def _read_record(stream: Unpacked, path: Path, number: int) -> bytes | None:
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


def _fault(pose: Pose) -> str:
    """Why a decoded pose is not valid, except for its time; empty when it is."""
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
    if not is_sound(body):
        return "a landmark is not a number, or a hand or a face has not as many as it should"
    return ""


def _damaged(path: Path, number: int, why: str) -> UserError:
    return UserError(f"the skeleton recording {paths.printable(path)} is damaged at record {number}: {why}.")
