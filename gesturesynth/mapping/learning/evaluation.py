"""How good a mapping is: what is played in takes that were left out of the fit, and what no fit can learn.

Runs in the trainer's process, or on the command line. Each fold leaves takes out (`take_folds`), fits the rest as it
would be fitted for playing, and plays what was left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.evaluation_text import summary, too_few_takes
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.take_folds import Fold, take_folds
from gesturesynth.runtime.reports import (
    ClassJudgement,
    ConfusedPair,
    Evaluation,
    FeatureRemark,
    GestureCost,
    OutputJudgement,
)

Float = NDArray[np.float64]
Numbers = NDArray[np.int64]
Bools = NDArray[np.bool_]

SAME_SOUND: Final = 0.02
"""Of the range: takes whose outputs lie no farther apart (when rounded) teach the same sound."""
KNOWN_FROM: Final = 0.5
"""Confidence from which a pose counts as known: the outputs are then more the model's than idle."""
FOLDS: Final = 24
"""At most, so that an evaluation of a hundred takes does not take minutes."""
TESTED_ROWS: Final = 40
"""Of a take, evenly spread over it: frames of one take resemble each other."""
SOUNDS_BETWEEN: Final = 8
"""Without a sound that was taught twice, so many different ones tell how well sounds between are guessed."""
STILL: Final = 0.05
"""Of a feature's usual range: one that moved less in all takes together cannot tell them apart."""
MISSING: Final = 0.5
"""Part of the poses in which a feature could not be seen, from which on it is named."""
DOUBLE: Final = 0.998
"""Correlation with another feature, from which on it tells nothing of its own."""
PAIRS: Final = 5


class EvaluationJob(msgspec.Struct, frozen=True, tag="evaluate"):
    """Everything an evaluation needs, as one message.

    Attributes:
        preset: its name.
        fit: the fit that is judged.
        outputs: of the preset, in the order of the fit.
        targets: what each take is for that is judged, by its number; other takes are always fitted to. Empty: all are
            judged.
        min_certainty: a pose counts for a class only from this certainty on, 0..1.
        movement: (n, k), features of the last minutes of movement; may have no rows.
    """

    preset: str
    fit: FitJob
    outputs: tuple[Output, ...]
    targets: dict[int, str] = {}
    min_certainty: float = 0.6
    movement: Array | None = None


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What was played in takes that were left out.

    Attributes:
        rows: (p,), numbers of the rows.
        positions: (p, m), as played; NaN where the fold had no model of the output.
        means: (p, m), what was taught in the mean in the fold.
        confidence: (p,).
        classes: (p,), the likeliest class, empty where its certainty is too low.
    """

    rows: NDArray[np.intp]
    positions: Float
    means: Float
    confidence: Float
    classes: NDArray[np.str_]


def sounds_of(job: FitJob) -> Numbers:
    """A number for what each row teaches, (n,): equal for rows of the same sound and class, in whatever take."""
    rounded = np.round(np.nan_to_num(job.positions.view, nan=-1.0) / SAME_SOUND)
    label = np.unique(np.array(job.labels, dtype=np.str_), return_inverse=True)[1].reshape(-1, 1)
    keys = np.hstack([rounded, label])
    return np.asarray(np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def folds_of(job: FitJob, targets: Mapping[int, str]) -> tuple[list[Fold], bool]:
    """The folds of a job, and whether they tell how sounds between are guessed, since no sound was taught twice."""
    takes, sounds = np.array(job.takes, dtype=np.int64), sounds_of(job)
    judged = np.isin(takes, [*targets]) if targets else np.ones(len(takes), dtype=np.bool_)
    most = FOLDS if len(np.unique(takes[judged])) > FOLDS else None
    # Factory examples stay in every fit, and their sounds do not make a take one of two.
    numbers = np.where(judged, takes, -1)
    own = np.where(judged, sounds, -1 - sounds)
    folds = [(train, np.asarray(test & judged, dtype=np.bool_)) for train, test in take_folds(numbers, own, most)]
    folds = [(np.asarray(train | ~judged, dtype=np.bool_), test) for train, test in folds if test.any()]
    if folds or len(np.unique(own[judged])) < SOUNDS_BETWEEN:
        return folds, False
    groups = np.unique(takes[judged])
    step = max(1, -(-len(groups) // FOLDS))
    parts = [np.isin(takes, groups[start::step]) for start in range(step)] if step > 1 else []
    parts = parts or [takes == number for number in groups]
    return [(np.asarray(~part, dtype=np.bool_), np.asarray(part, dtype=np.bool_)) for part in parts], True


def play_held_out(
    job: FitJob, folds: Sequence[Fold], min_certainty: float, report: Callable[[str], None] | None = None
) -> HeldOut:
    """Fits without each fold's takes, and plays them."""
    rows: list[int] = []
    played: list[tuple[Float, Float, float, str]] = []
    x, takes = job.x.view, np.array(job.takes, dtype=np.int64)
    for number, (train, test) in enumerate(folds):
        if report:
            report(f"evaluating, {number + 1} of {len(folds)}")
        part = job.with_rows(train)
        mapping = fit(part)
        named = np.isfinite(part.positions.view)
        sums = np.where(named, part.positions.view, 0.0).sum(axis=0)
        means = np.divide(sums, named.sum(axis=0), out=np.full(named.shape[1], np.nan), where=named.any(axis=0))
        taught = {output for model in mapping.models for output in model.outputs}
        unknown = [output for output in range(len(job.outputs)) if output not in taught]
        for row in _some(np.flatnonzero(test), takes).tolist():
            values = np.array(x[row])
            if not _usable(mapping, values):
                continue
            positions = mapping.predict(np.nan_to_num(values))
            positions[unknown] = np.nan
            name, certainty = mapping.classify(np.nan_to_num(values))
            rows.append(row)
            played.append(
                (
                    positions,
                    means,
                    mapping.confidence(np.nan_to_num(values)),
                    name if certainty >= min_certainty else "",
                )
            )
    m = len(job.outputs)
    return HeldOut(
        np.array(rows, dtype=np.intp),
        np.array([one[0] for one in played], dtype=np.float64).reshape(len(rows), m),
        np.array([one[1] for one in played], dtype=np.float64).reshape(len(rows), m),
        np.array([one[2] for one in played], dtype=np.float64),
        np.array([one[3] for one in played], dtype=np.str_),
    )


