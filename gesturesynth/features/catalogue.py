"""The table of features: what can be measured on a body, by name, and how.

One entry a feature; presets, the command line, documents and the extractor all use this table. A feature is a number,
or a vector of numbers (such as `body.full`), and each number is a column with a recipe.

Conventions: lengths are in torso lengths (middle of the shoulders to middle of the hips), so that neither distance from
the camera nor body height matters. x grows towards the performer's own right (as in a mirror), which is the left of an
unmirrored image; y grows upwards.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gesturesynth.core.errors import UserError
from gesturesynth.features.measurements import (
    Angle,
    AngleFromVertical,
    BodyMeasure,
    Coordinate,
    Distance,
    Offset,
    Origin,
    Recipe,
    Speed,
)


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        name: as presets write it.
        unit: for people: `torso`, `torso/s`, `°`, or empty for a plain number.
        low, high: its usual range in `unit`, for a bar on a screen. Values may leave it.
        help: one line for people.
        group: a heading for lists.
        recipes: column name -> how it is measured. One column of the feature's own name, unless it is a vector.
    """

    name: str
    unit: str
    low: float
    high: float
    help: str
    group: str
    recipes: dict[str, Recipe]


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

FULL_POINTS: Final = (
    "nose",
    *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist", "knee", "ankle") for side in _SIDES),
)
"""The points of `body.full`, from the middle of the hips."""

UPPER_POINTS: Final = ("nose", *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist") for side in _SIDES))
"""The points of `body.upper`, from the middle of the shoulders; `body.offsets` has every pair of them."""


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


def _body_measures() -> Iterator[Feature]:
    limbs = ("left_shoulder", "right_shoulder", "left_wrist", "right_wrist")
    shoulders = limbs[:2]
    for name, unit, high, text, recipe in (
        (
            "openness",
            "",
            1.0,
            "How far the limbs are spread: 0 with hanging arms, 1 as a star.",
            BodyMeasure("openness", limbs),
        ),
        (
            "energy",
            "torso/s",
            2.5,
            "How much the whole body moves: mean speed of its joints, 0 when it is still.",
            BodyMeasure("energy", shoulders),
        ),
        ("presence", "", 1.0, "1 while a person is in view, else 0.", BodyMeasure("presence")),
        (
            "body.x",
            "",
            1.0,
            "Where the body is in the image: 0 at the performer's left edge, 1 at the right one.",
            BodyMeasure("x", shoulders),
        ),
        (
            "body.y",
            "",
            1.0,
            "Where the shoulders are in the image: 0 at its bottom, 1 at its top.",
            BodyMeasure("y", shoulders),
        ),
        ("body.size", "", 0.5, "Torso length in image heights: how near the body is.", BodyMeasure("size", shoulders)),
    ):
        yield Feature(name, unit, 0.0, high, text, "body", {name: recipe})


def _vectors() -> Iterator[Feature]:
    axes: tuple[Literal["x", "y"], ...] = ("x", "y")
    pairs = [(a, b) for index, a in enumerate(UPPER_POINTS) for b in UPPER_POINTS[index + 1 :]]
    full = {f"{point}.{axis}": Coordinate(point, "hips", axis) for point in FULL_POINTS for axis in axes}
    upper = {f"{point}.{axis}": Coordinate(point, "shoulders", axis) for point in UPPER_POINTS for axis in axes}
    offsets = {f"{a}-{b}.{axis}": Offset(b, a, "shoulders", axis) for a, b in pairs for axis in axes}
    rows: tuple[tuple[str, float, str, Mapping[str, Recipe]], ...] = (
        ("body.full", 2.0, "Where nose, arms and legs are, from the middle of the hips.", full),
        ("body.upper", 1.5, "Where nose and arms are, from the middle of the shoulders.", upper),
        ("body.offsets", 2.0, "How far nose, shoulders, elbows and wrists are from each other.", offsets),
    )
    for name, far, text, parts in rows:
        recipes = {f"{name}.{part}": recipe for part, recipe in parts.items()}
        yield Feature(name, "torso", -far, far, text, "whole-body vectors", recipes)
    arms = {
        f"arms.angles.{side}_{joint}": next(iter(entry.recipes.values()))
        for side in _SIDES
        for joint in ("shoulder", "elbow")
        for entry in _angles()
        if entry.name == f"{side}_{joint}.angle"
    }
    yield Feature(
        "arms.angles",
        "°",
        0.0,
        180.0,
        "How far both upper arms are raised, and how both elbows are bent.",
        "whole-body vectors",
        arms,
    )


FEATURES: Final[dict[str, Feature]] = {
    feature.name: feature
    for part in (_joints(), _distances(), _angles(), _body_measures(), _vectors())
    for feature in part
}
"""All features by name, in the order in which lists show them."""


def feature(name: str) -> Feature:
    """The feature of that name.

    Raises:
        UnknownFeatureError: there is none (a ValueError and a UserError); the message suggests what was meant.
    """
    if name in FEATURES:
        return FEATURES[name]
    near = difflib.get_close_matches(name, FEATURES, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(repr(text) for text in near)}? " if near else ""
    raise UnknownFeatureError(f"unknown feature '{name}', {hint}`gesturesynth features` lists all of them")


def columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of these features, in order: a vector gives many (`body.full` -> `body.full.nose.x` ...).

    A feature that is named twice counts once.

    Raises:
        UnknownFeatureError: a name is not in `FEATURES`.
    """
    return tuple(dict.fromkeys(column for name in names for column in feature(name).recipes))
