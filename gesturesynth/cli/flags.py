"""Flags that several verbs share, and how they become settings.

Each flag that has a key in gesturesynth.yaml overrides it; none has a default of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Group, Parameter

from gesturesynth.core import log, paths
from gesturesynth.core.environment import SUPERVISED
from gesturesynth.core.recent_log import RecentLog

if TYPE_CHECKING:
    from gesturesynth.config.settings import settings
    from gesturesynth.tracking.sources import SourceSettings

KEPT_LOGS: Final = frozenset(
    {"supervisor", "tracker", "conductor", "engine", "keypad", "midi", "page", "oscquery", "pose-server"}
    | {"actions", "action-keys", "light"}
)
"""Processes whose newest lines are kept in the runtime folder, unless their supervisor does it for them."""
CAMERA: Final = Group("Camera", sort_key=10)
SOUND: Final = Group("Sound", sort_key=11)
OUTPUT: Final = Group("Words", sort_key=12)


@Parameter(name="*")
@dataclass(frozen=True)
class OutputFlags:
    """What is written, and how."""

    log_level: Annotated[log.Level, Parameter(group=OUTPUT, help="The least important lines to show.")] = "info"
    json: Annotated[bool, Parameter(group=OUTPUT, negative="", help="JSON, for programs.")] = False
    quiet: Annotated[bool, Parameter(group=OUTPUT, negative="", help="Only warnings and errors.")] = False

    def configure(self, process: str) -> None:
        """Sets up logging."""
        kept = process in KEPT_LOGS and not os.environ.get(SUPERVISED)
        recent = RecentLog(paths.runtime_dir() / process) if kept else None
        log.configure(process, "warning" if self.quiet else self.log_level, json_lines=self.json, recent=recent)


def _setting(key: str, group: Group, text: str) -> Parameter:
    return Parameter(group=group, help=f"{text} (`{key}` in gesturesynth.yaml)", show_default=False)


@Parameter(name="*")
@dataclass(frozen=True)
class CameraFlags:
    """The source of poses."""

    source: Annotated[
        str | None,
        _setting(
            "camera.source",
            CAMERA,
            "`auto`, `demo`, a camera (`/dev/...`, or its number in `gesturesynth cameras`), a video file, "
            "a skeleton recording, or an http:// or rtsp:// address",
        ),
    ] = None
    width: Annotated[int | None, _setting("camera.width", CAMERA, "Pixels that a camera is asked for")] = None
    height: Annotated[int | None, _setting("camera.height", CAMERA, "Pixels that a camera is asked for")] = None
    fps: Annotated[float | None, _setting("camera.fps", CAMERA, "Frames a second that a camera is asked for")] = None
    exposure: Annotated[
        str | None, _setting("camera.exposure", CAMERA, "`camera`, `auto`, or the time of each frame (`8 ms`)")
    ] = None
    gain: Annotated[
        str | None, _setting("camera.gain", CAMERA, "`camera`, or amplification in the camera's own unit")
    ] = None
    mirror: Annotated[bool | None, _setting("camera.mirror", CAMERA, "Flip left and right")] = None
    rotate: Annotated[int | None, _setting("camera.rotate", CAMERA, "0, 90, 180 or 270 degrees clockwise")] = None
    pixel_aspect: Annotated[
        str | None,
        _setting("camera.pixel_aspect", CAMERA, "Width divided by height of a pixel: `auto`, or a ratio such as 64:45"),
    ] = None
    idle_rate: Annotated[
        float | None, _setting("camera.idle_rate", CAMERA, "Frames a second to look at without a person; 0 for all")
    ] = None
    people: Annotated[
        int | None, _setting("camera.people", CAMERA, "Persons to follow, for presets that do not say it")
    ] = None
    model: Annotated[
        str | None, _setting("model", CAMERA, "Pose model: `full`, or the path of a pose landmarker bundle (.task)")
    ] = None

    def overrides(self) -> dict[str, object]:
        """Dotted keys of gesturesynth.yaml."""
        names = (
            "source",
            "width",
            "height",
            "fps",
            "exposure",
            "gain",
            "mirror",
            "rotate",
            "pixel_aspect",
            "idle_rate",
            "people",
        )
        return {f"camera.{name}": getattr(self, name) for name in names} | {"model": self.model}


@Parameter(name="*")
@dataclass(frozen=True)
class AudioFlags:
    """The audio output."""

    audio: Annotated[str | None, _setting("audio.backend", SOUND, "`auto`, `jack`, `portaudio` or `null`")] = None
    device: Annotated[str | None, _setting("audio.device", SOUND, "Part of the device's name")] = None
    sample_rate: Annotated[int | None, _setting("audio.sample_rate", SOUND, "Hz")] = None
    buffer_frames: Annotated[int | None, _setting("audio.buffer_frames", SOUND, "Frames a buffer")] = None
    channels: Annotated[int | None, _setting("audio.channels", SOUND, "Loudspeakers: 1, 2, 4 or 8")] = None
    layout: Annotated[str | None, _setting("audio.layout", SOUND, "`ring`, `row` or `headphones`")] = None
    record: Annotated[Path | None, Parameter(group=SOUND, help="Record what is heard into this WAV file.")] = None
    record_limit_mb: Annotated[
        int | None, _setting("audio.record_limit_mb", SOUND, "A recording never gets larger than this")
    ] = None

    def overrides(self) -> dict[str, object]:
        """Dotted keys of gesturesynth.yaml."""
        names = ("device", "channels", "layout", "sample_rate", "buffer_frames", "record_limit_mb")
        return {f"audio.{name}": getattr(self, name) for name in names} | {"audio.backend": self.audio}


@Parameter(name="*")
@dataclass(frozen=True)
class PresetFlags:
    """The preset, and the ports."""

    preset: Annotated[
        str | None, Parameter(alias="-p", show_default=False, help="A name from `preset list`, or a YAML file.")
    ] = None
    volume: Annotated[
        str | None,
        # Without allow_leading_hyphen, -6dB would be taken for a flag.
        Parameter(show_default=False, allow_leading_hyphen=True, help="Loudness, 0 dB or below, such as `-6dB`."),
    ] = None
    osc_port: Annotated[
        int | None,
        Parameter(show_default=False, help="UDP port for OSC (`osc.port` in gesturesynth.yaml)."),
    ] = None

    metrics_port: Annotated[
        int | None,
        Parameter(
            show_default=False,
            help="TCP port for monitoring (`metrics.port` in gesturesynth.yaml).",
        ),
    ] = None

    def overrides(self) -> dict[str, object]:
        """Dotted keys of gesturesynth.yaml."""
        return {
            "preset": self.preset,
            "volume": self.volume,
            "osc.port": self.osc_port,
            "metrics.port": self.metrics_port,
        }


@Parameter(name="*")
@dataclass(frozen=True)
class PageFlags:
    """The web page."""

    page_port: Annotated[
        int | None,
        Parameter(show_default=False, help="TCP port of the web page (`page.port` in gesturesynth.yaml)."),
    ] = None

    def overrides(self) -> dict[str, object]:
        """Dotted keys of gesturesynth.yaml."""
        return {"page.port": self.page_port}


Config = Annotated[
    Path | None, Parameter(show_default=False, help="Settings of this machine, instead of its gesturesynth.yaml.")
]
Flags = CameraFlags | AudioFlags | PresetFlags | PageFlags
"""Flags that stand for settings."""
NO_OUTPUT_FLAGS: Final = OutputFlags()
NO_CAMERA_FLAGS: Final = CameraFlags()
NO_AUDIO_FLAGS: Final = AudioFlags()
NO_PRESET_FLAGS: Final = PresetFlags()
NO_PAGE_FLAGS: Final = PageFlags()


def chosen_settings(config: Path | None, *parts: Flags) -> settings.Settings:
    """The settings of this machine, or of `config`, with what the flags say instead.

    Raises:
        UserError: the file or a flag holds something that is not allowed.
    """
    from gesturesynth.config.settings.fallback import load_settings_or_fallback

    return with_flags(load_settings_or_fallback(config)[0], *parts)


def with_flags(own: settings.Settings, *parts: Flags) -> settings.Settings:
    """Settings with what the flags say instead.

    Raises:
        UserError: a flag holds something that is not allowed.
    """
    overrides: dict[str, object] = {}
    for part in parts:
        overrides |= part.overrides()
    return own.with_overrides(overrides)


def source_settings(chosen: settings.Settings) -> SourceSettings:
    """The settings of the tracker's source."""
    from gesturesynth.config.settings.settings import EXPOSURE, GAIN
    from gesturesynth.config.yaml.ratio import parse_ratio
    from gesturesynth.tracking.camera_controls.wish import control_wish
    from gesturesynth.tracking.sources import SourceSettings

    camera = chosen.camera
    return SourceSettings(
        source=camera.source,
        width=camera.width,
        height=camera.height,
        fps=camera.fps,
        mirror=camera.mirror,
        rotate=camera.rotate,
        pixel_aspect=parse_ratio(camera.pixel_aspect),
        idle_rate=camera.idle_rate,
        controls=control_wish(EXPOSURE.number(camera.exposure), GAIN.number(camera.gain), camera.exposure == "auto"),
        people=camera.people,
    )


def as_flags(config: Path | None, *parts: Flags) -> list[str]:
    """Flags for a process that this one starts, so that it has the same settings."""
    flags = ["--config", str(config)] if config else []
    for part in parts:
        for name in (field.name for field in fields(part)):
            value = getattr(part, name)
            if isinstance(value, bool):
                flags.append(f"--{name}" if value else f"--no-{name}")
            elif value is not None:
                flags.append(f"--{name.replace('_', '-')}={value}")
    return flags
