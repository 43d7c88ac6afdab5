"""Rows of the table of features: measures between two people, and of all people in view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import GroupMeasure

GROUP: Final = "several people"

_ROWS: Final[tuple[tuple[Literal["pair", "people"], str, str, float, float, str], ...]] = (
    (
        "pair",
        "distance",
        "torso",
        0.0,
        5.0,
        "Between the first and the second person, from shoulders to shoulders in the picture.",
    ),
    (
        "pair",
        "hands.distance",
        "torso",
        0.0,
        4.0,
        "From a wrist of the first person to the nearest wrist of the second: about 0 when they touch.",
    ),
    (
        "pair",
        "height_difference",
        "torso",
        -1.5,
        1.5,
        "How much higher the shoulders of the first person are than those of the second.",
    ),
    (
        "pair",
        "approach",
        "torso/s",
        -2.0,
        2.0,
        "How fast the first and the second person come nearer to each other; below 0 they move apart.",
    ),
    (
        "pair",
        "facing",
        "",
        -1.0,
        1.0,
        "Where the two heads are turned: 1 to each other, 0 both to the camera, -1 away from each other.",
    ),
    (
        "pair",
        "likeness",
        "",
        0.0,
        1.0,
        "How alike the poses of the first and the second person are: 1 for the same arms and legs.",
    ),
    (
        "pair",
        "mirror",
        "",
        0.0,
        1.0,
        "The same as in a mirror: 1 where the right arm of one is as the left arm of the other.",
    ),
    ("people", "count", "", 0.0, 6.0, "How many people are in view."),
    (
        "people",
        "energy",
        "torso/s",
        0.0,
        2.5,
        "How much people move: the mean of `energy` over all who are in view.",
    ),
    (
        "people",
        "spread",
        "",
        0.0,
        1.0,
        "From the leftmost to the rightmost person, in widths of the picture; 0 for one.",
    ),
    (
        "people",
        "middle.x",
        "",
        0.0,
        1.0,
        "Where the middle of all people is: 0 at the performers' left edge, 1 at the right one.",
    ),
)


def group_rows() -> Iterator[Feature]:
    """The features of several people, in the order in which lists show them."""
    for group, kind, unit, low, high, text in _ROWS:
        name = f"{group}.{kind}"
        yield Feature(name, unit, low, high, text, GROUP, {name: GroupMeasure(group, kind.replace(".", "_"))})
