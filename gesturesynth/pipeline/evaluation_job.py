"""The evaluation that a preset needs, and the comparison of feature sets: from presets and takes to jobs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.evaluation import EvaluationJob, evaluate
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.runtime.reports import Evaluation, FeatureChoice, FeatureSetScore

Float = NDArray[np.float64]

OWN: Final = "the preset's own"
SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "hands": ("right_wrist.height", "left_wrist.height", "hands.distance"),
    "hands, both ways": ("right_wrist.height", "left_wrist.height", "right_wrist.x", "left_wrist.x"),
    "arm angles": ("arms.angles",),
    "upper body": ("body.upper",),
    "whole body": ("body.full",),
    "arms and trunk": ("body.offsets",),
}
"""Feature sets that are compared, from few columns to many."""
BETTER: Final = 0.9
"""Another set is recommended where its score is at most this part of that of the preset's own ..."""
AUDIBLE: Final = 0.01
"""... and smaller by at least this: takes that nearly repeat each other differ by less with any features."""


def evaluation_job(
    preset: Preset,
    own: Examples | None,
    targets: Mapping[int, str],
    *,
    movement: Float | None = None,
) -> EvaluationJob:
    """What has to be evaluated for a preset.

    Args:
        preset: the preset.
        own: examples taught here; None: its factory examples are evaluated.
        targets: what each take of them is for, by its number.
        movement: (n, k), features of movement, to tell how much of it is known.

    Raises:
        UserError: there are no examples, or they do not fit the preset.
    """
    job = fit_job(preset, own)
    return EvaluationJob(
        preset.name,
        job,
        preset.mapping_outputs(),
        dict(targets) if own else {},
        preset.classifier.confidence,
        None if movement is None else Array.pack(movement),
    )


def feature_sets(preset: Preset, wanted: Sequence[tuple[str, ...]] = ()) -> dict[str, tuple[str, ...]]:
    """The feature sets to compare, by name: the preset's own first, then those that are wanted or the usual ones.

    Raises:
        UnknownFeatureError: a wanted feature does not exist.
    """
    sets = {OWN: preset.features}
    if wanted:
        for names in wanted:
            columns(names)
        return sets | {", ".join(names): names for names in wanted if names}
    return sets | {name: names for name, names in SETS.items() if set(names) != set(preset.features)}


def compare_features(
    preset: Preset,
    sets: Mapping[str, tuple[str, ...]],
    examples: Callable[[Preset], Examples | None],
    targets: Mapping[int, str],
    report: Callable[[str], None] | None = None,
) -> FeatureChoice:
    """Evaluates each feature set with the same takes, and chooses one.

    Args:
        preset: as it is.
        sets: features by name; the first are the preset's own.
        examples: gives the examples with the features of a preset.
        targets: what each take is for, by its number.
        report: called with a few words about what is being done.

    Raises:
        UserError: there are no examples, or they do not fit the preset.
    """
    scores = []
    for name, names in sets.items():
        if report:
            report(name)
        outputs = tuple(dataclasses.replace(output, features=()) for output in preset.outputs)
        other = preset if names == preset.features else dataclasses.replace(preset, features=names, outputs=outputs)
        scores.append(_score(name, names, evaluate(evaluation_job(other, examples(other), targets))))
    return _choice(preset, scores)


def _score(name: str, names: tuple[str, ...], found: Evaluation) -> FeatureSetScore:
    wrong = None if found.classes is None or found.classes.right is None else 1.0 - found.classes.right
    if found.between:  # how well sounds between are guessed does not tell which features find a taught one again
        return FeatureSetScore(name, names, len(columns(names)), found.error_of_range, wrong, found.known, None)
    parts = [part for part in (found.error_of_range, wrong) if part is not None]
    score = float(np.mean(parts)) if parts else None
    return FeatureSetScore(name, names, len(columns(names)), found.error_of_range, wrong, found.known, score)


def _choice(preset: Preset, scores: Sequence[FeatureSetScore]) -> FeatureChoice:
    told = [(one.score, one) for one in scores if one.score is not None]
    own = scores[0]
    if not told or own.score is None:
        return FeatureChoice(
            preset.name,
            tuple(scores),
            "",
            "There are too few takes to choose by: no take teaches what another one teaches, too. "
            "Record three takes of each snapshot or class.",
        )
    least, best = min(told, key=lambda pair: (round(pair[0], 4), pair[1].columns))
    if best is own or least > min(BETTER * own.score, own.score - AUDIBLE):
        reason = f"Keep the features that the preset has: no other set is clearly better ({_figures(own)})."
        return FeatureChoice(preset.name, tuple(scores), own.name, reason)
    reason = f"'{best.name}' plays takes that were left out best: {_figures(best)}, now {_figures(own)}. "
    reason += "Write this into the preset, and train; nothing has to be recorded again:"
    return FeatureChoice(preset.name, tuple(scores), best.name, reason, f"features: [{', '.join(best.features)}]")


def _figures(one: FeatureSetScore) -> str:
    parts = []
    if one.error_of_range is not None:
        parts.append(f"an error of {100 * one.error_of_range:.1f} % of the range")
    if one.class_errors is not None:
        parts.append(f"{100 * one.class_errors:.1f} % of poses in a wrong class")
    return " and ".join(parts)
