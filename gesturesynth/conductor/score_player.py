"""Plays a score of snapshots as a held sound that moves. Decides nothing; the session does."""

from __future__ import annotations

from collections.abc import Mapping

from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.sound_controls import SoundControls
from gesturesynth.mapping.teaching.score import Score, score_steps
from gesturesynth.pipeline.followed_score import FollowedScore


class ScorePlayer:
    """The score of the preset that plays.

    Args:
        sounds: holds the sound.
        preset_manager: what plays.
    """

    def __init__(self, sounds: SoundControls, preset_manager: PresetManager) -> None:
        self._sounds = sounds
        self._preset_manager = preset_manager
        self._score: Score | None = None
        self._followed: FollowedScore | None = None

    def hold_beginning(self, snapshots: Mapping[int, Mapping[str, float]]) -> None:
        """Holds the first sound of the score, until `begin`."""
        preset = self._preset_manager.piece.in_scene
        steps = score_steps(preset.score, snapshots)
        self._score = Score(steps, snapshots, preset.mapping_outputs(), self._sounds.values)
        self._followed = None
        self._sounds.hold(self._score.sound_at(0.0))

    def begin(self, start_s: float) -> None:
        """The score moves on from here, monotonic seconds."""
        if self._score:
            self._followed = FollowedScore(self._preset_manager.piece.in_scene, self._score, start_s)

    def advance(self, now_s: float) -> None:
        """Holds the sound of this moment, while the score plays."""
        if self._followed:
            self._sounds.hold(self._followed.score.sound_at(now_s - self._followed.start_s))

    def end(self) -> FollowedScore | None:
        """Ends the score; it stays held until it is released. Returns what was followed."""
        followed, self._followed, self._score = self._followed, None, None
        return followed
