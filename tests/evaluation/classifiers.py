"""`python -m tests.evaluation.classifiers`: every classifier, and other settings of each, on people who move.

Prints the tables of docs/playability.md. The tasks are those of `trust`: three poses of the first half of a recording
and `none`, one to three takes of half a second each; the second half tests.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.model_kinds import AUTO, MODEL_KINDS, model_settings
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.take_folds import fewest_takes
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FEATURES, TAUGHT, Task, job_of, recognised, seen, task

Float = NDArray[np.float64]

KINDS: Final = tuple(name for name, kind in MODEL_KINDS.items() if kind.classes)
SETTINGS: Final[Mapping[str, Sequence[Mapping[str, float]]]] = {
    "logistic": ({"alpha": 0.1}, {"alpha": 0.3}, {"alpha": 3}, {"alpha": 10}),
    "knn": ({"neighbours": 1}, {"neighbours": 3}, {"neighbours": 9}, {"neighbours": 15}),
    "svm": ({"c": 0.1}, {"c": 10}, {"c": 100}),
    "mlp": ({"hidden": 8}, {"hidden": 64}, {"alpha": 0.1}, {"alpha": 10}),
    "naive-bayes": ({"smoothing": 0.001}, {"smoothing": 0.01}, {"smoothing": 0.3}, {"smoothing": 1}),
    "tree": ({"depth": 3}, {"leaf": 1}, {"leaf": 15}),
    "adaboost": ({"depth": 1}, {"depth": 2}, {"depth": 8}, {"trees": 15}),
}
SEEDS: Final = 6
TAKES: Final = 3


@cache
def tasks(seeds: int = SEEDS) -> tuple[tuple[tuple[str, ...], str, Task, FitJob], ...]:
    """Features, recording, task and its job."""
    return tuple(
        (names, name, asked, job_of(name, names, asked, classes=True))
        for names in FEATURES.values()
        for name in TAUGHT
        for seed in range(seeds)
        if (asked := task(name, 3, TAKES, seed, 0.5, none=True)) is not None and len(asked.rest) >= 5
    )


def judged(mapping: FittedMapping, names: tuple[str, ...], name: str, asked: Task) -> tuple[float, float]:
    """The part of the own frames that are recognised, mean over the poses, and of the rest that are rejected."""
    x = seen(name, names)[1]
    own, rest = recognised(mapping, x[asked.own[::2]]), recognised(mapping, x[asked.rest[::3]])
    shown = asked.shown[::2]
    recalls = [float((own[shown == pose] == pose).mean()) for pose in np.unique(shown)]
    return float(np.mean(recalls)), float(((rest == -1) | (rest == 3)).mean())


def measured(kind: str, given: Mapping[str, float] | None = None, seeds: int = SEEDS) -> tuple[Float, list[str]]:
    """Recall, rejection and seconds of the fit in each task (t, 3), and the kinds that were fitted."""
    settings = model_settings(MODEL_KINDS["logistic" if kind == AUTO else kind], given or {})
    figures, fitted = [], []
    for names, name, asked, job in tasks(seeds):
        one = msgspec.structs.replace(
            job,
            classifier="logistic" if kind == AUTO else kind,
            classifier_settings=settings,
            auto_classifier=kind == AUTO,
        )
        begun_s = time.perf_counter()
        mapping = fit(one)
        took_s = time.perf_counter() - begun_s
        figures.append([*judged(mapping, names, name, asked), took_s])
        fitted.append(mapping.describe().partition(",")[0])
    return np.array(figures), fitted


def tables() -> Iterator[str]:
    """Lines of Markdown."""
    usual = {kind: measured(kind)[0] for kind in KINDS}
    both = np.array([figures[:, :2].mean(axis=1) for figures in usual.values()])
    wins = dict(zip(KINDS, (both >= both.max(axis=0) - 1e-9).sum(axis=1), strict=True))
    yield f"{both.shape[1]} tasks; best or as good as the best: of the mean of both."
    yield ""
    yield "| classifier | own recognised | rest rejected | mean | against `logistic` | best in | fit, median |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    automatic, fitted = measured(AUTO)
    for kind, figures in (usual | {AUTO: automatic}).items():
        recall, rejected, _ = figures.mean(axis=0)
        gain = (figures[:, :2] - usual["logistic"][:, :2]).mean(axis=1)
        error = gain.std(ddof=1) / np.sqrt(len(gain))
        yield (
            f"| `{kind}` | {recall:.3f} | {rejected:.3f} | {(recall + rejected) / 2:.3f} "
            f"| {gain.mean():+.3f} ± {error:.3f} | {wins.get(kind, '')} | {1e3 * np.median(figures[:, 2]):.0f} ms |"
        )
    yield ""
    able = np.array([_enough(job) for *_, job in tasks()])
    gains = (automatic - usual["logistic"])[able, :2].mean(axis=1)
    chosen = Counter(kind for kind, is_able in zip(fitted, able, strict=True) if is_able)
    yield f"auto, where each class had {TAKES} takes: {dict(chosen)}; better in {(gains > 1e-9).sum()}, "
    yield f"worse in {(gains < -1e-9).sum()} of {able.sum()} tasks."
    yield ""
    yield "| classifier | setting | own recognised | rest rejected | mean | against the default |"
    yield "|---|---|--:|--:|--:|--:|"
    for kind, variants in SETTINGS.items():
        for given in variants:
            figures = measured(kind, given)[0]
            recall, rejected, _ = figures.mean(axis=0)
            gain = (figures[:, :2] - usual[kind][:, :2]).mean(axis=1)
            error = gain.std(ddof=1) / np.sqrt(len(gain))
            text = ", ".join(f"{setting} {value:g}" for setting, value in given.items())
            yield (
                f"| `{kind}` | {text} | {recall:.3f} | {rejected:.3f} | {(recall + rejected) / 2:.3f} "
                f"| {gain.mean():+.3f} ± {error:.3f} |"
            )


def _enough(job: FitJob) -> bool:
    classes = np.unique(np.array(job.labels), return_inverse=True)[1].reshape(-1)
    return fewest_takes(np.array(job.takes, dtype=np.int64), classes.astype(np.int64)) >= TAKES


def main(arguments: Sequence[str]) -> int:
    """Prints the tables. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    for line in tables():
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
