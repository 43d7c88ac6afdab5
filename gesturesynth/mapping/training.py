"""From examples to a fitted mapping: `make_job` in the conductor, `fit` in the trainer (or at once, for a render).

Fits are deterministic: the same job gives the same mapping, bit by bit, on the same machine. They run with one thread
of linear algebra, because two are slower on problems of this size and take the cores that sound needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gesturesynth.errors import UserError
from gesturesynth.mapping import rbf
from gesturesynth.mapping.arrays import Array
from gesturesynth.mapping.confidence import Trust, snapshot_groups
from gesturesynth.mapping.examples import Examples
from gesturesynth.mapping.models import AUTO, ModelKind, model_kind, model_settings
from gesturesynth.mapping.outputs import Output, to_positions
from gesturesynth.mapping.predictors import Constant, FittedMapping, Kernels, Predictor, Softmax
from gesturesynth.mapping.scaling import Scaling
from gesturesynth.mapping.table import FEATURES

Float = NDArray[np.float64]
Report = Callable[[str], None]

GREATEST: Final = 1e9
"""Features beyond this are no measurements: such rows are left out, as those that are not numbers."""

FRAMES: Final = 30
"""Rows that a snapshot is expected to have: a second of frames, which the defaults were measured with. A snapshot of
fewer rows is weighted as if it had so many; otherwise smoothing would pull single rows away from their sounds."""


class FitJob(msgspec.Struct, frozen=True):
    """Everything a fit needs, as one message.

    Attributes:
        model: a kind that moves outputs; `classifier` one that tells classes apart; neither is `auto`.
        model_settings: all settings of the model.
        columns, outputs: names of the k features and m outputs.
        spans: width of each feature's usual range, in its unit.
        x: (n, k), finite.
        positions: (n, m), 0..1; a row is NaN throughout when it teaches no outputs.
        labels: n classes; empty where a row teaches none.
        takes: n numbers; rows recorded in one go share one.
    """

    model: str
    model_settings: dict[str, float]
    classifier: str
    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    spans: tuple[float, ...]
    x: Array
    positions: Array
    labels: tuple[str, ...]
    takes: tuple[int, ...]


def usual_spans(columns: Sequence[str]) -> tuple[float, ...]:
    """Width of each feature column's usual range, from the table of features; 1 for a column that is not in it."""
    spans = {column: entry.high - entry.low for entry in FEATURES.values() for column in entry.recipes}
    return tuple(spans.get(column, 1.0) for column in columns)


def make_job(
    examples: Examples,
    columns: Sequence[str],
    outputs: Sequence[Output],
    *,
    model: str = AUTO,
    classifier: str = AUTO,
    settings: Mapping[str, float] | None = None,
) -> FitJob:
    """Checks and packs.

    Args:
        examples: may hold more columns and outputs than are wanted, in any order. Rows with a feature that is not a
            finite number are left out. Output values outside their range count as its end.
        columns: feature columns of the preset, as `features.columns` gives them.
        outputs: outputs of the preset; none for one that only has triggers.
        model: name of a kind that moves outputs, or `auto`.
        classifier: name of a kind that tells classes apart, or `auto`.
        settings: of the model.

    Raises:
        UserError: the examples do not fit the preset, there are too few, or a name or setting is not allowed.
    """
    kind = model_kind(model)
    chosen = examples.select(columns, [output.name for output in outputs])
    usable = (np.abs(chosen.X) <= GREATEST).all(axis=1)
    if not len(chosen):
        raise UserError("there are no examples yet: record at least one")
    if not usable.any():
        raise UserError(
            "not one example has numbers for all its features: record new ones with the whole body in sight"
        )
    positions = to_positions(outputs, chosen.Y[usable])
    said = np.isfinite(positions)
    partly = said.any(axis=1) & ~said.all(axis=1)
    if partly.any():
        missing = chosen.outputs[int(np.argmin(said[int(np.argmax(partly))]))]
        raise UserError(f"an example says nothing about the output '{missing}' but does about others: give all or none")
    labels = tuple(str(label) for label in chosen.labels[usable])
    if outputs and not said.any():
        raise UserError(
            f"no example says what the outputs {', '.join(chosen.outputs)} should be: record some while a sound is held"
        )
    if not outputs and not any(labels):
        raise UserError("the examples have neither outputs nor classes: there is nothing to learn from them")
    if len(set(labels) - {""}) == 1:
        raise UserError(
            f"there is only one class, '{max(labels)}': record another to tell it from, such as 'none' (standing about)"
        )
    return FitJob(
        model=kind.name,
        model_settings=model_settings(kind, settings or {}),
        classifier=model_kind(classifier, "classes").name,
        columns=chosen.columns,
        outputs=chosen.outputs,
        spans=usual_spans(chosen.columns),
        x=Array.pack(chosen.X[usable]),
        positions=Array.pack(positions),
        labels=labels,
        takes=tuple(int(take) for take in chosen.takes[usable]),
    )


