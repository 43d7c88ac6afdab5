"""Recording: what leaves the master, sample for sample, in a WAV file of limited size.

The file is a valid WAV at every moment but for at most the last second: the sizes in its header are brought up to date
once a second, so that the file can be played even after the process was killed.
"""

from __future__ import annotations

import io
import json
import os
import struct
from pathlib import Path
from typing import Final, Literal

import numpy as np

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.meter import Block
from gesturesynth.synthesis.wave_format import FLOAT, PCM, format_chunk

RecordFormat = Literal["16", "24", "float"]
"""Bits of a sample: 16 or 24 bit integers, or 32 bit floats."""

DEFAULT_LIMIT_MB: Final = 1000
MOST_MB: Final = 4000
"""The sizes in a WAV header have 32 bits."""
SUFFIXES: Final = (".wav", ".wave")
"""How the name of a WAV file ends, in any case of letters."""
_SAMPLE_BYTES: Final[dict[RecordFormat, int]] = {"16": 2, "24": 3, "float": 4}


class Recorder:
    """Writes one WAV file.

    Args:
        path: must not exist yet; its folder must.
        sample_rate: Hz.
        limit_mb: the file never gets larger, in 1,000,000 bytes.
        sample_format: see RecordFormat.
        channels: of the sound.

    Attributes:
        path: the file.
        note: a sentence once the recording has ended by itself, else empty.

    Raises:
        UserError: the file exists, or cannot be made there.
    """

    def __init__(
        self,
        path: Path,
        sample_rate: float,
        limit_mb: float = DEFAULT_LIMIT_MB,
        sample_format: RecordFormat = "24",
        channels: int = 2,
    ) -> None:
        check(path, limit_mb)
        self.path = path
        self.note = ""
        self._format = sample_format
        self._rate = round(sample_rate)
        self._channels = channels
        self._frame_bytes = channels * _SAMPLE_BYTES[sample_format]
        self._frames = 0
        self._frames_in_header = 0
        self._most_frames = int((limit_mb * 1e6 - len(self._header())) / self._frame_bytes)
        self._limit_mb = limit_mb
        try:
            # Unbuffered: what is written survives this process.
            self._file: io.FileIO | None = path.open("xb", buffering=0)
        except OSError as error:
            raise UserError(f"the recording {path} cannot be made: {error.strerror}. Choose another file.") from error
        self._write_bytes(self._header())

    @property
    def seconds(self) -> float:
        """How much is recorded, seconds."""
        return self._frames / self._rate

    def write(self, block: Block) -> None:
        """Adds samples, float32 (frames, channels). At the limit, or when a write fails, it ends with a `note`."""
        if self._file is None or not len(block):
            return
        block = block[: self._most_frames - self._frames]
        try:
            self._write_bytes(encode(block, self._format))
            self._frames += len(block)
            if self._frames - self._frames_in_header >= self._rate:
                self._write_header()
        except OSError as error:
            self._end(f"the recording {self.path} ended after {self.seconds:.0f} s: {error.strerror}")
            return
        if self._frames >= self._most_frames:
            self._end(
                f"the recording {self.path} reached its limit of {self._limit_mb:g} MB after {self.seconds:.0f} s"
            )

    def close(self) -> None:
        """Completes the file. May be called again."""
        self._end(self.note)

    def _end(self, note: str) -> None:
        self.note = note
        if self._file is None:
            return
        try:
            self._write_header()
        except OSError as error:
            self.note = note or f"the end of the recording {self.path} could not be written: {error.strerror}"
        finally:
            self._file.close()
            self._file = None

    def _write_bytes(self, data: bytes) -> None:
        assert self._file is not None
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _write_header(self) -> None:
        assert self._file is not None
        self._file.seek(0)
        self._write_bytes(self._header())
        self._file.seek(0, os.SEEK_END)
        self._frames_in_header = self._frames

    def _header(self) -> bytes:
        data = self._frames * self._frame_bytes
        layout = format_chunk(
            self._channels, self._rate, _SAMPLE_BYTES[self._format], FLOAT if self._format == "float" else PCM
        )
        layout += b"" if len(layout) > 16 else bytes(2)  # the size of an extension that is not there
        rest = struct.pack("<4sI", b"fmt ", len(layout)) + layout
        rest += struct.pack("<4sII4sI", b"fact", 4, self._frames, b"data", data)
        return struct.pack("<4sI4s", b"RIFF", 4 + len(rest) + data, b"WAVE") + rest


def check(path: Path, limit_mb: float) -> None:
    """Checks before anything starts whether a recording can be made.

    Raises:
        UserError: the name is not that of a WAV file, there is a file already, no folder for it, or the limit is not
            between 1 and 4000 MB.
    """
    check_name(path)
    if not 1 <= limit_mb <= MOST_MB:
        raise UserError(f"a recording's limit is between 1 and {MOST_MB} MB, not {limit_mb:g}")
    if path.exists():
        raise UserError(f"{path} exists already and is not overwritten: choose another name, or move it away.")
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent} for the recording {path.name}: make it, or choose another.")


def check_name(path: Path) -> None:
    """Checks that the name is that of a WAV file, the only format that is written.

    Raises:
        UserError: it ends neither in `.wav` nor in `.wave`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(
            f"{path} cannot be written: sound is written as WAV, so the name must end in .wav. Other programs make "
            "other formats of it, such as `ffmpeg -i sound.wav sound.mp3`."
        )


def encode(block: Block, sample_format: RecordFormat) -> bytes:
    """Samples in -1..1 as little-endian WAV data, frame by frame; what is outside is clipped (floats are not)."""
    if sample_format == "float":
        return block.astype("<f4").tobytes()
    scale = 2.0 ** (int(sample_format) - 1)
    whole = np.clip(np.rint(block.astype(np.float64) * scale), -scale, scale - 1)
    if sample_format == "16":
        return whole.astype("<i2").tobytes()
    return whole.astype("<i4").view(np.uint8).reshape(*whole.shape, 4)[..., :3].tobytes()


class Continuation:
    """Lets an engine that a supervisor started again go on recording, into FILE-2.wav, FILE-3.wav and so on.

    A note in the runtime folder, written by the first engine and removed when an engine is asked to stop, tells a
    restart from a user who gives the name of a file that exists.

    Args:
        note: the file of the note.
        parent: process id of what starts the engines.
    """

    def __init__(self, note: Path, parent: int) -> None:
        self._note = note
        self._parent = parent

    def choose(self, path: Path) -> Path:
        """The file to record to: `path` itself, or the next free one when `path` was begun by a former engine."""
        if path.exists() and self._read() == {"file": str(path.absolute()), "parent": self._parent}:
            number = 2
            while (free := path.with_stem(f"{path.stem}-{number}")).exists():
                number += 1
            return free
        return path

    def begin(self, path: Path) -> None:
        """Notes that the recording that was requested as `path` has begun."""
        self._note.write_text(json.dumps({"file": str(path.absolute()), "parent": self._parent}))

    def end(self) -> None:
        """The engine was asked to stop: the next one is a new start."""
        self._note.unlink(missing_ok=True)

    def _read(self) -> object:
        try:
            return json.loads(self._note.read_text())
        except (OSError, ValueError):
            return None
