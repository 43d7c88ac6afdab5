"""The keys of a preset about ways of teaching, and their types."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Quantity, WholeNumber
from gesturesynth.mapping.teaching.score import GLIDE_S, HOLD_S


class ScoreStepEntry(Section):
    """One snapshot of a score. A number alone is a snapshot with the times below."""

    snapshot: Annotated[int, WholeNumber(1, 9)] = Field(description="Which of `snapshots` sounds.")
    hold: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(default=HOLD_S, description="How long it is heard.")
    glide: Annotated[float, Quantity("s", 0.0, 60.0)] = Field(
        default=GLIDE_S, description="How long the way to the next one takes."
    )


def _step(value: object) -> object:
    return value if isinstance(value, dict | ScoreStepEntry) else {"snapshot": value}


ScoreEntry = Annotated[ScoreStepEntry, BeforeValidator(_step)]
