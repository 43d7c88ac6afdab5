"""The job of a fit: examples that were checked and packed into one message, from the conductor to the trainer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.gestures.job import GestureJob
from gesturesynth.mapping.learning.alike_takes import alike_takes
from gesturesynth.mapping.learning.example_notes import listed, outside_ranges, unknown_features, unnamed_outputs
from gesturesynth.mapping.learning.model_kinds import AUTO, model_kind, model_settings
from gesturesynth.mapping.learning.output_fits import OutputFit, fed_columns
from gesturesynth.mapping.learning.outputs import Output, to_positions
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.row_groups import RowGroup, output_groups, usable_rows
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads, usual_spans

Bools = NDArray[np.bool_]

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
        auto_classifier: whether the kind of the classifier is.
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
    auto_classifier: bool = False
    view_changes: Array | None = None
    view_takes: tuple[int, ...] = ()
    confidence: float = 1.0

    @classmethod
    def empty(cls, columns: Sequence[str], outputs: Sequence[Output], notes: Sequence[str] = ()) -> Self:
        """The job of a preset without an example: its outputs are idle, and its gestures can be fitted all the same.

        Args:
            columns: feature columns of the preset.
            outputs: of the preset that are learnt.
            notes: as above.
        """
        kind = model_kind(AUTO)
        return cls(
            model=kind.name,
            model_settings=model_settings(kind, {}),
            classifier=model_kind(AUTO, "classes").name,
            columns=tuple(columns),
            outputs=tuple(output.name for output in outputs),
            spans=usual_spans(columns),
            x=Array.pack(np.empty((0, len(columns)))),
            positions=Array.pack(np.empty((0, len(outputs)))),
            labels=(),
            takes=(),
            notes=tuple(notes),
        )

    def with_rows(self, rows: Bools) -> Self:
        """The job of some of its rows, (n,), with what is known of the takes that are left; without gestures."""
        chosen = np.flatnonzero(rows)
        takes = tuple(self.takes[row] for row in chosen)
        views, view_takes = self.view_changes, self.view_takes
        if views is not None and view_takes:
            kept = np.isin(view_takes, takes)
            views, view_takes = Array.pack(views.view[kept]), tuple(np.array(view_takes)[kept].tolist())
        return msgspec.structs.replace(
            self,
            x=Array.pack(self.x.view[chosen]),
            positions=Array.pack(self.positions.view[chosen]),
            labels=tuple(self.labels[row] for row in chosen),
            takes=takes,
            notes=(),
            gestures=None,
            view_changes=views,
            view_takes=view_takes,
        )

    def output_fits(self) -> dict[str, OutputFit]:
        """How each output is fitted, by its name, in their order."""
        usual = OutputFit(self.model, self.model_settings)
        return {name: self.own_fits.get(name, usual) for name in self.outputs}

    def groups(self) -> tuple[RowGroup, ...]:
        """The outputs that are fitted together."""
        fits = [*self.output_fits().values()]
        names = zip(self.outputs, fits, strict=True)
        models = [(fit.model, tuple(sorted(fit.settings.items())), name in self.auto) for name, fit in names]
        known, takes = np.isfinite(self.x.view), np.array(self.takes, dtype=np.int64)
        return output_groups(known, takes, self.positions.view, fed_columns(fits, self.columns), models)


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
        auto_classifier=classifier == AUTO and not classifier_settings,
        reach={output.name: output.reach for output in outputs if output.limits is not None},
        view_changes=None if usable.view_changes is None else Array.pack(usable.view_changes),
        view_takes=() if usable.view_takes is None else tuple(usable.view_takes.tolist()),
        confidence=confidence,
    )
    return msgspec.structs.replace(job, notes=_notes(job, examples, usable, outputs))


def _notes(job: FitJob, examples: Examples, usable: Examples, outputs: Sequence[Output]) -> tuple[str, ...]:
    """Sentences about what examples cannot teach; `usable` are those of their rows that know a feature."""
    known, groups = np.isfinite(usable.X), job.groups()
    classes = usable_rows(known, usable.labels != "", class_numbers(usable.labels))
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


def _alike(job: FitJob, usable: Examples) -> list[str]:
    """Sentences for takes that look alike and teach different things, by the features and rows that a fit would use.

    Outputs that some of the features feed are looked at by those features alone; classes by all.
    """
    fed, positions, known = fed_columns([*job.output_fits().values()], job.columns), job.positions.view, job.x.view
    everything = np.ones(len(job.columns), dtype=np.bool_)
    sentences: dict[str, None] = {}
    for feeding in (everything, *np.unique(fed[~fed.all(axis=1)], axis=0)):
        outputs = np.flatnonzero((fed == feeding).all(axis=1))
        found = usable_rows(np.isfinite(known[:, feeding]), np.ones(len(known), dtype=np.bool_), usable.takes)
        if found is None:
            continue
        used, columns = found[0], feeding.copy()
        columns[feeding] = found[1]
        rows = usable.X[used][:, columns]
        spans, least = np.array(job.spans, dtype=np.float64)[columns], least_spreads(job.columns)[columns]
        x = Scaling.from_rows(rows, spans, least).apply(rows)
        labels = usable.labels[used] if feeding.all() else np.full(len(rows), "")
        names = [job.outputs[output] for output in outputs]
        sentences |= dict.fromkeys(alike_takes(x, positions[used][:, outputs], labels, usable.takes[used], names))
    return [*sentences]


def class_numbers(labels: NDArray[np.str_]) -> NDArray[np.int64]:
    """The class of each row as a number, (n,)."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)
