"""The keys of `idle` in a preset."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import AnyQuantity, Quantity

SILENCE: Final = "silence"
"""In the place of an idle value: no person in view, no sound."""


class IdleEntry(Section):
    """What is heard when no person is in view. Besides these keys, any output's name with its value when idle."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[str, AnyQuantity(SILENCE)]] = Field(init=False)

    after: Annotated[float, Quantity("s", 0.0, 600.0)] = Field(
        default=0.5, description="How long the last sound is held when no person is in view any more."
    )
    glide: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=1.5, description="How long the way to the idle values takes."
    )
