"""The section `ear` of `gesturesynth.yaml`: the microphone as features of presets."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Quantity, Text, YesNo
from gesturesynth.config.yaml.word_or_quantity import WordOrQuantity
from gesturesynth.synthesis.ear.listener import EarSettings

LEAK: Final = WordOrQuantity(("unknown",), "dB", -120.0, 40.0)


class EarSection(Section):
    """The microphone as features of presets ([The ear](ear.md)); it is closed unless this says otherwise.

    `ear: true` is short for `enabled: true`.
    """

    enabled: YesNo = Field(
        default=False,
        description="Whether the engine opens a microphone. What it hears becomes twelve numbers, which presets may "
        "name; no sound of it is kept or sent.",
    )
    device: Annotated[str, Text(200, empty=True)] = Field(
        default="", description="Part of the name of the microphone, or of JACK's port; empty for the first one."
    )
    floor: Annotated[float, Quantity("dB", -100.0, 0.0)] = Field(
        default=EarSettings.floor_db, description="What is quieter has no pitch and no brightness."
    )
    leak: Annotated[str, LEAK] = Field(
        default="unknown",
        description="How much of the piece itself arrives at the microphone, such as `-20 dB`: what may be the piece "
        "alone then counts as silence. `unknown`: all counts as heard.",
    )

    def ear_settings(self) -> EarSettings | None:
        """As the engine wants them; None where the microphone stays closed."""
        return EarSettings(self.device, self.floor, LEAK.number(self.leak)) if self.enabled else None


def short_ear(value: object) -> object:
    """`true` as the keys that it is short for."""
    return value if isinstance(value, dict | EarSection | None) else {"enabled": value}
