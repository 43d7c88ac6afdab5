"""The kind of a video file, found from its bytes: for the sentence that says why it cannot be played. Only reads.

FFmpeg reports only that it cannot open a file. The common causes (an empty file, a text, a recording that was not
finished, a copy that was cut off, sound without pictures) can be seen from the outermost structure of the file.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

Kind = Literal["empty", "text", "sound", "mp4", "avi", "unknown"]

MOST_BOXES: Final = 4096
"""Boxes of one level of an MP4 file that are examined; a fragmented recording of an hour has some thousand."""
LONGEST_CONTENT_BYTES: Final = 64 * 1024
"""Bytes of a box that are read; an edit list of three thousand edits fits."""
HEAD_BYTES: Final = 4096

_BOX_TYPES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof"})
_SOUND: Final = (b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"#!AMR", b"MThd")


@dataclass(frozen=True)
class Container:
    """What was found.

    Attributes:
        kind: `mp4` is all of its family (MOV, M4V, 3GP).
        missing_bytes: by how much the file is shorter than its parts say; 0 where nothing is known to be missing.
        has_index: whether an MP4 file has its index (`moov`); true for other kinds.
        has_pictures: false for an MP4 file with tracks of which none has pictures.
        counts_frames: whether the number of pictures by the container is exact, not estimated from its duration.
        shown: the share of these pictures that is shown, 0..1: an edit list may leave some out.
    """

    kind: Kind
    missing_bytes: int = 0
    has_index: bool = True
    has_pictures: bool = True
    counts_frames: bool = False
    shown: float = 1.0


def examine(file: BinaryIO) -> Container:
    """Examines a file; moves its position. Raises OSError when it cannot be read."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return Container("empty")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head[4:8] in _BOX_TYPES:
        return _mp4(file, size)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        promised = 8 + int.from_bytes(head[4:8], "little")
        return Container("avi", missing_bytes=max(0, promised - size), counts_frames=True)
    if head.startswith(_SOUND) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        return Container("sound")
    return Container("text" if _is_text(head) else "unknown")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # not only a character that the end of `head` cuts in two
            return False
        text = head[: error.start].decode()
    return all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text)


@dataclass(frozen=True)
class _Box:
    type: bytes
    content: int
    end: int


def _mp4(file: BinaryIO, size: int) -> Container:
    """ISO/IEC 14496-12: boxes of a length and a type, one after the other, some with others inside."""
    boxes = list(_boxes(file, 0, size))
    missing = max((box.end for box in boxes), default=0) - size
    index = next((box for box in boxes if box.type == b"moov"), None)
    if index is None:
        return Container("mp4", max(0, missing), has_index=False)
    tracks = [_track(file, box) for box in _boxes(file, index.content, min(index.end, size)) if box.type == b"trak"]
    movie = _numbers(file, _only(file, index, b"mvhd"))[:3]
    shown = next((_shown(track, movie[2]) for track in tracks if track.handler == b"vide" and len(movie) == 3), 1.0)
    return Container(
        "mp4",
        max(0, missing),
        has_pictures=not tracks or any(track.handler in (b"vide", b"") for track in tracks),
        counts_frames=not any(box.type == b"moof" for box in boxes),
        shown=shown,
    )


@dataclass(frozen=True)
class _Track:
    """`handler` is what it holds: `vide`, `soun`, ... Durations in units of the track's and of the movie's scale."""

    handler: bytes
    scale: int
    duration: int
    edited_duration: int | None


def _track(file: BinaryIO, track: _Box) -> _Track:
    media = _only(file, track, b"mdia")
    handler = _only(file, media, b"hdlr")
    head = _numbers(file, _only(file, media, b"mdhd"))
    edits = _edits(file, _only(file, _only(file, track, b"edts"), b"elst"))
    return _Track(
        _content(file, handler)[8:12],
        *(head[2:4] if len(head) == 4 else (0, 0)),
        sum(duration for duration, begin in edits if begin >= 0) if edits else None,
    )


def _shown(track: _Track, movie_scale: int) -> float:
    """The share of a track that its edit list shows."""
    if track.edited_duration is None or not (movie_scale and track.scale and track.duration):
        return 1.0
    return min(1.0, (track.edited_duration / movie_scale) / (track.duration / track.scale))


def _only(file: BinaryIO, around: _Box | None, kind: bytes) -> _Box | None:
    """The first box of a type inside another."""
    inside = _boxes(file, around.content, around.end) if around else iter(())
    return next((box for box in inside if box.type == kind), None)


def _content(file: BinaryIO, box: _Box | None) -> bytes:
    if box is None:
        return b""
    file.seek(box.content)
    return file.read(min(LONGEST_CONTENT_BYTES, max(0, box.end - box.content)))


def _numbers(file: BinaryIO, box: _Box | None) -> tuple[int, ...]:
    """The first numbers of `mvhd` and `mdhd`: made, changed, scale, duration; 64 bits wide in version 1."""
    content = _content(file, box)
    layout = ">QQIQ" if content[:1] == b"\x01" else ">IIII"
    if len(content) < 4 + struct.calcsize(layout):
        return ()
    return struct.unpack_from(layout, content, 4)


def _edits(file: BinaryIO, box: _Box | None) -> list[tuple[int, int]]:
    """For each edit its duration and its begin in the track, which is -1 for a pause."""
    content = _content(file, box)
    layout = ">Qqi" if content[:1] == b"\x01" else ">Iii"
    size = struct.calcsize(layout)
    count = min(int.from_bytes(content[4:8], "big"), (len(content) - 8) // size)
    return [struct.unpack_from(layout, content, 8 + number * size)[:2] for number in range(count)]


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[_Box]:
    """The boxes between two offsets. One whose length exceeds that of its parent is the last."""
    for _ in range(MOST_BOXES):
        file.seek(begin)
        head = file.read(16)
        if begin + 8 > end or len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        content = begin + 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
            content += 8
        box_end = begin + length if length else end  # 0: up to the end of the file
        if box_end < content:
            return
        yield _Box(kind, content, box_end)
        begin = box_end
