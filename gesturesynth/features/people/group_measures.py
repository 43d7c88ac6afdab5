"""Measures between two people, and of all people in view: smoothed bodies in, numbers out.

A pair is the persons in the roles `first` and `second`. Lengths between them are in torso lengths, of the mean of both
torsos; what is behind or in front of the other person does not count, because depth is not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.body import ORIGINS
from gesturesynth.features.evaluate import STILL_BODY, STILL_JOINT, BodyState, speeds
from gesturesynth.features.landmarks import POINT, POINTS
from gesturesynth.features.measurements import GroupMeasure
from gesturesynth.features.people.role_names import ORDINALS, PAIR

Array = NDArray[np.float64]

UNLIKE: Final = 1.0
"""Torso lengths. Bodies whose limbs are so far apart, on average, are not alike at all."""

HEAD_TURNED: Final = 0.25
"""Torso lengths from the middle of the ears to the nose of a head that is seen from the side."""

FASTEST_APPROACH: Final = 15.0
"""Torso lengths a second; faster is a jump of the landmarker."""


def _place(point: str, origin: str) -> int:
    return ORIGINS[origin] * len(POINTS) + POINT[point]


def _limbs(*, mirrored: bool = False) -> list[int]:
    rows = [("elbow", "shoulders"), ("wrist", "shoulders"), ("knee", "hips"), ("ankle", "hips")]
    sides = ("right", "left") if mirrored else ("left", "right")
    return [_place(f"{side}_{joint}", origin) for joint, origin in rows for side in sides]


_LIMBS: Final = _limbs()
_MIRRORED_LIMBS: Final = _limbs(mirrored=True)
_WRISTS: Final = [_place("left_wrist", "shoulders"), _place("right_wrist", "shoulders")]
_OUTLINE: Final = [_place("nose", "shoulders"), *_LIMBS]
_NOSE, _LEFT_EAR, _RIGHT_EAR = (_place(name, "shoulders") for name in ("nose", "left_ear", "right_ear"))


def _offset(a: BodyState, b: BodyState) -> Array:
    """From the shoulders of one to those of the other, torso lengths (2,): to the performers' right, and up."""
    return (b.centre - a.centre) / _torso(a, b)


def _torso(a: BodyState, b: BodyState) -> float:
    return (a.torso + b.torso) / 2.0


def _distance(a: BodyState, b: BodyState) -> float:
    return math.hypot(*_offset(a, b))


def _height_difference(a: BodyState, b: BodyState) -> float:
    return -float(_offset(a, b)[1])


def _hands_distance(a: BodyState, b: BodyState) -> float:
    known = a.known[_WRISTS][:, None] & b.known[_WRISTS][None, :]
    if not known.any():
        return math.nan
    hands = [body.centre + body.torso * body.positions[_WRISTS] for body in (a, b)]
    apart = np.linalg.norm(hands[0][:, None] - hands[1][None, :], axis=2)
    return float(apart[known].min()) / _torso(a, b)


def _approach(a: BodyState, b: BodyState) -> float:
    offset = _offset(a, b)
    length = math.hypot(*offset)
    if length < 1e-6:
        return 0.0
    speed = float((a.drift * a.torso - b.drift * b.torso) @ offset) / (_torso(a, b) * length)
    return math.copysign(min(max(abs(speed) - STILL_JOINT, 0.0), FASTEST_APPROACH), speed)


def _facing(a: BodyState, b: BodyState) -> float:
    side = float(np.clip(_offset(a, b)[0] / 0.5, -1.0, 1.0))  # of two behind each other, no side can be told
    return side * (_turn(a) - _turn(b)) / 2.0


def _turn(body: BodyState) -> float:
    """How far a head is turned to the performers' right, -1..1."""
    x = body.positions[:, 0]
    if not body.known[[_NOSE, _LEFT_EAR, _RIGHT_EAR]].all():
        return math.nan
    return float(np.clip((x[_NOSE] - (x[_LEFT_EAR] + x[_RIGHT_EAR]) / 2.0) / HEAD_TURNED, -1.0, 1.0))


