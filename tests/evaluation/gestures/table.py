"""The section of docs/playability.md about gestures in time: measured, and written as Markdown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.gestures.alignment import Alignment
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES, column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import fit_gestures
from gesturesynth.mapping.gestures.frame_costs import FrameCosts
from gesturesynth.mapping.gestures.spotter import GestureSpotter
from gesturesynth.mapping.gestures.takes import GestureTake, sample_evenly
from tests.evaluation.gestures import held_out, several
from tests.evaluation.gestures.progress import follow
from tests.evaluation.gestures.recordings import REPETITIONS, VIEWS, between, features
from tests.evaluation.gestures.spring import spring
from tests.evaluation.gestures.trial import CONDITIONS, Count, alarms, leave_one_out, perform, teach

Lesson = tuple[str, str, Sequence[int]]

SAME_PERSON: dict[str, Lesson] = {
    "jumping jacks, front": ("jack", "jacks", tuple(VIEWS["front"])),
    "jumping jacks, half turned": ("jack", "jacks", tuple(VIEWS["half turned"])),
    "jumping jacks, side": ("jack", "jacks", tuple(VIEWS["side"])),
    "squats": ("squat", "squats", tuple(range(5))),
    "slow squats, 5 frames a second": ("squat", "slow_squats", (0, 1)),
}

ACROSS: tuple[tuple[str, Lesson, tuple[tuple[str, str, Sequence[int]], ...]], ...] = (
    *(
        (
            f"jack, {view}",
            ("jack", "jacks", tuple(VIEWS[view])[:3]),
            (
                *((other, "jacks", tuple(VIEWS[other])) for other in VIEWS if other != view),
                ("another person", "walker", (0,)),
                ("the demo performer", "demo", (0, 1)),
            ),
        )
        for view in VIEWS
    ),
    (
        "jack, one of each view",
        ("jack", "jacks", (1, 5, 11)),
        (("all others", "jacks", (0, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15)), ("another person", "walker", (0,))),
    ),
    ("squat", ("squat", "squats", (0, 1, 2)), (("another person, arms otherwise", "slow_squats", (0, 1)),)),
    (
        "throw",
        ("throw", "athlete", (0,)),
        (("the demo performer", "demo", (0,)), ("second camera", "second_camera", (0,))),
    ),
)

FEATURE_SETS: dict[str, tuple[str, ...]] = {
    "arms, hips and knees (what gestures use)": GESTURE_FEATURES,
    "heights of arms and hips": (
        *(f"{side}_{joint}.height" for side in ("left", "right") for joint in ("wrist", "elbow")),
        "hips.height",
    ),
    "arm angles": tuple(f"{side}_{joint}.angle" for side in ("left", "right") for joint in ("shoulder", "elbow")),
    "`body.full`": ("body.full",),
}


def section(*, quick: bool = False) -> Iterator[str]:
    """Lines of Markdown. `quick`: one take only."""
    yield from _recall(quick=quick)
    yield from _across()
    yield from held_out.section()
    yield from several.section()
    yield from _progress()
    yield from _causes()
    yield from _prototype()
    yield from _speed()


def _recall(*, quick: bool) -> Iterator[str]:
    yield "### Recall on repetitions that were not taught"
    yield ""
    yield "Each repetition is recognised by 1 to 5 others of the same person and view. Fired twice: never unless said."
    yield ""
    yield (
        "| taught and performed | takes | " + " | ".join(CONDITIONS) + " | fired after its end, median | false alarms |"
    )
    yield "|---|---|" + "---|" * (len(CONDITIONS) + 2)
    for title, (gesture, recording, numbers) in SAME_PERSON.items():
        for takes in (1,) if quick else (1, 2, 3, 5):
            if takes >= len(numbers):
                continue
            counts = [leave_one_out(gesture, recording, numbers, takes, change) for change in CONDITIONS.values()]
            late_ms = 1000 * np.median([s for count in counts for s in count.late_s] or [np.nan])
            twice = sum(count.twice for count in counts)
            found, seconds = alarms(teach([(gesture, recording, numbers[:takes])]), gesture)
            cells = " | ".join(f"{count.recall:.2f}" for count in counts)
            yield (
                f"| {title} ({len(numbers)}) | {takes} | {cells}{f' (twice: {twice})' if twice else ''} "
                f"| {late_ms:.0f} ms | {len(found)} in {seconds:.0f} s |"
            )
    yield ""


def _across() -> Iterator[str]:
    yield "### Taught in one view or by one person, performed in another"
    yield ""
    yield "Mean recall over the same five conditions."
    yield ""
    yield "| taught | performed | recall | false alarms |"
    yield "|---|---|---|---|"
    for title, lesson, performances in ACROSS:
        fitted = teach([lesson])
        found, seconds = alarms(fitted, lesson[0])
        for name, recording, numbers in performances:
            count = Count()
            for change in CONDITIONS.values():
                for number in numbers:
                    count.add(perform(fitted, lesson[0], recording, number, change))
            yield (
                f"| {title}, {len(lesson[2])} takes | {name} ({count.performed}) | {count.recall:.2f} "
                f"| {len(found)} in {seconds:.0f} s |"
            )
    yield ""


def _progress() -> Iterator[str]:
    yield "### How far along"
    yield ""
    yield "One take of the same view; mean error of progress (0..1) over all frames, and the speed that is told."
    yield ""
    tempos = (0.5, 0.7, 1.0, 1.3, 2.0)
    yield "| performed | " + " | ".join(f"tempo {tempo}" for tempo in tempos) + " |"
    yield "|---|" + "---|" * len(tempos)
    for title, (gesture, recording, numbers) in SAME_PERSON.items():
        cells = []
        for tempo in tempos:
            runs = [
                follow(teach([(gesture, recording, (numbers[place - 1],))]), gesture, recording, number, tempo)
                for place, number in enumerate(numbers)
            ]
            error = np.abs(np.concatenate([run.errors for run in runs])).mean()
            cells.append(f"{error:.3f} (speed {np.median(np.concatenate([run.speeds for run in runs])):.2f})")
        yield f"| {title} | " + " | ".join(cells) + " |"
    yield ""


def _causes() -> Iterator[str]:
    yield "### What made real repetitions expensive"
    yield ""
    yield (
        "Median cost per template frame (1: as far off as standing still) of a jumping jack taught from the front, and "
        "the least cost of other movement (demo performer without its jacks, dancer, walker's walk, athlete)."
    )
    yield ""
    yield "| features | sideways counts | front | half turned | side | another person | other movement |"
    yield "|---|---|---|---|---|---|---|"
    for title, names in FEATURE_SETS.items():
        for less in (True, False):
            if less or sideways_columns(names).any():
                yield from _cost_row(title, names, less=less)
    yield ""


def _cost_row(title: str, names: tuple[str, ...], *, less: bool) -> Iterator[str]:
    sideways = sideways_columns(names)
    lower = less and bool(sideways.any())

    def fit(numbers: Sequence[int]) -> FrameCosts:
        spans = [REPETITIONS["jacks"]["jack"][number] for number in numbers]
        takes = [GestureTake("jack", *between(*features("jacks", names), *span)) for span in spans]
        across = sideways if lower else np.zeros_like(sideways)
        fitted = fit_gestures(takes, columns(names), column_units(names), across)
        return FrameCosts(fitted.gestures)

    def cost(costs: FrameCosts, recording: str, start: float, end: float) -> float:
        samples = sample_evenly(*between(*features(recording, names), start, end))
        return least_cost(costs, samples[np.isfinite(samples).any(axis=1)])

    cells = []
    for view in VIEWS.values():
        found = [
            cost(fit([n for n in VIEWS["front"] if n != number]), "jacks", *REPETITIONS["jacks"]["jack"][number])
            for number in view
        ]
        cells.append(f"{np.median(found):.2f}")
    everything = fit(tuple(VIEWS["front"]))
    cells.append(f"{cost(everything, 'walker', *REPETITIONS['walker']['jack'][0]):.2f}")
    others = (
        ("demo", 0.0, 19.0),
        ("demo", 24.8, 49.0),
        ("dancer", 0.0, 9.0),
        ("walker", 3.2, 9.0),
        ("athlete", 0.0, 2.0),
    )
    cells.append(f"{min(cost(everything, *other) for other in others):.2f}")
    yield f"| {title} | {'a third' if lower else 'fully' if sideways.any() else '-'} | " + " | ".join(cells) + " |"


def least_cost(costs: FrameCosts, samples: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """The least cost of any performance in even samples."""
    alignment = Alignment(costs)
    least = np.inf
    for row in samples:
        alignment.advance(costs.at(row))
        least = min(least, float(alignment.endings().min()))
    return least


def _prototype() -> Iterator[str]:
    yield "### SPRING as it was published"
    yield ""
    yield "Same takes and features, all features alike, raw takes, threshold 0.3 of the template's variance."
    yield ""
    yield "| taught | front | half turned | side |"
    yield "|---|---|---|---|"
    times, values = features("jacks", GESTURE_FEATURES)
    held = values.copy()
    for row in range(1, len(held)):
        held[row] = np.where(np.isfinite(held[row]), held[row], held[row - 1])
    there = times < 17.6
    for view, numbers in VIEWS.items():
        cells = []
        for other in VIEWS.values():
            hits = 0
            for number in other:
                teacher = next(n for n in numbers if n != number)
                _, template = between(times, held, *REPETITIONS["jacks"]["jack"][teacher])
                ends = [float(times[last]) for _, last in spring(template, held[there])]
                start, end = REPETITIONS["jacks"]["jack"][number]
                hits += any(end - 0.35 * (end - start) <= moment <= end + 0.4 for moment in ends)
            cells.append(f"{hits / len(other):.2f}")
        yield f"| {view} | " + " | ".join(cells) + " |"
    yield ""


def _speed() -> Iterator[str]:
    """Ten made-up gestures with three takes of 1.5 s each."""
    rng = np.random.default_rng(1)
    count = len(GESTURE_FEATURES)
    times = np.arange(45) / 30.0
    way = np.sin(np.pi * times / 1.5)[:, None] ** 2
    takes = []
    for gesture in range(10):
        there, bend = rng.normal(size=(2, count))
        takes += [
            GestureTake(f"gesture {gesture}", times, way * there + way**2 * bend + 0.01 * rng.normal(size=(45, count)))
            for _ in range(3)
        ]
    begun_s = time.thread_time()
    fitted = fit_gestures(takes, GESTURE_FEATURES, column_units(GESTURE_FEATURES), sideways_columns(GESTURE_FEATURES))
    fit_s = time.thread_time() - begun_s
    spotter = GestureSpotter(fitted)
    took, now_s = [], 0.0
    for _ in range(2):
        for take in takes:
            for row in take.features:
                now_s += 1.0 / 30.0
                before = time.thread_time()
                spotter.observe(row, now_s)
                _ = spotter.states
                took.append(time.thread_time() - before)
    microseconds = np.array(took) * 1e6
    yield (
        f"Ten gestures with three takes of 1.5 s each, {count} features: {np.median(microseconds):.0f} us of processor "
        f"time a frame (median), {np.quantile(microseconds, 0.99):.0f} us (99 %); asked are 300. Learning them takes "
        f"{fit_s:.1f} s of it."
    )
    yield ""
