"""The table of features: what can be measured on a body, by name, and how.

One entry a feature; presets, the command line, documents and the extractor all use this table. A feature is a number,
or a vector of numbers (such as `body.full`), and each number is a column with a recipe.

Conventions: lengths are in torso lengths (middle of the shoulders to middle of the hips), so that neither distance from
the camera nor body height matters. x grows towards the performer's own right (as in a mirror), which is the left of an
unmirrored image; y grows upwards.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.features.computed.definition import Definition, definition, of_column
from gesturesynth.features.face import face_rows
from gesturesynth.features.feature import Feature
from gesturesynth.features.hands import hand_rows
from gesturesynth.features.head import head_rows
from gesturesynth.features.measurements import (
    Angle,
    AngleFromVertical,
    BodyMeasure,
    BodyRecipe,
    Computed,
    Coordinate,
    Distance,
    FaceMeasure,
    GroupMeasure,
    HandMeasure,
    Offset,
    OfRole,
    Origin,
    Recipe,
    Speed,
)
from gesturesynth.features.people.role_names import OWN, ROLES, split_role
from gesturesynth.features.people.rows import GROUP, group_rows
from gesturesynth.features.whole_body_rows import body_measures, vectors


class UnknownFeatureError(UserError, ValueError):
    """A preset names a feature that does not exist."""


_SIDES: Final = ("left", "right")
_OTHER: Final = {"left": "right", "right": "left"}

# joint, origin, name for people, low and high of its height, reach to its own side and to the other, top speed
_JOINTS: Final[tuple[tuple[str, Origin, str, float, float, float, float, float], ...]] = (
    ("wrist", "shoulders", "wrist", -1.2, 1.1, 1.3, 0.6, 5.0),
    ("hand", "shoulders", "hand", -1.4, 1.3, 1.5, 0.8, 6.0),
    ("elbow", "shoulders", "elbow", -0.7, 0.6, 0.9, 0.2, 3.0),
    ("shoulder", "hips", "shoulder", 0.7, 1.3, 0.7, 0.3, 2.0),
    ("knee", "hips", "knee", -1.0, 0.0, 0.8, 0.2, 2.0),
    ("ankle", "hips", "ankle", -1.8, -0.4, 1.2, 0.3, 4.0),
)


def _joint(
    point: str, origin: Origin, label: str, *, y: tuple[float, float], x: tuple[float, float], fastest: float
) -> Iterator[Feature]:
    middle = f"the middle of the {origin}"
    rows: tuple[tuple[str, str, tuple[float, float], str, Recipe], ...] = (
        ("height", "torso", y, f"How high the {label} is above {middle}.", Coordinate(point, origin, "y")),
        (
            "x",
            "torso",
            x,
            f"How far the {label} is to the performer's right of {middle}.",
            Coordinate(point, origin, "x"),
        ),
        (
            "speed",
            "torso/s",
            (0.0, fastest),
            f"How fast the {label} moves relative to {middle}.",
            Speed(point, origin),
        ),
    )
    for kind, unit, (low, high), text, recipe in rows:
        name = f"{point}.{kind}"
        yield Feature(name, unit, low, high, text, "joints", {name: recipe})


def _joints() -> Iterator[Feature]:
    group = "joints"
    for joint, origin, text, low, high, own, other, fastest in _JOINTS:
        for side in _SIDES:
            sideways = (-own, other) if side == "left" else (-other, own)
            yield from _joint(f"{side}_{joint}", origin, f"{side} {text}", y=(low, high), x=sideways, fastest=fastest)
    yield from _joint("nose", "shoulders", "nose", y=(-0.1, 0.6), x=(-0.4, 0.4), fastest=1.0)
    yield from _joint("head", "shoulders", "head", y=(-0.1, 0.6), x=(-0.4, 0.4), fastest=1.0)
    yield from _joint("hands", "shoulders", "middle between the wrists", y=(-1.2, 1.1), x=(-0.8, 0.8), fastest=4.0)
    yield Feature(
        "hips.height",
        "torso",
        0.4,
        1.8,
        "How high the middle of the hips is above the ankles: low in a squat.",
        group,
        {"hips.height": Offset("hips", "feet", "hips", "y")},
    )


def _distances() -> Iterator[Feature]:
    rows: list[tuple[str, str, str, Origin, float, str]] = [
        ("hands.distance", "left_wrist", "right_wrist", "shoulders", 2.4, "Between the two wrists."),
        ("elbows.distance", "left_elbow", "right_elbow", "shoulders", 1.6, "Between the two elbows."),
        ("knees.distance", "left_knee", "right_knee", "hips", 1.2, "Between the two knees."),
        ("feet.distance", "left_ankle", "right_ankle", "hips", 1.6, "Between the two ankles."),
        (
            "shoulders.width",
            "left_shoulder",
            "right_shoulder",
            "hips",
            0.9,
            "How wide the shoulders look: less when turned sideways.",
        ),
    ]
    for side in _SIDES:
        wrist = f"{side}_wrist"
        rows += [
            (f"{wrist}.to_head", wrist, "head", "shoulders", 1.8, f"From the {side} wrist to the head."),
            (
                f"{wrist}.to_{_OTHER[side]}_shoulder",
                wrist,
                f"{_OTHER[side]}_shoulder",
                "shoulders",
                1.8,
                f"From the {side} wrist to the {_OTHER[side]} shoulder.",
            ),
            (f"{wrist}.to_hip", wrist, f"{side}_hip", "shoulders", 2.2, f"From the {side} wrist to the {side} hip."),
            (
                f"{wrist}.reach",
                wrist,
                f"{side}_shoulder",
                "shoulders",
                1.2,
                f"From the {side} wrist to its own shoulder: how far the arm is stretched.",
            ),
        ]
    for name, start, end, origin, high, text in rows:
        yield Feature(name, "torso", 0.0, high, text, "distances", {name: Distance(start, end, origin)})


def _angles() -> Iterator[Feature]:
    for side in _SIDES:
        shoulder, elbow, wrist, hip, knee, ankle = (
            f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        )
        rows: tuple[tuple[str, float, str, Recipe], ...] = (
            (
                f"{elbow}.angle",
                30.0,
                f"Bend of the {side} elbow: 180 is a straight arm.",
                Angle(shoulder, elbow, wrist, "shoulders"),
            ),
            (
                f"{shoulder}.angle",
                0.0,
                f"How far the {side} upper arm is raised: 0 hangs down, 90 is level, 180 points up.",
                AngleFromVertical(shoulder, elbow, "shoulders"),
            ),
            (
                f"{side}_forearm.angle",
                0.0,
                f"How far the {side} forearm is raised: 0 hangs down, 90 is level, 180 points up.",
                AngleFromVertical(elbow, wrist, "shoulders"),
            ),
            (
                f"{knee}.angle",
                60.0,
                f"Bend of the {side} knee: 180 is a straight leg.",
                Angle(hip, knee, ankle, "hips"),
            ),
            (
                f"{hip}.angle",
                60.0,
                f"Bend of the {side} hip, between trunk and thigh: 180 is upright.",
                Angle(shoulder, hip, knee, "hips"),
            ),
        )
        for name, low, text, recipe in rows:
            yield Feature(name, "°", low, 180.0, text, "angles", {name: recipe})
    trunk = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    yield Feature(
        "lean",
        "°",
        -45.0,
        45.0,
        "Lean of the trunk to the side: above 0 to the performer's right.",
        "angles",
        {"lean": BodyMeasure("lean", trunk)},
    )
    yield Feature(
        "shoulders.tilt",
        "°",
        -40.0,
        40.0,
        "Tilt of the shoulders: above 0 when the right one is lower.",
        "angles",
        {"shoulders.tilt": BodyMeasure("tilt", trunk[:2])},
    )


FEATURES: Final[dict[str, Feature]] = {
    feature.name: feature
    for part in (
        *(_joints(), _distances(), _angles(), body_measures(), vectors(_angles())),
        *(head_rows(), hand_rows(), face_rows(), group_rows()),
    )
    for feature in part
}
"""All features by name, in the order in which lists show them; those of a body may have a role in front of them."""

PARTS_FEATURES: Final = tuple(entry.name for entry in (*hand_rows(), *face_rows()))
"""Names of the features of hands and the face, which are of the person who plays: no role stands in front of them."""

BODY_FEATURES: Final = tuple(
    name for name, entry in FEATURES.items() if entry.group != GROUP and name not in PARTS_FEATURES
)
"""Names of the features that every pose of a body gives."""


@cache
def find(name: str) -> Feature | None:
    """The feature of that name, with or without a role, or computed as its full name says; None when there is none."""
    if computed := definition(name):
        return _of_definition(computed)
    role, rest = split_role(name)
    entry = FEATURES.get(rest)
    if role == OWN or entry is None:
        return entry
    recipes: dict[str, Recipe] = {}
    for column, recipe in entry.recipes.items():
        if isinstance(recipe, OfRole | GroupMeasure | Computed | HandMeasure | FaceMeasure):
            return None
        recipes[f"{role}.{column}"] = OfRole(role, recipe)
    text = f"Of {ROLES[role]}: {entry.help[0].lower()}{entry.help[1:]}"
    return Feature(name, entry.unit, entry.low, entry.high, text, entry.group, recipes)


def _of_definition(one: Definition) -> Feature:
    recipes: dict[str, Recipe] = {column: Computed(one.expression) for column in one.columns}
    return Feature(one.name, "", one.low, one.high, f"Computed: {one.expression}.", "computed", recipes)


@cache
def find_column(column: str) -> Feature | None:
    """The feature that gives a column; None when none does."""
    if computed := of_column(column):
        return _of_definition(computed)
    role, rest = split_role(column)
    name = _FEATURE_OF_COLUMN.get(rest)
    return find(f"{role}.{name}" if role else name) if name else None


_FEATURE_OF_COLUMN: Final = {column: entry.name for entry in FEATURES.values() for column in entry.recipes}


@cache
def all_names() -> tuple[str, ...]:
    """The names of all features, those with a role last."""
    of_roles = (f"{role}.{name}" for role in ROLES for name in FEATURES)
    return (*FEATURES, *(name for name in of_roles if find(name)))


def feature(name: str) -> Feature:
    """The feature of that name, with or without a role.

    Raises:
        UnknownFeatureError: there is none (a ValueError and a UserError); the message suggests what was meant.
    """
    if entry := find(name):
        return entry
    near = difflib.get_close_matches(name, all_names() if "." in name else FEATURES, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(repr(text) for text in near)}? " if near else ""
    raise UnknownFeatureError(f"unknown feature '{name}', {hint}`gesturesynth features` lists all of them")


def columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of these features, in order: a vector gives many (`body.full` -> `body.full.nose.x` ...).

    A feature that is named twice counts once.

    Raises:
        UnknownFeatureError: a name is not that of a feature.
    """
    return tuple(dict.fromkeys(column for name in names for column in feature(name).recipes))


def body_recipes(names: Iterable[str]) -> dict[str, BodyRecipe]:
    """How the columns of these features of one body are measured.

    Raises:
        UnknownFeatureError: a name is not that of a feature, or it names a role or several people.
    """
    found: dict[str, BodyRecipe] = {}
    for name in names:
        for column, recipe in feature(name).recipes.items():
            if isinstance(recipe, OfRole | GroupMeasure | Computed):
                raise UnknownFeatureError(f"the feature '{name}' is not of one body alone")
            found[column] = recipe
    return found
