"""A preset while it plays, for the conductor (live) and `render` (offline) alike.

The preset becomes a scene for the engine, and a voice with a `Mapper`, or one for each person; what the mappers give at
each tick becomes a `Sound` for the engine. No clock, no socket: time is passed in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.catalogue import columns, find_column
from gesturesynth.features.computed.definition import label
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.features.people.roles import Roles
from gesturesynth.mapping.gestures.spotter import NOWHERE
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.taught_range import limited_by_reach
from gesturesynth.mapping.mapper import STALE_S
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.pipeline.playing_scene import PlayingScene
from gesturesynth.pipeline.running_tempo import RunningTempo
from gesturesynth.pipeline.running_voice import RunningVoice, continue_counts
from gesturesynth.pipeline.voice_places import VoicePlace, VoicePlaces
from gesturesynth.runtime.messages import Pose, Sound
from gesturesynth.runtime.readings import AdaptationReading, GestureReading, Reading, ScaleReading


class RunningPreset:
    """One preset while it plays.

    What is asked of it without saying which voice is about the one that leads (`voice_places.py`): the only one, or
    that of the first person.

    Attributes:
        preset: the preset, with all of its scenes.
        columns: names of the features, in the order of `MapperFrame.features.values`.
        voices: one, or as many as persons may play.
        frames: what each voice plays at this tick; None before the first.
        classes_hold: whether classes may hold their snapshot now.
        beat: its tempo.
        own_predict_s: how far the body is carried forward as preset or machine say.
        people: who has which role in the newest pose; no person once it is older than `STALE_S`.

    Args:
        preset: checked.
        predict_s: how far the body is carried forward where the preset does not say it, 0 to `prediction.LONGEST_S`.
    """

    def __init__(self, preset: Preset, predict_s: float = 0.0) -> None:
        self.preset = preset
        self.columns = columns(preset.features)
        self._scene = PlayingScene(preset)
        self.voices = tuple(RunningVoice(preset, self._scene) for _ in range(preset.voices))
        self.frames: tuple[MapperFrame, ...] | None = None
        self._places = VoicePlaces(preset.voices, preset.idle_glide_s)
        self._alone: int | None = None  # the voice that holds a sound which a command chose: the one that leads
        self._held: Mapping[str, float] = {}  # that sound
        self.classes_hold = True
        self._newest: tuple[Pose | None, float] = (None, -math.inf)
        self.own_predict_s = predict_s if preset.predict_s is None else preset.predict_s
        self.predict_s = self.own_predict_s
        self.beat = RunningTempo(preset.tempo)
        self._roles, self.people = Roles(), RoleFrame()

    # -------------------------------------------------------------------------------------------------------- voices
    @property
    def lead(self) -> int:
        """Which of the voices leads, from 0."""
        return self._places.lead

    @property
    def _voice(self) -> RunningVoice:
        return self.voices[self._places.lead]

    # -------------------------------------------------------------------------------------------------------- scenes
    @property
    def scene_name(self) -> str:
        """The scene that plays; empty where the preset has none."""
        return self._scene.name

    @property
    def in_scene(self) -> Preset:
        """The preset as the scene that plays has it; itself where it has no scenes."""
        return self._scene.view

    @property
    def snapshots(self) -> Mapping[int, Mapping[str, float]]:
        """Those of the scene that plays, by number, which classes may hold: output -> value in its unit."""
        return self._scene.snapshots

    @snapshots.setter
    def snapshots(self, snapshots: Mapping[int, Mapping[str, float]]) -> None:
        self._scene.snapshots = snapshots

    def change_scene(self, name: str, time_s: float) -> None:
        """Plays another scene from the next step on. What is held is released: it was of the scene before.

        Raises:
            KeyError: there is none of that name.
        """
        if name not in self._scene.names:
            raise KeyError(name)
        if name == self._scene.name:
            return
        for voice in self.voices:
            voice.leave_scene(time_s)
        self._alone = None
        self._scene.change(name)

    # -------------------------------------------------------------------------------------------------- what is chosen
    @property
    def idle_outputs(self) -> frozenset[str]:
        """Outputs that are off for running: they glide to their idle values, or stay, whatever else sounds."""
        return self._voice.idle_outputs

    @idle_outputs.setter
    def idle_outputs(self, names: frozenset[str]) -> None:
        for voice in self.voices:
            voice.idle_outputs = names

    @property
    def scale(self) -> ScaleSetting | None:
        """The scale that the scene's pitches follow: that of the file, until another one is set; None for none."""
        return self._voice.scales.of(self.scene_name).setting

    @scale.setter
    def scale(self, setting: ScaleSetting | None) -> None:
        for voice in self.voices:
            voice.scales.of(self.scene_name).setting = setting

    @property
    def own_scale(self) -> ScaleSetting | None:
        """The scale that the file gives to the scene that plays."""
        return self._scene.own_scale

    @property
    def predict_s(self) -> float:
        """How far the body is carried forward: as preset or machine say, until a command says something else."""
        return self._predict_s

    @predict_s.setter
    def predict_s(self, ahead_s: float) -> None:
        self._predict_s = ahead_s
        for voice in self.voices:
            voice.predict(ahead_s)

    @property
    def adaptable(self) -> bool:
        """Whether an output is learnt by a feature that limbs and reach limit, so that its range can be adapted."""
        return bool(self.preset.learned_outputs) and bool(limited_by_reach(self.columns).any())

    @property
    def adapts(self) -> bool:
        """Whether the taught range is adapted to the person in view."""
        return self._voice.adaptation.on

    def adapt(self, time_s: float, *, on: bool) -> None:
        """Adapts from now on, or no more; all outputs cross over together, as to a new model."""
        for voice in self.voices:
            voice.adaptation.on = on
        if self.model is not None:
            self.take_over(self.model, time_s)

    @property
    def model(self) -> FittedMapping | None:
        """The model in use; None before the first."""
        return self._voice.model

    def continue_from(self, former: RunningPreset, time_s: float) -> None:
        """Continues from the state of another piece; to be called before the first tick.

        Outputs of the same name start from the value they have, triggers are counted on, and the person in view stays
        in view: the class that is recognised is not entered again, and `take_over` crosses over to the person's pose.
        Each voice continues the one of the same person, as far as there are voices; the one that leads always is.
        """
        sources = self._sources(former)
        for voice, source in zip(self.voices, sources, strict=False):
            voice.continue_from(former.voices[source])
        continue_counts(self.voices, former.voices)
        if len(self.voices) > 1 and len(former.voices) > 1:
            self._places.continue_from(former._places, sources)
        self.classes_hold = former.classes_hold
        self._roles, self.people = former._roles, former.people
        if former.preset.path == self.preset.path and former.scene_name in self._scene.names:
            self.change_scene(former.scene_name, time_s)
        if (former.preset.path, former.own_scale) == (self.preset.path, self.own_scale):
            self.scale = former.scale  # a command may have changed it
        if (former.preset.path, former.own_predict_s) == (self.preset.path, self.own_predict_s):
            self.predict_s = former.predict_s  # likewise
        self.beat.continue_from(former.beat, time_s)
        if (former.preset.path, former.preset.adapt) == (self.preset.path, self.preset.adapt):
            for voice in self.voices:
                voice.adaptation.on = former.adapts  # likewise
        pose, seen_s = former._newest
        if pose is not None and time_s - seen_s <= STALE_S:
            self.process_pose(pose, time_s)

    def _sources(self, former: RunningPreset) -> list[int]:
        """Which of the former voices each voice continues, for the first ones."""
        if len(self.voices) == 1 or len(former.voices) == 1:
            return [former.lead]
        sources = list(range(min(len(self.voices), len(former.voices))))
        if former.lead not in sources:
            sources[0] = former.lead
        return sources

    def take_over(self, mapping: FittedMapping, time_s: float) -> None:
        """Uses this model from now on; all outputs cross over together in the preset's `crossfade`, or slower."""
        for voice in self.voices:
            voice.take_over(mapping, time_s)

    # ------------------------------------------------------------------------------------------------------- playing
    def hold(self, values: Mapping[str, float]) -> None:
        """Holds these values, by name of the output and in its unit, instead of the mapping, at once.

        Values beyond an output's range count as its end. An output that is not named stays where it is now; one that
        follows a source goes on to follow it, and one that the scene does not play goes on as before. Other voices than
        the one that leads are silent meanwhile.
        """
        self._alone, self._held = self.lead if self._alone is None else self._alone, values
        self.voices[self._alone].hold(values)

    def release(self, time_s: float) -> None:
        """Returns to the mapping; all outputs cross over together in the preset's `crossfade`, or slower."""
        held, self._alone = self.lead if self._alone is None else self._alone, None
        self.voices[held].release(time_s)

    @property
    def holding(self) -> str:
        """The class or gesture that holds its snapshot now; empty when none does."""
        return self._voice.holding

    @property
    def held_snapshot(self) -> int | None:
        """The number of the snapshot that `holding` holds; None when nothing does."""
        entry = self.preset.gestures.get(self.holding) or self.preset.classes.get(self.holding)
        return entry.snapshot if entry else None

    @property
    def performed(self) -> dict[str, int]:
        """How often each gesture was performed since the conductor started, by all persons: it only grows."""
        return {name: sum(voice.performed[name] for voice in self.voices) for name in self._voice.performed}

    def change_person(self, time_s: float, recognised: str = "") -> str:
        """The poses that follow are those of another person, or of a take; all outputs cross over as in `release`.

        Args:
            time_s: now.
            recognised: the class that is entered already by them, so that it does not fire.

        Returns:
            The class that was entered before; empty for none.
        """
        self._roles.reset()
        self._places.forget()
        return self._voice.change_person(time_s, recognised, crossfade_s=self.preset.crossfade_s)

    def process_pose(self, pose: Pose | None, time_s: float) -> MapperFrame:
        """One tick: with a new pose, or without one (glides and crossfades continue)."""
        if pose is not None:
            self._newest, self.people = (pose, time_s), self._roles.of_pose(pose)
        elif time_s - self._newest[1] > STALE_S:
            self.people = RoleFrame()
        if len(self.voices) == 1:
            self.frames = (self._voice.process_pose(pose, time_s, self.people, may_hold=self.classes_hold),)
        else:
            self.frames = self._frames_of_persons(pose, time_s)
        frame = self.frames[self.lead]
        self.beat.follow(frame.performed, time_s)
        return frame

    def _frames_of_persons(self, pose: Pose | None, time_s: float) -> tuple[MapperFrame, ...]:
        """One tick of all voices: each sees its own person first. A voice that is silent without a person rests."""
        self._places.advance(time_s, self._alone)  # first: who arrives now is heard from the next tick on
        if pose is not None:
            for arrival in self._places.see(self.people.in_view, time_s):
                crossfade_s = self.preset.crossfade_s if arrival.audible else 0.0
                self.voices[arrival.place].change_person(time_s, crossfade_s=crossfade_s)
            if self._alone is not None and self._alone != self.lead:  # what is heard is what is shown and saved
                self.release(time_s)
                self.hold(self._held)
        frames = []
        for place, voice in enumerate(self.voices):
            if self.frames and self._places.rests(place) and place not in (self.lead, self._alone):
                frames.append(dataclasses.replace(self.frames[place], fired=(), performed=()))
            else:
                own = self.people.of_person(self._places.places[place].person)
                frames.append(voice.process_pose(pose, time_s, own, may_hold=self.classes_hold))
        return tuple(frames)

    def sound(self, frame: MapperFrame, capture_time_s: float) -> Sound:
        """The message for the engine at this tick."""
        several = self.frames if len(self.voices) > 1 else None
        return Sound(
            capture_time_s=capture_time_s,
            scene=self._scene.message,
            values=self._scene.heard([f.values for f in several or (frame,)], self.lead, self._places.time_s),
            trigger_counts=tuple(count for voice in self.voices for count in voice.trigger_counts.values()),
            volume_db=min(0.0, self.preset.volume_db),
            tempo=self.beat.tempo,
            voices=self._places.shares if several else (),
        )

    # ------------------------------------------------------------------------------------------------------- readings
    def feature_readings(self, frame: MapperFrame) -> tuple[Reading, ...]:
        """The features at a tick, for the status."""
        readings = []
        for name, value in zip(self.columns, frame.features.values.tolist(), strict=True):
            entry = find_column(name)
            assert entry is not None
            place = float(np.clip((value - entry.low) / (entry.high - entry.low), 0.0, 1.0))
            readings.append(Reading(label(name), value, entry.unit, place))
        return tuple(readings)

    def adaptation_reading(self, frame: MapperFrame | None) -> AdaptationReading:
        """How the range follows the person in view at a tick, for the status."""
        stretches = zip(self.columns, self._voice.adaptation.stretches.tolist(), strict=False)
        known = dict(stretches) if frame is not None and frame.present else {}
        return AdaptationReading(self.adapts, {label(name): value for name, value in known.items() if value != 1.0})

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
        names = (scale.scale.name, scale.root_name, scale.tuning.name)
        return ScaleReading(*names, scale.reference_hz, scale.strength, self.preset.pitches)

    def output_readings(self, frame: MapperFrame, voice: int | None = None) -> tuple[Reading, ...]:
        """The outputs of the scene at a tick, for the status; of a voice, from 0, by default the one that leads."""
        scales = (self._voice if voice is None else self.voices[voice]).scales
        return self._scene.readings(frame.values, frame.positions, scales)

    def place(self, voice: int) -> VoicePlace:
        """Who plays a voice, from 0, and how far it is faded in."""
        return self._places.places[voice]
