"""What subscribers over OSC can be told about the bodies at one tick. The conductor knows it; here is its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.played_numbers import VoiceNumbers

Joints = NDArray[np.float32]


@dataclass(frozen=True)
class PersonReadings:
    """One of the people who are here.

    Attributes:
        number: that the person keeps; 0 where persons are not told apart.
        voice: that the person plays, from 1; 0 for none.
        joints: float32 (n,) of the person by name: `landmarks` (132), `world` (99), `left_hand`, `right_hand` (63).
            What was not found is left out; all of it while the person cannot be seen.
    """

    number: int
    voice: int
    joints: Mapping[str, Joints]


class BodyReadings(Protocol):
    """All of one tick. What is not asked for need not be computed."""

    @property
    def time_s(self) -> float:
        """Of the tick, monotonic seconds."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Those of another voice than the first one as `2/right_wrist.height`."""

    @property
    def features(self) -> NDArray[np.float64]:
        """Their values, in their units."""

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which of them can be measured now."""

    @property
    def present(self) -> bool:
        """Whether a person plays."""

    @property
    def in_view(self) -> int:
        """How many people are in view."""

    @property
    def people(self) -> Sequence[PersonReadings]:
        """Who is here, in the order of roles; who cannot be seen for a moment counts."""

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels; zeros before the first."""

    @property
    def voices(self) -> Sequence[VoiceNumbers]:
        """One, or one for each person who may play."""
