"""Thresholds that are chosen on some people and tried on others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from gesturesynth.mapping.gestures.fit import USUAL_THRESHOLD
from tests.evaluation.gestures.recordings import VIEWS
from tests.evaluation.gestures.trial import CONDITIONS, Count, alarms, perform, teach

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
Performances = tuple[tuple[str, Sequence[int]], ...]


@dataclass(frozen=True)
class Half:
    """Recordings of some people.

    Attributes:
        title: for the table.
        recordings: in which false alarms are counted.
        lessons: a gesture, the recording and repetition that teach it (one take), and what is performed.
    """

    title: str
    recordings: tuple[str, ...]
    lessons: tuple[tuple[str, str, int, Performances], ...]


HALVES = (
    Half(
        "jumping jacks and squats of two people",
        ("jacks", "squats"),
        (
            ("jack", "jacks", 1, (("jacks", (0, 2, *VIEWS["half turned"])),)),
            ("jack", "jacks", 5, (("jacks", (*VIEWS["front"], 3, 4, 6, 7, 8)),)),
            ("squat", "squats", 1, (("squats", (0, 2, 3, 4)),)),
        ),
    ),
    Half(
        "five other people",
        ("demo", "dancer", "athlete", "walker", "two", "second_camera", "slow_squats"),
        (
            ("jack", "walker", 0, (("demo", (0, 1)),)),
            ("squat", "slow_squats", 0, (("slow_squats", (1,)), ("demo", (0, 1)))),
            ("throw", "athlete", 0, (("demo", (0,)),)),
        ),
    ),
)


def measured(half: Half, threshold: float) -> tuple[Count, int, float]:
    """Performances, false alarms and their time in seconds, with one take for each gesture."""
    count, false, time_s = Count(), 0, 0.0
    for gesture, recording, number, performances in half.lessons:
        fitted = teach([(gesture, recording, (number,))])
        one = msgspec.structs.replace(fitted.gestures[0], threshold=threshold)
        fitted = msgspec.structs.replace(fitted, gestures=(one,))
        for performed, numbers in performances:
            for change in CONDITIONS.values():
                for repetition in numbers:
                    count.add(perform(fitted, gesture, performed, repetition, change))
        found, seconds = alarms(fitted, gesture, half.recordings)
        false, time_s = false + len(found), time_s + seconds
    return count, false, time_s


def section() -> Iterator[str]:
    """Lines of Markdown."""
    yield "### Thresholds on people who had no part in choosing them"
    yield ""
    yield (
        "One take each, all five conditions. The threshold is the middle of those without a false alarm and with the "
        f"best recall in one half of the recordings; it is tried in the other. Gestures use {USUAL_THRESHOLD} for one "
        "take."
    )
    yield ""
    yield "| threshold | " + " | ".join(f"{half.title}: recall | false alarms" for half in HALVES) + " |"
    yield "|---|" + "---|" * 2 * len(HALVES)
    results = {threshold: [measured(half, threshold) for half in HALVES] for threshold in THRESHOLDS}
    for threshold, row in results.items():
        cells = [f"{count.recall:.2f} ({count.performed}) | {false} in {s:.0f} s" for count, false, s in row]
        yield f"| {threshold} | " + " | ".join(cells) + " |"
    yield ""
    for chosen, tried in ((0, 1), (1, 0)):
        quiet = [t for t in THRESHOLDS if results[t][chosen][1] == min(row[chosen][1] for row in results.values())]
        best = max(results[t][chosen][0].recall for t in quiet)
        able = [t for t in quiet if results[t][chosen][0].recall == best]
        threshold = able[len(able) // 2]
        count, false, seconds = results[threshold][tried]
        yield (
            f"Chosen on {HALVES[chosen].title}: {threshold}. On {HALVES[tried].title}: recall {count.recall:.2f}, "
            f"{false} false alarms in {seconds:.0f} s."
        )
        yield ""
