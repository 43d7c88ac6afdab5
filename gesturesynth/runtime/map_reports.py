"""The map of examples: a report with all its points, and where the live pose lies on it. Plain values."""

from __future__ import annotations

import msgspec

Columns = tuple[float | None, ...]


class MapReport(msgspec.Struct, frozen=True):
    """Examples as points of a plane (`mapping/learning/example_map.py`), those that the model was fitted to.

    Attributes:
        preset: its name.
        number: of this map; `MapPlace.number` says which map a place belongs to.
        examples: how many there are; where they are more than there are points, every so many is shown.
        spread: the parts of the examples' whole spread that the two directions show, 0..1 each.
        x, y: of each point.
        rows: which example each point is.
        takes: the take of each point; those of factory examples have no poses.
        targets: what each point is for, as in the list of takes; a class; empty for a factory example without one.
        outputs: by name, the output's value at each point, in its own unit; None where the example names none.
        units: of the outputs.
        low, high: corners of the shading.
        confidence: the shading, rows from low to high, each from low to high: how near a pose on the plane is to the
            examples, 0..1.
    """

    preset: str
    number: int
    examples: int
    spread: tuple[float, float]
    x: tuple[float, ...]
    y: tuple[float, ...]
    rows: tuple[int, ...]
    takes: tuple[int, ...]
    targets: tuple[str, ...]
    outputs: dict[str, Columns]
    units: dict[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    confidence: tuple[tuple[float, ...], ...]


class MapPose(msgspec.Struct, frozen=True):
    """The skeleton of a point.

    Attributes:
        take: its take.
        width, height: of the frame in pixels.
        pose: 33 of x, y and visibility, as `messages.Body.image` has them.
    """

    take: int
    width: int
    height: int
    pose: tuple[tuple[float, float, float], ...]


class MapPlace(msgspec.Struct, frozen=True):
    """Where the live pose lies on the map. Sent at most twenty times a second, while a program receives it.

    Attributes:
        time_s: monotonic seconds.
        number: of the map.
        present: whether a person is in view; else x and y are those of the last pose.
        x, y: the place.
        confidence: how near the pose is to the examples, 0..1, in all features.
    """

    time_s: float
    number: int
    present: bool
    x: float
    y: float
    confidence: float
