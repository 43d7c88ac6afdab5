"""Readings of bodies as subscribers over OSC get them, made up for tests of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gesturesynth.control.osc.body_readings import PersonReadings
from gesturesynth.runtime.played_numbers import VoiceNumbers

LANDMARKS = np.arange(132, dtype=np.float32)


def person(number: int, voice: int = 0, *, seen: bool = True) -> PersonReadings:
    """A person whose landmarks begin with their number."""
    joints = {"landmarks": LANDMARKS + number, "world": LANDMARKS[:99], "left_hand": LANDMARKS[:63]} if seen else {}
    return PersonReadings(number, voice, joints)


@dataclass
class MadeReadings:
    """Has all of `BodyReadings`."""

    time_s: float
    features: NDArray[np.float64] = field(default_factory=lambda: np.array([1.0, 0.25]))
    feature_names: tuple[str, ...] = ("right_wrist.height", "body pose #1")
    people: Sequence[PersonReadings] = (person(1, 1),)
    voices: Sequence[VoiceNumbers] = (VoiceNumbers("", 0.5),)
    seen: NDArray[np.bool_] = field(default_factory=lambda: np.array([True, False]))
    present: bool = True
    frame_size: tuple[int, int] = (640, 480)

    @property
    def in_view(self) -> int:
        return sum(bool(person.joints) for person in self.people)
