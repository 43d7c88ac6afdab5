"""From examples to a fitted mapping: `make_job` runs in the conductor, `fit` in the trainer (for a render, in place).

Fits are deterministic: the same job gives the same mapping, bit by bit, on the same machine. They run with one thread
of linear algebra, because two are slower on problems of this size and take the cores that sound needs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.job import GestureJob
from gesturesynth.mapping.learning.alike_takes import alike_takes, settled
from gesturesynth.mapping.learning.confidence import ConfidenceModel, snapshot_groups
from gesturesynth.mapping.learning.example_notes import listed, outside_ranges, unknown_features, unnamed_outputs
from gesturesynth.mapping.learning.model_choice import choose
from gesturesynth.mapping.learning.model_fits import fitted_classifier, fitted_predictor, row_weights
from gesturesynth.mapping.learning.model_kinds import AUTO, model_kind, model_settings
from gesturesynth.mapping.learning.output_fits import OutputFit, described_fits, fed_columns, replaced
from gesturesynth.mapping.learning.outputs import Output, to_positions
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, FittedMapping, OutputModel
from gesturesynth.mapping.learning.row_groups import RowGroup, output_groups, usable_rows
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads, usual_spans
from gesturesynth.mapping.learning.view_metric import scaled_view_changes

Float = NDArray[np.float64]
Report = Callable[[str], None]

MAX_FEATURE: Final = 1e9
"""Larger features are not measurements: they count as missing, like those that are not numbers."""


class FitJob(msgspec.Struct, frozen=True, tag="fit"):
    """Everything a fit needs, as one message.

    Attributes:
        model: a kind that moves outputs; `classifier` one that tells classes apart; neither is `auto`.
        model_settings: all settings of the model.
        own_fits: by output, where it has a model of its own, or only some features feed it.
        classifier_settings: all settings of the classifier.
        auto: outputs whose kind of model is still to be chosen.
        reach: the lowest and highest positions of outputs with soft limits, by name.
        columns, outputs: names of the k features and m outputs.
        spans: width of each feature's usual range, in its unit.
        x: (n, k); NaN where a row has no value of a feature. Each row has at least one.
        positions: (n, m), 0..1; NaN where a row has no value of an output.
        labels: n classes; empty where a row teaches none.
        takes: n numbers; rows recorded in one go share one.
        notes: sentences for people about what the examples cannot teach.
        gestures: takes of movements; None where there are none.
        view_changes: (q, k), how features change with the view in the takes `view_takes` (q,).
        confidence: above 0; greater counts more poses as known.
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
    notes: tuple[str, ...] = ()
    own_fits: dict[str, OutputFit] = {}
    gestures: GestureJob | None = None
    classifier_settings: dict[str, float] = {}
    reach: dict[str, tuple[float, float]] = {}
    auto: tuple[str, ...] = ()
    view_changes: Array | None = None
    view_takes: tuple[int, ...] = ()
    confidence: float = 1.0

    def output_fits(self) -> dict[str, OutputFit]:
        """How each output is fitted, by its name, in their order."""
        usual = OutputFit(self.model, self.model_settings)
        return {name: self.own_fits.get(name, usual) for name in self.outputs}


def make_job(
    examples: Examples,
    columns: Sequence[str],
    outputs: Sequence[Output],
    *,
    model: str = AUTO,
    classifier: str = AUTO,
    settings: Mapping[str, float] | None = None,
    own_fits: Mapping[str, OutputFit] | None = None,
    classifier_settings: Mapping[str, float] | None = None,
    confidence: float = 1.0,
) -> FitJob:
    """Checks examples and packs them into a job.

    Args:
        examples: may hold more columns and outputs than are wanted, or fewer, in any order. What is not a finite number
            counts as missing. Output values outside their range (or soft limits) count as its end, and those of outputs
            that play whole numbers are rounded.
        columns: feature columns of the preset, as `features.catalogue.columns` gives them.
        outputs: outputs of the preset; none for one that only has triggers.
        model: name of a kind that moves outputs, or `auto`.
        classifier: name of a kind that tells classes apart, or `auto`.
        settings: of the model.
        own_fits: by output, where it is fitted in another way than the others.
        classifier_settings: of the classifier.
        confidence: above 0; greater counts more poses as known.

    Raises:
        UserError: no row can teach anything, or a name or setting is not allowed.
    """
    kind, class_kind = model_kind(model), model_kind(classifier, "classes")
    if not len(examples):
        raise UserError("there are no examples yet: record at least one")
    chosen = examples.aligned(columns, [output.name for output in outputs])
    if columns and not set(columns) & set(examples.columns):
        examples.select(columns, ())  # says which they lack
    with np.errstate(invalid="ignore"):
        chosen = dataclasses.replace(chosen, X=np.where(np.abs(chosen.X) <= MAX_FEATURE, chosen.X, np.nan))
    usable = chosen.rows(np.asarray(np.isfinite(chosen.X).any(axis=1), dtype=np.bool_))
    if not len(usable):
        others = [
            name
            for name, column in zip(examples.columns, examples.X.T, strict=True)
            if name not in columns and np.isfinite(column).any()
        ]
        hint = f" (they were made with {listed(others)})" if others else ""
        raise UserError(
            f"not one example has numbers for its features{hint}: record new ones with the whole body in sight"
        )
    labels = tuple(str(label) for label in usable.labels)
    if not outputs and not any(labels):
        raise UserError("the examples have neither outputs nor classes: there is nothing to learn from them")
    usual = OutputFit(model, dict(settings or {}))
    job = FitJob(
        model=kind.name,
        model_settings=model_settings(kind, settings or {}),
        classifier=class_kind.name,
        columns=usable.columns,
        outputs=usable.outputs,
        spans=usual_spans(usable.columns),
        x=Array.pack(usable.X),
        positions=Array.pack(to_positions(outputs, usable.Y)),
        labels=labels,
        takes=tuple(int(take) for take in usable.takes),
        own_fits={name: fit.checked() for name, fit in (own_fits or {}).items()},
        classifier_settings=model_settings(class_kind, classifier_settings or {}),
        auto=tuple(o.name for o in outputs if (own_fits or {}).get(o.name, usual).is_auto),
        reach={output.name: output.reach for output in outputs if output.limits is not None},
        view_changes=None if usable.view_changes is None else Array.pack(usable.view_changes),
        view_takes=() if usable.view_takes is None else tuple(usable.view_takes.tolist()),
        confidence=confidence,
    )
    return msgspec.structs.replace(job, notes=_notes(job, examples, usable, outputs))


