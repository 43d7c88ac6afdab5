"""The keys of `gestures` in a preset."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from gesturesynth.config.preset.preset_name import PresetName, or_nothing
from gesturesynth.config.preset.scene_schema import WantedScene
from gesturesynth.config.preset.tempo_schema import ON, ON_HELP
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, Quantity, WholeNumber, YesNo

AHEAD_HELP: Final = (
    "`true`: fires as soon as the body shows it that `predict` has carried forward: earlier, and now and then for a "
    "movement that turns round before it. Without `predict` it changes nothing."
)
"""What the key `ahead` of classes and gestures does."""


class GestureEntry(Section):
    """One movement that is recognised when it was performed, and what comes of it. It may have none of these keys."""

    trigger: Annotated[Annotated[str, PlainText(70)] | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="What is struck when the gesture was performed, as `instrument.trigger`."
    )
    on: Annotated[float, ON] | None = Field(default=None, description=ON_HELP)
    snapshot: Annotated[Annotated[int, WholeNumber(1, 9)] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Which of `snapshots` sounds for the time of `hold` after it, instead of what the body plays. Not "
        "while a sound is held by hand, nor during the countdown and the take of a recording.",
    )
    preset: Annotated[Annotated[str, PresetName()] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Which preset plays from then on, as `gesturesynth preset list` has it, or from a file beside this "
        "one. Not during teaching, as above.",
    )
    scene: WantedScene = Field(
        default=None,
        description="Which of `scenes` plays from then on, or `next` or `previous`. Not during teaching, as above, nor "
        "within a second after another change of scene.",
    )
    hold: Annotated[float, Quantity("s", 0.1, 600.0)] = Field(
        default=2.0, description="How long its snapshot sounds; performed once more, it begins again."
    )
    rest: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=0.25, description="How long a gesture that was performed is not recognised again."
    )
    ahead: YesNo = Field(default=False, description=AHEAD_HELP)
