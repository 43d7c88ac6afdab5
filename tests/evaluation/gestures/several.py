"""Takes that hold more than one performance: how many of them are named, and of takes of one."""

from __future__ import annotations

from collections.abc import Iterator

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES, column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import holds_several
from gesturesynth.mapping.gestures.takes import TakeError, sample_evenly, trim_to_movement
from tests.evaluation.gestures.recordings import REPETITIONS, Change, between, features

TEMPOS = (0.7, 1.0, 1.3)


def named(recording: str, gesture: str, count: int, tempo: float) -> Iterator[bool]:
    """Whether a take of so many repetitions in a row is named, for each first repetition."""
    times, values = features(recording, GESTURE_FEATURES, Change(tempo=tempo))
    spans = REPETITIONS[recording][gesture]
    units, sideways = column_units(GESTURE_FEATURES), sideways_columns(GESTURE_FEATURES)
    for first, last in zip(spans, spans[count - 1 :], strict=False):
        samples = sample_evenly(*between(times, values, first[0] / tempo, last[1] / tempo))
        try:
            yield holds_several(trim_to_movement(samples, units), units, sideways)
        except TakeError:  # three slow squats are too long for a take
            continue


def section() -> Iterator[str]:
    """Lines of Markdown."""
    yield "### Two performances in one take"
    yield ""
    yield "Takes of one, two and three repetitions in a row, at three tempos: how many are said to hold more than one."
    yield ""
    yield "| recording | one | two | three |"
    yield "|---|---|---|---|"
    for recording, gestures in REPETITIONS.items():
        for gesture in gestures:
            cells = []
            for count in (1, 2, 3):
                found = [hit for tempo in TEMPOS for hit in named(recording, gesture, count, tempo)]
                cells.append(f"{sum(found)} of {len(found)}" if found else "")
            yield f"| {recording}, {gesture} | " + " | ".join(cells) + " |"
    yield ""