def evaluate(job: EvaluationJob, report: Callable[[str], None] | None = None) -> Evaluation:
    """Evaluates a mapping.

    Args:
        job: what to evaluate.
        report: called with a few words about what is being done.
    """
    takes = np.array(job.fit.takes, dtype=np.int64)
    judged = np.isin(takes, [*job.targets]) if job.targets else np.ones(len(takes), dtype=np.bool_)
    folds, between = folds_of(job.fit, job.targets)
    held = play_held_out(job.fit, folds, job.min_certainty, report)
    outputs = _outputs(job, held)
    errors = [one.error_of_range for one in outputs if one.error_of_range is not None]
    alike = tuple(note for note in job.fit.notes if "look alike" in note)
    whole = fit(job.fit) if job.movement is not None or job.fit.gestures is not None else None
    evaluation = Evaluation(
        preset=job.preset,
        takes=len(np.unique(takes[judged])),
        tested=len(np.unique(takes[held.rows])),
        between=between,
        outputs=outputs,
        error_of_range=float(np.mean(errors)) if errors else None,
        known=share(held.confidence >= KNOWN_FROM),
        movement_known=_movement_known(job, whole),
        classes=_classes(job.fit, held),
        alike=alike,
        features=_useless_features(job.fit, judged),
        gestures=_gestures(whole),
        too_few=too_few_takes(_takes_of_targets(job), between=between),
        notes=tuple(note for note in job.fit.notes if note not in alike),
        summary="",
    )
    return msgspec.structs.replace(evaluation, summary=summary(evaluation))


def share(which: Bools) -> float | None:
    """The part of these that is true; None of none."""
    return float(np.mean(which)) if len(which) else None


def _some(rows: NDArray[np.intp], takes: Numbers) -> NDArray[np.intp]:
    """At most `TESTED_ROWS` of each take, evenly spread."""
    parts = [rows[takes[rows] == take] for take in np.unique(takes[rows])]
    kept = [part[np.unique(np.linspace(0, len(part) - 1, TESTED_ROWS).round().astype(int))] for part in parts]
    return np.concatenate(kept)


def _usable(mapping: FittedMapping, x: Float) -> bool:
    """Whether all features that count for something are there."""
    scalings = [model.scaling for model in mapping.models] or [mapping.class_scaling]
    return all(bool(np.isfinite(x[np.isfinite(scaling.divisor.view)]).all()) for scaling in scalings)


