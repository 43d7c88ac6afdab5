"""What of a preset that plays belongs to one person: the mapping, classes, gestures, triggers, scale and silence.

All voices of a preset play the same model and the same scene; each has a state of its own. Pure: time is passed in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from gesturesynth.config.preset.inputs_alone import by_inputs_alone
from gesturesynth.config.preset.model import Preset
from gesturesynth.features.people.role_frame import RoleFrame, alone
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.class_gate import NONE, ClassRule
from gesturesynth.mapping.gestures.watch import GestureWatch
from gesturesynth.mapping.idle_silence import IdleSilence
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import RETURN_S, Mapper
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.sources import Sources
from gesturesynth.pipeline.playing_scene import PlayingScene
from gesturesynth.pipeline.scene_scales import SceneScales
from gesturesynth.runtime.body_points import all_points
from gesturesynth.runtime.messages import Pose


class RunningVoice:
    """One voice while it plays.

    Args:
        preset: the whole.
        scene: that plays.

    Attributes:
        adaptation: to the person of this voice.
        scales: that its pitches follow.
        holding: the class or gesture that holds its snapshot now; empty when none does.
        held: whether a sound is held, by a class, a gesture or a command.
        performed: how often each gesture was performed.
        entered: how often each class was entered.
        trigger_counts: how often each trigger was fired.
    """

    def __init__(self, preset: Preset, scene: PlayingScene) -> None:
        self._preset, self._scene = preset, scene
        self.scales = SceneScales(preset)
        self.holding, self.held = "", False
        self.performed = dict.fromkeys((name for name in preset.gestures if name != NONE), 0)
        self.entered = dict.fromkeys(preset.classes, 0)
        self.trigger_counts = dict.fromkeys(preset.triggers, 0)
        self._gesture_hold = ("", -math.inf)  # the gesture that holds its snapshot, and until when
        self._recognised = ""
        minimum = preset.classifier.confidence
        rests_s = {name: gesture.rest_s for name, gesture in preset.gestures.items()}
        ahead = [name for name, gesture in preset.gestures.items() if gesture.ahead]
        watch = GestureWatch(preset.gesture_features, preset.smoothing, rests_s, ahead) if rests_s else None
        self.adaptation = RangeAdaptation(preset.idle_after_s, preset.idle_glide_s, on=preset.adapt)
        self._sources = Sources(watch, preset.source_features, preset.smoothing)
        self._mapper = Mapper(
            preset.features,
            preset.played_outputs(),
            preset.smoothing,
            idle_after_s=preset.idle_after_s,
            idle_glide_s=preset.idle_glide_s,
            class_rules={name: ClassRule(c.hold_s, c.rest_s, minimum) for name, c in preset.classes.items()},
            driven={output.name: output.source for output in preset.outputs if output.source},
            sources=self._sources,
            adaptation=self.adaptation,
            handover_s=preset.crossfade_s,
            return_s=0.0 if by_inputs_alone(preset) else RETURN_S,  # each message is answered as it is
            classes_ahead=[name for name, entry in preset.classes.items() if entry.ahead],
        )
        floors = {index: o.silence for index, o in enumerate(preset.outputs) if o.silence is not None}
        self._silence = IdleSilence(floors, preset.idle_after_s, preset.idle_glide_s)

    @property
    def idle_outputs(self) -> frozenset[str]:
        """See `Mapper.idle_outputs`."""
        return self._mapper.idle_outputs

    @idle_outputs.setter
    def idle_outputs(self, names: frozenset[str]) -> None:
        self._mapper.idle_outputs = names

    @property
    def source_readings(self) -> Mapping[str, float]:
        """What outputs and words can follow, 0..1 by the name of the source, as of the newest frame."""
        return self._sources.readings()

    @property
    def model(self) -> FittedMapping | None:
        """The model in use; None before the first."""
        return self._mapper.model

    def predict(self, ahead_s: float) -> None:
        """See `Mapper.predict`."""
        self._mapper.predict(ahead_s)

    def continue_from(self, former: RunningVoice) -> None:
        """Continues from the state of a voice of another piece; to be called before the first tick.

        Nothing is counted on: counts belong to the place of a voice, and not to who plays it; see `continue_counts`.
        """
        self._mapper.start_from(self._positions_of(former), former._recognised)
        self._silence.amount = former._silence.amount

    def _positions_of(self, former: RunningVoice) -> dict[str, float]:
        """Positions, 0..1, of the former piece's outputs in the new ranges: 440 Hz stay 440 Hz in another range."""
        outputs = {output.name: output for output in self._preset.played_outputs()}
        positions: dict[str, float] = {}
        heard = former._mapper.positions | former.scales.positions
        for old in former._preset.played_outputs():
            position = np.array(heard[old.name])
            new = outputs.get(old.name)
            if new is not None and new.unit == old.unit:
                position = new.positions(old.fractional_values(position))
            positions[old.name] = float(position)
        return positions

    def take_over(self, mapping: FittedMapping, time_s: float) -> None:
        """Uses this model from now on; see `RunningPreset.take_over`."""
        self._mapper.change_model(mapping, time_s, self._preset.crossfade_s)

    def hold(self, values: Mapping[str, float]) -> None:
        """Holds these values; see `RunningPreset.hold`."""
        positions = [
            output.position(values[output.name]) if output.name in values else self._mapper.positions[output.name]
            for output in self._preset.played_outputs()
        ]
        self.holding, self.held = "", True
        self._mapper.hold(np.where(self._scene.played, np.array(positions, dtype=np.float64), np.nan))

    def release(self, time_s: float) -> None:
        """Returns to the mapping; all outputs cross over together in the preset's `crossfade`, or slower."""
        self.holding, self.held = "", False
        self._mapper.release(time_s, self._preset.crossfade_s)

    def leave_scene(self, time_s: float) -> None:
        """Another scene is about to play: what is held is released, for it was of the scene before."""
        if self.held:
            self.release(time_s)
        self._gesture_hold = ("", -math.inf)

    def change_person(self, time_s: float, recognised: str = "", *, crossfade_s: float) -> str:
        """See `Mapper.change_person`."""
        self._gesture_hold = ("", -math.inf)
        return self._mapper.change_person(time_s, crossfade_s, recognised)

    def process_pose(
        self, pose: Pose | None, time_s: float, people: RoleFrame | None = None, *, may_hold: bool
    ) -> MapperFrame:
        """One tick: with a new pose, or without one (glides and crossfades continue).

        Args:
            pose: a new one, or None.
            people: who has which role in it, the person of this voice in the role `OWN`; by default the first body is
                alone.
            time_s: now, monotonic seconds.
            may_hold: whether classes and gestures may hold their snapshots.
        """
        if pose is None:
            frame = self._mapper.tick(time_s)
        else:
            people = people or alone(all_points(pose.bodies[0]) if pose.bodies else None)
            frame = self._mapper.process_pose(
                people.image, pose.width, pose.height, time_s, pose.capture_time_s, people=people
            )
        values, positions = self.scales.follow(frame.values, frame.positions, time_s)
        gone = None if self.held else frame.gone
        values = self._silence.fade(values, time_s, awake=frame.present or self.held, gone=gone)
        if values is not frame.values:
            frame = dataclasses.replace(frame, values=values, positions=positions)
        self._recognised = frame.recognised
        for name in frame.fired:
            self.entered[name] = self.entered.get(name, 0) + 1
            trigger = self._preset.classes[name].trigger if name in self._preset.classes else None
            if trigger is not None:
                self.trigger_counts[trigger] += 1
        for event in frame.performed:
            self._perform(event.name, time_s, may_hold=may_hold)
        self._update_hold(time_s, may_hold=may_hold)
        return frame

    def _perform(self, name: str, time_s: float, *, may_hold: bool) -> None:
        """A gesture was performed: its trigger fires, and its snapshot begins to sound."""
        gesture = self._preset.gestures.get(name)
        if gesture is None or name == NONE:
            return
        self.performed[name] += 1
        if gesture.trigger is not None:
            self.trigger_counts[gesture.trigger] += 1
        if gesture.snapshot is not None and may_hold:
            self._gesture_hold = (name, time_s + gesture.hold_s)

    def _update_hold(self, time_s: float, *, may_hold: bool) -> None:
        """Holds the snapshot of a gesture or of the recognised class, as a command would, from the next tick on.

        A gesture comes before a class: it lasts for a moment, and the class may last.
        """
        name, until_s = self._gesture_hold
        if not may_hold or time_s >= until_s:
            self._gesture_hold = ("", -math.inf)
            name = ""
        gesture, entry = self._preset.gestures.get(name), self._preset.classes.get(self._recognised)
        number = gesture.snapshot if gesture else entry.snapshot if entry and may_hold else None
        sound = self._scene.snapshots.get(number) if number else None
        holder = (name or self._recognised) if sound is not None else ""
        if holder == self.holding:
            return
        if sound is not None:
            self.hold(sound)
        else:
            self.release(time_s)
        self.holding = holder


def continue_counts(voices: Sequence[RunningVoice], former: Sequence[RunningVoice]) -> None:
    """Counts triggers, classes and gestures on from those of another piece, place by place: receivers follow counts.

    What the former piece has counted in voices that are no more is counted on by the last voice, so that no sum falls.
    """
    for place, voice in enumerate(voices):
        if place < len(former):
            before = former[place].trigger_counts
            voice.trigger_counts = {name: before.get(name, 0) for name in voice.trigger_counts}
        last = place == len(voices) - 1
        counted = former[place:] if last else former[place : place + 1]
        voice.performed = {name: sum(one.performed.get(name, 0) for one in counted) for name in voice.performed}
        voice.entered = {name: sum(one.entered.get(name, 0) for one in counted) for name in voice.entered}
