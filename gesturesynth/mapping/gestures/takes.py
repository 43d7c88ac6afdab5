"""From a take to a template: evenly sampled, without what came before the movement and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.fitted import STEP_S

Float = NDArray[np.float64]

HOLD_S: Final = 0.3
"""A feature that is lost from sight counts as where it was for so long: the landmarker loses a quick wrist for a frame
or two."""

GAP_S: Final = 0.5
"""After a longer absence everything begins again."""

MOVING: Final = 0.12
"""Of the greatest speed in the take. Slower than this, the movement has not begun, or is over."""

TREMBLING: Final = 2.5
"""Of the tenth of the take that moves least, when the person stood still in it ..."""
MOST_TREMBLING: Final = 0.25
"""... and at most so much of the greatest speed, when the performer never did."""

RUN_S: Final = 0.1
"""The movement begins and ends with at least so much of it: a single trembling frame is none."""

MARGIN_S: Final = 0.07
"""Kept on either side."""

LONGEST_S: Final = 12.0
"""What is longer is no gesture; templates are compared frame by frame."""

SHORTEST_S: Final = 0.25
"""What is shorter is over before a camera has seen eight frames of it."""

GREATEST: Final = 1e6
"""A feature that is further away than this, in whatever unit, was not seen: nothing on a body is."""

LATEST_S: Final = 1e9
"""Times beyond this, thirty years, are none."""

SMALLEST: Final = 0.15
"""Torso lengths that at least one feature must travel. Trembling landmarks of a still body travel 0.05."""


@dataclass(frozen=True, eq=False)
class GestureTake:
    """One performance as it was recorded, or a stretch of something else.

    Attributes:
        name: of the gesture; `none` for what is no gesture.
        times_s: float64 (n,), growing.
        features: float64 (n, k), NaN where a feature was not seen.
        label: what people call the take, for notes: `take 12`.
    """

    name: str
    times_s: Float
    features: Float
    label: str = "a take"


class TakeError(ValueError):
    """A take cannot be a template; the message says why, as the end of a sentence."""


def sample_evenly(times_s: Float, features: Float) -> Float:
    """Features (m, k) every `STEP_S` from the first time on, between frames by straight lines.

    What was not seen holds its last value for `HOLD_S`, and is NaN after that. Rows whose time does not grow, or is
    none, are left out.
    """
    rows: list[int] = []
    for row in range(len(times_s)):
        if abs(times_s[row]) <= LATEST_S and (not rows or times_s[row] > times_s[rows[-1]]):
            rows.append(row)
    if not rows:
        return np.empty((0, features.shape[1] if features.ndim == 2 else 0))
    times, values = times_s[rows], plausible(features[rows])
    span_s = min(float(times[-1] - times[0]), 600.0)
    grid = times[0] + STEP_S * np.arange(int(span_s / STEP_S + 1e-6) + 1)
    sampled = np.empty((len(grid), values.shape[1]))
    before = np.clip(np.searchsorted(times, grid + 1e-9, side="right") - 1, 0, len(times) - 1)
    for column in range(values.shape[1]):
        seen = np.flatnonzero(np.isfinite(values[:, column]))
        if not seen.size:
            sampled[:, column] = np.nan
            continue
        sampled[:, column] = np.interp(grid, times[seen], values[seen, column])
        # The newest frame in which it was seen, and the next one.
        last = np.searchsorted(seen, before, side="right") - 1
        age_s = np.where(last >= 0, grid - times[seen[np.maximum(last, 0)]], np.inf)
        following = seen[np.minimum(last + 1, len(seen) - 1)]
        bridged = (last >= 0) & (last + 1 < len(seen)) & (times[following] - times[seen[np.maximum(last, 0)]] <= GAP_S)
        sampled[(age_s > HOLD_S) & ~bridged, column] = np.nan
    return sampled


def plausible(features: Float) -> Float:
    """The same, NaN where a value is not finite or beyond `GREATEST`."""
    return np.asarray(np.where(np.abs(features) <= GREATEST, features, np.nan), dtype=np.float64)


def travelled(samples: Float, least_seen: float = 0.6) -> Float:
    """How far each feature goes in even samples (n, k), from its lowest to its highest value; NaN where it was hidden.

    Args:
        samples: NaN where not seen.
        least_seen: the part of the samples in which a feature must be seen.
    """
    seen = np.isfinite(samples)
    if len(samples) and seen.all():
        return np.asarray(samples.max(axis=0) - samples.min(axis=0), dtype=np.float64)
    way = np.where(seen, samples, -np.inf).max(axis=0, initial=-np.inf)
    way -= np.where(seen, samples, np.inf).min(axis=0, initial=np.inf)
    return np.where(seen.any(axis=0) & (seen.sum(axis=0) >= least_seen * len(samples)), way, np.nan)


def trim_to_movement(samples: Float, units: Float) -> Float:
    """The part (m, k) of even samples (n, k) from where movement begins to where it ends.

    Args:
        samples: see `sample_evenly`.
        units: (k,), above 0: how much of each feature counts as a torso length.

    Raises:
        TakeError: no body can be seen, nothing moves, or the movement is too short or too long.
    """
    scaled = samples / units
    seen = np.isfinite(scaled)
    if len(samples) < 3 or not seen.any():
        raise TakeError("no body can be seen in it for long enough")
    if float(np.nanmax(travelled(scaled, least_seen=0.0))) < SMALLEST:
        raise TakeError("nothing moves in it")
    speed = _speed(scaled)
    peak = float(np.percentile(speed, 98))
    trembling = min(TREMBLING * float(np.percentile(speed, 10)), MOST_TREMBLING * peak)
    moving = speed > max(MOVING * peak, trembling)
    run = max(1, round(RUN_S / STEP_S))
    runs = np.convolve(moving, np.ones(run), mode="valid") >= run
    begins = np.flatnonzero(runs)
    if not begins.size:
        raise TakeError("nothing moves in it for long enough")
    margin = round(MARGIN_S / STEP_S)
    first = max(0, int(begins[0]) - margin)
    last = min(len(samples), int(begins[-1]) + run + 1 + margin)
    length_s = STEP_S * (last - first - 1)
    if length_s < SHORTEST_S:
        raise TakeError(f"its movement takes {length_s:.2f} s, and should take at least {SHORTEST_S} s")
    if length_s > LONGEST_S:
        raise TakeError(f"its movement takes {length_s:.0f} s, and should take at most {LONGEST_S:.0f} s")
    return samples[first:last]


def _speed(scaled: Float) -> Float:
    """How fast the whole body moves from one sample to the next (n - 1,), without the trembling of landmarks."""
    known = np.where(np.isfinite(scaled), scaled, 0.0)
    width = min(5, len(known))
    padded = np.pad(known, ((width // 2, width - 1 - width // 2), (0, 0)), mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).mean(axis=-1)
    steps = np.diff(smooth, axis=0)
    # Where a feature comes into sight or leaves it, nothing moved.
    seen = np.pad(np.isfinite(scaled), ((width // 2, width - 1 - width // 2), (0, 0)), mode="edge")
    steady = np.asarray(np.lib.stride_tricks.sliding_window_view(seen, width, axis=0).all(axis=-1))
    return np.asarray(np.sqrt((np.where(steady[1:] & steady[:-1], steps, 0.0) ** 2).sum(axis=1)), dtype=np.float64)
