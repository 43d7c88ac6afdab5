"""`python -m tests.evaluation.strikes`: triggers of poses that their features can tell apart, struck and not struck.

`tests.evaluation.trust` tells by the whole body which pose a frame shows, whatever features are taught. Here it is told
by what a player of these features would look at: nose and arms, unless the legs are taught, too; without smoothing, so
that smoothing counts as delay. An alarm is a trigger that other people's movement fires; it is false when their body
does not show the pose that it fires for. A strike is a body that comes to a taught pose from elsewhere and stays for
0.2 s. Prints two tables for docs/playability.md: of feature sets with settings that trade strikes for alarms, and of
what an oracle could recognise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping import class_gate
from gesturesynth.mapping.class_gate import ClassGate, ClassRule
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.rbf import distances
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FAR, FEATURES, NEAR, TAUGHT, Task, job_of, named, recognised, seen, strangers, task

Float = NDArray[np.float64]

POSES: Final = 3
TAKES: Final = 3
SEEDS: Final = range(4)
TAKE_S: Final = 0.5
STAYS_S: Final = 0.2
SETTINGS: Final[Mapping[str, Mapping[str, float]]] = {
    "as it is": {},
    **{f"hold: {round(1000 * hold_s)} ms": {"hold_s": hold_s} for hold_s in (0.0, 0.04, 0.12, 0.16, 0.2, 0.3)},
    **{f"left at {part:.2f}": {"leaving": part} for part in (1.0, 5 / 6, 0.5, 1 / 3)},
    **{f"confidence: {value:g}": {"confidence": value} for value in (1.5, 0.85, 0.7, 0.5)},
    "confidence: 0.7, hold: 160 ms": {"confidence": 0.7, "hold_s": 0.16},
}
EARLY_S: Final = 0.4
LATE_S: Final = 0.1
"""A strike fires so long before the body is near to the pose at most, and so long after it has left it."""
SHARE: Final = 0.15
"""Of the frames that show no pose, an oracle may take so many for one."""
SAME_S: Final = 0.1
"""An oracle knows no frame that is so near in time."""

SETS: Final = {
    **FEATURES,
    "arms.angles and both forearms": ("arms.angles", "left_forearm.angle", "right_forearm.angle"),
}

LEAD_S: Final = 1.0
"""The gate watches for so long before the second half of a recording."""

Certainties = tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Trial:
    """One task, taught.

    Attributes:
        task: what was taught.
        own, rest: parts of the later frames that are recognised, and that are rejected; `rest` is NaN without any.
        times, certainties: of the recording, from a second before its second half.
        first: the number of their first frame.
        others: of each recording of other people: times, certainties, and how far frames are from each pose (n, 3).
    """

    task: Task
    own: float
    rest: float
    times: Float
    certainties: Certainties
    first: int
    others: tuple[tuple[Float, Certainties, Float], ...]


def told_by(text: str) -> tuple[str, ...]:
    """The features that tell which pose is shown, for a feature set."""
    return ("body.full",) if text == "body.full" else ("body.upper",)


def tasks(text: str) -> Iterator[tuple[str, Task]]:
    """Recordings and tasks of a feature set."""
    for name in TAUGHT:
        for seed in SEEDS:
            asked = task(name, POSES, TAKES, seed, TAKE_S, none=True, told_by=told_by(text), smoothing=None)
            if asked is not None:
                yield name, asked


@cache
def trials(text: str, confidence: float = 1.0) -> tuple[Trial, ...]:
    """All tasks of a feature set, taught with a `confidence` of the preset."""
    names, found = SETS[text], []
    for name, asked in tasks(text):
        mapping = fit(job_of(name, names, asked, classes=True, confidence=confidence))
        times, x, there = seen(name, names)
        others = []
        for other in strangers(name):
            seen_times, rows, present = seen(other, names)
            whole = seen(other, told_by(text), smoothing=None)[1]
            apart = np.linalg.norm(whole[:, None] - asked.places[None], axis=2) / asked.between
            others.append((seen_times, certainties(mapping, rows, present), apart))
        own, rest = recognised(mapping, x[asked.own]), recognised(mapping, x[asked.rest])
        first = int(np.searchsorted(times, _middle_s(times) - LEAD_S))
        found.append(
            Trial(
                asked,
                float((own == asked.shown).mean()),
                float(((rest == -1) | (rest == POSES)).mean()) if len(rest) >= 5 else np.nan,
                times[first:],
                certainties(mapping, x[first:], there[first:]),
                first,
                tuple(others),
            )
        )
    return tuple(found)


def certainties(mapping: FittedMapping, x: Float, there: NDArray[np.bool_]) -> Certainties:
    """How certain each class is in each frame; nothing where no person is there."""
    return tuple(named(mapping, row) if present else {} for row, present in zip(x, there, strict=True))


def _middle_s(times: Float) -> float:
    return float(times[0] + times[-1]) / 2


def fired(times: Float, frames: Certainties, hold_s: float) -> list[tuple[int, int]]:
    """Numbers of frames, and of the poses that fire there."""
    gate = ClassGate({f"{pose}": ClassRule(hold_s, 0.15, 0.6) for pose in range(POSES)})
    return [
        (number, int(name))
        for number, (time_s, frame) in enumerate(zip(times, frames, strict=True))
        for name in gate.observe(frame, float(time_s))
    ]


def strikes(trial: Trial) -> Iterator[tuple[float, float, int]]:
    """When a body comes to a pose, when it leaves it, and which; from elsewhere, and for `STAYS_S`."""
    apart, times = trial.task.apart[trial.first :], trial.times
    for pose in range(POSES):
        start, from_elsewhere, away = -1, False, True
        for number in range(len(times)):
            near = apart[number, pose] < NEAR
            if start < 0 and near:
                start, from_elsewhere, away = number, away, False
            elif start >= 0 and not near:
                stays = times[number] - times[start] >= STAYS_S
                if from_elsewhere and stays and times[start] >= times[0] + LEAD_S:
                    yield float(times[start]), float(times[number]), pose
                start = -1
            away |= bool(apart[number, pose] > FAR)


def measured(
    text: str, hold_s: float = 0.08, leaving: float = class_gate.LEAVING, confidence: float = 1.0
) -> dict[str, float]:
    """Figures of a feature set."""
    tried = trials(text, confidence)
    entered, delays, alarms, false, doubled, all_fired = 0, [], [], [], 0, 0
    with mock.patch.object(class_gate, "LEAVING", leaving):
        for trial in tried:
            own = fired(trial.times, trial.certainties, hold_s)
            for start_s, end_s, pose in strikes(trial):
                entered += 1
                at = [trial.times[number] for number, which in own if which == pose]
                in_time = [time_s for time_s in at if start_s - EARLY_S <= time_s <= end_s + LATE_S]
                delays += [float(in_time[0]) - start_s] if in_time else []
            apart, last = trial.task.apart[trial.first :], dict[int, int]()
            for number, pose in own:
                doubled += pose in last and not (apart[last[pose] : number, pose] > FAR).any()
                last[pose] = number
            all_fired += len(own)
            minutes = sum(times[-1] - times[0] for times, _, _ in trial.others) / 60.0
            of_others = [(far, fired(times, certain, hold_s)) for times, certain, far in trial.others]
            alarms.append(sum(len(events) for _, events in of_others) / minutes)
            false.append(sum(far[at, pose] > FAR for far, events in of_others for at, pose in events) / minutes)
    median, late = np.quantile(delays, (0.5, 0.9)) * 1000.0
    return {
        "own": float(np.mean([trial.own for trial in tried])),
        "rest": float(np.nanmean([trial.rest for trial in tried])),
        "strikes": entered,
        "fired": len(delays) / entered,
        "median": float(median),
        "late": float(late),
        "doubled": doubled / all_fired,
        "false": float(np.mean(false)),
        "alarms": float(np.mean(alarms)),
    }


def oracle(text: str, asked: Sequence[tuple[str, Task]]) -> tuple[float, float]:
    """Own frames that are recognised at best, while `SHARE` of those that show no pose are taken for one.

    Returns:
        By the seven nearest of all other later frames, whose poses are known (mean of the tasks); and by the nearest
        row of the takes within the best radius.
    """
    found = []
    for name, one in asked:
        if len(one.rest) < 5:
            continue
        times, x, _ = seen(name, SETS[text])
        frames = np.concatenate([one.own, one.rest])
        shown = np.concatenate([one.shown, np.full(len(one.rest), POSES)])
        z = x / np.maximum(x[frames].std(axis=0), 1e-6)
        apart = distances(z[frames], z[frames])
        apart[np.abs(times[frames][:, None] - times[frames][None]) < SAME_S] = np.inf
        votes = (shown[np.argsort(apart, axis=1)[:, :7]][:, :, None] == np.arange(POSES)).mean(axis=1)
        taught_rows = np.concatenate([rows for rows, pose in one.takes if pose < POSES])
        pose_of = np.concatenate([np.full(len(rows), pose) for rows, pose in one.takes if pose < POSES])
        to_takes = distances(z[frames], z[taught_rows])
        # Votes are few whole numbers: equal ones are told apart at random.
        score = votes.max(axis=1) + 1e-6 * np.random.default_rng(1).random(len(frames))
        by_takes = _at_share(-to_takes.min(axis=1), pose_of[to_takes.argmin(axis=1)], shown)
        found.append([_at_share(score, votes.argmax(axis=1), shown), by_takes])
    neighbours, radius = np.mean(found, axis=0)
    return float(neighbours), float(radius)


def _at_share(score: Float, pose: NDArray[np.intp], shown: NDArray[np.intp]) -> float:
    """Part of the own frames with the right pose and a score that `SHARE` of the others exceed."""
    own = shown < POSES
    return float(((pose == shown) & (score > np.quantile(score[~own], 1.0 - SHARE)))[own].mean())


def row(values: Mapping[str, float]) -> str:
    """Figures as cells of a table."""
    return (
        f"{values['own']:.2f} | {values['rest']:.2f} | {values['strikes']:.0f} | {values['fired']:.2f} | "
        f"{values['median']:.0f} | {values['late']:.0f} | {values['doubled']:.3f} | "
        f"{values['false']:.1f} | {values['alarms']:.1f} |"
    )


HEAD: Final = (
    "own recognised | rest rejected | strikes | fired | delay in ms, median | 90th percentile | doubled | "
    "false alarms a minute | all alarms |"
)


def main(arguments: Sequence[str]) -> int:
    """Prints the tables. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    for path in recordings.missing():
        print(f"MISSING: {path}", file=sys.stderr)
    print(f"| features | setting | {HEAD}\n|" + "---|" * 11)
    for text in SETS:
        for setting, changed in SETTINGS.items():
            print(f"| {text} | {setting} | {row(measured(text, **changed))}", flush=True)
    print("\n| features | neighbours, by arms | takes | neighbours, by the whole body | takes |")
    print("|---|---|---|---|---|")
    for text in SETS:
        whole = [
            (name, one)
            for name in TAUGHT
            for seed in SEEDS
            if (one := task(name, POSES, TAKES, seed, TAKE_S, none=True)) is not None
        ]
        cells = (*oracle(text, list(tasks(text))), *oracle(text, whole))
        print(f"| {text} | " + " | ".join(f"{value:.2f}" for value in cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
