"""The messages with what plays as numbers, from the conductor to programs that pass them on (OSCQuery)."""

from __future__ import annotations

from typing import Final

import msgspec

RANGES_S: Final = 0.5
"""Between two messages with the ranges."""


class NumberRange(msgspec.Struct, frozen=True):
    """A number that has a name.

    Attributes:
        name: as people write it: `pitch`, of the second voice `2/pitch`; `right_wrist.height`.
        unit: empty for a plain number.
        low, high: its range in that unit, `low` the lower end: of an output where it stays, of a feature what is usual.
    """

    name: str
    unit: str
    low: float
    high: float


class NumberRanges(msgspec.Struct, frozen=True):
    """What the preset that plays gives to other programs. Sent twice a second while there is a subscriber.

    Attributes:
        preset: its name, for people; `key`: the one that commands know.
        osc_port: the UDP port at which OSC is received; 0 where it is not.
        outputs, features: in the order of the preset, those of the first voice first.
        classes, gestures: their names, in the order of the preset.
        voices: how many there are.
    """

    preset: str
    osc_port: int
    outputs: tuple[NumberRange, ...]
    features: tuple[NumberRange, ...]
    classes: tuple[str, ...] = ()
    gestures: tuple[str, ...] = ()
    key: str = ""
    voices: int = 1


class VoiceNumbers(msgspec.Struct, frozen=True):
    """What is told of one voice, beside its outputs and features.

    Attributes:
        recognised: the class of the pose now, or an empty text; `confidence`: how near the pose is to what was
            taught, 0..1.
        probabilities: of all classes, 0..1. `entered`: how often each was entered since the conductor started.
        gestures: progress, closeness and speed of each gesture. `performed`: how often each was performed, likewise.
    """

    recognised: str
    confidence: float
    probabilities: dict[str, float] = {}
    entered: dict[str, int] = {}
    gestures: dict[str, tuple[float, float, float]] = {}
    performed: dict[str, int] = {}


class PlayedNumbers(msgspec.Struct, frozen=True):
    """The numbers of one tick. Sent at every tick while there is a subscriber.

    Attributes:
        outputs, features: by the names in `NumberRanges`, in their units; features as outputs see them.
        seen: by the name of a feature, whether it can be measured now.
        present: whether a person is in view, or in the take that plays; `people`: how many are.
        voices: one, or one for each person who may play.
    """

    outputs: dict[str, float]
    features: dict[str, float]
    seen: dict[str, bool]
    present: bool
    people: int
    voices: tuple[VoiceNumbers, ...]
