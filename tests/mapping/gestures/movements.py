"""Ten gestures of a stick figure, performed at any tempo and size, and what their features are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES, column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import fit_gestures
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureSpotter
from gesturesynth.mapping.gestures.takes import GestureTake
from tests.support.stick_figure import pose

Float = NDArray[np.float64]

REST = (0.45, -0.95)
"""Of the right wrist, from the middle of the shoulders; the left one is its mirror image."""

# One after another: where the right wrist, the left wrist (mirrored) and the hips (torso lengths lowered) go.
Key = tuple[tuple[float, float], tuple[float, float], float]
SHAPES: dict[str, tuple[Key, ...]] = {
    "throw": (((0.5, 0.6), REST, 0.0),),
    "left up": ((REST, (0.5, 0.6), 0.0),),
    "both up": (((0.5, 0.6), (0.5, 0.6), 0.0),),
    "spread": (((1.15, 0.0), (1.15, 0.0), 0.0),),
    "squat": ((REST, REST, 0.6),),
    "circle": (
        ((0.2, -0.4), REST, 0.0),
        ((0.6, 0.1), REST, 0.0),
        ((1.0, -0.4), REST, 0.0),
        ((0.6, -0.8), REST, 0.0),
    ),
    "swipe": (((1.15, 0.0), REST, 0.0), ((-0.45, 0.0), REST, 0.0)),
    "wave": (((0.8, 0.4), REST, 0.0), ((0.2, 0.5), REST, 0.0), ((0.8, 0.4), REST, 0.0), ((0.2, 0.5), REST, 0.0)),
    "clap": (((0.1, -0.2), (0.1, -0.2), 0.0), ((0.9, -0.2), (0.9, -0.2), 0.0), ((0.1, -0.2), (0.1, -0.2), 0.0)),
    "dip and reach": ((REST, REST, 0.5), ((0.5, 0.6), (0.5, 0.6), 0.0)),
}


@dataclass(frozen=True)
class Style:
    """How a gesture is performed.

    Attributes:
        tempo: 1: each key takes 0.5 s.
        size: of the movement, about the resting pose.
        distance: torso length in frame heights.
        before_s, after_s: standing still.
        rate_hz: of the camera.
        hidden: landmarks out of sight, between these parts (0..1) of the gesture.
        trembling: standard deviation of landmarks, torso lengths.
    """

    tempo: float = 1.0
    size: float = 1.0
    distance: float = 0.2
    before_s: float = 0.7
    after_s: float = 0.7
    rate_hz: float = 30.0
    hidden: tuple[str, ...] = ()
    hidden_part: tuple[float, float] = (0.0, 1.0)
    trembling: float = 0.0

    def duration_s(self, name: str) -> float:
        return 0.5 * (len(SHAPES[name]) + 1) / self.tempo


USUAL = Style()


def images(name: str, style: Style = USUAL, seed: int = 0) -> tuple[Float, list[NDArray[np.float32]]]:
    """Times from 0 and landmarks of one performance."""
    rng = np.random.default_rng(seed)
    lasts_s = style.duration_s(name)
    count = round((style.before_s + lasts_s + style.after_s) * style.rate_hz) + 1
    times = np.arange(count) / style.rate_hz
    found = []
    for time_s in times:
        part = min(1.0, max(0.0, (time_s - style.before_s) / lasts_s))
        right, left, squat = _at(name, part, style.size)
        hidden = style.hidden if style.hidden_part[0] <= part <= style.hidden_part[1] else ()
        image = pose(right_wrist=right, left_wrist=(-left[0], left[1]), squat=squat, size=style.distance, hidden=hidden)
        image[:, :2] += rng.normal(size=(33, 2)) * style.trembling * style.distance
        found.append(image)
    return times, found


def _at(name: str, part: float, size: float) -> tuple[tuple[float, float], tuple[float, float], float]:
    keys = np.array([[*REST, *REST, 0.0], *([*r, *x, s] for r, x, s in SHAPES[name]), [*REST, *REST, 0.0]])
    place = part * (len(keys) - 1)
    before = min(int(place), len(keys) - 2)
    way = place - before
    way = way * way * (3.0 - 2.0 * way)
    values = keys[before] + way * (keys[before + 1] - keys[before])
    values = keys[0] + size * (values - keys[0])
    return (float(values[0]), float(values[1])), (float(values[2]), float(values[3])), float(values[4])


def features(name: str, style: Style = USUAL, seed: int = 0) -> tuple[Float, Float]:
    """Times (n,) and features (n, k), NaN where not seen."""
    times, found = images(name, style, seed)
    extractor = FeatureExtractor(GESTURE_FEATURES)
    rows = []
    for time_s, image in zip(times, found, strict=True):
        frame = extractor.extract(image, 640, 480, float(time_s))
        rows.append(np.where(frame.seen, frame.values, np.nan))
    return times, np.array(rows)


def take(name: str, style: Style = USUAL, seed: int = 0, called: str = "") -> GestureTake:
    return GestureTake(called or name, *features(name, style, seed), f"take {seed}")


def fit(takes: Sequence[GestureTake]) -> FittedGestures:
    return fit_gestures(takes, GESTURE_FEATURES, column_units(GESTURE_FEATURES), sideways_columns(GESTURE_FEATURES))


def taught(*names: str, takes: int = 2) -> FittedGestures:
    """Each gesture from takes that are never quite alike."""
    styles = [Style(trembling=0.01), Style(1.1, 1.05, trembling=0.01), Style(0.9, 0.95, trembling=0.01)]
    return fit([take(name, styles[number], number + 1) for name in names for number in range(takes)])


def play(spotter: GestureSpotter, times: Float, values: Float, start_s: float = 0.0) -> list[GestureEvent]:
    found: list[GestureEvent] = []
    for time_s, row in zip(times, values, strict=True):
        found += spotter.observe(row, start_s + float(time_s))
    return found


def fired(fitted: FittedGestures, name: str, style: Style = USUAL, seed: int = 9) -> list[str]:
    """Names of what is spotted while a gesture is performed once."""
    return [event.name for event in play(GestureSpotter(fitted), *features(name, style, seed))]


def varied(style: Style, **changes: float) -> Style:
    return replace(style, **changes)  # type: ignore[arg-type]
