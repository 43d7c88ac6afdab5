"""One row of the table of features."""

from __future__ import annotations

from dataclasses import dataclass

from gesturesynth.features.measurements import Recipe


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
