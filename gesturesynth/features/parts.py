"""Hands and face of one person, frame after frame: as much of them as the features of a preset need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.face import FaceShape
from gesturesynth.features.hands import HandShape
from gesturesynth.features.measurements import FaceMeasure, HandMeasure, Recipe
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.runtime.body_points import FACE_ROWS, HAND_ROWS, SIDES, Side

Array = NDArray[np.float64]

NO_FACE: Final = "the face cannot be seen closely"


class PartFeatures:
    """Measures hands and a face.

    Args:
        recipes: of all columns; those of the body are not of interest here.
        smoothing: None for none.

    Attributes:
        measures: the newest measures of each part that is needed, by recipe. One that is not seen now keeps its last.
        seen: whether any of the needed parts was measured in the newest frame.
        notes: sentences for people about the others.
    """

    def __init__(self, recipes: Iterable[Recipe], smoothing: OneEuroSettings | None) -> None:
        kinds = list(recipes)
        sides = {recipe.side for recipe in kinds if isinstance(recipe, HandMeasure)}
        self._hands = {side: HandShape(side, smoothing) for side in SIDES if side in sides}
        self._face = FaceShape(smoothing) if any(isinstance(recipe, FaceMeasure) for recipe in kinds) else None
        self._seen: set[Side | None] = set()
        self.reset()

    @property
    def needed(self) -> bool:
        """Whether any part is."""
        return bool(self._hands or self._face)

    def reset(self) -> None:
        """Forgets the person."""
        for part in (*self._hands.values(), *((self._face,) if self._face else ())):
            part.reset()
        self.seen = False
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
                self._seen.add(None)
        self.seen = bool(self._seen)
        self.notes = (
            *(f"the {side} hand cannot be seen closely" for side in self._hands if side not in self._seen),
            *((NO_FACE,) if self._face and None not in self._seen else ()),
        )
        if self.seen:
            self._measure()

    def known(self, recipe: Recipe) -> bool:
        """Whether what a column measures was seen in the newest frame; true for one of the body."""
        if isinstance(recipe, HandMeasure):
            return recipe.side in self._seen
        return not isinstance(recipe, FaceMeasure) or None in self._seen

    def _measure(self) -> None:
        self.measures: dict[Recipe, float] = {
            HandMeasure(side, name): value
            for side, hand in self._hands.items()
            for name, value in hand.measures().items()
        }
        if self._face:
            self.measures |= {FaceMeasure(name): value for name, value in self._face.measures().items()}


def asked_for(columns: Iterable[Mapping[str, Recipe]]) -> tuple[bool, bool]:
    """Whether features with these columns need the fingers of hands, and whether they need the face."""
    recipes = [recipe for each in columns for recipe in each.values()]
    return (
        any(isinstance(recipe, HandMeasure) for recipe in recipes),
        any(isinstance(recipe, FaceMeasure) for recipe in recipes),
    )
