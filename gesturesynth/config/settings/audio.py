"""The section `audio` of `gesturesynth.yaml`: where sound goes, and through which loudspeakers."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, Quantity, Text, WholeNumber, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.space.layout import SHAPES, Shape, SpeakerLayout

Backend = Literal["auto", "jack", "portaudio", "null"]
BACKENDS: Final = ("auto", "jack", "portaudio", "null")
Channels = Literal[1, 2, 4, 8]
MOST_CHANNELS: Final = 8


def _channels(value: object) -> int:
    text = plain(text_of(value, "1, 2, 4 or 8"))
    if text not in {"1", "2", "4", "8"}:
        raise ValueError(f"expected 1, 2, 4 or 8, not '{shortened(text)}'")
    return int(text)


class AudioSection(Section):
    """Where sound goes."""

    backend: Annotated[Backend, OneOf(lambda: BACKENDS, "an audio backend")] = Field(
        default="auto",
        description="`jack`, `portaudio`, `null` (no device: paced by the clock), or `auto`: the first that works.",
    )
    device: Annotated[str, Text(200, empty=True)] = Field(
        default="", description="Part of the name of the device; empty for the system's own choice."
    )
    channels: Annotated[Channels, BeforeValidator(_channels)] = Field(
        default=2,
        description="Loudspeakers: 1, 2, 4 or 8. A device that has fewer outputs gets as many as it has, and a note "
        "says so.",
    )
    layout: Annotated[Shape, OneOf(lambda: SHAPES, "a layout")] = Field(
        default="ring",
        description="How four or eight stand: `ring` (around the audience), `row` (side by side, from left to right). "
        "`headphones`: two channels for the ears, between which layers are heard around the head.",
    )
    ring_rotation: Annotated[float, Quantity("deg", -180.0, 180.0)] = Field(
        default=0.0,
        description="Degrees clockwise by which a ring is turned. At 0 the first two loudspeakers stand left and right "
        "of the front, the others follow clockwise at equal distances; at 45, the first of four stands in front.",
    )
    speaker_order: list[Annotated[int, WholeNumber(1, MOST_CHANNELS)]] = Field(
        default=[],
        max_length=MOST_CHANNELS,
        description="Which channel each loudspeaker is connected to, clockwise from the first, or from left to right: "
        "`[1, 2, 4, 3]` for front left, front right, rear left, rear right. Empty: as they come.",
    )
    sample_rate: Annotated[int, WholeNumber(8000, 192000, "Hz")] = Field(
        default=48000, description="What the device is asked for. A JACK server has its own."
    )
    buffer_frames: Annotated[int, WholeNumber(16, 8192)] = Field(
        default=256, description="Frames a buffer: less is prompter, more is safer. A JACK server has its own."
    )
    record_limit_mb: Annotated[int, WholeNumber(1, 4000)] = Field(
        default=1000, description="A recording of the sound never gets larger than so many megabytes."
    )

    @model_validator(mode="after")
    def _check_loudspeakers(self) -> Self:
        try:
            self.loudspeakers()
        except UserError as error:
            raise ValueError(str(error)) from error
        return self

    def loudspeakers(self) -> SpeakerLayout:
        """The loudspeakers as the engine wants them."""
        return SpeakerLayout(self.channels, self.layout, self.ring_rotation, tuple(self.speaker_order))
