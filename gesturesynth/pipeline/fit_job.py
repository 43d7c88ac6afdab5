"""The fit that a preset needs: own examples first, factory examples for what those do not teach."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import msgspec
import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.examples.dataset import Examples, read_csv, read_movements
from gesturesynth.mapping.gestures.job import GestureJob
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.mapping.learning.example_notes import listed
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.mapping.learning.output_fits import OutputFit


def fit_job(preset: Preset, own: Examples | None = None) -> FitJob:
    """What has to be fitted for a preset.

    Args:
        preset: the preset.
        own: examples taught here; may name more outputs and features than the preset has. For each output that they
            name they replace the factory examples; for classes they do when they show two of them. For all else the
            factory examples stay. None: factory examples alone.

    Raises:
        UserError: there are no examples, or they do not fit the preset.
    """
    movements = _movements(preset, own)
    if own is not None and not len(own):
        own = None  # movements alone: the factory examples stay
    try:
        job = _mapping_job(preset, own) if _learns(preset) else _empty_job(preset)
    except UserError as error:
        if not any(take.name in preset.gestures for take in movements):
            raise
        job = _empty_job(preset, str(error))
    gestures = GestureJob.pack(preset.gesture_features, movements) if movements and preset.gestures else None
    return msgspec.structs.replace(job, gestures=gestures)


def _movements(preset: Preset, own: Examples | None) -> tuple[GestureTake, ...]:
    """The takes of gestures: those that were taught here, and the factory takes of gestures that were not."""
    taught = own.gesture_takes if own is not None else ()
    shown = {take.name for take in taught}
    if not set(preset.gestures) - shown or not is_there(preset.examples_path):
        return taught
    factory = read_movements(preset.examples_path, columns(preset.gesture_features))
    return (*(take for take in factory if take.name in preset.gesture_targets and take.name not in shown), *taught)


def _learns(preset: Preset) -> bool:
    """Whether a preset has anything that examples teach, gestures apart."""
    return bool(preset.learned_outputs or preset.classes)


def _empty_job(preset: Preset, *notes: str) -> FitJob:
    return FitJob.empty(columns(preset.features), preset.mapping_outputs(), notes)


def _mapping_job(preset: Preset, own: Examples | None) -> FitJob:
    """The fit of outputs and classes. Raises UserError."""
    wanted = columns(preset.features)
    parts = [own] if own else []
    taught, shown = _taught_targets(own, preset) if own else (set(), set())
    if not taught >= {output.name for output in preset.learned_outputs} or len(shown) < min(2, len(preset.classes)):
        factory = _factory_examples(preset, needed=own is None)
        if factory and set(factory.columns) & set(wanted):
            replaced = [name in taught for name in factory.outputs]
            # One class alone cannot be told from others: the factory classes stay until there is a second.
            hidden = np.isin(factory.labels, list(shown)) if len(shown) < 2 else np.ones(len(factory), dtype=np.bool_)
            part = dataclasses.replace(
                factory,
                Y=np.where(replaced, np.nan, factory.Y),
                labels=np.where(hidden, "", factory.labels),
            )
            parts.append(part if own is None else _labelled_rows(part))
        elif factory and own is None:
            factory.select(wanted, ())  # raises: names the missing features
    examples = _concatenated(parts)
    if not preset.classes:  # the classes of the rows are not used
        examples = dataclasses.replace(examples, labels=np.zeros(len(examples), dtype=np.str_))
    rules = preset.classifier
    return make_job(
        examples,
        wanted,
        preset.mapping_outputs(),
        model=preset.model,
        classifier=rules.model,
        classifier_settings=preset.classifier_settings,
        settings=preset.model_settings,
        confidence=preset.confidence,
        own_fits=_own_fits(preset),
    )


def _own_fits(preset: Preset) -> dict[str, OutputFit]:
    """The outputs that have a model of their own, or that only some features feed."""
    return {
        output.name: OutputFit(
            preset.model if output.model is None else output.model,
            dict(preset.model_settings if output.model is None else output.model_settings),
            output.features,
            columns(output.features),
        )
        for output in preset.outputs
        if output.features or output.model is not None
    }


def _taught_targets(own: Examples, preset: Preset) -> tuple[set[str], set[str]]:
    """The outputs and the classes of a preset that rows with features teach; an output by those that feed it."""
    outputs = {
        output.name
        for output in preset.learned_outputs
        if output.name in _with_features(own, output.features or preset.features).outputs_with_values()
    }
    return outputs, set(_with_features(own, preset.features).labels.tolist()) & set(preset.classes)


def _with_features(examples: Examples, features: Sequence[str]) -> Examples:
    """The rows that have one of these features."""
    seen = np.isfinite(examples.aligned(columns(features), ()).X).any(axis=1)
    return examples.rows(np.asarray(seen, dtype=np.bool_))


def _labelled_rows(examples: Examples) -> Examples:
    """Without rows that teach neither an output nor a class."""
    rows = np.isfinite(examples.Y).any(axis=1) | (examples.labels != "")
    return examples.rows(np.asarray(rows, dtype=np.bool_))


def _factory_examples(preset: Preset, *, needed: bool) -> Examples | None:
    path = preset.examples_path
    if is_there(path):
        return read_csv(path)
    if not needed:
        return None
    raise UserError(
        f"'{preset.name}' has not been taught yet: there is no {path.name} beside {preset.path.name}. "
        "It plays its idle sound until there are examples."
    )


def _concatenated(parts: list[Examples]) -> Examples:
    """The rows of all parts, with the columns and outputs of each; takes of one part get numbers of their own."""
    wanted = tuple(dict.fromkeys(name for part in parts for name in part.columns))
    outputs = tuple(dict.fromkeys(name for part in parts for name in part.outputs))
    first, *others = [part.aligned(wanted, outputs) for part in parts]
    for part in others:
        beyond = int(first.takes.max(initial=0)) + 1
        first = Examples(
            columns=wanted,
            X=np.concatenate([first.X, part.X]),
            outputs=outputs,
            Y=np.concatenate([first.Y, part.Y]),
            labels=np.concatenate([first.labels, part.labels]),
            takes=np.concatenate([first.takes, part.takes + beyond]),
            view_changes=first.view_changes if part.view_changes is None else part.view_changes,
            view_takes=first.view_takes if part.view_takes is None else part.view_takes + beyond,
        )
    return first


def _played_from_factory(preset: Preset, job: FitJob, own: Examples | None) -> list[str]:
    """A sentence for the outputs that own examples do not teach, and factory examples do."""
    if own is None or not len(own):
        return []
    taught = _taught_targets(own, preset)[0]
    known = [bool(np.isfinite(column).any()) for column in job.positions.view.T]
    names = [name for name, is_known in zip(job.outputs, known, strict=True) if is_known and name not in taught]
    if not names:
        return []
    return [f"{listed(names)} {'plays its' if len(names) == 1 else 'play their'} factory examples"]


def untaught(preset: Preset, job: FitJob, own: Examples | None = None) -> str:
    """Sentences about what the examples of a preset do not teach; empty when there is nothing to say.

    Args:
        preset: the preset.
        job: its fit.
        own: examples that were taught here; what they do not teach is said then.
    """
    missing = [name for name in preset.classes if name not in job.labels]
    few = "class" if len(missing) == 1 else "classes"
    shows = f"no example shows the {few} {', '.join(missing)} of '{preset.name}': nothing will come of such a pose"
    shown = {take.name for take in job.gestures.takes} if job.gestures else set()
    unshown = [name for name in preset.gesture_targets if name not in shown and name != NONE]
    few = "gesture" if len(unshown) == 1 else "gestures"
    lacks = f"no take shows the {few} {', '.join(unshown)} of '{preset.name}': nothing will come of such a movement"
    return "; ".join(
        [
            *_played_from_factory(preset, job, own),
            *([shows] if missing else []),
            *([lacks] if unshown else []),
            *job.notes,
        ]
    )
