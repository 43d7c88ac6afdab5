"""The keys of `scale` in a preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.scale_files import SCALE, TUNING, root_and_name
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Name, Quantity, text_of
from gesturesynth.core.confusables import plain, unusual_character
from gesturesynth.mapping.pitch.notes import NAMES, REFERENCE_HZ, parse_note
from gesturesynth.mapping.pitch.setting import GLIDE_S, HOLD_S, HYSTERESIS_CENTS
from gesturesynth.mapping.pitch.tunings import EQUAL

ScaleName = Annotated[str, SCALE]
TuningName = Annotated[str, TUNING]


@dataclass(frozen=True)
class NoteName:
    """A note without an octave."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Ga-g][#♯b♭]?$"}

    def check(self, value: object) -> str:
        """The note as `NAMES` has it, or ValueError with a sentence."""
        text = text_of(value, "a note")
        note = parse_note(plain(text))
        if note is None:
            raise ValueError(
                f"'{shortened(text)}' is not a note{unusual_character(text)}; notes are {', '.join(NAMES)}, also as "
                "Db or D♭ for C#"
            )
        return NAMES[note]

    def __str__(self) -> str:
        return "a note, such as `A`, `C#` or `Bb`"


ROOT: Final = NoteName()
REFERENCE: Final = Quantity("Hz", 300.0, 600.0)


class ScaleEntry(Section):
    """Which pitches are played. A name alone, with or without a root, is short for `name` and `root`: `A minor`."""

    name: ScaleName = Field(description="Which scale. `gesturesynth scales` lists them.")
    root: Annotated[str, ROOT] = Field(default=NAMES[0], description="The note that it counts from.")
    tuning: TuningName = Field(
        default=EQUAL.name,
        description="How the semitones of the scale are tuned, from its root. Notes between semitones stay.",
    )
    reference: Annotated[float, REFERENCE] = Field(
        default=REFERENCE_HZ, description="The A above middle C; the root has its place in equal temperament."
    )
    strength: Annotated[float, Quantity("", 0.0, 1.0)] = Field(
        default=1.0, description="How firmly pitches are led to the notes: 1 plays notes only, 0 is free."
    )
    hold: Annotated[float, Quantity("s", 0.0, 5.0)] = Field(
        default=HOLD_S, description="How long a note sounds at least, however fast the body moves."
    )
    hysteresis: Annotated[float, Quantity("cents", 0.0, 600.0)] = Field(
        default=HYSTERESIS_CENTS,
        description="How far beyond the border between two notes the body has to be until the next one sounds; at most "
        "three tenths of their distance.",
    )
    glide: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=GLIDE_S, description="How long the way from note to note takes, unless the output has a `glide` itself."
    )
    outputs: Annotated[list[Annotated[str, Name()]], Field(min_length=1, max_length=128)] | None = Field(
        default=None,
        description="Which outputs follow it, in Hz or as a ratio (`x`). By default all that move the pitch of an "
        "instrument.",
    )


def short_form(value: object) -> object:
    """`A minor pentatonic` as the keys that it is short for."""
    if not isinstance(value, str):
        return value
    root, name = root_and_name(value)
    return {"name": name} | ({"root": root} if root else {})
