"""The keys of `scenes` and `schedule` in a preset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.idle_schema import SILENCE
from gesturesynth.config.preset.instrument_schema import FreeQuantity, InstrumentEntry
from gesturesynth.config.preset.output_schema import OutputEntry, OutputName, SnapshotKey
from gesturesynth.config.preset.preset_name import or_nothing
from gesturesynth.config.preset.scale_schema import ScaleEntry, short_form
from gesturesynth.config.preset.teaching_entries import ScoreEntry
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import AnyQuantity, Name, PlainText, Quantity, text_of
from gesturesynth.core.confusables import plain, unusual_character

NEXT: Final = "next"
PREVIOUS: Final = "previous"
STEPS: Final = {NEXT: 1, PREVIOUS: -1}
"""In the place of a scene: the one after the scene that plays, or before it, in the order of the file."""
MOST: Final = 12
"""Scenes of one preset."""

SceneName = Annotated[str, Name(reserved=tuple(STEPS))]
WantedScene = Annotated[Annotated[str, PlainText(32)] | None, BeforeValidator(or_nothing)]
"""A scene, or a step: whether there is one of that name is checked with the whole preset."""


@dataclass(frozen=True)
class TimeOfDay:
    """A time of day, `18:00`; kept as it was written."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$"}

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        written = text_of(value, "a time of day")
        text = plain(written).strip()
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
            raise ValueError(
                f"'{shortened(written)}' is not a time of day; write hours and minutes, such as '18:00'"
                f"{unusual_character(written)}"
            )
        return text

    def __str__(self) -> str:
        return "a time of day (`18:00`)"


def minutes(text: str) -> int:
    """Minutes since midnight of a time of day that was checked."""
    hours, _, rest = text.partition(":")
    return 60 * int(hours) + int(rest)


class SceneEntry(Section):
    """One scene of the preset: what it has besides the parts that all scenes share."""

    outputs: dict[OutputName, OutputEntry] = Field(
        default={},
        max_length=128,
        description="What the body moves in this scene alone. Takes that are recorded in a scene teach its outputs "
        "and those of the preset. A name is used once in the whole preset.",
    )
    instruments: dict[Annotated[str, Name()], InstrumentEntry] = Field(
        default={},
        max_length=16,
        description="Instruments of this scene. One that the preset, or another scene, has as well is the same one and "
        "plays on; what is fixed about it here holds in this scene.",
    )
    snapshots: dict[SnapshotKey, dict[OutputName, FreeQuantity]] = Field(
        default={}, description="Sounds to teach in this scene, in the place of the preset's of the same number."
    )
    score: list[ScoreEntry] = Field(
        default=[],
        max_length=64,
        description="What is played to move along with, in the place of the preset's.",
    )
    idle: dict[OutputName, Annotated[str, AnyQuantity(SILENCE)]] = Field(
        default={}, description="Idle values of this scene's outputs, as in the preset's `idle`."
    )
    scale: Annotated[ScaleEntry | None, BeforeValidator(short_form)] = Field(
        default=None, description="A scale for this scene's outputs; without one they follow that of the preset."
    )
    crossfade_in: Annotated[float, Quantity("s", 0.0, 30.0)] | None = Field(
        default=None,
        description="How long it takes over from another scene: both sound meanwhile, at a steady loudness. By default "
        "the preset's `crossfade_in`; 0.1 s at least.",
    )


class ScheduleEntry(Section):
    """Scenes that change by themselves: in turn, at times of day, or when no person is there. Not during teaching."""

    every: Annotated[float, Quantity("s", 1.0, 86400.0)] | None = Field(
        default=None,
        description="How long a scene plays until the next one does, whatever brought it about: `5 min`.",
    )
    order: list[Annotated[str, PlainText(32)]] = Field(
        default=[], max_length=64, description="In which order, with `every`; by default that of the file."
    )
    at: dict[Annotated[str, TimeOfDay()], Annotated[str, PlainText(32)]] = Field(
        default={},
        max_length=96,
        description='Which scene begins at a time of day, as `{"10:00": drone, "18:00": grains}`, in the time zone of '
        "the opening hours or of the computer. The newest of them is also what the piece begins with. `render` has no "
        "time of day, and leaves them out.",
    )
    when_empty: Annotated[Annotated[str, PlainText(32)] | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="Which scene plays when no person has been in view for the time of `after`."
    )
    after: Annotated[float, Quantity("s", 0.0, 3600.0)] = Field(
        default=30.0, description="How long no person is in view until `when_empty` plays."
    )
