"""Recipes: how one number is measured on a body. The table of features (`catalogue.py`) consists of them.

Points are names from `landmarks.POINTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["shoulders", "hips"]
"""Where positions are measured from. From the shoulders, the arms can be measured without the hips in the image."""


@dataclass(frozen=True)
class Coordinate:
    """Where a point is along an axis, from the origin."""

    point: str
    origin: Origin
    axis: Literal["x", "y"]


@dataclass(frozen=True)
class Offset:
    """How far `point` is from `base` along an axis."""

    point: str
    base: str
    origin: Origin
    axis: Literal["x", "y"]


@dataclass(frozen=True)
class Distance:
    """How far two points are from each other."""

    start: str
    end: str
    origin: Origin


@dataclass(frozen=True)
class Angle:
    """The angle inside a joint, 180 when it is straight."""

    before: str
    joint: str
    after: str
    origin: Origin


@dataclass(frozen=True)
class AngleFromVertical:
    """The angle of a limb from straight down."""

    joint: str
    end: str
    origin: Origin


@dataclass(frozen=True)
class Speed:
    """How fast a point moves relative to the origin."""

    point: str
    origin: Origin


@dataclass(frozen=True)
class BodyMeasure:
    """A measure of the whole body with a formula of its own; `points` are those that must be seen."""

    measure: Literal["lean", "tilt", "openness", "energy", "presence", "x", "y", "size", "turn", "head tilt", "nod"]
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandMeasure:
    """A measure of one hand, by the landmarks of its fingers: see `hands.py`."""

    side: Literal["left", "right"]
    measure: str


@dataclass(frozen=True)
class FaceMeasure:
    """A measure of the face: see `face.py`."""

    measure: str


BodyRecipe = (
    Coordinate | Offset | Distance | Angle | AngleFromVertical | Speed | BodyMeasure | HandMeasure | FaceMeasure
)
"""What is measured on one body."""


@dataclass(frozen=True)
class OfRole:
    """The same, measured on the person who has a role."""

    role: str
    recipe: BodyRecipe


@dataclass(frozen=True)
class GroupMeasure:
    """A measure of two people or of all, with a formula of its own; see `people/group_measures.py`."""

    group: Literal["pair", "people"]
    measure: str


@dataclass(frozen=True)
class Computed:
    """Computed from other features and from inputs; see `computed/extractor.py`."""

    expression: str


Recipe = BodyRecipe | OfRole | GroupMeasure | Computed


def on_body(recipe: Recipe | None) -> BodyRecipe | None:
    """What is measured on a body, on that of any person; None for a measure of several people, a computed one, None."""
    if isinstance(recipe, GroupMeasure | Computed):
        return None
    return recipe.recipe if isinstance(recipe, OfRole) else recipe
