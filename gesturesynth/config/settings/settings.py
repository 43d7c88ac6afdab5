"""The settings of the machine, `gesturesynth.yaml`: camera, sound, and the preset to start with.

The file is searched in the user's config folder, then in /etc/gesturesynth; without a file everything has its default.
Flags of the command line override it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import BeforeValidator, Field

from gesturesynth.config.settings.actions import ActionsSection
from gesturesynth.config.settings.audio import AudioSection
from gesturesynth.config.settings.ear import EarSection, short_ear
from gesturesynth.config.settings.keypad import KeypadSection
from gesturesynth.config.settings.light import LightSection
from gesturesynth.config.settings.midi import MidiSection
from gesturesynth.config.settings.opening_hours import HoursSection
from gesturesynth.config.settings.oscquery import OscQuerySection
from gesturesynth.config.settings.page import PageSection
from gesturesynth.config.settings.remote import PublishSection, Trackers
from gesturesynth.config.yaml import parser
from gesturesynth.config.yaml.document import Document, FileError, shortened
from gesturesynth.config.yaml.model import Section, error_sentences, validate_document
from gesturesynth.config.yaml.ratio import AutoRatio
from gesturesynth.config.yaml.types import PlainText, Quantity, Text, WholeNumber, YesNo, text_of
from gesturesynth.config.yaml.word_or_quantity import WordOrQuantity
from gesturesynth.core import paths
from gesturesynth.core.confusables import plain
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.features.prediction import LONGEST_S
from gesturesynth.runtime.inputs import PORT
from gesturesynth.runtime.tracking_request import MOST_PEOPLE

FILE: Final = "gesturesynth.yaml"

Rotation = Literal[0, 90, 180, 270]


def _rotation(value: object) -> int:
    text = plain(text_of(value, "0, 90, 180 or 270 degrees"))
    if text not in {"0", "90", "180", "270"}:
        raise ValueError(f"expected 0, 90, 180 or 270 degrees, not '{shortened(text)}'")
    return int(text)


EXPOSURE: Final = WordOrQuantity(("camera", "auto"), "s", 0.0001, 0.5)
GAIN: Final = WordOrQuantity(("camera",), "", 0.0, 65535.0)


class CameraSection(Section):
    """Where pictures come from and how they are turned."""

    source: Annotated[str, Text(1000, as_is=True)] = Field(
        default="auto",
        description="`auto` (the first camera, or the demo performer), `demo`, a camera (`/dev/...` or its number in "
        "`gesturesynth cameras`), a file, or an address (`http://`, `rtsp://`).",
    )
    width: Annotated[int, WholeNumber(16, 16384)] = Field(
        default=640,
        description="What the camera is asked for, pixels, before rotation; it may give what it has instead.",
    )
    height: Annotated[int, WholeNumber(16, 16384)] = Field(default=480, description="Likewise.")
    fps: Annotated[float, Quantity("", 0.1, 1000.0)] = Field(
        default=30.0, description="Frames a second it is asked for."
    )
    exposure: Annotated[str, EXPOSURE] = Field(
        default="camera",
        description="Time of each frame. `camera` leaves it as it is; `auto` is an automatic time that never lowers "
        "the frame rate; a time (`8 ms`) is fixed. What it was before is restored when the camera is closed. Linux.",
    )
    gain: Annotated[str, GAIN] = Field(
        default="camera",
        description="Amplification, in the camera's own unit (`gesturesynth cameras` shows it); `camera` leaves it as "
        "it is. Restored, too.",
    )
    mirror: YesNo = Field(
        default=False,
        description="Flips the landmarks left to right after tracking, so that the right hand stays the right hand.",
    )
    rotate: Annotated[Rotation, BeforeValidator(_rotation)] = Field(
        default=0,
        description="Degrees clockwise by which the picture is turned before tracking, for a camera on its side.",
    )
    pixel_aspect: Annotated[str, AutoRatio(0.25, 4.0)] = Field(
        default="auto",
        description="Width of a pixel divided by its height, as the picture comes, before `rotate`: for cameras and "
        "recorders that squeeze the picture and do not say so. `auto` takes what the stream says of itself.",
    )
    idle_rate: Annotated[float, Quantity("", 0.0, 1000.0)] = Field(
        default=10.0,
        description="Frames a second that are looked at after 5 s without a person, so that the computer cools down "
        "between visitors; 0 for all frames.",
    )
    people: Annotated[int, WholeNumber(1, MOST_PEOPLE)] = Field(
        default=1,
        description="How many persons are followed at the same time, where the preset does not say it (`people`).",
    )


class OscSection(Section):
    """Remote control by OSC, over UDP."""

    enabled: YesNo = Field(default=True, description="Whether OSC messages are received.")
    host: Annotated[str, PlainText(100)] = Field(
        default="127.0.0.1",
        description="Where to listen: `127.0.0.1` hears this computer only, `0.0.0.0` all its networks (see `allow`).",
    )
    port: Annotated[int, WholeNumber(0, 65535)] = Field(default=9000, description="UDP; 0 for any that is free.")
    allow: list[Annotated[str, PlainText(100)]] = Field(
        default=[],
        max_length=64,
        description="Other computers that may send: addresses, or networks (`192.168.1.0/24`); this one always may.",
    )
    joints: YesNo = Field(
        default=False,
        description="Whether programs of those computers may subscribe to `landmarks`, `world` and `hands`, which "
        "travel without encryption.",
    )


class InputsSection(Section):
    """Numbers that other programs send over OSC, which presets name by `inputs`; no commands, but for `wekinator`."""

    enabled: YesNo = Field(default=True, description="Whether they are received, while a preset has inputs.")
    host: Annotated[str, PlainText(100)] = Field(default="127.0.0.1", description="Where to listen, as `osc.host`.")
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=PORT, description="UDP; that of Wekinator by default; 0 for any that is free."
    )
    allow: list[Annotated[str, PlainText(100)]] = Field(
        default=[], max_length=64, description="Other computers that may send, as `osc.allow`."
    )


class MetricsSection(Section):
    """Figures for monitoring, as Prometheus reads them, for programs of this computer only."""

    enabled: YesNo = Field(default=True, description="Whether they are served.")
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=9464, description="TCP, on 127.0.0.1: `/metrics` and `/health`; 0 for any that is free."
    )


class TeachingSection(Section):
    """How takes are recorded."""

    countdown: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=3.0, description="From the key to the take: time to get into the pose."
    )
    take: Annotated[float, Quantity("s", 0.1, 600.0)] = Field(default=4.0, description="Length of a take.")
    tick: Annotated[float, Quantity("s", 0.1, 60.0)] = Field(default=1.0, description="Between ticks of the countdown.")
    hands_free: YesNo = Field(
        default=False,
        description="Whether a pose that was taught to a piece as its record button (`f`) records from the start.",
    )


class Settings(Section):
    """The settings of one machine."""

    preset: Annotated[str, Text(1000, as_is=True)] = Field(
        default="theremin", description="The preset to start with: a name from `gesturesynth preset list`, or a file."
    )
    volume: Annotated[float, Quantity("dB", -60.0, 0.0)] = Field(
        default=0.0,
        description="Loudness of this machine, on top of the preset's own. What a hand makes of it is remembered.",
    )
    model: Annotated[str, Text(1000, as_is=True)] = Field(
        default="full",
        description="The pose model: `full`, or the path of a MediaPipe pose landmarker bundle (`.task`).",
    )
    predict: Annotated[float, Quantity("s", 0.0, LONGEST_S)] = Field(
        default=0.0,
        description="How far the body is carried forward with its movement, to make up for the time from camera to "
        "loudspeaker, such as `30 ms`. `gesturesynth latency` measures what fits. A preset may have its own.",
    )
    camera: CameraSection = Field(default=CameraSection(), description="Where pictures come from.")
    trackers: Trackers = Field(
        default=[],
        description="Trackers to play with: `local`, and those of other computers ([how](network-trackers.md)). "
        "Without this key, that of this computer alone.",
    )
    publish: PublishSection = Field(default=PublishSection(), description="Poses for other computers.")
    audio: AudioSection = Field(default=AudioSection(), description="Where sound goes.")
    ear: Annotated[EarSection, BeforeValidator(short_ear)] = Field(
        default=EarSection(), description="The microphone as features: `true`, or keys."
    )
    osc: OscSection = Field(default=OscSection(), description="Remote control.")
    oscquery: OscQuerySection = Field(default=OscQuerySection(), description="How programs find OSC addresses.")
    inputs: InputsSection = Field(default=InputsSection(), description="Numbers of other programs, as features.")
    metrics: MetricsSection = Field(default=MetricsSection(), description="Figures for monitoring.")
    hours: HoursSection = Field(default=HoursSection(), description="When it is open; without them, always.")
    page: PageSection = Field(default=PageSection(), description="The web page.")
    keypad: KeypadSection = Field(default=KeypadSection(), description="Keys without a screen.")
    actions: ActionsSection = Field(
        default=ActionsSection(), description="What presets may have sent when something happens."
    )
    light: LightSection = Field(default=LightSection(), description="Lamps.")
    midi: MidiSection = Field(default=MidiSection(), description="MIDI, out and in.")
    teaching: TeachingSection = Field(default=TeachingSection(), description="How takes are recorded.")

    def with_overrides(self, overrides: Mapping[str, object]) -> Settings:
        """These settings with some replaced, as by flags of the command line.

        Args:
            overrides: dotted keys (`camera.source`) and values, numbers or texts as in the file; None is ignored.

        Raises:
            UserError: a value that is not allowed; each in a line that begins with its key.
        """
        data: dict[str, Any] = self.model_dump()
        for key, value in overrides.items():
            group, _, name = key.rpartition(".")
            if value is not None:
                (data[group] if group else data)[name] = value
        try:
            return Settings.model_validate(data)
        except pydantic.ValidationError as error:
            raise UserError("\n".join(error_sentences(Settings, error))) from error


def settings_file() -> Path | None:
    """The file that `load_settings` reads by default; None when there is none."""
    for folder in (paths.config_dir(), paths.SYSTEM_CONFIG):
        if is_there(folder / FILE):
            return folder / FILE
    return None


def load_settings(path: Path | str | None = None) -> Settings:
    """Reads the settings.

    Args:
        path: a file that must exist; None for the machine's own, or defaults when it has none.

    Raises:
        FileError: with everything that is wrong, each with line and column.
    """
    chosen = Path(path) if path is not None else settings_file()
    return Settings() if chosen is None else _complete_settings(parser.read(chosen, may_be_empty=True))


def loads(data: bytes, path: Path) -> Settings:
    """Settings from the contents of a file; `path` is for the errors, which are those of `load_settings`."""
    return _complete_settings(parser.parse(data, str(path), may_be_empty=True))


def load_valid_part(path: Path | str | None = None) -> Settings:
    """The settings without the wrong parts of their file; the defaults when it cannot be read at all."""
    chosen = Path(path) if path is not None else settings_file()
    try:
        document = parser.read(chosen, may_be_empty=True) if chosen else None
    except FileError:
        document = None
    return (validate_document(document, Settings) if document else None) or Settings()


def _complete_settings(document: Document) -> Settings:
    settings = validate_document(document, Settings)  # everything may be left out
    if document.problems or settings is None:
        raise FileError(document.problems)
    return settings
