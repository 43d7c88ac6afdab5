"""What a column of features means to a gesture: its unit, and whether turning the body changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import feature
from gesturesynth.features.computed.definition import label
from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import Coordinate, Offset, Recipe, on_body
from gesturesynth.features.people.role_names import split_role

GESTURE_FEATURES: Final[tuple[str, ...]] = (
    *(
        f"{side}_{joint}.{axis}"
        for side in ("left", "right")
        for joint in ("wrist", "elbow")
        for axis in ("x", "height")
    ),
    "hips.height",
    *(f"{side}_knee.{axis}" for side in ("left", "right") for axis in ("x", "height")),
)
"""What gestures are recognised by unless the preset says otherwise. Heights of arms and knees and of the hips hardly
change when a person turns; of seven sets this one kept real repetitions and other movements furthest apart."""

_UNITS: Final = {"torso": 1.0, "torso/s": 4.0, "°": 90.0}
"""One torso length counts as much as this: movements of the arms differ by a torso length, and their angles by 90."""


LEAST_SHOWN: Final = 0.6
"""Of a movement. What is seen for less of it cannot be asked for, and the rest is asked for more strictly."""


def out_of_sight(names: Iterable[str], templates: Sequence[NDArray[np.float64]]) -> tuple[str, ...]:
    """The parts of the body that no template shows for long enough, as people call them: `left wrist`.

    Args:
        names: of the k columns.
        templates: (n, k) each, NaN where not seen; at least one.
    """
    shown = np.max([np.isfinite(template).mean(axis=0) for template in templates], axis=0)
    parts = map(_part, map(label, names))
    return tuple(dict.fromkeys(part for part, of in zip(parts, shown.tolist(), strict=True) if of < LEAST_SHOWN))


def _part(name: str) -> str:
    role, rest = split_role(name)
    part = rest.partition(".")[0].replace("_", " ")
    return f"{part} of the {role} person" if role else part


def column_units(names: Iterable[str]) -> NDArray[np.float64]:
    """For each column of these features, float64 (k,): how much of its own unit counts as a torso length.

    Raises:
        UnknownFeatureError: a name is not in the table of features.
    """
    return np.array([_unit(part) for part in map(feature, names) for _ in part.recipes])


def _unit(one: Feature) -> float:
    # What a preset computes has a range of its own; an arm's height has some two torso lengths.
    return (one.high - one.low) / 2.0 if one.group == "computed" else _UNITS.get(one.unit, 1.0)


def sideways_columns(names: Iterable[str]) -> NDArray[np.bool_]:
    """For each column of these features, bool (k,): whether it is a length across the image, which shrinks by turning.

    Raises:
        UnknownFeatureError: a name is not in the table of features.
    """
    return np.array([_sideways(recipe) for part in map(feature, names) for recipe in part.recipes.values()], dtype=bool)


def _sideways(recipe: Recipe) -> bool:
    on_one = on_body(recipe)
    return isinstance(on_one, Coordinate | Offset) and on_one.axis == "x"
