"""The keys `classes` and `classifier` of a preset: poses that are recognised, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from gesturesynth.config.preset.gesture_schema import AHEAD_HELP
from gesturesynth.config.preset.instrument_schema import FreeQuantity
from gesturesynth.config.preset.preset_name import PresetName, or_nothing
from gesturesynth.config.preset.scene_schema import WantedScene
from gesturesynth.config.preset.tempo_schema import ON, ON_HELP
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, PlainText, Quantity, WholeNumber, YesNo
from gesturesynth.mapping.learning.model_kinds import AUTO, MODEL_KINDS


def classifier_names() -> Sequence[str]:
    """The values that `classifier.model` allows."""
    return (AUTO, *(name for name, kind in MODEL_KINDS.items() if kind.classes))


class ClassEntry(Section):
    """One kind of pose that is recognised, and what comes of it. It may have none of these keys."""

    trigger: Annotated[Annotated[str, PlainText(70)] | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="What is struck when the class is entered, as `instrument.trigger`."
    )
    on: Annotated[float, ON] | None = Field(default=None, description=ON_HELP)
    snapshot: Annotated[Annotated[int, WholeNumber(1, 9)] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Which of `snapshots` sounds, instead of what the body plays, as long as the class lasts. "
        "Not while a sound is held by hand, nor during the countdown and the take of a recording.",
    )
    preset: Annotated[Annotated[str, PresetName()] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Which preset plays from then on, as `gesturesynth preset list` has it, or from a file beside this "
        "one. Not during teaching, as above, and not by the very pose that a preset begins with.",
    )
    scene: WantedScene = Field(
        default=None,
        description="Which of `scenes` plays from then on, or `next` or `previous`. Not during teaching, as above; and "
        "a second after another change of scene at the soonest, if the pose is still held then.",
    )
    hold: Annotated[float, Quantity("s", 0.0, 5.0)] | None = Field(
        default=None, description="As in `classifier`, for this class alone."
    )
    rest: Annotated[float, Quantity("s", 0.0, 60.0)] | None = Field(
        default=None, description="As in `classifier`, for this class alone."
    )
    ahead: YesNo = Field(default=False, description=AHEAD_HELP)


class ClassifierEntry(Section):
    """How classes are told apart, and when one counts as recognised. Besides these keys, any setting of the model."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FreeQuantity] = Field(init=False)

    model: Annotated[str, OneOf(classifier_names, "a classifier")] = Field(
        default=AUTO,
        description="Which kind of classifier; `auto` is `logistic`, unless takes show that another is better.",
    )
    hold: Annotated[float, Quantity("s", 0.0, 5.0)] = Field(
        default=0.08,
        description="How long a class must be seen until it is entered, and be gone until it is left.",
    )
    rest: Annotated[float, Quantity("s", 0.0, 5.0)] = Field(
        default=0.15,
        description="How long a class that has struck, or has changed the preset, does neither again.",
    )
    confidence: Annotated[float, Quantity("", 0.0, 1.0)] = Field(
        default=0.6,
        description="How sure it must be to be entered, as a probability; two thirds of this keep it.",
    )
