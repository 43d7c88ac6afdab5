"""The sounds of a take whose person moved along with a score: late by the delay that the take itself tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads, usual_spans
from gesturesynth.mapping.teaching.following import following_s
from gesturesynth.mapping.teaching.score import Score
from gesturesynth.pipeline.seen_features import seen_features
from gesturesynth.runtime.messages import Pose


@dataclass(frozen=True)
class FollowedScore:
    """A score that was heard from a certain time on.

    Attributes:
        preset: for its features and outputs.
        score: the sounds.
        start_s: when it began, monotonic seconds.
    """

    preset: Preset
    score: Score
    start_s: float

    def sounds(self, poses: Sequence[Pose]) -> tuple[list[dict[str, float]], str]:
        """The sound that each pose belongs to, and a sentence about the delay."""
        rows = scaled_features(self.preset, poses)
        seen = np.isfinite(rows).all(axis=1)
        times_s = np.array([pose.capture_time_s - self.start_s for pose in poses])
        delay_s, told = following_s(times_s[seen], rows[seen], self._positions_at)
        sounds = [self.score.sound_at(float(time_s) - delay_s) for time_s in times_s]
        how = "as its poses tell" if told else "as people usually do"
        return sounds, f"The movement counts {1000 * delay_s:.0f} ms behind the sound, {how}."

    def _positions_at(self, time_s: float) -> NDArray[np.float64]:
        sound = self.score.sound_at(time_s)
        return np.array([output.position(sound[output.name]) for output in self.preset.mapping_outputs()])


def scaled_features(preset: Preset, poses: Sequence[Pose]) -> NDArray[np.float64]:
    """The features of the preset at each pose, scaled, (n, k); NaN where one cannot be seen."""
    x = seen_features(preset.features, preset.smoothing, poses)
    seen = np.isfinite(x).all(axis=1)
    if not seen.any():
        return x
    names = columns(preset.features)
    scaled = Scaling.from_rows(x[seen], np.array(usual_spans(names)), least_spreads(names)).apply(x)
    return np.where(np.isfinite(x), scaled, np.nan)
