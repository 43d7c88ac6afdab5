"""What `auto` is for the outputs of one fit: `rbf`, unless takes that were left out say that another kind is better.

That can be judged only where sounds were taught by at least three takes each: with one left out, two remain, as few as
a scatter between takes can be seen in. A kind is better when its error is smaller by `LEAST_GAIN`, by `AUDIBLE`, and by
three standard errors of the differences between takes. Only kinds that need no scikit-learn are compared; the work
is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.model_fits import fitted_predictor, row_weights
from gesturesynth.mapping.learning.model_kinds import AUTO_KIND, MODEL_KINDS, model_settings
from gesturesynth.mapping.learning.take_folds import Bools, fewest_takes, row_errors, take_folds

Float = NDArray[np.float64]
Numbers = NDArray[np.int64]

CANDIDATES: Final = ("gaussian-process", "ridge", "polynomial")
FEWEST_TAKES: Final = 3
ROWS: Final = 160
"""Rows, evenly spread over the takes, that kinds are compared with: about 0.2 s."""
FOLDS: Final = 4
LEAST_GAIN: Final = 0.1
"""Of the error of `rbf`. Smaller gains are not worth that a piece plays in another way than it did."""
AUDIBLE: Final = 0.01
"""Of an output's range: a smaller gain is not heard, and among takes that nearly repeat each other all are smaller."""
STANDARD_ERRORS: Final = 3.0
"""With two, three takes a sound chose a worse kind in one of 18 tasks (docs/models.md)."""


@dataclass(frozen=True)
class Choice:
    """A kind of model, and why: words for people."""

    kind: str
    reason: str


def choose(x: Float, y: Float, takes: Numbers, sounds: Numbers) -> Choice:
    """Chooses the kind of model for outputs that are fitted together. Deterministic.

    Args:
        x: (n, k), scaled.
        y: (n, m), positions.
        takes: (n,), numbers of the takes.
        sounds: (n,), equal for rows of the same sound, in whatever take.
    """
    usual = AUTO_KIND["continuous"]
    fewest = fewest_takes(takes, sounds)
    if len(np.unique(sounds)) < 2:
        return Choice(usual, f"{usual}, with one sound nothing else can be judged")
    if fewest < FEWEST_TAKES:
        amount = "1 take" if fewest == 1 else f"{fewest} takes"
        return Choice(usual, f"{usual}, with {amount} a sound nothing else can be judged")
    rows = _spread(takes)
    x, y, takes, sounds = x[rows], y[rows], takes[rows], sounds[rows]
    folds = take_folds(takes, sounds, FOLDS)
    errors, asked = {}, np.logical_or.reduce([test for _, test in folds])
    for kind in (usual, *CANDIDATES):
        off = row_errors(partial(_fitted, kind, x, y, takes), y, folds).mean(axis=1)
        errors[kind] = np.array([off[(takes == take) & asked].mean() for take in np.unique(takes[asked])])
    mean = {kind: float(each.mean()) for kind, each in errors.items()}
    best = min(mean, key=lambda kind: mean[kind])
    gain = errors[usual] - errors[best]
    scatter = STANDARD_ERRORS * float(gain.std(ddof=1)) / np.sqrt(len(gain))
    if best != usual and gain.mean() > max(AUDIBLE, LEAST_GAIN * mean[usual], scatter):
        return Choice(best, f"{best}, leave-one-take-out error {mean[best]:.3f} against {mean[usual]:.3f} of {usual}")
    others = min((kind for kind in mean if kind != usual), key=lambda kind: mean[kind])
    text = f"{usual}, leave-one-take-out error {mean[usual]:.3f} against {mean[others]:.3f} of {others}"
    return Choice(usual, text + (", which is not clearly better" if mean[others] < mean[usual] else ""))


def _spread(takes: Numbers) -> Numbers:
    """Rows of every take, evenly spread over it; about `ROWS` of them, and one of each take at least."""
    numbers, counts = np.unique(takes, return_counts=True)
    several = max(1, ROWS // len(numbers))
    chosen = [
        np.flatnonzero(takes == number)[np.linspace(0, count - 1, min(several, count)).astype(np.int64)]
        for number, count in zip(numbers, counts, strict=True)
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def _fitted(kind: str, x: Float, y: Float, takes: Numbers, train: Bools) -> Callable[[Bools], Float]:
    group = np.unique(takes[train], return_inverse=True)[1].reshape(-1)
    settings = model_settings(MODEL_KINDS[kind], {})
    predictor = fitted_predictor(kind, settings, x[train], y[train], row_weights(group))
    return lambda test: np.clip(np.array([predictor.evaluate(row) for row in x[test]]), 0.0, 1.0)
