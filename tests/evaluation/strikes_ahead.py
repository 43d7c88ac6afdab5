"""Strikes with and without `ahead`: how much earlier, and which are false. A part of `tests.evaluation.prediction`.

Drums: the shipped preset, struck by recorded people who did not teach it. Where the wrists are, without smoothing,
tells which drum a body really shows and when (the rule of `tests.evaluation.drums`). A strike is right when the body
shows its drum within `NEAR_S` of it. Gestures: each is taught by two repetitions; those of the rest that are performed
count, and what fires elsewhere is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Final

import numpy as np

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.extractor import SMOOTHING
from gesturesynth.mapping.class_gate import NONE, ClassRule
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.watch import GestureWatch
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import Mapper
from gesturesynth.pipeline.fit_job import fit_job
from tests.evaluation.drums import WRISTS, shown_drum
from tests.evaluation.gestures import recordings, trial

NEAR_S: Final = 0.2
LATE_S: Final = 0.5
"""After its end a gesture still counts as performed."""
SAME_S: Final = 0.3
"""Strikes of one drum that are so near to each other, with and without, are one."""
AHEAD_MS: Final = (0, 20, 35, 50)
LESSONS: Final = {"jack": ("jacks", (0, 3)), "squat": ("squats", (0, 2)), "throw": ("athlete", (0,))}
Strike = tuple[float, str]


def drum_strikes(name: str, ahead_s: float, *, mapping: FittedMapping, hold_s: float) -> list[Strike]:
    """What a recorded person strikes on the shipped drums."""
    preset = loader.load(paths.presets_dir() / "drums.yaml")
    rules = {k: ClassRule(hold_s, c.rest_s, preset.classifier.confidence) for k, c in preset.classes.items()}
    drums = [drum for drum in preset.classes if drum != NONE]
    mapper = Mapper(preset.features, preset.mapping_outputs(), preset.smoothing, class_rules=rules, classes_ahead=drums)
    mapper.predict(ahead_s)
    mapper.change_model(mapping, 0.0)
    found = []
    for pose in recordings.poses(name):
        image = pose.bodies[0].image_array() if pose.bodies else None
        frame = mapper.process_pose(image, pose.width, pose.height, pose.capture_time_s)
        found += [(pose.capture_time_s, drum) for drum in frame.fired]
    return found


@cache
def shown(name: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """When a body really shows each drum."""
    times, rows = recordings.features(name, WRISTS)
    drums = [shown_drum(row) if np.isfinite(row).all() else "" for row in rows]
    return {drum: times[[each == drum for each in drums]] for drum in set(drums)}


def gesture_strikes(recording: str, ahead_s: float, *, fitted: FittedGestures) -> list[Strike]:
    """What is performed in a recording."""
    watch = GestureWatch(GESTURE_FEATURES, SMOOTHING, dict.fromkeys(fitted.names, 0.25), fitted.names)
    watch.predict(ahead_s)
    watch.change(fitted)
    found = []
    for pose in recordings.poses(recording):
        image = pose.bodies[0].image_array() if pose.bodies else None
        events = watch.observe(image, pose.width, pose.height, pose.capture_time_s)
        found += [(pose.capture_time_s, event.name) for event in events]
    return found


def earlier(before: list[Strike], after: list[Strike]) -> tuple[list[float], int]:
    """By how much each strike comes earlier, seconds, and how many are lost."""
    gains, lost = [], 0
    for time_s, what in before:
        near = [then for then, name in after if name == what and abs(then - time_s) <= SAME_S]
        lost += not near
        gains += [time_s - min(near, key=lambda then: abs(then - time_s))] if near else []
    return gains, lost


@dataclass
class Tally:
    """What became of strikes over all recordings: how much earlier, how many are lost, and how many are false."""

    strikes: int = 0
    gains: list[float] = field(default_factory=list)
    lost: int = 0
    false: int = 0

    def row(self, text: str, ahead_ms: int) -> str:
        """Of the table."""
        ms = 1000.0 * np.array(self.gains or [np.nan])
        early = f"{ms.mean():.0f} ({ms.min():.0f} to {ms.max():.0f})" if ahead_ms else ""
        name = f"{ahead_ms} ms" if ahead_ms else "0"
        return f"| {text} | {name} | {self.strikes} | {early} | {self.lost if ahead_ms else ''} | {self.false} |"


def tally(play: Callable[[str, float], list[Strike]], right: Callable[[str, Strike], bool], ahead_ms: int) -> Tally:
    """Plays all recordings, without prediction and with it."""
    found = Tally()
    for name in recordings.ALL:
        struck = play(name, ahead_ms / 1000)
        gains, lost = earlier(play(name, 0.0), struck)
        found.strikes += len(struck)
        found.gains += gains
        found.lost += lost
        found.false += sum(not right(name, strike) for strike in struck)
    return found


def table() -> Iterator[str]:
    """Rows for docs/latency.md."""
    yield "| strikes | `predict` | strikes | earlier, ms: mean (least to greatest) | lost | false |"
    yield "|---|---|---|---|---|---|"
    preset = loader.load(paths.presets_dir() / "drums.yaml")
    mapping = fit(fit_job(preset))
    for text, hold_s in (("drums", preset.classifier.hold), ("drums, `hold: 0`", 0.0)):
        for ahead_ms in AHEAD_MS:
            play = partial(drum_strikes, mapping=mapping, hold_s=hold_s)
            yield tally(play, _drum_is_shown, ahead_ms).row(text, ahead_ms)
    for gesture, (recording, numbers) in LESSONS.items():
        fitted = trial.teach([(gesture, recording, numbers)])
        for ahead_ms in AHEAD_MS:
            play = partial(gesture_strikes, fitted=fitted)
            yield tally(play, _is_performed, ahead_ms).row(f"gesture `{gesture}`", ahead_ms)


def _drum_is_shown(recording: str, strike: Strike) -> bool:
    return bool((np.abs(shown(recording).get(strike[1], np.zeros(0)) - strike[0]) <= NEAR_S).any())


def _is_performed(recording: str, strike: Strike) -> bool:
    time_s, gesture = strike
    real = recordings.REPETITIONS.get(recording, {}).get(gesture, ())
    half = recordings.ALSO.get(recording, {}).get(gesture, ())
    return any(start <= time_s <= end + LATE_S for start, end in (*real, *half))
