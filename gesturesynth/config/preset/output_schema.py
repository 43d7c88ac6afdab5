"""The keys of `outputs` in a preset, and of the model of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator, ConfigDict, Field

from gesturesynth.config.preset.instrument_schema import FreeQuantity
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Name, OneOf, PlainText, Quantity, YesNo
from gesturesynth.core.confusables import unusual_character
from gesturesynth.core.units import UNITS, WARPS
from gesturesynth.mapping.learning.model_kinds import AUTO, MODEL_KINDS

RESERVED: Final = ("after", "glide")
"""Keys of `idle`: no output can have these names."""
HARD: Final = "hard"
SOFT: Final = "soft"
LIMITS: Final = (HARD, SOFT)
SNAPSHOT_KEYS: Final = tuple("123456789")


def model_names() -> Sequence[str]:
    """The values that `model` allows."""
    return (AUTO, *(name for name, kind in MODEL_KINDS.items() if kind.continuous))


def two_ends(value: object) -> object:
    """A range as a pair, or ValueError with a sentence."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return tuple(value)
    written = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    raise ValueError(f"expected two values, low then high, as in `[110, 1760]`{unusual_character(written)}")


OutputName = Annotated[str, Name(reserved=RESERVED)]
SnapshotKey = Annotated[str, OneOf(lambda: SNAPSHOT_KEYS, "a number key")]
Seconds = Quantity("s", 0.0, 60.0)


class ModelEntry(Section):
    """A kind of model. Besides this key, any setting of that kind."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FreeQuantity] = Field(init=False)

    kind: Annotated[str, OneOf(model_names, "a model")] = Field(default=AUTO, description="Which kind of model.")


def short_model(value: object) -> object:
    """A model in its short form (`rbf`) as keys."""
    return value if isinstance(value, dict | ModelEntry | None) else {"kind": value}


class OutputEntry(Section):
    """One thing that the body moves: a parameter of an instrument, or a number for other programs."""

    to: Annotated[str, PlainText(70)] = Field(
        default="",
        description="Which parameter, as `instrument.parameter`. Left out, it moves nothing here and is a number for "
        "other programs: it leaves over OSC only.",
    )
    range: Annotated[tuple[FreeQuantity, FreeQuantity] | None, BeforeValidator(two_ends)] = Field(
        default=None,
        description="Low and high end, within the parameter's own range, which is the default; of one without `to`, "
        "any two numbers, by default `[0, 1]`. Those of a rate or a time may be notes, `[1/4, 1/16]`: it then plays "
        "the notes between, on the beat.",
    )
    unit: Annotated[str, OneOf(lambda: UNITS, "a unit")] | None = Field(
        default=None,
        description="Said for the reader: it must be the parameter's own unit. One without `to` may have any.",
    )
    warp: Annotated[str, OneOf(lambda: WARPS, "a warp")] | None = Field(
        default=None,
        description="How the range is spread: `lin` evenly, `exp` by equal ratios (pitch, times). "
        "By default the parameter's own.",
    )
    glide: Annotated[float, Seconds] | None = Field(
        default=None, description="How long a change takes to arrive. By default the parameter's own."
    )
    whole: YesNo = Field(
        default=False,
        description="It plays whole numbers only, in its unit, and steps from one to the next: a change then has no "
        "glide unless `glide` is given, and a little movement at a border changes nothing.",
    )
    limits: Annotated[str, OneOf(lambda: LIMITS, "a kind of limits")] = Field(
        default=HARD,
        description="`hard`: it never leaves its range. `soft`: beyond what was taught the model may take it out of "
        "the range, by no more than one range to either side, and never out of the parameter's own range.",
    )
    features: Annotated[list[Annotated[str, PlainText(64)]], Field(min_length=1, max_length=512)] | None = Field(
        default=None,
        description="Which of the preset's `features` move it; by default all of them. Of an input that is among them, "
        "single numbers may be named (`phone.2`). Its confidence is told by these "
        "alone, too.",
    )
    model: Annotated[ModelEntry | None, BeforeValidator(short_model)] = Field(
        default=None, description="A model of its own, written as the preset's `model`, which is the default."
    )
    source: Annotated[str, PlainText(70)] | None = Field(
        default=None,
        alias="from",
        description="What moves it, instead of what was taught: `GESTURE.progress` (0 at the beginning of the gesture, "
        "1 at its end, over the range), `GESTURE.closeness` (how near the movement is to the gesture) or "
        "`GESTURE.speed` (the middle of the range is the tempo of the takes, its high end twice that); or "
        "`CLASS.probability` (how certain it is that the pose is of that class; 0 when no person is in view); or a "
        "feature of one number, such as `body.x`, whose usual range is spread over that of the output.",
    )