def _likeness(a: BodyState, b: BodyState, *, mirrored: bool = False) -> float:
    other = _MIRRORED_LIMBS if mirrored else _LIMBS
    known = a.known[_LIMBS] & b.known[other]
    if known.sum() < 2:
        return math.nan
    flip = (-1.0, 1.0) if mirrored else (1.0, 1.0)
    apart = np.linalg.norm(a.positions[_LIMBS] - b.positions[other] * flip, axis=1)
    return max(0.0, 1.0 - float(apart[known].mean()) / UNLIKE)


def _energy(bodies: Sequence[BodyState]) -> float:
    each = []
    for body in bodies:
        known = body.known[_OUTLINE]
        moving = speeds(body.velocities[_OUTLINE] + body.drift, STILL_BODY)
        each.append(float(moving[known].mean()) if known.any() else 0.0)
    return sum(each) / len(each) if each else math.nan


def _places(bodies: Sequence[BodyState]) -> list[float]:
    """Where the bodies are in the picture: 0 at the performers' left edge, 1 at the right one."""
    return [1.0 + float(body.centre[0]) / body.aspect for body in bodies]


def _spread(bodies: Sequence[BodyState]) -> float:
    places = _places(bodies)
    return max(places) - min(places) if places else math.nan


def _middle_x(bodies: Sequence[BodyState]) -> float:
    places = _places(bodies)
    return sum(places) / len(places) if places else math.nan


_PAIR: Final[dict[str, Callable[[BodyState, BodyState], float]]] = {
    "distance": _distance,
    "height_difference": _height_difference,
    "hands_distance": _hands_distance,
    "approach": _approach,
    "facing": _facing,
    "likeness": _likeness,
    "mirror": lambda a, b: _likeness(a, b, mirrored=True),
}
_PEOPLE: Final[dict[str, Callable[[Sequence[BodyState]], float]]] = {
    "count": lambda bodies: float(len(bodies)),  # overwritten: those who cannot be seen for a moment count
    "energy": _energy,
    "spread": _spread,
    "middle_x": _middle_x,
}
_RESTING: Final = {"distance": 2.0, "hands_distance": 1.5, "middle_x": 0.5}


class GroupPlan:
    """Computes a list of group measures.

    Attributes:
        roles: whose bodies are needed.
        needed: those of them without which nothing can be measured.
        resting: float64 (k,): the values before anything was measured.
    """

    def __init__(self, measures: Sequence[GroupMeasure]) -> None:
        self._measures = tuple(measures)
        self._pair = np.array([measure.group == "pair" for measure in measures], dtype=np.bool_)
        self._count = np.array([measure == GroupMeasure("people", "count") for measure in measures], dtype=np.bool_)
        everyone = bool(self._measures) and not self._pair.all()
        self.roles: tuple[str, ...] = ORDINALS if everyone else PAIR if self._measures else ()
        self.needed: tuple[str, ...] = PAIR if self._pair.any() else ()
        self.resting: Array = np.array([_RESTING.get(measure.measure, 0.0) for measure in measures], dtype=np.float64)

    def members(self, here: tuple[int, ...]) -> tuple[int, ...]:
        """Those of the people here whom measures are of; another set of them is another group."""
        return tuple(sorted(here)) if len(self.roles) > len(PAIR) else tuple(sorted(here[: len(PAIR)]))

    def absent(self, count: int) -> NDArray[np.bool_]:
        """Which measures, bool (k,), are of people who are not here, when so many are."""
        return np.where(self._pair, count < len(PAIR), count < 1) & ~self._count

    def values(
        self, states: Mapping[str, BodyState | None], in_view: set[str], count: int
    ) -> tuple[Array, NDArray[np.bool_]]:
        """All measures (k,), NaN where one cannot be computed, and which were measured in this frame, bool (k,).

        Args:
            states: by role, of those who are here; a person who cannot be seen for a moment is where they were last.
            in_view: roles of the persons who are in this frame.
            count: of the people who are here.
        """
        bodies = [state for role in ORDINALS if (state := states.get(role)) is not None]
        a, b = states.get(PAIR[0]), states.get(PAIR[1])
        values = np.full(len(self._measures), math.nan)
        for index, measure in enumerate(self._measures):
            if measure.group == "people":
                values[index] = _PEOPLE[measure.measure](bodies)
            elif a is not None and b is not None:
                values[index] = _PAIR[measure.measure](a, b)
        values[self._count] = float(count)
        both = in_view.issuperset(PAIR)
        return values, np.where(self._pair, both, bool(in_view.intersection(ORDINALS))) | self._count
