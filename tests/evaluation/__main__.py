"""`make evaluate`: how well teaching works on real movement, in one table, beside the figures of the last version.

The parts have more: `python -m tests.evaluation.PART` for advice, alike_takes, auto_choice, classifiers, drums,
feature_choice, following, models, prediction, strikes, trust and gestures. Recordings are those of
`tests.evaluation.gestures`; without them nothing is measured, and it says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from gesturesynth import __version__
from gesturesynth.mapping.learning.model_kinds import AUTO
from tests.evaluation import classifiers, models, trust
from tests.evaluation.alike_takes import held_out_task
from tests.evaluation.gestures import recordings, trial
from tests.evaluation.page import arguments, recordings_are_there, write_part

KINDS: Final = ("rbf", "gaussian-process", "ridge")
ERRORS: Final = ("error", "step", "jitter")
TRUST: Final = ("silent, turned", "AUROC", "own class", "rest rejected")
CLASSES: Final = ("own class", "rest rejected")
GESTURES: Final = {"jack": ("jacks", range(9)), "squat": ("squats", range(5))}
"""Gestures, where they happen, and which repetitions: jumping jacks from the front and half turned."""
THROWS: Final = {"throw, the demo performer": "demo", "throw, second camera": "second_camera"}
"""Where a throw is performed that one take of the athlete's clip has taught."""
BEGIN, END = "<!-- evaluation: measured -->", "<!-- evaluation: end -->"

Figures = dict[str, dict[str, float]]


def mapping_figures() -> Figures:
    """By feature set and model: held-out error, greatest step, jitter; with the default model also what is known."""
    found: Figures = {}
    for text, names in trust.FEATURES.items():
        tasks = [
            task
            for recording in map(recordings.poses, models.RECORDINGS)
            for count in models.COUNTS
            for seed in models.SEEDS
            if (task := held_out_task(names, recording, count, models.WINDOW_S, seed)) is not None
        ]
        for kind in KINDS:
            measured = np.array([models.measure(kind, names, task) for task in tasks])
            figures = (measured[:, 0].mean(), np.median(measured[:, 1]), measured[:, 2].mean())
            found[f"{text}, {kind}"] = dict(zip(ERRORS, map(float, figures), strict=True))
        _, turned, _, _, auroc = trust.continuous(names).tolist()
        own, _, rest, _, _ = trust.classes(names, 3).tolist()
        found[f"{text}, {KINDS[0]}"] |= dict(zip(TRUST, (turned, auroc, own, rest), strict=True))
    return found


def class_figures() -> Figures:
    """By classifier, mean over all feature sets: own frames recognised, mean over classes, and the rest rejected."""
    means = {f"classes, {kind}": classifiers.measured(kind)[0].mean(axis=0) for kind in (*classifiers.KINDS, AUTO)}
    return {text: dict(zip(CLASSES, map(float, mean[:2]), strict=True)) for text, mean in means.items()}


def gesture_figures() -> Figures:
    """By gesture, taught by one take: recall of other performances, and alarms in a minute of other movement.

    Of throws at all tempos and sizes of `trial.CONDITIONS`.
    """
    found: Figures = {}
    for gesture, (recording, numbers) in GESTURES.items():
        recall = trial.leave_one_out(gesture, recording, list(numbers), 1, recordings.Change()).recall
        alarms, seconds = trial.alarms(trial.teach([(gesture, recording, [numbers[0]])]), gesture)
        found[gesture] = {"recall": float(recall), "alarms a minute": 60.0 * len(alarms) / seconds}
    fitted = trial.teach([("throw", "athlete", [0])])
    alarms, seconds = trial.alarms(fitted, "throw")
    for text, recording in THROWS.items():
        count = trial.Count()
        for change in trial.CONDITIONS.values():
            count.add(trial.perform(fitted, "throw", recording, 0, change))
        found[text] = {"recall": count.recall, "alarms a minute": 60.0 * len(alarms) / seconds}
    return found


def table(figures: Figures, before: Mapping[str, Mapping[str, float]], names: tuple[str, ...]) -> Iterator[str]:
    """Lines of Markdown; what the last version had is in brackets."""
    yield "| what | " + " | ".join(names) + " |"
    yield "|---|" + "---|" * len(names)
    for row, values in figures.items():
        cells = []
        for name in names:
            text = f"{values[name]:.3f}" if name in values else ""
            former = before.get(row, {}).get(name)
            cells.append(f"{text} ({former:.3f})" if text and former is not None else text)
        yield f"| {row} | " + " | ".join(cells) + " |"


def compared(data: Mapping[str, Any], figures: Figures) -> dict[str, Any]:
    """The data file after this run: the figures of this version, and those of the last one."""
    last = data.get("before", {}) if data.get("version") == __version__ else data
    before = {key: last[key] for key in ("version", "figures") if key in last}
    return {"version": __version__, "figures": figures, "before": before}


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a JSON file with the figures of the last version; it is renewed")
    asked = parser.parse_args()
    if not recordings_are_there(asked.tracked):
        return 1
    data = json.loads(asked.data.read_text(encoding="utf-8")) if asked.data and asked.data.is_file() else {}
    mapping, classes, gestures = mapping_figures(), class_figures(), gesture_figures()
    data = compared(data, mapping | classes | gestures)
    before = data["before"].get("figures", {})
    whose = f" In brackets: version {data['before']['version']}." if before else ""
    lines = [f"Version {__version__}.{whose}", "", *table(mapping, before, ERRORS + TRUST), ""]
    lines += [*table(classes, before, CLASSES), ""]
    lines += table(gestures, before, ("recall", "alarms a minute"))
    print("\n".join(lines))
    if asked.data:
        asked.data.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_part(asked.page, [*lines, ""], BEGIN, END)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