def _outputs(job: EvaluationJob, held: HeldOut) -> tuple[OutputJudgement, ...]:
    takes = np.array(job.fit.takes, dtype=np.int64)[held.rows]
    taught = job.fit.positions.view[held.rows]
    found = []
    for number, output in enumerate(job.outputs):
        true, played, mean = taught[:, number], held.positions[:, number], held.means[:, number]
        tested = np.isfinite(true) & np.isfinite(played)
        if not tested.any():
            found.append(OutputJudgement(output.name, output.unit, None, None, None, 0))
            continue
        # Each take counts alike, however long it is.
        weight = 1.0 / np.array([np.count_nonzero(takes[tested] == take) for take in takes[tested]])
        in_units = np.abs(output.values(played[tested]) - output.values(true[tested]))
        found.append(
            OutputJudgement(
                output.name,
                output.unit,
                float(np.average(in_units, weights=weight)),
                float(np.average(np.abs(played - true)[tested], weights=weight)),
                float(np.average(np.abs(mean - true)[tested], weights=weight)),
                len(np.unique(takes[tested])),
            )
        )
    return tuple(found)


def _classes(job: FitJob, held: HeldOut) -> ClassJudgement | None:
    names = tuple(sorted(set(job.labels) - {""}))
    if len(names) < 2:
        return None
    taught = np.array(job.labels, dtype=np.str_)[held.rows]
    places = {name: number for number, name in enumerate((*names, ""))}
    confusion = np.zeros((len(names), len(names) + 1), dtype=np.int64)
    for true, played in zip(taught.tolist(), held.classes.tolist(), strict=True):
        if true:
            confusion[places[true], places[played]] += 1
    totals = confusion.sum(axis=1)
    pairs = [
        ConfusedPair(names[row], (*names, "")[column], float(confusion[row, column] / totals[row]))
        for row, column in np.argwhere(confusion).tolist()
        if row != column
    ]
    return ClassJudgement(
        names,
        tuple(tuple(row) for row in confusion.tolist()),
        float(np.trace(confusion) / totals.sum()) if totals.any() else None,
        tuple(float(confusion[n, n] / totals[n]) if totals[n] else None for n in range(len(names))),
        tuple(sorted(pairs, key=lambda pair: -pair.share)[:PAIRS]),
    )


def _movement_known(job: EvaluationJob, mapping: FittedMapping | None) -> float | None:
    if mapping is None or job.movement is None:
        return None
    known = [mapping.confidence(row) >= KNOWN_FROM for row in job.movement.view]
    return share(np.array(known, dtype=np.bool_))


def _gestures(mapping: FittedMapping | None) -> tuple[GestureCost, ...]:
    if mapping is None or mapping.gestures is None:
        return ()
    return tuple(
        GestureCost(
            gesture.name,
            len(gesture.templates),
            None if math.isnan(gesture.take_cost) else gesture.take_cost,
            gesture.threshold,
        )
        for gesture in mapping.gestures.gestures
    )


def _useless_features(job: FitJob, judged: Bools) -> tuple[FeatureRemark, ...]:
    x, spans = job.x.view[judged], np.array(job.spans)
    if not len(x):
        return ()
    remarks: list[FeatureRemark] = []
    kept: list[tuple[str, Float]] = []
    for number, name in enumerate(job.columns):
        column = x[:, number]
        there = np.isfinite(column)
        if np.mean(there) <= MISSING:
            remarks.append(FeatureRemark(name, "missing"))
        elif np.ptp(column[there]) < STILL * spans[number]:
            remarks.append(FeatureRemark(name, "still"))
        elif same := next((other for other, values in kept if _double(values, column)), ""):
            remarks.append(FeatureRemark(name, "double", same))
        else:
            kept.append((name, column))
    return tuple(remarks)


def _double(a: Float, b: Float) -> bool:
    both = np.isfinite(a) & np.isfinite(b)
    if np.count_nonzero(both) < 3 or not np.ptp(a[both]) or not np.ptp(b[both]):
        return False
    return bool(abs(np.corrcoef(a[both], b[both])[0, 1]) > DOUBLE)


def _takes_of_targets(job: EvaluationJob) -> dict[str, int]:
    """How many takes there are of each target; empty where targets are not known, as of factory examples."""
    present = set(job.fit.takes)
    targets = [target for take, target in job.targets.items() if take in present]
    return {target: targets.count(target) for target in dict.fromkeys(targets)}
