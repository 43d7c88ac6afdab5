"""From a job to a fitted mapping: `fit` runs in the trainer (for a render, in place).

Fits are deterministic: the same job gives the same mapping, bit by bit, on the same machine. They run with one thread
of linear algebra, because two are slower on problems of this size and take the cores that sound needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.learning.alike_takes import settled
from gesturesynth.mapping.learning.confidence import ConfidenceModel, snapshot_groups
from gesturesynth.mapping.learning.job import FitJob, class_numbers
from gesturesynth.mapping.learning.model_choice import choose, choose_classifier
from gesturesynth.mapping.learning.model_fits import fitted_classifier, fitted_predictor, row_weights
from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS, model_kind, model_settings
from gesturesynth.mapping.learning.output_fits import OutputFit, described_fits, replaced
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, FittedMapping, OutputModel
from gesturesynth.mapping.learning.row_groups import RowGroup, usable_rows
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads
from gesturesynth.mapping.learning.taught_range import TaughtRange
from gesturesynth.mapping.learning.view_metric import scaled_view_changes

Float = NDArray[np.float64]
Report = Callable[[str], None]


def fit(job: FitJob, report: Report | None = None) -> FittedMapping:
    """Fits a job.

    Args:
        job: from `make_job`.
        report: called with a few words about what is being done.

    Raises:
        UserError: the job names an unknown kind.
    """
    for name in {fit.model for fit in job.output_fits().values()}:
        model_kind(name)
    with threadpool_limits(1):
        return _fit(job, report or (lambda _: None))


def _fit(job: FitJob, report: Report) -> FittedMapping:
    raw = job.x.view
    takes = np.array(job.takes, dtype=np.int64)
    labels = np.array(job.labels, dtype=np.str_)
    known = np.isfinite(raw)
    about: list[str] = []

    groups, fits = job.groups(), job.output_fits()
    chosen = _choose_kinds(job, groups, fits)
    if job.outputs:
        about.append(described_fits(fits, groups))
        report(f"fitting {about[-1]}")
    models = tuple(_output_model(fits[job.outputs[group.outputs[0]]], job, group) for group in groups)

    classifier: Classifier | None = None
    class_confidence: ConfidenceModel | None = None
    everything = np.ones(known.shape[1], dtype=np.bool_)
    class_scaling = models[0].scaling if models else _scaling(job, everything)
    found = usable_rows(known, labels != "", class_numbers(labels))
    if found is not None:
        rows, columns = found
        classes, number = np.unique(labels[rows], return_inverse=True)
        class_scaling = _scaling(job, columns)
        x = class_scaling.apply(raw[rows])
        group = snapshot_groups(takes[rows], np.zeros((int(rows.sum()), 0)), labels[rows])
        class_confidence = ConfidenceModel.from_rows(
            x,
            group,
            number.astype(np.int64),
            lines=False,
            view_changes=scaled_view_changes(job.view_changes, class_scaling),
            kindness=job.confidence,
        )
        if len(classes) > 1:
            name, settings = model_kind(job.classifier, "classes").name, job.classifier_settings
            if job.auto_classifier:
                choice = choose_classifier(x, number.astype(np.int64), takes[rows])
                chosen += (choice.reason,)
                if choice.kind != name:
                    name, settings = choice.kind, model_settings(MODEL_KINDS[choice.kind], {})
            about.append(f"{name}, {_count(len(classes), 'class', 'classes')}")
            report(f"fitting {about[-1]}")
            names = tuple(str(each) for each in classes)
            classifier = fitted_classifier(name, settings, x, number.astype(np.int64), row_weights(group), names)
        else:
            about.append("only one class")
    gestures: FittedGestures | None = None
    if job.gestures is not None:
        report(f"fitting gestures, {_count(len(job.gestures.takes), 'take')}")
        gestures = job.gestures.fit()
        about.append(_count(len(gestures.gestures), "gesture"))
    texts = "; ".join(about)
    return FittedMapping(
        job.columns,
        job.outputs,
        models,
        class_scaling,
        classifier,
        class_confidence,
        texts,
        gestures,
        job.reach,
        chosen,
        _taught_range(job, takes),
    )


def _taught_range(job: FitJob, takes: NDArray[np.int64]) -> TaughtRange | None:
    """The range of each feature in the rows that name an output; None without such rows."""
    named = np.isfinite(job.positions.view).any(axis=1)
    if not named.any():
        return None
    snapshots = snapshot_groups(takes[named], job.positions.view[named], np.full(int(named.sum()), ""))
    return TaughtRange.from_rows(job.x.view[named], snapshots, job.columns)


def _scaling(job: FitJob, columns: NDArray[np.bool_], of: NDArray[np.bool_] | None = None) -> Scaling:
    """The scaling of some features (k,), of the rows (n,) that are given, else of all that have them.

    The other features do not count.
    """
    raw, spans, least = job.x.view, np.array(job.spans, dtype=np.float64), least_spreads(job.columns)
    rows = np.isfinite(raw[:, columns]).all(axis=1) if of is None else of
    if not np.any(rows):
        return Scaling(Array.pack(np.zeros(len(columns))), Array.pack(spans))
    if columns.all():
        return Scaling.from_rows(raw[rows], spans, least)
    return Scaling.from_columns(raw[rows], spans, columns, least)


def _choose_kinds(job: FitJob, groups: Sequence[RowGroup], fits: dict[str, OutputFit]) -> tuple[str, ...]:
    """Puts the kinds that `auto` becomes into `fits`, and gives their reasons."""
    reasons: dict[str, None] = {}
    for group in groups:
        names = [job.outputs[output] for output in group.outputs]
        if names[0] in job.auto:
            _, x, y, sounds = _scaled_rows(job, group)
            choice = choose(x, y, np.array(job.takes, dtype=np.int64)[group.rows], sounds)
            reasons[choice.reason] = None
            fits |= {name: replaced(fits[name], choice.kind) for name in names}
    return tuple(reasons)


def _scaled_rows(job: FitJob, group: RowGroup) -> tuple[Scaling, Float, Float, NDArray[np.int64]]:
    """The scaling of a group, its scaled features (n, k) and positions (n, m), and the sound of each row (n,)."""
    scaling = _scaling(job, group.columns, group.rows)
    x, y = scaling.apply(job.x.view[group.rows]), job.positions.view[group.rows][:, group.outputs]
    return scaling, x, y, snapshot_groups(np.zeros(len(x), dtype=np.int64), y, np.full(len(x), ""))


def _output_model(fit: OutputFit, job: FitJob, group: RowGroup) -> OutputModel:
    """The model of a group: of nothing but the rows that name its outputs, and the features that feed them."""
    scaling, x, y, sounds = _scaled_rows(job, group)
    takes = np.array(job.takes, dtype=np.int64)[group.rows]
    snapshots = snapshot_groups(takes, y, np.full(len(x), ""))
    predictor = fitted_predictor(
        model_kind(fit.model).name, fit.settings, x, settled(x, y, snapshots), row_weights(snapshots)
    )
    views = scaled_view_changes(job.view_changes, scaling, np.isin(job.view_takes, takes))
    confidence = ConfidenceModel.from_rows(
        x, snapshots, sounds, lines=True, view_changes=views, kindness=job.confidence
    )
    return OutputModel(group.outputs, scaling, predictor, confidence)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
