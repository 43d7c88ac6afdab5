"""Small MP4 files, written by OpenCV and changed box by box: pixels that are not square, holes, what is cut off."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from gesturesynth.tracking.images import Image

_INNER = {b"moov": 0, b"trak": 0, b"edts": 0, b"mdia": 0, b"minf": 0, b"stbl": 0, b"stsd": 8, b"mp4v": 78}
"""Boxes with boxes inside, and how many bytes stand in front of those (ISO/IEC 14496-12 and -14)."""

_ROTATIONS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def noise(count: int, width: int = 32, height: int = 32) -> list[Image]:
    """Pictures that differ, so that each is a frame of its own."""
    random = np.random.default_rng(1)
    return [random.integers(0, 255, (height, width, 3)).astype(np.uint8) for _ in range(count)]


def write(path: Path, frames: Iterable[Image], fps: float = 30.0, fourcc: str = "mp4v") -> Path:
    """Writes a clip; the end of its name says in what container."""
    frames = list(frames)
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*fourcc), fps, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


@dataclass
class Box:
    """A box: what stands in front of its inner boxes (or all of its content), and these."""

    kind: bytes
    content: bytes
    inner: list[Box] = field(default_factory=list)

    def bytes(self) -> bytes:
        content = self.content + b"".join(box.bytes() for box in self.inner)
        return struct.pack(">I4s", len(content) + 8, self.kind) + content


def _parse(data: bytes) -> list[Box]:
    boxes, place = [], 0
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + length]
        head = _INNER.get(kind)
        boxes.append(Box(kind, content) if head is None else Box(kind, content[:head], _parse(content[head:])))
        place += length
    return boxes


class Mp4:
    """An MP4 file of one track of pictures, to be changed."""

    def __init__(self, path: Path) -> None:
        self.boxes = _parse(path.read_bytes())

    @classmethod
    def of(cls, folder: Path, frames: Iterable[Image], fps: float = 30.0) -> Self:
        """A new clip."""
        return cls(write(folder / "plain.mp4", frames, fps))

    def find(self, kind: bytes, boxes: list[Box] | None = None) -> Box:
        """The first box of a type."""
        found = self._search(kind, self.boxes if boxes is None else boxes)
        assert found, kind
        return found

    def _search(self, kind: bytes, boxes: list[Box]) -> Box | None:
        for box in boxes:
            found = box if box.kind == kind else self._search(kind, box.inner)
            if found:
                return found
        return None

    def pixels(self, width: int, height: int) -> Self:
        """Says that pixels have this shape, in the box `pasp`."""
        entry = self.find(b"mp4v")
        entry.inner = [box for box in entry.inner if box.kind != b"pasp"]
        entry.inner.append(Box(b"pasp", struct.pack(">II", width, height)))
        return self

    def turned(self, degrees: int) -> Self:
        """Says that the picture is to be turned clockwise, in the matrix of `tkhd`."""
        head = self.find(b"tkhd")
        a, b, c, d = (number * 0x10000 for number in _ROTATIONS[degrees])
        head.content = head.content[:40] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000) + head.content[76:]
        return self

    def hole(self, after: int, seconds: float) -> Self:
        """Puts a hole into the time stamps, behind so many pictures."""
        table = self.find(b"stts")
        _, _, count, step = struct.unpack(">IIII", table.content)
        scale = struct.unpack_from(">I", self.find(b"mdhd").content, 12)[0]
        rows = ((after - 1, step), (1, step + round(seconds * scale)), (count - after, step))
        table.content = struct.pack(">II", 0, 3) + b"".join(struct.pack(">II", *row) for row in rows)
        return self.without(b"edts")

    def coded(self, kind: bytes) -> Self:
        """Says that the pictures are coded in another way."""
        self.find(b"mp4v").kind = kind
        return self

    def handled(self, kind: bytes) -> Self:
        """Says that the track is of another kind than pictures."""
        handler = self.find(b"hdlr")
        handler.content = handler.content[:8] + kind + handler.content[12:]
        return self

    def without(self, kind: bytes) -> Self:
        """Takes a box away, wherever it is."""

        def prune(boxes: list[Box]) -> list[Box]:
            for box in boxes:
                box.inner = prune(box.inner)
            return [box for box in boxes if box.kind != kind]

        self.boxes = prune(self.boxes)
        return self

    def save(self, path: Path, *, index_first: bool = False) -> Path:
        """Writes it, with its index at the end or (as for the web) in front."""
        index = next((box for box in self.boxes if box.kind == b"moov"), None)
        if index and index_first:
            offsets = self.find(b"stco")
            places = struct.unpack(f">{(len(offsets.content) - 8) // 4}I", offsets.content[8:])
            moved = [place + len(index.bytes()) for place in places]
            offsets.content = offsets.content[:8] + struct.pack(f">{len(moved)}I", *moved)
            rest = [box for box in self.boxes if box is not index]
            self.boxes = [rest[0], index, *rest[1:]]
        path.write_bytes(b"".join(box.bytes() for box in self.boxes))
        return path
