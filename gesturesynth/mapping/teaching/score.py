"""Scores of snapshots: a sound that moves from one to the next, for a person who moves along with it.

Between two snapshots the way begins and ends slowly (`crossfade.smooth`), as an arm moves that starts and stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gesturesynth.mapping.crossfade import smooth
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.teaching.blend import blended

HOLD_S: Final = 2.0
GLIDE_S: Final = 3.0
"""Of a step that says nothing else: a pose is found in a second or two, and a slow movement is followed better."""
FEWEST: Final = 2
"""Snapshots of a score: one alone does not move."""


@dataclass(frozen=True)
class ScoreStep:
    """One snapshot of a score.

    Attributes:
        snapshot: 1 to 9.
        hold_s: how long it is heard, seconds.
        glide_s: how long the way to the next one takes, seconds.
    """

    snapshot: int
    hold_s: float = HOLD_S
    glide_s: float = GLIDE_S


def score_steps(written: Sequence[ScoreStep], snapshots: Mapping[int, object]) -> tuple[ScoreStep, ...]:
    """The steps that can be played: of the preset's score, or else all snapshots in order; empty for too few.

    Args:
        written: in the preset; may be empty.
        snapshots: those that there are.
    """
    steps = tuple(step for step in written if step.snapshot in snapshots)
    steps = steps if written else tuple(ScoreStep(number) for number in sorted(snapshots))
    return steps if len(steps) >= FEWEST else ()


def score_s(steps: Sequence[ScoreStep]) -> float:
    """The duration of a score, seconds. After its last snapshot there is no glide."""
    return sum(step.hold_s for step in steps) + sum(step.glide_s for step in steps[:-1])


class Score:
    """A score with its sounds.

    Args:
        steps: at least one.
        snapshots: number -> output -> value in its unit. An output that a snapshot does not name stays as it was.
        outputs: of the preset.
        base: the sound before the first step, which names all outputs.
    """

    def __init__(
        self,
        steps: Sequence[ScoreStep],
        snapshots: Mapping[int, Mapping[str, float]],
        outputs: Sequence[Output],
        base: Mapping[str, float],
    ) -> None:
        self._steps = tuple(steps)
        self._outputs = tuple(outputs)
        self._sounds: list[dict[str, float]] = []
        sound = dict(base)
        for step in self._steps:
            sound = sound | dict(snapshots.get(step.snapshot, {}))
            self._sounds.append(sound)

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return score_s(self._steps)

    def sound_at(self, time_s: float) -> dict[str, float]:
        """The sound at a time from its beginning, seconds; before it the first one, after its end the last one."""
        for index, step in enumerate(self._steps[:-1]):
            if time_s < step.hold_s:
                return self._sounds[index]
            time_s -= step.hold_s
            if time_s < step.glide_s:
                part = smooth(time_s / step.glide_s)
                return blended(self._outputs, self._sounds[index], self._sounds[index + 1], part)
            time_s -= step.glide_s
        return self._sounds[-1]
