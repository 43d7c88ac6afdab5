"""Hands and face of one person, frame after frame: as much of them as the features of a preset need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import find
from gesturesynth.features.computed.definition import definition
from gesturesynth.features.expressions.syntax import sources
from gesturesynth.features.face import FaceShape
from gesturesynth.features.hands import HandShape
from gesturesynth.features.measurements import BodyRecipe, FaceMeasure, HandMeasure, Recipe
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.runtime.body_points import FACE_ROWS, HAND_ROWS, SIDES

Array = NDArray[np.float64]

Part = Literal["left", "right", "face"]

NO_FACE: Final = "the face cannot be seen closely"


class PartFeatures:
    """Measures hands and a face.

    Args:
        recipes: of all columns; those of the body are not of interest here.
        smoothing: None for none.

    Attributes:
        measures: the newest measures of each part that is needed, by recipe. One that is not seen now keeps its last.
        notes: sentences for people about the others.
    """

    def __init__(self, recipes: Iterable[Recipe], smoothing: OneEuroSettings | None) -> None:
        kinds = list(recipes)
        sides = {recipe.side for recipe in kinds if isinstance(recipe, HandMeasure)}
        self._hands = {side: HandShape(side, smoothing) for side in SIDES if side in sides}
        self._face = FaceShape(smoothing) if any(isinstance(recipe, FaceMeasure) for recipe in kinds) else None
        self._seen: set[Part] = set()
        self.reset()

    @property
    def needed(self) -> bool:
        """Whether any part is."""
        return bool(self._hands or self._face)

    def reset(self) -> None:
        """Forgets the person."""
        for part in (*self._hands.values(), *((self._face,) if self._face else ())):
            part.reset()
        self.notes: tuple[str, ...] = ()
        self._seen.clear()
        self._measure()

    def update(self, points: NDArray[np.float32], width: int, height: int, time_s: float) -> None:
        """Takes a frame: `body_points.all_points` of a body, (33, 4) or (77, 4)."""
        if not self.needed:
            return
        self._seen.clear()
        if len(points) >= FACE_ROWS.stop:
            for side, hand in self._hands.items():
                if hand.update(points[HAND_ROWS[side]], width, height, time_s):
                    self._seen.add(side)
            if self._face and self._face.update(points[FACE_ROWS], time_s):
                self._seen.add("face")
        self.notes = (
            *(f"the {side} hand cannot be seen closely" for side in self._hands if side not in self._seen),
            *((NO_FACE,) if self._face and "face" not in self._seen else ()),
        )
        if self._seen:
            self._measure()

    def found(self, points: NDArray[np.float32]) -> bool:
        """Whether a frame, likewise, has a part that is needed."""
        if len(points) < FACE_ROWS.stop:
            return False
        rows = [HAND_ROWS[side] for side in self._hands] + ([FACE_ROWS] if self._face else [])
        return any(bool(np.isfinite(points[each][0, 0])) for each in rows)

    def columns(self, recipes: Iterable[Recipe]) -> tuple[Part | None, ...]:
        """The part that each of these columns measures; None for one of the body."""
        return tuple(
            recipe.side if isinstance(recipe, HandMeasure) else "face" if isinstance(recipe, FaceMeasure) else None
            for recipe in recipes
        )

    def known(self, columns: tuple[Part | None, ...]) -> NDArray[np.bool_] | bool:
        """Which of them were seen in the newest frame, bool (k,); those of the body count as seen."""
        if not self.needed:
            return True
        return np.array([part is None or part in self._seen for part in columns], dtype=np.bool_)

    def _measure(self) -> None:
        self.measures: dict[BodyRecipe, float] = {
            HandMeasure(side, name): value
            for side, hand in self._hands.items()
            for name, value in hand.measures().items()
        }
        if self._face:
            self.measures |= {FaceMeasure(name): value for name, value in self._face.measures().items()}


def asked_for(names: Iterable[str]) -> tuple[bool, bool]:
    """Whether these features, or those that they are computed from, need the fingers of hands, and the face."""
    wanted: set[str] = set()
    for name in names:
        computed = definition(name)
        wanted |= {*sources(computed.tree)} if computed else {name}
    recipes = [recipe for name in wanted if (entry := find(name)) for recipe in entry.recipes.values()]
    return (
        any(isinstance(recipe, HandMeasure) for recipe in recipes),
        any(isinstance(recipe, FaceMeasure) for recipe in recipes),
    )
