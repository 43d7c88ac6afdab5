"""What `auto` is: `rbf` and `logistic`, unless takes that were left out say that another kind is better.

That can be judged only where sounds or classes were taught by at least three takes each: with one left out, two remain,
as few as a scatter between takes can be seen in. A kind is better when its error is smaller by `LEAST_GAIN`, by
`AUDIBLE` (of classes by `MISSED`), and by three standard errors of the differences between takes. Only kinds that need
no scikit-learn are compared; the work is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.model_fits import fitted_classifier, fitted_predictor, row_weights
from gesturesynth.mapping.learning.model_kinds import AUTO_KIND, MODEL_KINDS, model_settings
from gesturesynth.mapping.learning.take_folds import Bools, fewest_takes, row_errors, take_folds

Float = NDArray[np.float64]
Numbers = NDArray[np.int64]

CANDIDATES: Final = ("gaussian-process", "ridge", "polynomial")
CLASS_CANDIDATES: Final = ("knn", "naive-bayes")
FEWEST_TAKES: Final = 3
ROWS: Final = 160
"""Rows, evenly spread over the takes, that kinds are compared with: about 0.2 s."""
FOLDS: Final = 4
LEAST_GAIN: Final = 0.1
"""Of the error of `rbf`. Smaller gains are not worth that a piece plays in another way than it did."""
AUDIBLE: Final = 0.01
"""Of an output's range: a smaller gain is not heard, and among takes that nearly repeat each other all are smaller."""
MISSED: Final = 0.02
"""Of the frames that were left out: a smaller gain is not noticed."""
RECOGNISED_FROM: Final = 0.6
"""The certainty from which a class counts, unless a preset says otherwise."""
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
    if too_few := _too_few(usual, "sound", takes, sounds):
        return too_few
    rows = _spread(takes)
    x, y, takes, sounds = x[rows], y[rows], takes[rows], sounds[rows]
    folds = take_folds(takes, sounds, FOLDS)
    errors = {}
    for kind in (usual, *CANDIDATES):
        off = row_errors(partial(_fitted, kind, x, y, takes), y, folds).mean(axis=1)
        errors[kind] = _by_take(off, takes)
    mean, best, clearly = _compared(errors, usual, AUDIBLE)
    if clearly:
        return Choice(best, f"{best}, leave-one-take-out error {mean[best]:.3f} against {mean[usual]:.3f} of {usual}")
    text = f"{usual}, leave-one-take-out error {mean[usual]:.3f} against {mean[best]:.3f} of {best}"
    return Choice(usual, text + (", which is not clearly better" if mean[best] < mean[usual] else ""))


def choose_classifier(x: Float, number: Numbers, takes: Numbers) -> Choice:
    """Chooses the kind of model that tells classes apart. Deterministic.

    A frame that was left out is recognised when its own class has a probability of `RECOGNISED_FROM`. Confidence, which
    is the same with every kind, is left out of it.

    Args:
        x: (n, k), scaled.
        number: (n,), the class of each row, 0 and up, two or more.
        takes: (n,), numbers of the takes.
    """
    usual = AUTO_KIND["classes"]
    if too_few := _too_few(usual, "class", takes, number):
        return too_few
    rows = _spread(takes)
    x, number, takes = x[rows], number[rows], takes[rows]
    folds, wanted = take_folds(takes, number, FOLDS), np.eye(int(number.max()) + 1)[number]
    missed = {}
    for kind in (usual, *CLASS_CANDIDATES):
        off = row_errors(partial(_classified, kind, x, number, takes), wanted, folds)
        own = 1.0 - off[np.arange(len(x)), number]
        missed[kind] = _by_take(np.where(np.isnan(own), np.nan, own < RECOGNISED_FROM), takes)
    mean, best, clearly = _compared(missed, usual, MISSED)
    shares = [f"{1.0 - mean[kind]:.2f} with {kind}" for kind in (best, usual)]
    if clearly:
        return Choice(best, f"{best}, left-out frames recognised {shares[0]} against {shares[1]}")
    text = f"{usual}, left-out frames recognised {shares[1]} against {shares[0]}"
    return Choice(usual, text + (", which is not clearly better" if mean[best] < mean[usual] else ""))


def _too_few(usual: str, what: str, takes: Numbers, taught: Numbers) -> Choice | None:
    """The usual kind, where takes cannot tell of another one."""
    fewest = fewest_takes(takes, taught)
    if len(np.unique(taught)) < 2:
        return Choice(usual, f"{usual}, with one {what} nothing else can be judged")
    if fewest < FEWEST_TAKES:
        amount = "1 take" if fewest == 1 else f"{fewest} takes"
        return Choice(usual, f"{usual}, with {amount} a {what} nothing else can be judged")
    return None


def _by_take(off: Float, takes: Numbers) -> Float:
    """The mean of errors (n,) in each take that was left out; NaN in rows that were not."""
    asked = np.isfinite(off)
    return np.array([off[(takes == take) & asked].mean() for take in np.unique(takes[asked])])


def _compared(errors: Mapping[str, Float], usual: str, least: float) -> tuple[dict[str, float], str, bool]:
    """The mean error of each kind, the best of those but the usual one, and whether it is clearly better.

    Args:
        errors: by kind, in each take.
        usual: the kind that stays unless another one is clearly better.
        least: a smaller gain does not count.
    """
    mean = {kind: float(each.mean()) for kind, each in errors.items()}
    best = min((kind for kind in mean if kind != usual), key=lambda kind: mean[kind])
    gain = errors[usual] - errors[best]
    scatter = STANDARD_ERRORS * float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return mean, best, bool(gain.mean() > max(least, LEAST_GAIN * mean[usual], scatter))


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


def _classified(kind: str, x: Float, number: Numbers, takes: Numbers, train: Bools) -> Callable[[Bools], Float]:
    group = np.unique(takes[train], return_inverse=True)[1].reshape(-1)
    names = tuple(map(str, range(int(number.max()) + 1)))
    settings = model_settings(MODEL_KINDS[kind], {})
    classifier = fitted_classifier(kind, settings, x[train], number[train], row_weights(group), names)
    return lambda test: np.array([classifier.probabilities(row) for row in x[test]])
