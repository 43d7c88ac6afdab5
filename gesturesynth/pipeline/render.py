"""Offline rendering: the same tracker, features, mapping and instruments, without hardware and without a clock.

The same poses give the same samples and the same table, so pieces can be checked and tested with it.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np

from gesturesynth.config.preset import loader as presets
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.core.units import gain_to_db
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.render_watch import orphaned, partial_path
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.recorder import check_name, encode
from gesturesynth.tracking.live_poses import warn_of_network
from gesturesynth.tracking.network_isolation import disable_core_dumps, leave_network
from gesturesynth.tracking.offline_poses import read_poses, recorded_source
from gesturesynth.tracking.sources import SourceSettings, needs_landmarker

TICK_S: Final = 1 / 60
"""Between poses the outputs move as often as when played live."""

MOST_BYTES: Final = 2**32 - 100
"""Of sound: the sizes in a WAV header have 32 bits."""

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FRAME_BYTES: Final = 6


@dataclass(frozen=True)
class RenderSettings:
    """What to render.

    Attributes:
        preset: its YAML file.
        source: a video file, a skeleton recording, or `demo`.
        out: the WAV file (24 bit, stereo); replaced when it is there.
        table: a CSV of one row a pose, or None; replaced when it is there.
        seconds: at most so much of the source, above 0.
        view: mirror and rotation.
        model: of the landmarker.
        sample_rate: Hz.
        own: examples that were taught, which count before the factory examples; None: factory examples alone.
        progress: called at each pose with the seconds of the source that have been rendered.
    """

    preset: Path
    source: str
    out: Path
    table: Path | None = None
    seconds: float = math.inf
    view: SourceSettings = field(default_factory=SourceSettings)
    model: str = "full"
    sample_rate: int = 48000
    own: Examples | None = None
    progress: Callable[[float], None] | None = None


@dataclass(frozen=True)
class Rendered:
    """Number of poses, seconds of sound, and its greatest sample in dBFS."""

    poses: int
    duration_s: float
    peak_db: float


def render(settings: RenderSettings) -> Rendered:
    """Renders a source through a preset into a sound file, and into a table if one is requested.

    The process leaves the network for good when the landmarker is needed.

    Raises:
        UserError: the preset, its examples, the source or a file to be written cannot be used.
        GestureSynthError: the pose model cannot be had, or the disk is full.
    """
    if not settings.seconds > 0.0:
        raise UserError(f"the time to render must be above 0 s, not {settings.seconds:g} s")
    _check_targets(settings)
    loaded = presets.load(settings.preset)
    job = fit_job(loaded, settings.own)
    source = recorded_source(settings.source)
    if needs_landmarker(source):
        from gesturesynth.tracking.model.download import ensure_model  # noqa: PLC0415 - skeletons do without

        ensure_model(settings.model)
        network = leave_network()
        disable_core_dumps()
        warn_of_network(source, network)
    piece = RunningPreset(loaded)
    piece.take_over(fit(job), 0.0)
    try:
        with ExitStack() as stack:
            file = stack.enter_context(_atomic_output(settings.out))
            table = stack.enter_context(_atomic_output(settings.table)) if settings.table else None
            sound = _Wave(file, settings.sample_rate)
            engine = stack.enter_context(OfflineEngine(settings.sample_rate))
            rendered = _render_poses(piece, _limited_poses(settings), engine, sound, _Table(piece, table))
            sound.finish()
            return rendered
    except OSError as error:
        raise GestureSynthError(
            f"the rendering could not be written to {settings.out.parent}: {error.strerror}. Nothing there was changed."
        ) from error


def _check_targets(settings: RenderSettings) -> None:
    """Refuses targets that would replace anything but a sound file and a table of an earlier rendering.

    Raises:
        UserError: a target is no file, or the source, the preset or its examples; both targets are one; or the
            suffix of one is not that of the format.
    """
    examples = settings.preset.with_suffix(".csv")
    precious = {paths.expanded(settings.source).resolve(), settings.preset.resolve(), examples.resolve()}
    for target in filter(None, (settings.out, settings.table)):
        if not is_there(target) and target.exists():
            raise UserError(f"{target} is not a file and is not replaced: give the name of a file")
        if target.resolve() in precious:
            raise UserError(f"{target} belongs to what is to be rendered; it is not overwritten: choose another name")
    if settings.table and settings.table.resolve() == settings.out.resolve():
        raise UserError(f"sound and table cannot both be written to {settings.out}: choose two names")
    check_name(settings.out)
    if settings.table and settings.table.suffix.lower() != ".csv":
        raise UserError(
            f"{settings.table} cannot be written: the table is written as CSV, so its name must end in .csv"
        )


def _limited_poses(settings: RenderSettings) -> Iterator[Pose]:
    """The poses of the source, up to the time limit."""
    first_s: float | None = None
    for pose in read_poses(settings.source, settings.view, settings.model):
        first_s = pose.capture_time_s if first_s is None else first_s
        if pose.capture_time_s - first_s >= settings.seconds:
            return
        if settings.progress:
            settings.progress(pose.capture_time_s - first_s)
        yield pose


def _render_poses(
    piece: RunningPreset, poses: Iterator[Pose], engine: OfflineEngine, sound: _Wave, table: _Table
) -> Rendered:
    """Renders poses at their times; between them the outputs glide as they do live."""
    count, first_s, now_s, spacing_s = 0, 0.0, 0.0, 1 / 30
    for pose in poses:
        if orphaned():
            raise KeyboardInterrupt
        if count == 0:
            first_s = pose.capture_time_s
        pose_s = pose.capture_time_s - first_s
        if count:
            spacing_s = pose_s - now_s
            _render_until(piece, engine, sound, now_s, pose_s)
        now_s = pose_s
        frame = piece.process_pose(pose, now_s)
        table.write(now_s, frame)
        engine.apply(piece.sound(frame, now_s))
        count += 1
    # The last pose sounds for as long as the one before it.
    _render_until(piece, engine, sound, now_s, now_s + spacing_s)
    return Rendered(count, sound.frames / engine.sample_rate, gain_to_db(sound.peak))


def _render_until(piece: RunningPreset, engine: OfflineEngine, sound: _Wave, start_s: float, end_s: float) -> None:
    """Renders from one pose to the next, with the ticks that a conductor without a new pose would make."""
    ticks = max(1, round((end_s - start_s) / TICK_S))
    for tick in range(1, ticks + 1):
        time_s = start_s + (end_s - start_s) * tick / ticks
        sound.write(engine, time_s)
        if tick < ticks:
            engine.apply(piece.sound(piece.process_pose(None, time_s), time_s))


class _Wave:
    """Writer of the WAV file, 24 bit.

    Not the standard library's writer: interrupted at its beginning, it writes an error when it is garbage-collected,
    and beyond 4 GiB it raises an error of its own.
    """

    def __init__(self, file: IO[bytes], sample_rate: int) -> None:
        self._file = file
        self._file.write(bytes(_HEADER.size))
        self._rate = sample_rate
        self.frames = 0
        self.peak = 0.0

    def write(self, engine: OfflineEngine, until_s: float) -> None:
        block = engine.render(max(0, round(until_s * self._rate) - self.frames))
        self.frames += len(block)
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        if self.frames * _FRAME_BYTES > MOST_BYTES:
            raise UserError(f"more than {until_s / 3600:.1f} hours do not fit into a WAV file: give a shorter time")
        self._file.write(encode(block, "24"))

    def finish(self) -> None:
        """Writes the header, now that the length is known."""
        size = self.frames * _FRAME_BYTES
        form = (16, 1, 2, self._rate, self._rate * _FRAME_BYTES, _FRAME_BYTES, 24)  # PCM, two channels
        self._file.seek(0)
        self._file.write(_HEADER.pack(b"RIFF", size + _HEADER.size - 8, b"WAVE", b"fmt ", *form, b"data", size))


class _Table:
    """Writer of the CSV table, one row a pose: time, presence, features, outputs in their units."""

    def __init__(self, piece: RunningPreset, file: IO[bytes] | None) -> None:
        self._file = file
        columns = [f"feature:{name}" for name in piece.columns]
        columns += [f"output:{output.name}" for output in piece.preset.outputs]
        self._write(["time_s", "present", *columns])

    def write(self, time_s: float, frame: MapperFrame) -> None:
        numbers = [*frame.features.values.tolist(), *frame.values.tolist()]
        self._write([f"{time_s:.6f}", str(int(frame.present)), *(f"{number:.6g}" for number in numbers)])

    def _write(self, cells: list[str]) -> None:
        if self._file:
            self._file.write((",".join(cells) + "\r\n").encode())


@contextmanager
def _atomic_output(path: Path) -> Iterator[IO[bytes]]:
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