def fit(job: FitJob, report: Report | None = None) -> FittedMapping:
    """Fits a job.

    Args:
        job: from `make_job`.
        report: told in a few words what is being done.

    Raises:
        UserError: the job names an unknown kind.
    """
    tell = report or (lambda _: None)
    with threadpool_limits(1):
        return _fit(job, tell)


def _fit(job: FitJob, tell: Report) -> FittedMapping:
    raw, positions = job.x.view, job.positions.view
    takes = np.array(job.takes, dtype=np.int64)
    labels = np.array(job.labels, dtype=np.str_)
    scaling = Scaling.of(raw, np.array(job.spans, dtype=np.float64))
    x = scaling.apply(raw)
    about: list[str] = []

    predictor: Predictor | None = None
    trust: Trust | None = None
    if job.outputs:
        kind = model_kind(job.model)
        taught = np.isfinite(positions).all(axis=1)
        name = f"linear {kind.name}" if kind.name == "rbf" else kind.name
        about.append(f"{name}, {_count(int(taught.sum()), 'example')}")
        tell(f"fitting {about[-1]}")
        group = snapshot_groups(takes[taught], positions[taught], np.full(int(taught.sum()), ""))
        predictor = _continuous(kind, job.model_settings, x[taught], positions[taught], group)
        sound = snapshot_groups(np.zeros_like(takes[taught]), positions[taught], np.full(int(taught.sum()), ""))
        trust = Trust.of(x[taught], group, sound, lines=True)

    classifier: Softmax | None = None
    class_trust: Trust | None = None
    if any(job.labels):
        kind = model_kind(job.classifier, "classes")
        taught = labels != ""
        classes, number = np.unique(labels[taught], return_inverse=True)
        about.append(f"{kind.name}, {_count(len(classes), 'class', 'classes')}")
        tell(f"fitting {about[-1]}")
        from gesturesynth.mapping import learners  # noqa: PLC0415 - imports scikit-learn, for classes alone

        names = tuple(str(name) for name in classes)
        group = snapshot_groups(takes[taught], np.zeros((int(taught.sum()), 0)), labels[taught])
        classifier = Softmax(names, learners.classifier(kind.name, x[taught], number, _weights(group)))
        class_trust = Trust.of(x[taught], group, number.astype(np.int64), lines=False)

    trust = trust or class_trust
    assert trust is not None, "a job teaches outputs, classes, or both"
    return FittedMapping(job.columns, job.outputs, scaling, predictor, trust, classifier, class_trust, "; ".join(about))


def _continuous(
    kind: ModelKind, settings: Mapping[str, float], x: Float, y: Float, group: NDArray[np.int64]
) -> Predictor:
    if not np.ptp(x, axis=0).any() or not np.ptp(y, axis=0).any():
        return Constant(Array.pack(y.mean(axis=0)))
    weights = _weights(group)
    if kind.name == "rbf":
        solution = rbf.fit(x, y, weights, settings["smoothing"], int(settings["prototypes"]))
        points, factors, constant = (Array.pack(part) for part in solution)
        return Kernels("linear", 1.0, points, factors, constant)
    from gesturesynth.mapping import learners  # noqa: PLC0415 - imports scikit-learn, which the default does without

    return learners.CONTINUOUS[kind.name](settings, x, y, weights)


def _weights(group: NDArray[np.int64]) -> Float:
    """How many rows each row stands for, (n,): a snapshot stands for `FRAMES` rows at least."""
    return np.maximum(1.0, FRAMES / np.bincount(group)[group])


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
