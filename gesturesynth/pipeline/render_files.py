"""The files of a rendering: its sound, its table, and how a file is replaced only when it is complete."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from gesturesynth.core.errors import UserError
from gesturesynth.features.computed.definition import label
from gesturesynth.pipeline.render_watch import partial_path
from gesturesynth.synthesis.recorder import encode
from gesturesynth.synthesis.wave_format import format_chunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gesturesynth.mapping.mapper_frame import MapperFrame
    from gesturesynth.pipeline.running_preset import RunningPreset

MOST_BYTES: Final = 2**32 - 100
"""Of sound: the sizes in a WAV header have 32 bits."""

_SAMPLE_BYTES: Final = 3


class WaveFile:
    """Writer of the WAV file, 24 bit.

    Not the standard library's writer: interrupted at its beginning, it writes an error when it is garbage-collected,
    and beyond 4 GiB it raises an error of its own.
    """

    def __init__(self, file: IO[bytes], sample_rate: int, channels: int = 2) -> None:
        self._file = file
        self._rate = sample_rate
        self._channels = channels
        self._frame_bytes = channels * _SAMPLE_BYTES
        self.frames = 0
        self.peak = 0.0
        self._file.write(self._header())

    def write(self, block: NDArray[np.float32]) -> None:
        """More samples, (frames, channels). Raises UserError when the file becomes too large for its format."""
        self.frames += len(block)
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        if self.frames * self._frame_bytes > MOST_BYTES:
            hours = self.frames / self._rate / 3600
            raise UserError(f"more than {hours:.1f} hours do not fit into a WAV file: give a shorter time")
        self._file.write(encode(block, "24"))

    def finish(self) -> None:
        """Writes the header, now that the length is known."""
        self._file.seek(0)
        self._file.write(self._header())

    def _header(self) -> bytes:
        size = self.frames * self._frame_bytes
        form = format_chunk(self._channels, self._rate, _SAMPLE_BYTES)
        rest = struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", size)
        return struct.pack("<4sI4s", b"RIFF", 4 + len(rest) + size, b"WAVE") + rest


class PoseTable:
    """Writer of the CSV table, one row a pose: time, presence, features, outputs in their units.

    With a voice for each person there is a column `share`, how far the first one is faded in, and the same columns
    follow for each further one: `share@2`, `output:pitch@2`. Those of the first voice have the names that they have
    without others.
    """

    def __init__(self, piece: RunningPreset, file: IO[bytes]) -> None:
        self._file, self._piece = file, piece
        own = [f"feature:{label(name)}" for name in piece.columns]
        own += [f"output:{output.name}" for output in piece.preset.outputs]
        several = len(piece.voices) > 1
        scene = ["scene"] if piece.scene_name else []
        columns = ["time_s", "present", *scene, *(["share"] if several else []), *own]
        for voice in range(2, len(piece.voices) + 1):
            columns += [f"{name}@{voice}" for name in ("present", "share", *own)]
        self._write(columns)

    def write(self, time_s: float, frame: MapperFrame) -> None:
        """A row: what the mapping gave at a pose; `frame` is that of the voice that leads."""
        piece = self._piece
        several = len(piece.voices) > 1
        first, *others = piece.frames if piece.frames and several else (frame,)
        cells = [f"{time_s:.6f}", str(int(first.present)), *([piece.scene_name] if piece.scene_name else [])]
        cells += [*([self._share(0)] if several else []), *_numbers(first)]
        for number, other in enumerate(others, 1):
            cells += [str(int(other.present)), self._share(number), *_numbers(other)]
        self._write(cells)

    def _share(self, voice: int) -> str:
        return f"{self._piece.place(voice).share:.6g}"

    def _write(self, cells: list[str]) -> None:
        self._file.write((",".join(cells) + "\r\n").encode())


def _numbers(frame: MapperFrame) -> list[str]:
    return [f"{number:.6g}" for number in (*frame.features.values.tolist(), *frame.values.tolist())]


@contextmanager
def atomic_output(path: Path) -> Iterator[IO[bytes]]:
    """A file that replaces the former one only when it is complete.

    Raises:
        UserError: it cannot be written there.
    """
    temporary = partial_path(path, os.getpid())
    try:  # begins before the file exists: Ctrl-C may come at any moment
        try:
            file = temporary.open("wb")
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}. Is the folder there, and yours?") from error
        with file:
            yield file
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()