def _notes(job: FitJob, examples: Examples, usable: Examples, outputs: Sequence[Output]) -> tuple[str, ...]:
    """Sentences about what examples cannot teach; `usable` are those of their rows that know a feature."""
    known, groups = np.isfinite(usable.X), _groups(job)
    classes = usable_rows(known, usable.labels != "", _numbers(usable.labels))
    shown = set(usable.labels.tolist()) - {""}
    alone = [
        f"there is only one class, '{name}': record another to tell it from, such as 'none' (all other poses)"
        for name in shown
        if len(shown) == 1
    ]
    return (
        *unnamed_outputs(outputs, groups, examples),
        *outside_ranges(outputs, usable.Y),
        *unknown_features(usable.columns, groups, classes[1] if classes else None),
        *alone,
        *_alike(job, usable),
    )


def _groups(job: FitJob) -> tuple[RowGroup, ...]:
    """The outputs that are fitted together."""
    fits = [*job.output_fits().values()]
    names = zip(job.outputs, fits, strict=True)
    models = [(fit.model, tuple(sorted(fit.settings.items())), name in job.auto) for name, fit in names]
    known, takes = np.isfinite(job.x.view), np.array(job.takes, dtype=np.int64)
    return output_groups(known, takes, job.positions.view, fed_columns(fits, job.columns), models)


def _alike(job: FitJob, usable: Examples) -> list[str]:
    """Sentences for takes that look alike and teach different things, by the features that every row knows.

    Outputs that some of the features feed are looked at by those features alone; classes by all.
    """
    fed, positions, known = fed_columns([*job.output_fits().values()], job.columns), job.positions.view, job.x.view
    everything = np.ones(len(job.columns), dtype=np.bool_)
    sentences: dict[str, None] = {}
    for feeding in (everything, *np.unique(fed[~fed.all(axis=1)], axis=0)):
        outputs = np.flatnonzero((fed == feeding).all(axis=1))
        columns = feeding & np.isfinite(known).all(axis=0)
        if not columns.any():
            continue
        rows = usable.X[:, columns]
        spans, least = np.array(job.spans, dtype=np.float64)[columns], least_spreads(job.columns)[columns]
        x = Scaling.from_rows(rows, spans, least).apply(rows)
        labels = usable.labels if feeding.all() else np.full(len(usable), "")
        names = [job.outputs[output] for output in outputs]
        sentences |= dict.fromkeys(alike_takes(x, positions[:, outputs], labels, usable.takes, names))
    return [*sentences]


def _numbers(labels: NDArray[np.str_]) -> NDArray[np.int64]:
    """The class of each row as a number, (n,)."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)


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

    groups, fits = _groups(job), job.output_fits()
    chosen = _choose_kinds(job, groups, fits)
    if job.outputs:
        about.append(described_fits(fits, groups))
        report(f"fitting {about[-1]}")
    models = tuple(_output_model(fits[job.outputs[group.outputs[0]]], job, group) for group in groups)

    classifier: Classifier | None = None
    class_confidence: ConfidenceModel | None = None
    everything = np.ones(known.shape[1], dtype=np.bool_)
    class_scaling = models[0].scaling if models else _scaling(job, everything)
    found = usable_rows(known, labels != "", _numbers(labels))
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
            kind = model_kind(job.classifier, "classes")
            about.append(f"{kind.name}, {_count(len(classes), 'class', 'classes')}")
            report(f"fitting {about[-1]}")
            names = tuple(str(name) for name in classes)
            settings = model_settings(kind, job.classifier_settings)
            classifier = fitted_classifier(kind.name, settings, x, number.astype(np.int64), row_weights(group), names)
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
    )


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
