"""The keys of `patterns` in a preset, and how a rhythm is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.tempo_schema import NoteLength
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, Quantity, WholeNumber, text_of
from gesturesynth.core.confusables import plain, unusual_character
from gesturesynth.core.note_lengths import note_length_text
from gesturesynth.runtime.patterns import PatternSetup, Rhythm

MOST_STEPS: Final = 64
_USUAL: Final = PatternSetup("", "", Rhythm())
STRUCK: Final = "x"
REST: Final = "."


@dataclass(frozen=True)
class RhythmText:
    """Strokes and steps, `[5, 16]`, or steps one by one, `x..x ..x.`."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0, "maximum": MOST_STEPS}
        pair = {"type": "array", "items": count, "minItems": 2, "maxItems": 2}
        return {"anyOf": [pair, {"type": "string", "pattern": r"^[x. |]+$"}]}

    def check(self, value: object) -> Rhythm:
        """The rhythm, or ValueError with a sentence."""
        if isinstance(value, Rhythm):
            return value
        if isinstance(value, Sequence) and not isinstance(value, str):
            return _spread(value)
        text = text_of(value, str(self))
        cells = [cell for cell in plain(text).lower() if cell not in " |"]
        if not cells or set(cells) - {STRUCK, REST} or len(cells) > MOST_STEPS:
            raise ValueError(f"expected {self}, not '{shortened(text)}'{unusual_character(text)}")
        return Rhythm(len(cells), cells.count(STRUCK), tuple(cell == STRUCK for cell in cells))

    def __str__(self) -> str:
        return f"strokes and steps, as in `[5, 16]`, or up to {MOST_STEPS} steps one by one, as in `x..x ..x.`"


def _spread(value: Sequence[object]) -> Rhythm:
    if len(value) != 2:
        raise ValueError("expected two numbers, strokes then steps, as in `[5, 16]`")
    steps = WholeNumber(1, MOST_STEPS).check(value[1])
    return Rhythm(steps, WholeNumber(0, steps).check(value[0]))


class PatternEntry(Section):
    """A rhythm that strikes a trigger of any instrument by itself, on the beat."""

    trigger: Annotated[str, PlainText(70)] = Field(description="What it strikes, as `instrument.trigger`.")
    rhythm: Annotated[Rhythm, RhythmText()] = Field(
        description="Which steps are struck: `[5, 16]` spreads 5 strokes over 16 steps as evenly as possible (a "
        "Euclidean rhythm), `x..x ..x.` says it step by step (blanks and `|` mean nothing). It goes round and round."
    )
    every: Annotated[float, NoteLength(1 / 64, 4.0)] = Field(
        default=_USUAL.every,
        description="The length of a step; sixteenths unless it says something else.",
        json_schema_extra={"default": note_length_text(_USUAL.every)},
    )
    rotate: Annotated[int, WholeNumber(-MOST_STEPS, MOST_STEPS)] = Field(
        default=0, description="By how many steps all of it is later."
    )
    turn: Annotated[int, WholeNumber(-MOST_STEPS, MOST_STEPS)] = Field(
        default=0, description="By how many steps it is later each time round, so that no two rounds are the same."
    )
    density: Annotated[float, Quantity("", 0.0, 1.0)] = Field(
        default=_USUAL.density,
        description="How much of the rhythm is struck. An output moves it as `to: PATTERN.density`.",
    )
    chance: Annotated[float, Quantity("", 0.0, 1.0)] = Field(
        default=_USUAL.chance, description="How likely each stroke is. An output moves it as `to: PATTERN.chance`."
    )
    bars: Annotated[int, WholeNumber(1, 64)] = Field(
        default=_USUAL.bars, description="Of so many bars the last one is the `fill`."
    )
    fill: Annotated[Rhythm, RhythmText()] | None = Field(
        default=None, description="What is struck in the last bar instead, written as `rhythm`."
    )
