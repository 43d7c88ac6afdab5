"""Takes, whatever way they are made: carries out the events of the session about them. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gesturesynth.conductor.background_jobs import Events, Requester
from gesturesynth.conductor.button_watch import ButtonWatch
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.conductor.outcomes import Outcomes
from gesturesynth.conductor.pose_memory import PoseMemory
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.score_player import ScorePlayer
from gesturesynth.conductor.sound_controls import SoundControls
from gesturesynth.conductor.take_recorder import TakeRecorder
from gesturesynth.control.command_table import SNAPSHOTS
from gesturesynth.control.session import events as s
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.targets import BUTTON, GRAB, PLAY_ALONG, is_class
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.button_saver import button_saver
from gesturesynth.pipeline.grab_saver import grab_saver
from gesturesynth.pipeline.take_saver import MovingSounds, take_saver
from gesturesynth.runtime.messages import Pose


class WaysOfTeaching:
    """Makes takes of the poses that come, and has them stored.

    Args:
        session: gets the results.
        sounds: what is held and what sounds.
        examples: stores takes.
        preset_manager: what plays.
        outcomes: who is to be told how a take has ended.
        keep_s: of movement that is remembered, seconds.
    """

    def __init__(
        self,
        session: Session,
        sounds: SoundControls,
        examples: ExampleLibraryProxy,
        outcomes: Outcomes,
        preset_manager: PresetManager,
        *,
        keep_s: float,
    ) -> None:
        self._session = session
        self._sounds = sounds
        self._examples = examples
        self._outcomes = outcomes
        self._memory = PoseMemory(keep_s)
        self._take: TakeRecorder | None = None
        self._score = ScorePlayer(sounds, preset_manager)
        self._button = ButtonWatch(session, examples)

    def add_pose(self, pose: Pose) -> None:
        """Adds a pose to the take that is being recorded, if any, and to the last seconds."""
        self._memory.add_pose(pose)
        self._button.add_pose(pose)
        if self._take:
            self._take.add_pose(pose)

    def add_sound(self, now_s: float) -> None:
        """Remembers what sounds now."""
        self._memory.add_sound(self._sounds.values, now_s)

    def begin_take(self, event: s.BeginTake) -> None:
        """Collects poses from now on."""
        if event.target == PLAY_ALONG:
            self._score.begin(event.start_s)
        self._take = TakeRecorder(event.target, self._target_values(event.target), event.start_s, event.end_s)

    def change_values(self, values: Mapping[str, float], time_s: float) -> None:
        """From a time on these values are held, and recorded for: those of the take change while it goes on."""
        self._sounds.execute(s.HoldValues(dict(values)), {}, time_s)
        if self._take and self._sounds.held:
            self._take.change_values(time_s, self._known(self._sounds.held))

    def backdate_take(self, time_s: float) -> None:
        """The take that has begun just now has poses from an earlier time on."""
        if self._take:
            self._take.start_s = min(self._take.start_s, time_s)

    def cut_take(self, time_s: float) -> None:
        """Nothing after this time belongs to the take that is being recorded."""
        if self._take:
            self._take.end_s = min(self._take.end_s, time_s)

    def end_take(self, event: s.EndTake, requester: Requester | None) -> None:
        """Has the take stored, or forgets it; `requester` is told how it ended."""
        take, self._take = self._take, None
        followed = self._score.end()
        if take is None or not event.keep:
            return
        moving = followed.sounds if followed and take.target == PLAY_ALONG else None
        moving = take.sounds if take.changes and not moving else moving
        poses, requester = take.poses(event.end_s), self._outcomes.take_ends(requester)
        if take.target == GRAB:
            snapshots = self._examples.summary.snapshots
            self._change(GRAB, grab_saver(self._examples.preset, snapshots, poses), requester)
        elif take.target == BUTTON:
            self._change(BUTTON, button_saver(BUTTON, poses), requester)
        else:
            self._store(take, poses, requester, moving)

    def nudge(self, event: s.Nudge, requester: Requester | None) -> None:
        """Has the poses of the last seconds stored as a take."""
        start_s, end_s = event.start_s, event.end_s
        played = self._sounds.held or self._memory.middle_sound(start_s, end_s)
        take = TakeRecorder(event.target, {} if is_class(event.target) else self._known(played), start_s, end_s)
        for pose in self._memory.poses(start_s, end_s):
            take.add_pose(pose)
        self._store(take, take.poses(end_s), requester)

    def hold_score(self) -> None:
        """Holds the beginning of the score."""
        self._score.hold_beginning(self._examples.summary.snapshots)

    def advance(self, now_s: float) -> Events:
        """Moves the score on, while one is played. Returns what comes of the pose that is the record button."""
        self._score.advance(now_s)
        return self._button.poll(now_s)

    def _store(
        self, take: TakeRecorder, poses: list[Pose], requester: Requester | None, moving: MovingSounds | None = None
    ) -> None:
        saver = take_saver(self._examples.preset, take.target, take.values, take.label, poses, moving=moving)
        self._change(take.target, saver, requester)

    def _change(self, target: str, saver: Callable[[ExampleStore], str], requester: Requester | None) -> None:
        self._examples.change(
            saver,
            lambda facts, now_s: self._session.take_saved(target, facts, now_s),
            self._session.take_failed,
            requester,
        )

    def _target_values(self, target: str) -> dict[str, float]:
        """The values of the outputs in a take for this target; empty for a class."""
        if is_class(target):
            return {}
        saved = self._examples.summary.snapshots.get(int(target), {}) if target in SNAPSHOTS else {}
        return self._known(self._sounds.complete_values(self._sounds.held or saved))

    def _known(self, values: Mapping[str, float]) -> dict[str, float]:
        """Without outputs that the preset that plays does not have any more."""
        return {name: values[name] for name in self._sounds.values if name in values}
