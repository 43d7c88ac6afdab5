"""A preset while it plays, for the conductor (live) and `render` (offline) alike.

The preset becomes a `Mapper` and a scene for the engine; the result of the mapper at each tick becomes a `Sound` for
the engine. No clock, no socket: time is passed in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.catalogue import FEATURES, columns
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.class_gate import NONE, ClassRule
from gesturesynth.mapping.gestures.spotter import NOWHERE
from gesturesynth.mapping.gestures.watch import GestureWatch
from gesturesynth.mapping.idle_silence import IdleSilence
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.taught_range import limited_by_reach
from gesturesynth.mapping.mapper import STALE_S, Mapper
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.mapping.sources import Sources
from gesturesynth.pipeline.playing_scene import PlayingScene
from gesturesynth.pipeline.running_tempo import RunningTempo
from gesturesynth.runtime.messages import Pose, Sound
from gesturesynth.runtime.readings import AdaptationReading, GestureReading, Reading, ScaleReading

_SPANS: Final = {column: (entry.low, entry.high, entry.unit) for entry in FEATURES.values() for column in entry.recipes}


class RunningPreset:
    """One preset while it plays.

    Attributes:
        preset: the preset, with all of its scenes.
        columns: names of the features, in the order of `MapperFrame.features.values`.
        snapshots: of the scene that plays, by number, which classes may hold: output -> value in its unit.
        classes_hold: whether classes may hold their snapshot now.
        holding: the class or gesture that holds its snapshot now; empty when none does.
        performed: how often each gesture was performed since the conductor started.
        beat: its tempo.
    """

    def __init__(self, preset: Preset, volume_db: float = 0.0) -> None:
        self.preset = preset
        self.columns = columns(preset.features)
        self._scene = PlayingScene(preset)
        self.snapshots: Mapping[int, Mapping[str, float]] = self._scene.view.snapshots
        self.classes_hold = True
        self.holding = ""
        self.performed = dict.fromkeys((name for name in preset.gestures if name != NONE), 0)
        self._gesture_hold = ("", -math.inf)  # the gesture that holds its snapshot, and until when
        self._volume_db = volume_db + preset.volume_db
        self._trigger_counts = dict.fromkeys(preset.triggers, 0)
        self._newest: tuple[Pose | None, float] = (None, -math.inf)
        self._recognised = ""
        minimum = preset.classifier.confidence
        rests_s = {name: gesture.rest_s for name, gesture in preset.gestures.items()}
        watch = GestureWatch(preset.gesture_features, preset.smoothing, rests_s) if rests_s else None
        self._adaptation = RangeAdaptation(preset.idle_after_s, preset.idle_glide_s, on=preset.adapt)
        self._mapper = Mapper(
            preset.features,
            preset.played_outputs(),
            preset.smoothing,
            idle_after_s=preset.idle_after_s,
            idle_glide_s=preset.idle_glide_s,
            class_rules={name: ClassRule(c.hold_s, c.rest_s, minimum) for name, c in preset.classes.items()},
            driven={output.name: output.source for output in preset.outputs if output.source},
            sources=Sources(watch, preset.source_features, preset.smoothing),
            adaptation=self._adaptation,
        )
        floors = {index: o.silence for index, o in enumerate(preset.outputs) if o.silence is not None}
        self._silence = IdleSilence(floors, preset.idle_after_s, preset.idle_glide_s)
        self._held = False
        self.beat = RunningTempo(preset.tempo)

    @property
    def scene_name(self) -> str:
        """The scene that plays; empty where the preset has none."""
        return self._scene.name

    @property
    def in_scene(self) -> Preset:
        """The preset as the scene that plays has it; itself where it has no scenes."""
        return self._scene.view

    def change_scene(self, name: str, time_s: float) -> None:
        """Plays another scene from the next step on. What is held is released: it was of the scene before.

        Raises:
            KeyError: there is none of that name.
        """
        if name not in self._scene.names:
            raise KeyError(name)
        if name == self._scene.name:
            return
        if self._held:
            self.release(time_s)
        self._gesture_hold = ("", -math.inf)
        self._scene.name = name
        self.snapshots = self._scene.view.snapshots

    @property
    def idle_outputs(self) -> frozenset[str]:
        """Outputs that are off for running: they glide to their idle values, or stay, whatever else sounds."""
        return self._mapper.idle_outputs

    @idle_outputs.setter
    def idle_outputs(self, names: frozenset[str]) -> None:
        self._mapper.idle_outputs = names

    @property
    def scale(self) -> ScaleSetting | None:
        """The scale that the scene's pitches follow: that of the file, until another one is set; None for none."""
        return self._scene.quantiser.setting

    @scale.setter
    def scale(self, setting: ScaleSetting | None) -> None:
        self._scene.quantiser.setting = setting

    @property
    def own_scale(self) -> ScaleSetting | None:
        """The scale that the file gives to the scene that plays."""
        return self._scene.own_scale

    @property
    def adaptable(self) -> bool:
        """Whether an output is learnt by a feature that limbs and reach limit, so that its range can be adapted."""
        return bool(self.preset.learned_outputs) and bool(limited_by_reach(self.columns).any())

    @property
    def adapts(self) -> bool:
        """Whether the taught range is adapted to the person in view."""
        return self._adaptation.on

    def adapt(self, time_s: float, *, on: bool) -> None:
        """Adapts from now on, or no more; all outputs cross over together, as to a new model."""
        self._adaptation.on = on
        if self._mapper.model is not None:
            self.take_over(self._mapper.model, time_s)

    @property
    def model(self) -> FittedMapping | None:
        """The model in use; None before the first."""
        return self._mapper.model

    def continue_from(self, former: RunningPreset, time_s: float) -> None:
        """Continues from the state of another piece; to be called before the first tick.

        Outputs of the same name start from the value they have, triggers are counted on, and the person in view stays
        in view: the class that is recognised is not entered again, and `take_over` crosses over to the person's pose.
        """
        self._mapper.start_from(self._positions_of(former), former._recognised)
        self._trigger_counts = {trigger: former._trigger_counts.get(trigger, 0) for trigger in self._trigger_counts}
        self.performed = {name: former.performed.get(name, 0) for name in self.performed}
        self.classes_hold = former.classes_hold
        if former.preset.path == self.preset.path and former.scene_name in self._scene.names:
            self.change_scene(former.scene_name, time_s)
        if (former.preset.path, former.own_scale) == (self.preset.path, self.own_scale):
            self.scale = former.scale  # a command may have changed it
        self._silence.amount = former._silence.amount
        self.beat.continue_from(former.beat, time_s)
        if (former.preset.path, former.preset.adapt) == (self.preset.path, self.preset.adapt):
            self._adaptation.on = former.adapts  # likewise
        pose, seen_s = former._newest
        if pose is not None and time_s - seen_s <= STALE_S:
            self.process_pose(pose, time_s)

    def _positions_of(self, former: RunningPreset) -> dict[str, float]:
        """Positions, 0..1, of the former piece's outputs in the new ranges: 440 Hz stay 440 Hz in another range."""
        outputs = {output.name: output for output in self.preset.played_outputs()}
        positions: dict[str, float] = {}
        heard = former._mapper.positions | former._scene.positions
        for old in former.preset.played_outputs():
            position = np.array(heard[old.name])
            new = outputs.get(old.name)
            if new is not None and new.unit == old.unit:
                position = new.positions(old.fractional_values(position))
            positions[old.name] = float(position)
        return positions

    def take_over(self, mapping: FittedMapping, time_s: float) -> None:
        """Uses this model from now on; all outputs cross over together in the preset's `crossfade`, or slower."""
        self._mapper.change_model(mapping, time_s, self.preset.crossfade_s)

    def hold(self, values: Mapping[str, float]) -> None:
        """Holds these values, by name of the output and in its unit, instead of the mapping, at once.

        Values beyond an output's range count as its end. An output that is not named stays where it is now; one that
        follows a source goes on to follow it, and one that the scene does not play goes on as before.
        """
        positions = [
            output.position(values[output.name]) if output.name in values else self._mapper.positions[output.name]
            for output in self.preset.played_outputs()
        ]
        self.holding, self._held = "", True
        self._mapper.hold(np.where(self._scene.played, np.array(positions, dtype=np.float64), np.nan))

    def release(self, time_s: float) -> None:
        """Returns to the mapping; all outputs cross over together in the preset's `crossfade`, or slower."""
        self.holding, self._held = "", False
        self._mapper.release(time_s, self.preset.crossfade_s)

    def change_person(self, time_s: float, recognised: str = "") -> str:
        """The poses that follow are those of another person, or of a take; all outputs cross over as in `release`.

        Args:
            time_s: now.
            recognised: the class that is entered already by them, so that it does not fire.

        Returns:
            The class that was entered before; empty for none.
        """
        self._gesture_hold = ("", -math.inf)
        return self._mapper.change_person(time_s, self.preset.crossfade_s, recognised)

    def process_pose(self, pose: Pose | None, time_s: float) -> MapperFrame:
        """One tick: with a new pose, or without one (glides and crossfades continue)."""
        if pose is None:
            frame = self._mapper.tick(time_s)
        else:
            image = pose.bodies[0].image_array() if pose.bodies else None
            frame = self._mapper.process_pose(image, pose.width, pose.height, time_s, pose.capture_time_s)
            self._newest = (pose, time_s)
        values, positions = self._scene.follow(frame.values, frame.positions, time_s)
        values = self._silence.fade(values, time_s, awake=frame.present or self._held)
        if values is not frame.values:
            frame = dataclasses.replace(frame, values=values, positions=positions)
        self._recognised = frame.recognised
        self.beat.follow(frame.performed, time_s)
        for name in frame.fired:
            trigger = self.preset.classes[name].trigger if name in self.preset.classes else None
            if trigger is not None:
                self._trigger_counts[trigger] += 1
        for event in frame.performed:
            self._perform(event.name, time_s)
        self._update_hold(time_s)
        return frame

    @property
    def held_snapshot(self) -> int | None:
        """The number of the snapshot that `holding` holds; None when nothing does."""
        entry = self.preset.gestures.get(self.holding) or self.preset.classes.get(self.holding)
        return entry.snapshot if entry else None

    def _perform(self, name: str, time_s: float) -> None:
        """A gesture was performed: its trigger fires, and its snapshot begins to sound."""
        gesture = self.preset.gestures.get(name)
        if gesture is None or name == NONE:
            return
        self.performed[name] += 1
        if gesture.trigger is not None:
            self._trigger_counts[gesture.trigger] += 1
        if gesture.snapshot is not None and self.classes_hold:
            self._gesture_hold = (name, time_s + gesture.hold_s)

    def _update_hold(self, time_s: float) -> None:
        """Holds the snapshot of a gesture or of the recognised class, as a command would, from the next tick on.

        A gesture comes before a class: it lasts for a moment, and the class may last.
        """
        name, until_s = self._gesture_hold
        if not self.classes_hold or time_s >= until_s:
            self._gesture_hold = ("", -math.inf)
            name = ""
        gesture, entry = self.preset.gestures.get(name), self.preset.classes.get(self._recognised)
        number = gesture.snapshot if gesture else entry.snapshot if entry and self.classes_hold else None
        sound = self.snapshots.get(number) if number else None
        holder = (name or self._recognised) if sound is not None else ""
        if holder == self.holding:
            return
        if sound is not None:
            self.hold(sound)
        else:
            self.release(time_s)
        self.holding = holder

    def sound(self, frame: MapperFrame, capture_time_s: float) -> Sound:
        """The message for the engine at this tick."""
        return Sound(
            capture_time_s=capture_time_s,
            scene=self._scene.message,
            values=self._scene.heard(frame.values),
            trigger_counts=tuple(self._trigger_counts.values()),
            volume_db=min(0.0, self._volume_db),
            tempo=self.beat.tempo,
        )

    def feature_readings(self, frame: MapperFrame) -> tuple[Reading, ...]:
        """The features at a tick, for the status."""
        readings = []
        for name, value in zip(self.columns, frame.features.values.tolist(), strict=True):
            low, high, unit = _SPANS[name]
            readings.append(Reading(name, value, unit, float(np.clip((value - low) / (high - low), 0.0, 1.0))))
        return tuple(readings)

    def adaptation_reading(self, frame: MapperFrame | None) -> AdaptationReading:
        """How the range follows the person in view at a tick, for the status."""
        stretches = zip(self.columns, self._adaptation.stretches.tolist(), strict=False)
        known = dict(stretches) if frame is not None and frame.present else {}
        return AdaptationReading(self.adapts, {name: value for name, value in known.items() if value != 1.0})

    def gesture_readings(self, frame: MapperFrame) -> tuple[GestureReading, ...]:
        """The gestures at a tick, for the status."""
        return tuple(
            GestureReading(name, name in frame.gestures, state.progress, state.closeness, state.speed, count)
            for name, count in self.performed.items()
            for state in (frame.gestures.get(name, NOWHERE),)
        )

    def scale_reading(self) -> ScaleReading:
        """The scale, for the status."""
        scale = self.scale
        if scale is None:
            return ScaleReading()
        tuning, reference_hz = scale.tuning.name, scale.reference_hz
        return ScaleReading(
            scale.scale.name, scale.root_name, tuning, reference_hz, scale.strength, self.preset.pitches
        )

    def output_readings(self, frame: MapperFrame) -> tuple[Reading, ...]:
        """The outputs of the scene at a tick, for the status."""
        return self._scene.readings(frame.values, frame.positions)
