"""Offline rendering: the same tracker, features, mapping and instruments, without hardware and without a clock.

The same poses give the same samples and the same table, so pieces can be checked and tested with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from gesturesynth.config.preset import loader as presets
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.core.units import gain_to_db
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.pictures.figures import check_picture_name, new_figure
from gesturesynth.pipeline.pictures.rendering_picture import RenderingPicture
from gesturesynth.pipeline.render_files import PoseTable, WaveFile, atomic_output
from gesturesynth.pipeline.render_watch import orphaned
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.scene_changes import SceneChanges
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.synthesis.instruments.loading import load_instruments, log_own_instruments
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.recorder import check_name
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from gesturesynth.tracking.live_poses import warn_of_network
from gesturesynth.tracking.network_isolation import disable_core_dumps, leave_network
from gesturesynth.tracking.offline_poses import read_poses, recorded_source
from gesturesynth.tracking.sources import SourceSettings, needs_landmarker

TICK_S: Final = 1 / 60
"""Between poses the outputs move as often as when played live."""


@dataclass(frozen=True)
class RenderSettings:
    """What to render.

    Attributes:
        preset: its YAML file.
        source: a video file, a skeleton recording, or `demo`.
        out: the WAV file (24 bit); replaced when it is there.
        table: a CSV of one row a pose, or None; replaced when it is there.
        picture: a PNG of the sound, the features and the outputs, or None; replaced when it is there.
        seconds: at most so much of the source, above 0.
        view: mirror and rotation.
        model: of the landmarker.
        sample_rate: Hz.
        layout: the loudspeakers; the file has a channel for each.
        scene: the scene that plays from beginning to end; empty: the first one begins, and classes, gestures and the
            schedule change it.
        predict_s: how far the body is carried forward in presets that do not say it.
        own: examples that were taught, which count before the factory examples; None: factory examples alone.
        progress: called at each pose with the seconds of the source that have been rendered.
    """

    preset: Path
    source: str
    out: Path
    table: Path | None = None
    picture: Path | None = None
    seconds: float = math.inf
    view: SourceSettings = field(default_factory=SourceSettings)
    model: str = "full"
    sample_rate: int = 48000
    layout: SpeakerLayout = STEREO
    scene: str = ""
    predict_s: float = 0.0
    own: Examples | None = None
    progress: Callable[[float], None] | None = None


@dataclass(frozen=True)
class Rendered:
    """Number of poses, seconds of sound, and its greatest sample in dBFS."""

    poses: int
    duration_s: float
    peak_db: float


def render(settings: RenderSettings) -> Rendered:
    """Renders a source through a preset into a sound file, and into a table and a picture if they are requested.

    The process leaves the network for good when the landmarker is needed.

    Raises:
        UserError: the preset, its examples, the source or a file to be written cannot be used.
        GestureSynthError: the pose model or matplotlib cannot be had, or the disk is full.
    """
    if not settings.seconds > 0.0:
        raise UserError(f"the time to render must be above 0 s, not {settings.seconds:g} s")
    _check_targets(settings)
    if settings.picture:
        new_figure(1, 1)  # what is missing is said before an hour is rendered
    loaded = presets.load(settings.preset)
    if settings.scene and settings.scene not in loaded.scenes:
        raise UserError(unknown_name(settings.scene, f"a scene of '{loaded.name}'", tuple(loaded.scenes)))
    job = fit_job(loaded, settings.own)
    source = recorded_source(settings.source)
    if needs_landmarker(source):
        from gesturesynth.tracking.model.download import ensure_model, fetch_parts  # noqa: PLC0415 - as needed

        ensure_model(settings.model)
        fetch_parts(loaded.tracking_request)
        network = leave_network()
        disable_core_dumps()
        warn_of_network(source, network)
    instruments = load_instruments(wanted={setup.kind for setup in loaded.instruments})
    if instruments.problems:
        raise UserError("\n".join(instruments.problems))
    log_own_instruments(instruments)
    piece = RunningPreset(loaded, settings.predict_s)
    changes = None if settings.scene else SceneChanges()
    if settings.scene:
        piece.change_scene(settings.scene, 0.0)
    piece.take_over(fit(job), 0.0)
    try:
        with ExitStack() as stack:
            targets = _Targets(settings, piece, stack)
            engine = stack.enter_context(
                OfflineEngine(settings.sample_rate, kinds=instruments.kinds, layout=settings.layout)
            )
            step = _Stepper(piece, changes, engine)
            rendered = _render_poses(step, _limited_poses(settings, loaded.tracking_request), targets)
            targets.finish()
            return rendered
    except OSError as error:
        raise GestureSynthError(
            f"the rendering could not be written to {settings.out.parent}: {error.strerror}. Nothing there was changed."
        ) from error


def _check_targets(settings: RenderSettings) -> None:
    """Refuses targets that would replace anything but the files of an earlier rendering.

    Raises:
        UserError: a target is no file, or the source, the preset or its examples; two targets are one; or the suffix
            of one is not that of the format.
    """
    examples = settings.preset.with_suffix(".csv")
    precious = {paths.expanded(settings.source).resolve(), settings.preset.resolve(), examples.resolve()}
    targets = {"sound": settings.out, "table": settings.table, "picture": settings.picture}
    names: dict[Path, str] = {}
    for what, target in targets.items():
        if target is None:
            continue
        if not is_there(target) and target.exists():
            raise UserError(f"{target} is not a file and is not replaced: give the name of a file")
        if target.resolve() in precious:
            raise UserError(f"{target} belongs to what is to be rendered; it is not overwritten: choose another name")
        if target.resolve() in names:
            other = names[target.resolve()]
            raise UserError(f"{other} and {what} cannot both be written to {target}: choose two names")
        names[target.resolve()] = what
    check_name(settings.out)
    if settings.table and settings.table.suffix.lower() != ".csv":
        raise UserError(
            f"{settings.table} cannot be written: the table is written as CSV, so its name must end in .csv"
        )
    if settings.picture:
        check_picture_name(settings.picture)


class _Targets:
    """The files that are written, each replaced when the stack is left without an error."""

    def __init__(self, settings: RenderSettings, piece: RunningPreset, stack: ExitStack) -> None:
        channels = settings.layout.channels
        self.sound = WaveFile(stack.enter_context(atomic_output(settings.out)), settings.sample_rate, channels)
        self._table = PoseTable(piece, stack.enter_context(atomic_output(settings.table))) if settings.table else None
        self._picture: tuple[RenderingPicture, IO[bytes]] | None = None
        if settings.picture:
            title = f"{piece.preset.name}: {Path(settings.source).name}"
            outputs, rate = piece.preset.played_outputs(), settings.sample_rate
            picture = RenderingPicture(title, piece.columns, outputs, rate, channels)
            self._picture = (picture, stack.enter_context(atomic_output(settings.picture)))

    def add_frame(self, time_s: float, frame: MapperFrame) -> None:
        if self._table:
            self._table.write(time_s, frame)
        if self._picture:
            self._picture[0].add_frame(time_s, frame)

    def add_sound(self, engine: OfflineEngine, until_s: float) -> None:
        block = engine.render(max(0, round(until_s * engine.sample_rate) - self.sound.frames))
        self.sound.write(block)
        if self._picture:
            self._picture[0].sound.add(block)

    def finish(self) -> None:
        self.sound.finish()
        if self._picture:
            picture, file = self._picture
            picture.write(file)


def _limited_poses(settings: RenderSettings, request: TrackingRequest) -> Iterator[Pose]:
    """The poses of the source, up to the time limit."""
    first_s: float | None = None
    for pose in read_poses(settings.source, settings.view, settings.model, request):
        first_s = pose.capture_time_s if first_s is None else first_s
        if pose.capture_time_s - first_s >= settings.seconds:
            return
        if settings.progress:
            settings.progress(pose.capture_time_s - first_s)
        yield pose


class _Stepper:
    """One step of the piece: its sound goes to the engine, and scenes change as they do live."""

    def __init__(self, piece: RunningPreset, changes: SceneChanges | None, engine: OfflineEngine) -> None:
        self._piece, self._changes = piece, changes
        self.engine = engine

    def __call__(self, pose: Pose | None, time_s: float) -> MapperFrame:
        piece = self._piece
        frame = piece.process_pose(pose, time_s)
        request = self._changes and self._changes.request(
            piece.preset, piece.scene_name, frame, time_s, minute=None, enabled=True
        )
        if request:
            piece.change_scene(request.scene, time_s)
        self.engine.apply(piece.sound(frame, time_s))
        return frame


def _render_poses(step: _Stepper, poses: Iterator[Pose], targets: _Targets) -> Rendered:
    """Renders poses at their times; between them the outputs glide as they do live."""
    engine = step.engine
    count, first_s, now_s, spacing_s = 0, 0.0, 0.0, 1 / 30
    for pose in poses:
        if orphaned():
            raise KeyboardInterrupt
        if count == 0:
            first_s = pose.capture_time_s
        pose_s = pose.capture_time_s - first_s
        if count:
            spacing_s = pose_s - now_s
            _render_until(step, targets, now_s, pose_s)
        now_s = pose_s
        targets.add_frame(now_s, step(pose, now_s))
        if engine.notes:
            raise GestureSynthError("; ".join(engine.notes))
        count += 1
    # The last pose sounds for as long as the one before it.
    _render_until(step, targets, now_s, now_s + spacing_s)
    sound = targets.sound
    return Rendered(count, sound.frames / engine.sample_rate, gain_to_db(sound.peak))


def _render_until(step: _Stepper, targets: _Targets, start_s: float, end_s: float) -> None:
    """Renders from one pose to the next, with the ticks that a conductor without a new pose would make."""
    ticks = max(1, round((end_s - start_s) / TICK_S))
    for tick in range(1, ticks + 1):
        time_s = start_s + (end_s - start_s) * tick / ticks
        targets.add_sound(step.engine, time_s)
        if tick < ticks:
            step(None, time_s)
