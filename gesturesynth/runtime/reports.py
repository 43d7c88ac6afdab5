"""Reports about what was taught: how good a mapping is, and what to record next. Plain values, for people and programs.

They travel from the process that evaluates to the conductor, and with the state to all that ask for it. Shares and
errors are 0..1, errors as parts of an output's range unless the name says otherwise. None: it cannot be told.
"""

from __future__ import annotations

import msgspec

from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.take_reports import ListedTake


class OutputJudgement(msgspec.Struct, frozen=True):
    """How well one output is played in takes that were left out of the fit.

    Attributes:
        name, unit: of the output.
        error: mean absolute error, in `unit`.
        error_of_range: the same as a part of its range.
        mean_error_of_range: of playing the mean of what was taught, always.
        takes: so many takes were left out to tell it.
    """

    name: str
    unit: str
    error: float | None
    error_of_range: float | None
    mean_error_of_range: float | None
    takes: int


class ConfusedPair(msgspec.Struct, frozen=True):
    """Poses of one class that are taken for another: a `share` of the poses of `taught`; `played` empty for none."""

    taught: str
    played: str
    share: float


class ClassJudgement(msgspec.Struct, frozen=True):
    """Classes in takes that were left out of the fit.

    Attributes:
        names: of the classes.
        confusion: for each class that was taught, how many poses were taken for each of `names`, and for none of them.
        right: share of poses that were taken for their class.
        recall: the same for each class; None for one that could not be tested.
        pairs: the most confused first.
    """

    names: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    right: float | None
    recall: tuple[float | None, ...]
    pairs: tuple[ConfusedPair, ...]


class FeatureRemark(msgspec.Struct, frozen=True):
    """A feature that no training can make use of. `why`: `still`, `missing`, or `double`, that of the feature `of`."""

    name: str
    why: str
    of: str = ""


class GestureCost(msgspec.Struct, frozen=True):
    """The cost from take to take of a gesture, per frame of its template, and the greatest at which it fires."""

    name: str
    takes: int
    cost: float | None
    threshold: float | None


class Evaluation(msgspec.Struct, frozen=True):
    """How good a mapping is, as its own takes tell.

    Attributes:
        preset: its name.
        takes: that were evaluated; `tested`: those that could be left out, because another teaches the same.
        between: no sound was taught twice: what is told is how well sounds between their neighbours are guessed.
        outputs: in the order of the preset.
        error_of_range: mean over outputs.
        known: share of poses in takes left out that the others make known ground (confidence 0.5 or above).
        movement_known: the same share of the poses of the last minutes of movement.
        classes: None where fewer than two were taught.
        alike: sentences about takes that look alike and teach different things.
        features: those that no training can make use of.
        gestures: their costs from take to take.
        too_few: sentences about what is too little to tell by.
        notes: other sentences about what the examples cannot teach.
        summary: all of this in a sentence or two.
    """

    preset: str
    takes: int
    tested: int
    between: bool
    outputs: tuple[OutputJudgement, ...]
    error_of_range: float | None
    known: float | None
    movement_known: float | None
    classes: ClassJudgement | None
    alike: tuple[str, ...]
    features: tuple[FeatureRemark, ...]
    gestures: tuple[GestureCost, ...]
    too_few: tuple[str, ...]
    notes: tuple[str, ...]
    summary: str


class FeatureSetScore(msgspec.Struct, frozen=True):
    """One feature set: its name, its features and columns, and what takes that were left out tell about it.

    Attributes:
        name: for people.
        features: as a preset names them.
        columns: how many numbers they are.
        error_of_range: mean over outputs.
        class_errors: share of poses that were not taken for their class.
        known: as `Evaluation.known`.
        score: what sets are compared by, the lower the better: error and class errors, averaged.
    """

    name: str
    features: tuple[str, ...]
    columns: int
    error_of_range: float | None
    class_errors: float | None
    known: float | None
    score: float | None


class FeatureChoice(msgspec.Struct, frozen=True):
    """A comparison of feature sets. `chosen`: the name of one, empty when takes do not tell; `reason`: sentences."""

    preset: str
    sets: tuple[FeatureSetScore, ...]
    chosen: str
    reason: str
    yaml: str = ""


class Advice(msgspec.Struct, frozen=True):
    """What to record next.

    Attributes:
        text: a sentence.
        words: the pose in words: `right hand high, left hand low`; empty without one.
        confidence: of that pose, 0..1.
        age_s: how long ago it was seen, seconds.
        width, height: of its frame in pixels.
        landmarks: 33 of x, y and visibility, as `messages.Body.image` has them; empty without a pose.
    """

    text: str
    words: str = ""
    confidence: float | None = None
    age_s: float | None = None
    width: int = 0
    height: int = 0
    landmarks: tuple[tuple[float, float, float], ...] = ()


class ConductorState(ConductorStatus, frozen=True):
    """What a question for the state is answered with: the status, and the newest reports.

    Attributes:
        evaluating: whether an evaluation is under way.
        evaluation: the newest of the preset that plays.
        advice: likewise.
        stored_takes: how many takes there are, deleted ones included.
        newest_takes: the newest of them, the newest first; all of them are in the answers to the request `takes`.
    """

    evaluating: bool = False
    evaluation: Evaluation | None = None
    advice: Advice | None = None
    stored_takes: int = 0
    newest_takes: tuple[ListedTake, ...] = ()
