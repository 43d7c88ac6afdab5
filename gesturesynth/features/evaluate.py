"""Evaluates the recipes of the table on a body, all of one kind at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features import geometry, head
from gesturesynth.features.body import ORIGINS
from gesturesynth.features.landmarks import LANDMARKS, PARTS, POINT, POINTS
from gesturesynth.features.measurements import (
    Angle,
    AngleFromVertical,
    BodyMeasure,
    BodyRecipe,
    Coordinate,
    Distance,
    FaceMeasure,
    HandMeasure,
    Offset,
    Origin,
    Speed,
)

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

STILL_JOINT: Final = 0.25
"""Torso lengths a second. Smoothed joints of a still person seem to move at 0.04 (99th percentile), at most 0.16."""
STILL_BODY: Final = 0.4
"""The same for energy, which is to be 0 while a person breathes, sways and looks around."""

FASTEST: Final = 15.0
"""Torso lengths a second, some 7 m/s for an adult. A faster movement is a jump of the landmarker."""

SHORTEST_LINE: Final = 0.1
"""Torso lengths. A trunk or a line of shoulders that looks shorter points at the camera, and has no direction."""

FULL_LIMB: Final = 0.4
"""Torso lengths; upper arms and forearms have about 0.5. An angle counts fully from limbs that look so long. Chosen of
0.2 to 0.5 by poses that are taught with two sounds, and by the error near takes (docs/playability.md)."""

POINTING_ANGLE: Final = 90.0
"""Degrees. What points at the camera is at right angles to all that lies in the plane of the picture."""

HANGING_AREA: Final = 2.0
STAR_AREA: Final = 5.5
"""Areas of the convex hull of a body, square torso lengths: standing with hanging arms, and as a star."""


@dataclass(frozen=True)
class BodyState:
    """A body at one moment, smoothed.

    Attributes:
        positions: float64 (2 * points, 2): all points from the shoulders, then all from the hips (`body.PlacedBody`).
        velocities: float64 (2 * points, 2): likewise, torso lengths a second.
        known: bool (2 * points,): which of them were measured in this frame; the others keep their last position.
        centre: float64 (2,): the middle of the shoulders, in image heights from its upper right corner, x to the left
            of the image (the performer's right), y up; hence below 0 within the image.
        drift: float64 (2,): velocity of `centre`, torso lengths a second.
        torso: length of the torso in image heights.
        aspect: width of the image divided by its height.
        parts: measures of hands and face, of those that are needed (`PartFeatures`).
    """

    positions: Array
    velocities: Array
    known: Mask
    centre: Array
    drift: Array
    torso: float
    aspect: float
    parts: Mapping[BodyRecipe, float] = field(default_factory=dict)


Compute = Callable[[BodyState], "Array | float"]


class Plan:
    """Computes a list of columns from a `BodyState`.

    Attributes:
        size: number of columns.
        presence: bool (size,): which columns are the feature `presence`; they are 1 here.
        landmarks: bool (33,): which landmarks any column needs.
    """

    def __init__(self, recipes: Sequence[BodyRecipe]) -> None:
        self.size = len(recipes)
        self.presence = np.array([recipe == BodyMeasure("presence") for recipe in recipes], dtype=np.bool_)
        self._needs = np.zeros((self.size, 2 * len(POINTS)), dtype=np.bool_)
        self.landmarks = np.zeros(len(LANDMARKS), dtype=np.bool_)
        for row, recipe in zip(self._needs, recipes, strict=True):
            origin: Origin = getattr(recipe, "origin", "shoulders")
            points = _points(recipe)
            row[[_place(point, origin) for point in points]] = True
            for point in (*points, *((origin,) if points else ())):
                self.landmarks[[POINT[part] for part in PARTS[point]]] = True
        self._steps: list[tuple[NDArray[np.intp], Compute]] = []
        for kind, make in _KINDS.items():
            where = [index for index, recipe in enumerate(recipes) if isinstance(recipe, kind)]
            if where:
                self._steps.append((np.array(where), make([recipes[index] for index in where])))

    def known(self, known: Mask) -> Mask:
        """Which columns can be computed, bool (size,), when these (2 * points,) of `BodyState.positions` are known."""
        return np.asarray(~(self._needs & ~known).any(axis=1))

    def values(self, state: BodyState) -> Array:
        """All columns, float64 (size,). NaN for a `lean` or a tilt of what points at the camera."""
        values = np.zeros(self.size)
        for where, compute in self._steps:
            values[where] = compute(state)
        return values


def _place(point: str, origin: Origin) -> int:
    return ORIGINS[origin] * len(POINTS) + POINT[point]


def _points(recipe: BodyRecipe) -> tuple[str, ...]:
    if isinstance(recipe, BodyMeasure):
        return recipe.points
    return tuple(getattr(recipe, name) for name in _POINT_FIELDS if hasattr(recipe, name))


_POINT_FIELDS: Final = ("point", "base", "start", "end", "before", "joint", "after")


def _indices(recipes: Sequence[BodyRecipe], *names: str) -> tuple[NDArray[np.intp], ...]:
    """For each name of a point's field, where those points are in `BodyState.positions`."""
    return tuple(np.array([_place(getattr(entry, name), entry.origin) for entry in recipes]) for name in names)  # type: ignore[union-attr]  # never called for BodyMeasure


def _axes(recipes: Sequence[BodyRecipe]) -> NDArray[np.intp]:
    return np.array(["xy".index(entry.axis) for entry in recipes])  # type: ignore[union-attr]  # only for those with an axis


def _coordinates(recipes: Sequence[BodyRecipe]) -> Compute:
    (points,), axes = _indices(recipes, "point"), _axes(recipes)
    return lambda state: state.positions[points, axes]


def _offsets(recipes: Sequence[BodyRecipe]) -> Compute:
    (points, bases), axes = _indices(recipes, "point", "base"), _axes(recipes)
    return lambda state: state.positions[points, axes] - state.positions[bases, axes]


def _distances(recipes: Sequence[BodyRecipe]) -> Compute:
    starts, ends = _indices(recipes, "start", "end")
    return lambda state: geometry.distances(state.positions[starts], state.positions[ends])


def _angles(recipes: Sequence[BodyRecipe]) -> Compute:
    before, joints, after = _indices(recipes, "before", "joint", "after")

    def compute(state: BodyState) -> Array:
        at = state.positions
        angles = geometry.joint_angles(at[before], at[joints], at[after])
        return _foreshortened(angles, _shown(at[joints], at[before]) * _shown(at[joints], at[after]))

    return compute


def _angles_from_vertical(recipes: Sequence[BodyRecipe]) -> Compute:
    joints, ends = _indices(recipes, "joint", "end")

    def compute(state: BodyState) -> Array:
        starts, stops = state.positions[joints], state.positions[ends]
        return _foreshortened(geometry.angles_from_down(stops - starts), _shown(starts, stops))

    return compute


def _foreshortened(angles: Array, shown: Array) -> Array:
    """Angles (n,), nearer to `POINTING_ANGLE` the less of their limbs is shown, 0..1 (n,).

    The direction of a limb that points at the camera is noise. It fades out, without a step where it would have to be
    left out.
    """
    return np.asarray(POINTING_ANGLE + shown * (angles - POINTING_ANGLE))


def _shown(starts: Array, ends: Array) -> Array:
    """How much of limbs the image shows: 0 for one that points at the camera, 1 from `FULL_LIMB` on."""
    return np.asarray(np.minimum(geometry.distances(starts, ends) / FULL_LIMB, 1.0))


def _speeds(recipes: Sequence[BodyRecipe]) -> Compute:
    (points,) = _indices(recipes, "point")
    return lambda state: speeds(state.velocities[points], STILL_JOINT)


def _body_measures(recipes: Sequence[BodyRecipe]) -> Compute:
    measures = [_MEASURES[entry.measure] for entry in recipes]  # type: ignore[union-attr]  # only for BodyMeasure
    return lambda state: np.array([measure(state) for measure in measures])


def _of_parts(recipes: Sequence[BodyRecipe]) -> Compute:
    return lambda state: np.array([state.parts[recipe] for recipe in recipes])


_KINDS: Final[dict[type, Callable[[Sequence[BodyRecipe]], Compute]]] = {
    Coordinate: _coordinates,
    Offset: _offsets,
    Distance: _distances,
    Angle: _angles,
    AngleFromVertical: _angles_from_vertical,
    Speed: _speeds,
    BodyMeasure: _body_measures,
    HandMeasure: _of_parts,
    FaceMeasure: _of_parts,
}


def speeds(velocities: Array, still: float) -> Array:
    """Lengths of `velocities` (..., 2) less `still`, 0 to `FASTEST`: without a step where movement begins."""
    lengths = np.hypot(velocities[..., 0], velocities[..., 1])
    return np.asarray(np.clip(lengths - still, 0.0, FASTEST), dtype=np.float64)


_SHOULDERS_FROM_HIPS: Final = _place("shoulders", "hips")
_LEFT_SHOULDER: Final = _place("left_shoulder", "shoulders")
_RIGHT_SHOULDER: Final = _place("right_shoulder", "shoulders")
_OUTLINE: Final = np.array(
    [_place("nose", "shoulders")]
    + [
        _place(f"{side}_{joint}", "shoulders")
        for side in ("left", "right")
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    ]
)


def _lean(state: BodyState) -> float:
    trunk = state.positions[_SHOULDERS_FROM_HIPS]
    return geometry.angle_from_up(trunk) if np.hypot(*trunk) >= SHORTEST_LINE else math.nan


def _tilt(state: BodyState) -> float:
    line = state.positions[_RIGHT_SHOULDER] - state.positions[_LEFT_SHOULDER]
    # Without regard to its direction: seen from behind, the right shoulder is on the other side.
    return float(np.degrees(np.arctan2(-line[1], abs(line[0])))) if np.hypot(*line) >= SHORTEST_LINE else math.nan


def _openness(state: BodyState) -> float:
    area = geometry.hull_area(state.positions[_OUTLINE])
    return min(1.0, max(0.0, (area - HANGING_AREA) / (STAR_AREA - HANGING_AREA)))


def _energy(state: BodyState) -> float:
    # In the image, not relative to the body: a jump with still limbs is movement too.
    known = state.known[_OUTLINE]
    moving = speeds(state.velocities[_OUTLINE] + state.drift, STILL_BODY)
    return float(moving[known].mean()) if known.any() else 0.0


_FACE: Final = np.array([_place(name, "shoulders") for name in head.POINTS])


def _head(measure: Callable[[Array], float]) -> Callable[[BodyState], float]:
    return lambda state: measure(state.positions[_FACE])


_MEASURES: Final[dict[str, Callable[[BodyState], float]]] = {
    "lean": _lean,
    "tilt": _tilt,
    "openness": _openness,
    "energy": _energy,
    "presence": lambda _state: 1.0,
    "x": lambda state: 1.0 + float(state.centre[0]) / state.aspect,
    "y": lambda state: 1.0 + float(state.centre[1]),
    "size": lambda state: state.torso,
    "turn": _head(head.turn),
    "head tilt": _head(head.tilt),
    "nod": _head(head.nod),
}
