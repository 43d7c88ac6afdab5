"""Rows of the table of features: measures of the whole body, and features of many numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import BodyMeasure, Coordinate, Offset, Recipe

_SIDES: Final = ("left", "right")

FULL_POINTS: Final = (
    "nose",
    *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist", "knee", "ankle") for side in _SIDES),
)
"""The points of `body.full`, from the middle of the hips."""

UPPER_POINTS: Final = ("nose", *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist") for side in _SIDES))
"""The points of `body.upper`, from the middle of the shoulders; `body.offsets` has every pair of them."""


def body_measures() -> Iterator[Feature]:
    """Features of the body as a whole, of one number each."""
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


def vectors(angles: Iterable[Feature]) -> Iterator[Feature]:
    """Features of many numbers; `angles` has those of the joints."""
    of_joint = {entry.name: entry for entry in angles}
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
        f"arms.angles.{side}_{joint}": of_joint[f"{side}_{joint}.angle"].recipes[f"{side}_{joint}.angle"]
        for side in _SIDES
        for joint in ("shoulder", "elbow")
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
