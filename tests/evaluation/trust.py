"""`python -m tests.evaluation.trust`: which poses count as taught, on people who move.

Prints three tables for docs/playability.md. A few poses of the first half of a recording are taught; the second half of
the same recording shows whether the same person is known again, also when the picture is turned, and all movement of
other people whether they are taken for it. Turned are the landmarks, with their depth. Recordings: those of
`tests.evaluation.gestures`.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import SMOOTHING, FeatureExtractor
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.role_frame import alone
from gesturesynth.features.views import ROLL_DEG, YAW_DEG, ViewChanges, turned
from gesturesynth.mapping.class_gate import ClassGate, ClassRule, likeliest
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.mapping.learning.model_kinds import AUTO
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from tests.evaluation.gestures import recordings

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

FEATURES: Final = {
    "theremin's three": ("right_wrist.height", "left_wrist.height", "hands.distance"),
    "wrists (x, height)": ("right_wrist.height", "left_wrist.height", "right_wrist.x", "left_wrist.x"),
    "arms.angles": ("arms.angles",),
    "body.upper": ("body.upper",),
    "body.full": ("body.full",),
}
TAUGHT: Final = ("jacks", "squats", "demo", "dancer", "slow_squats")
OF_ONE_PERSON: Final = {
    "dancer": ("demo",),
    "slow_squats": ("demo",),
    "demo": ("slow_squats", "walker", "athlete", "second_camera", "dancer"),
}
LONGEST: Final = 1500
"""Poses of a recording."""
NEAR: Final = 0.3
FAR: Final = 0.5
"""Of the median distance between taught poses, in whole-body vectors: frames so near to one show it, and farther than
this none."""


@cache
def seen(
    name: str,
    names: tuple[str, ...],
    yaw_deg: float = 0.0,
    roll_deg: float = 0.0,
    smoothing: OneEuroSettings | None = SMOOTHING,
) -> tuple[Float, Float, Bools]:
    """Times (n,), features (n, k) and whether a person is there (n,) in a turned recording."""
    extractor = FeatureExtractor(names, smoothing)
    times, rows, there = [], [], []
    for pose in recordings.poses(name)[:LONGEST]:
        image = pose.bodies[0].image_array() if pose.bodies else None
        if image is not None and (yaw_deg or roll_deg):
            image = turned(image, pose.width, pose.height, yaw_deg=yaw_deg, roll_deg=roll_deg)
        frame = extractor.extract(image, pose.width, pose.height, pose.capture_time_s)
        times.append(pose.capture_time_s)
        rows.append(frame.values)
        there.append(frame.person_present)
    return np.array(times), np.array(rows), np.array(there)


@dataclass(frozen=True)
class Task:
    """What is taught, and what is asked.

    Attributes:
        takes: the frames of each take, and the pose that it shows; the number after the last pose is `none`.
        own: frames of the second half that show a taught pose; `shown` (n,) tells which is nearest.
        rest: frames of the second half that show none.
        apart: (n, poses), how far every frame is from each pose, in median distances between poses.
        places: (poses, k), the poses, and `between` that distance.
    """

    takes: tuple[tuple[Indices, int], ...]
    own: Indices
    shown: Indices
    rest: Indices
    apart: Float
    places: Float
    between: float


@cache
def task(
    name: str,
    count: int,
    takes: int,
    seed: int,
    window_s: float,
    *,
    none: bool,
    told_by: tuple[str, ...] = ("body.full",),
    smoothing: OneEuroSettings | None = SMOOTHING,
) -> Task | None:
    """Chooses poses that differ, and takes of each; None where the recording has too little.

    Features `told_by`, smoothed or not, tell which pose a frame shows.
    """
    times, whole, there = seen(name, told_by, smoothing=smoothing)
    middle_s = (times[0] + times[-1]) / 2

    def frames(start_s: float) -> Bools:
        return np.asarray((times >= start_s) & (times < start_s + window_s) & there, dtype=np.bool_)

    starts = [start for start in times[there] if start + window_s < middle_s]
    if len(starts) < count:
        return None
    random = np.random.default_rng(seed)
    means = {float(start): whole[frames(start)].mean(axis=0) for start in starts}
    chosen = [float(random.choice(starts))]
    while len(chosen) < count:
        some = [float(start) for start in random.choice(starts, 20)]
        apart = [min(float(np.linalg.norm(means[a] - means[b])) for b in chosen) for a in some]
        chosen.append(some[int(np.argmax(apart))])
    places = np.array([means[start] for start in chosen])
    between = np.median([np.linalg.norm(places[a] - places[b]) for a in range(count) for b in range(a)])
    found: list[tuple[Indices, int]] = []
    for number, start in enumerate(chosen):
        mine = [start]
        for other in random.permutation(starts).tolist():
            alone = min(abs(other - used) for used in mine) > 2 * window_s
            if len(mine) < takes and alone and np.linalg.norm(means[other] - places[number]) < NEAR * between:
                mine.append(other)
        found += [(np.flatnonzero(frames(used)), number) for used in mine]
    if none:
        apart_s = [s for s in means if min(np.linalg.norm(means[s] - place) for place in places) > 2 * NEAR * between]
        found += [(np.flatnonzero(frames(s)), count) for s in random.permutation(apart_s)[:3].tolist()]
    distance = np.linalg.norm(whole[:, None] - places[None], axis=2)
    later = (times >= middle_s) & there
    own = np.flatnonzero(later & (distance.min(axis=1) < NEAR * between))
    rest = np.flatnonzero(later & (distance.min(axis=1) > FAR * between))
    if len(own) < 5:
        return None
    return Task(tuple(found), own, distance.argmin(axis=1)[own], rest, distance / between, places, float(between))


def taught(name: str, names: tuple[str, ...], asked: Task, *, classes: bool) -> FittedMapping:
    """A mapping of the takes of a task, as it would be trained."""
    return fit(job_of(name, names, asked, classes=classes))


def job_of(
    name: str,
    names: tuple[str, ...],
    asked: Task,
    *,
    classes: bool,
    classifier: str = AUTO,
    confidence: float = 1.0,
) -> FitJob:
    """The job of the takes of a task."""
    _, x, _ = seen(name, names)
    poses = recordings.poses(name)
    rows = np.concatenate([frames for frames, _ in asked.takes])
    shown = np.repeat([pose for _, pose in asked.takes], [len(frames) for frames, _ in asked.takes])
    takes = np.repeat(np.arange(len(asked.takes)), [len(frames) for frames, _ in asked.takes])
    viewed = [poses[int(row)] for frames, _ in asked.takes for row in frames[:: max(1, -(-len(frames) // 6))]]
    views = ViewChanges(names).of_frames(
        (alone(pose.bodies[0].image_array()), pose.width, pose.height, float(number))
        for number, pose in enumerate(viewed)
    )
    outputs = [] if classes else [Output("o", 0.0, 1.0)]
    examples = Examples(
        columns(names),
        x[rows],
        tuple(output.name for output in outputs),
        np.zeros((len(rows), 0)) if classes else (shown / max(1, shown.max()))[:, None],
        np.array([f"{pose}" if classes else "" for pose in shown]),
        takes,
        view_changes=views,
    )
    return make_job(examples, columns(names), outputs, classifier=classifier, confidence=confidence)


def strangers(name: str) -> list[str]:
    """Recordings of other people."""
    return [other for other in recordings.ALL if other != name and other not in OF_ONE_PERSON.get(name, ())]


def auroc(known: Float, unknown: Float) -> float:
    """How often a known frame has more confidence than an unknown one; a tie counts half."""
    ranks = rankdata(np.concatenate([known, unknown]))
    return float((ranks[: len(known)].sum() - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown)))


def continuous(names: tuple[str, ...]) -> Float:
    """Parts of frames without sound (confidence below 0.5): own, turned, leaning; those of others; and the AUROC."""
    results = []
    for name in TAUGHT:
        others = np.concatenate([seen(other, names)[1][seen(other, names)[2]][::6] for other in strangers(name)])
        for count in (3, 6):
            for seed in range(4):
                asked = task(name, count, 1, seed, 0.7, none=False)
                if asked is None:
                    continue
                mapping = taught(name, names, asked, classes=False)
                views = [((0.0, 0.0),), ((-YAW_DEG, 0.0), (YAW_DEG, 0.0)), ((0.0, -ROLL_DEG), (0.0, ROLL_DEG))]
                shown = [np.concatenate([seen(name, names, *view)[1][asked.own] for view in some]) for some in views]
                parts = [np.array([mapping.confidence(row) for row in rows]) for rows in shown]
                unknown = np.array([mapping.confidence(row) for row in others])
                results.append([*((part < 0.5).mean() for part in (*parts, unknown)), auroc(parts[0], unknown)])
    return np.asarray(np.mean(results, axis=0), dtype=np.float64)


def recognised(mapping: FittedMapping, rows: Float) -> Indices:
    """The class of each row, as a number; -1 for none."""
    found = [mapping.classify(row) for row in rows]
    return np.array([int(name) if certainty >= 0.6 else -1 for name, certainty in found])


def named(mapping: FittedMapping, row: Float) -> dict[str, float]:
    """How certain each of three classes is, and `none`, which is the last."""
    return {"none" if name == "3" else name: certainty for name, certainty in mapping.certainties(row).items()}


def classes(names: tuple[str, ...], takes: int) -> Float:
    """Own frames recognised, the same turned, rest rejected, others rejected, alarms a minute of others."""
    results = []
    for name in TAUGHT:
        for seed in range(4):
            asked = task(name, 3, takes, seed, 0.5, none=True)
            if asked is None or len(asked.rest) < 5:
                continue
            mapping = taught(name, names, asked, classes=True)
            own, yawed, rest = (
                recognised(mapping, rows)
                for rows in (
                    seen(name, names)[1][asked.own],
                    seen(name, names, YAW_DEG)[1][asked.own],
                    seen(name, names)[1][asked.rest],
                )
            )
            alarms, minutes, rejected = 0, 0.0, []
            for other in strangers(name):
                times, x, there = seen(other, names)
                gate = ClassGate({f"{n}": ClassRule(0.08, 0.15, 0.6) for n in range(3)})
                for time_s, row, present in zip(times, x, there, strict=True):
                    certainties = named(mapping, row) if present else {}
                    alarms += len(gate.observe(certainties, float(time_s)))
                    label, certainty = likeliest(certainties)
                    rejected.append(label in ("", "none") or certainty < 0.6)
                minutes += (times[-1] - times[0]) / 60.0
            results.append(
                [
                    (own == asked.shown).mean(),
                    (yawed == asked.shown).mean(),
                    ((rest == -1) | (rest == 3)).mean(),
                    np.mean(rejected),
                    alarms / minutes,
                ]
            )
    return np.asarray(np.mean(results, axis=0), dtype=np.float64)


def delays(names: tuple[str, ...]) -> tuple[int, int, Float]:
    """Times at which a taught pose is entered, how many do not fire, and the delays of the others in seconds.

    A pose is entered at the first frame that is near to it, and stays for 0.2 s at least. It may fire before.
    """
    entered, missed, found = 0, 0, []
    for name in TAUGHT:
        for seed in range(4):
            asked = task(name, 3, 3, seed, 0.5, none=True)
            if asked is None:
                continue
            mapping = taught(name, names, asked, classes=True)
            times, x, there = seen(name, names)
            middle_s = (times[0] + times[-1]) / 2
            gate = ClassGate({f"{number}": ClassRule(0.08, 0.15, 0.6) for number in range(3)})
            fired: list[tuple[float, int]] = []
            for index in np.flatnonzero(times >= middle_s - 1.0):
                entries = gate.observe(named(mapping, x[index]) if there[index] else {}, float(times[index]))
                fired += [(float(times[index]), int(entry)) for entry in entries]
            shown = np.full(len(times), -1)
            shown[asked.own] = asked.shown
            changes = np.flatnonzero(np.diff(shown)) + 1
            for start, end in itertools.pairwise(changes):
                start_s, end_s = float(times[start]), float(times[end])
                if shown[start] < 0 or end_s - start_s < 0.2 or start_s < middle_s + 0.05:
                    continue
                entered += 1
                of_it = [at for at, pose in fired if pose == shown[start] and start_s - 0.4 <= at <= end_s + 0.1]
                missed += not of_it
                found += [at - start_s for at in of_it[:1]]
    return entered, missed, np.array(found)


def main(arguments: Sequence[str]) -> int:
    """Prints the tables. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    for path in recordings.missing():
        print(f"MISSING: {path}", file=sys.stderr)
    print("| features | silent: own | turned | leaning | silent: others | AUROC |\n|---|---|---|---|---|---|")
    for text, names in FEATURES.items():
        print(f"| {text} | " + " | ".join(f"{value:.2f}" for value in continuous(names)) + " |", flush=True)
    print("\n| features | takes | own recognised | turned | rest rejected | others rejected | alarms a minute |")
    print("|---|---|---|---|---|---|---|")
    for text, names in FEATURES.items():
        for takes in (1, 3):
            values = " | ".join(f"{value:.2f}" for value in classes(names, takes))
            print(f"| {text} | {takes} | {values} |", flush=True)
    print("\n| features | entered | not fired | delay in ms, median | 90th percentile |\n|---|---|---|---|---|")
    for text, names in FEATURES.items():
        entered, missed, found = delays(names)
        median, late = np.quantile(found, (0.5, 0.9)) * 1000.0
        print(f"| {text} | {entered} | {missed} | {median:.0f} | {late:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
