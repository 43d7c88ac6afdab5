"""Trials: teach from some repetitions, perform another one, and count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES, column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import fit_gestures
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureSpotter
from gesturesynth.mapping.gestures.takes import GestureTake
from tests.evaluation.gestures.recordings import ALL, ALSO, REPETITIONS, Change, Span, between, features

CONDITIONS = {
    "as it is": Change(),
    "tempo 0.7": Change(tempo=0.7),
    "tempo 1.3": Change(tempo=1.3),
    "size 0.8": Change(size=0.8),
    "size 1.2": Change(size=1.2),
}
AS_IT_IS = Change()
BEFORE_S, AFTER_S = 1.5, 0.5
EARLY, LATE_S = 0.35, 0.4
"""An event counts for a repetition from so much of it before its end to so long after it."""


@dataclass
class Count:
    """What became of the performances."""

    performed: int = 0
    recognised: int = 0
    twice: int = 0
    late_s: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.recognised / self.performed if self.performed else float("nan")

    def add(self, other: Count) -> None:
        self.performed += other.performed
        self.recognised += other.recognised
        self.twice += other.twice
        self.late_s += other.late_s


def teach(
    lessons: Sequence[tuple[str, str, Sequence[int]]], names: tuple[str, ...] = GESTURE_FEATURES, margin_s: float = 0.0
) -> FittedGestures:
    """Fits gestures from repetitions: (gesture, recording, numbers of repetitions) each."""
    takes = []
    for gesture, recording, numbers in lessons:
        times, values = features(recording, names)
        for number in numbers:
            start, end = REPETITIONS[recording][gesture][number]
            span = between(times, values, start - margin_s, end + margin_s)
            takes.append(GestureTake(gesture, *span, f"{recording} {number}"))
    return fit_gestures(takes, names, column_units(names), sideways_columns(names))


def events(
    fitted: FittedGestures, recording: str, change: Change = AS_IT_IS, span: Span | None = None
) -> list[GestureEvent]:
    """All that is spotted in a recording, or in a part of it (seconds of the changed recording)."""
    times, values = features(recording, fitted.columns, change)
    if span:
        times, values = between(times, values, *span)
    spotter = GestureSpotter(fitted)
    found: list[GestureEvent] = []
    for time_s, row in zip(times, values, strict=True):
        found += spotter.observe(row if np.isfinite(row).any() else None, float(time_s))
    return found


def perform(fitted: FittedGestures, gesture: str, recording: str, number: int, change: Change) -> Count:
    """One repetition with what is around it."""
    start, end = (moment / change.tempo for moment in REPETITIONS[recording][gesture][number])
    found = events(fitted, recording, change, (start - BEFORE_S, end + AFTER_S))
    hits = [e for e in found if e.name == gesture and end - EARLY * (end - start) <= e.end_s <= end + LATE_S]
    return Count(1, int(bool(hits)), int(len(hits) > 1), [hits[0].end_s - end] if hits else [])


def leave_one_out(gesture: str, recording: str, numbers: Sequence[int], takes: int, change: Change) -> Count:
    """Each repetition, taught by the `takes` that follow it in turn."""
    count = Count()
    for place, held_out in enumerate(numbers):
        others = [numbers[(place + step) % len(numbers)] for step in range(1, takes + 1)]
        count.add(perform(teach([(gesture, recording, others)]), gesture, recording, held_out, change))
    return count


def other_movement(
    gesture: str, names: tuple[str, ...], recordings: Sequence[str] = ALL
) -> Iterator[tuple[str, Change, Span]]:
    """Everything in which the gesture does not happen: each recording as it is, mirrored, slower and quicker."""
    for recording in recordings:
        if recording == "second_camera" and gesture == "throw":
            continue
        for change in (Change(), Change(mirror=True), Change(tempo=0.7), Change(tempo=1.3)):
            times, _ = features(recording, names, change)
            own = REPETITIONS.get(recording, {}).get(gesture, ())
            half = ALSO.get(recording, {}).get(gesture, ())
            taken = sorted((a / change.tempo - 0.2, b / change.tempo + 0.5) for a, b in (*own, *half))
            at = float(times[0])
            for start, end in (*taken, (float(times[-1]), 0.0)):
                if start - at > 1.0:
                    yield recording, change, (at, start)
                at = max(at, end)


def alarms(fitted: FittedGestures, gesture: str, recordings: Sequence[str] = ALL) -> tuple[list[str], float]:
    """What is spotted in other movement, and how long it lasts in seconds."""
    found, seconds = [], 0.0
    for recording, change, span in other_movement(gesture, fitted.columns, recordings):
        times, values = between(*features(recording, fitted.columns, change), *span)
        if len(times) < 2:
            continue
        there = np.asarray(np.isfinite(values).any(axis=1))
        seconds += float(np.diff(times)[there[1:]].sum())
        found += [
            f"{recording} {change} {e.end_s:.1f} {e.closeness:.2f}"
            for e in events(fitted, recording, change, span)
            if e.name == gesture
        ]
    return found, seconds
