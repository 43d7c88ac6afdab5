"""The keys of `light` in a preset: lamps, and what they follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.output_schema import two_ends
from gesturesynth.config.preset.preset_name import or_nothing
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, PlainText, Quantity, WholeNumber, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.core.units import Unit, parse_quantity

KINDS: Final = {"dimmer": "w", "rgb": "rgb", "rgbw": "rgbw"}
"""What lamps can be, and the components of each."""
LINEAR: Final = "linear"
SQUARE: Final = "square"
CURVES: Final = (LINEAR, SQUARE)
MOST_LAMPS: Final = 64
MOST_UNIVERSE: Final = 63999

PERCENT: Final = Quantity("%", 0.0, 100.0)
DEGREES: Final = Quantity("deg", 0.0, 720.0)


@dataclass(frozen=True)
class LevelOrName:
    """A number in a unit, or the name of what is followed. The value is a number, or the name as a text."""

    unit: Unit
    high: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": self.high}, {"type": "string"}]}

    def check(self, value: object) -> float | str:
        """The number or the name, or ValueError with a sentence."""
        text = plain(text_of(value, f"{self}")).strip()
        if not text[:1].isdigit() and text[:1] not in {"+", "-", "."}:
            return PlainText(70).check(text)
        number = parse_quantity(text, self.unit)
        if not 0.0 <= number <= self.high:
            raise ValueError(f"{number:g} {self.unit} is outside 0 to {self.high:g} {self.unit}")
        return number

    def __str__(self) -> str:
        return f"0 to {self.high:g} {self.unit}, or a name"


def one_or_several(value: object) -> object:
    """A single name as a list of one."""
    return [value] if isinstance(value, str) else value


class LampEntry(Section):
    """One lamp: its place among the channels, and what it follows."""

    channel: Annotated[int, WholeNumber(1, 512)] = Field(description="Its first channel; others follow it.")
    universe: Annotated[int, WholeNumber(0, MOST_UNIVERSE)] = Field(
        default=1, description="Which universe; the settings say where it is on the network (`light.universes`)."
    )
    kind: Annotated[str, OneOf(lambda: tuple(KINDS), "a kind of lamp")] = Field(
        default="dimmer", description="`dimmer` has one component; `rgb` three, red first; `rgbw` four, white last."
    )
    bits: Annotated[int, WholeNumber(8, 16)] = Field(
        default=8,
        description="8, or 16 for lamps that have two channels for each component, the coarse one first.",
    )
    level: Annotated[float | str, LevelOrName("%", 100.0)] | None = Field(
        default=None,
        description="What its brightness follows: the name of an output (the place in its range), of a feature (in its "
        "usual range) or of a class (full while it is recognised); or a fixed level. Without it: full, or 0 % where "
        "there is a `flash`.",
    )
    hue: Annotated[float | str, LevelOrName("deg", 720.0)] = Field(
        default=0.0,
        description="Of a lamp with colours: what its hue follows, likewise, or a fixed hue: 0 deg red, 120 green, 240 "
        "blue.",
    )
    hues: Annotated[tuple[Annotated[float, DEGREES], Annotated[float, DEGREES]], BeforeValidator(two_ends)] = Field(
        default=(0.0, 360.0), description="The hues at the two ends of what `hue` follows; 360 deg is red again."
    )
    saturation: Annotated[float | str, LevelOrName("%", 100.0)] = Field(
        default=100.0, description="Likewise how colourful it is: 0 % is white."
    )
    range: Annotated[tuple[Annotated[float, PERCENT], Annotated[float, PERCENT]], BeforeValidator(two_ends)] = Field(
        default=(0.0, 100.0),
        description="The levels at the two ends of what `level` follows; the first may be the greater one.",
    )
    curve: Annotated[str, OneOf(lambda: CURVES, "a curve")] = Field(
        default=LINEAR,
        description="`square`: the level is squared, so that a lamp without a curve of its own looks evenly dimmed.",
    )
    flash: Annotated[list[Annotated[str, PlainText(70)]], BeforeValidator(one_or_several)] = Field(
        default=[],
        max_length=16,
        description="What makes it flash: a class when it is entered, a gesture when it was performed, a trigger "
        "(`instrument.trigger`) that one of these strikes, or `beat` or `bar`; one of them, or a list. The settings "
        "say how many flashes there may be in a second (`light.flashes`).",
    )
    decay: Annotated[float, Quantity("s", 0.05, 10.0)] = Field(
        default=0.3, description="How long a flash takes to fade."
    )
    idle: Annotated[Annotated[float, PERCENT] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Its level while no person is in view. Without it, it goes on to follow: outputs then go to their "
        "own idle values.",
    )
    glide: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=0.1, description="How long a change takes to arrive; a flash begins at once."
    )
    spacing: Annotated[int, WholeNumber(0, 511)] = Field(
        default=0,
        description="With `voices: per_person`: how many channels the lamp of the next person is further on. 0: one "
        "lamp, which follows the first person.",
    )
