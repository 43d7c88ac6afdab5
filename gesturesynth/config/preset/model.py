"""A preset once it is checked: complete, in base units, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from gesturesynth.config.preset.class_schema import ClassifierEntry
from gesturesynth.config.preset.model_parts import PresetClass, PresetGesture, PresetOutput, PresetTempo
from gesturesynth.config.preset.scene_model import NO_SCHEDULE, PresetScale, PresetScene, SceneSchedule
from gesturesynth.config.preset.voice_copies import with_copies
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.features.catalogue import find
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.parts import asked_for
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.latent.setup import LatentSetup
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.teaching.score import ScoreStep
from gesturesynth.runtime.action_message import ActionSetup
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.light_message import NO_LAMPS, LightSetup
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.runtime.midi_message import MidiSetup
from gesturesynth.runtime.patterns import OnBeat, PatternSetup
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.words.setup import WordsSetup


@dataclass(frozen=True)
class Preset:
    """A checked preset: all defaults filled in, everything in base units, everything within its range.

    Attributes:
        path: the file it came from.
        name, about: for people.
        features: names of features, as written.
        smoothing: how features are smoothed.
        outputs: in the order of the file, which is the order of values everywhere.
        model, model_settings: a kind of model or `auto`, and the settings that differ from the kind's own.
        confidence: above 0; greater counts more poses as taught.
        adapt: whether the taught range is adapted to the person in view.
        crossfade_s: how long a new model takes over, at least; 0 for at once.
        crossfade_in_s: how long the piece takes over from another, if that is longer than the engine's own time.
        snapshots: number key -> output -> value in the output's unit; an output that is not named stays as it is.
        score: what is played to move along with; empty for all snapshots in order.
        instruments: in the order in which they are built.
        buses: effects that instruments share, likewise.
        classes: by name.
        classifier: how classes are recognised.
        classifier_settings: those of the classifier that differ from its own.
        gestures: by name.
        gesture_features: names of the features that gestures are recognised by.
        idle_after_s: how long the last sound is held when no person is in view.
        idle_glide_s: how long the glide to the outputs' idle values takes after that.
        osc: other programs that get outputs or features.
        wekinator: the program that gets all outputs at once, as Wekinator's receivers do; None for none.
        actions: what is sent when something happens.
        obeys_wekinator: whether Wekinator's control messages are obeyed.
        ceiling_db, loudness_lufs, gain_db, fade_in_s, volume_db: the end of the chain.
        scale: which pitches are played; None for all.
        tempo: its beat; None where nothing lies on one.
        notes: `instrument.parameter` of those that are given as notes.
        scenes: by name, in the order of the file; none where the preset plays as one. `outputs` and `instruments` then
            are those of all scenes.
        schedule: when they change by themselves.
        view: the scene that this is a view of, see `in_scene`; empty for the whole preset.
        patterns: what strikes triggers by itself.
        inputs: numbers that other programs send, which its features may be made of.
        people: how many persons are followed; 0 where the file does not say, and the settings do.
        voices: how many there are, one for each person; 1 where the first person alone plays.
        words: lines of text that movement chooses; None for none.
        midi: what leaves as MIDI, and what of MIDI is an input.
        latent: the vectors between which one for other programs is taught; None for none.
        predict_s: how far the body is carried forward (`features/prediction.py`); None: as the machine's settings say.
        light: its lamps.
    """

    path: Path
    name: str
    about: str
    features: tuple[str, ...]
    smoothing: OneEuroSettings
    outputs: tuple[PresetOutput, ...]
    model: str
    model_settings: Mapping[str, float]
    confidence: float
    crossfade_s: float
    snapshots: Mapping[int, Mapping[str, float]]
    score: tuple[ScoreStep, ...]
    instruments: tuple[InstrumentSetup, ...]
    classes: Mapping[str, PresetClass]
    classifier: ClassifierEntry
    idle_after_s: float
    idle_glide_s: float
    osc: tuple[OscTarget, ...]
    ceiling_db: float
    loudness_lufs: float
    gain_db: float
    fade_in_s: float
    volume_db: float
    crossfade_in_s: float = 0.0
    buses: tuple[InstrumentSetup, ...] = ()
    gestures: Mapping[str, PresetGesture] = field(default_factory=dict)
    classifier_settings: Mapping[str, float] = field(default_factory=dict)
    gesture_features: tuple[str, ...] = GESTURE_FEATURES
    scale: PresetScale | None = None
    adapt: bool = False
    tempo: PresetTempo | None = None
    notes: tuple[str, ...] = ()
    scenes: Mapping[str, PresetScene] = field(default_factory=dict)
    schedule: SceneSchedule = NO_SCHEDULE
    view: str = ""
    patterns: tuple[PatternSetup, ...] = ()
    people: int = 0
    inputs: tuple[InputSetup, ...] = ()
    voices: int = 1
    predict_s: float | None = None
    words: WordsSetup | None = None
    latent: LatentSetup | None = None
    wekinator: OscTarget | None = None
    actions: tuple[ActionSetup, ...] = ()
    obeys_wekinator: bool = False
    light: LightSetup = NO_LAMPS
    midi: MidiSetup = field(default_factory=MidiSetup)

    @property
    def key(self) -> str:
        """The name on the command line and in the state folder: the file's name without its ending."""
        return self.path.stem

    @property
    def examples_path(self) -> Path:
        """The path of its factory examples, if it has any: a CSV file of the same name beside it."""
        return self.path.with_suffix(".csv")

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of texts beside it that its words are made of."""
        return (self.words.file,) if self.words and self.words.file else ()

    @property
    def vector_files(self) -> tuple[str, ...]:
        """The names of files beside it that its latents are read from."""
        return self.latent.files if self.latent else ()

    @cached_property
    def tracking_request(self) -> TrackingRequest:
        """What it asks of the tracker."""
        hands, face = asked_for((*self.features, *self.gesture_features, *self.source_features))
        return TrackingRequest(self.people, hands, face, everyone=self.voices > 1 and (hands or face))

    @property
    def triggers(self) -> tuple[str, ...]:
        """The triggers of all classes and gestures, each once, in their order."""
        entries: list[PresetClass | PresetGesture] = [*self.classes.values(), *self.gestures.values()]
        return tuple(dict.fromkeys(entry.trigger for entry in entries if entry.trigger is not None))

    @property
    def grids(self) -> dict[str, float]:
        """The notes that triggers of classes and gestures wait for, in whole notes."""
        entries: list[PresetClass | PresetGesture] = [*self.classes.values(), *self.gestures.values()]
        return {entry.trigger: entry.on for entry in entries if entry.trigger is not None and entry.on is not None}

    @property
    def gesture_targets(self) -> tuple[str, ...]:
        """What takes of movements are recorded for: the gestures, and `none`, which shows other movements."""
        names = tuple(name for name in self.gestures if name != NONE)
        return (*names, *((NONE,) if names and NONE not in self.classes else ()))

    @property
    def named_features(self) -> tuple[str, ...]:
        """All features that are looked at."""
        return (*self.features, *(self.gesture_features if self.gestures else ()), *self.source_features)

    @property
    def source_features(self) -> tuple[str, ...]:
        """The features that outputs and words follow directly, each once."""
        named = (*(output.source for output in self.outputs), *(self.words.sources if self.words else ()))
        return tuple(dict.fromkeys(name for name in named if find(name)))

    @property
    def learned_outputs(self) -> tuple[PresetOutput, ...]:
        """The outputs that are learnt from examples; the others have a source that drives them."""
        return tuple(output for output in self.outputs if not output.source)

    @property
    def pitches(self) -> tuple[str, ...]:
        """The outputs that follow a scale, if there is one."""
        return self.scale.outputs if self.scale else tuple(output.name for output in self.outputs if output.pitch)

    def mapping_outputs(self) -> tuple[Output, ...]:
        """The outputs that are learnt from examples, as the mapping needs them, in the order of the file."""
        return tuple(_output(output) for output in self.learned_outputs)

    def played_outputs(self) -> tuple[Output, ...]:
        """All outputs, those with a source among them, as the mapper needs them, in the order of the file."""
        return tuple(_output(output) for output in self.outputs)

    def in_scene(self, name: str) -> Preset:
        """The preset as one of its scenes has it: its outputs, snapshots and score alone; itself where it has none."""
        scene = self.scenes.get(name)
        if scene is None:
            return self
        outputs = tuple(output for output in self.outputs if output.name in scene.outputs)
        return replace(self, outputs=outputs, snapshots=scene.snapshots, score=scene.score, view=name)

    def heard_outputs(self, scene: str = "") -> tuple[int, ...]:
        """Which outputs the engine gets in a scene, as numbers: its own, and those that move what it does not play.

        Never those that move no parameter.
        The latter go on to follow the body while they fade out, and are in their places when they fade in again. Where
        two of them move the same, none does.
        """
        if scene not in self.scenes:
            return tuple(number for number, output in enumerate(self.outputs) if output.to)
        of = self.scenes[scene]
        silent = [o.to for o in self.outputs if o.to.partition(".")[0] in of.silent]
        return tuple(
            number
            for number, output in enumerate(self.outputs)
            if output.to and (output.name in of.outputs or (output.to in silent and silent.count(output.to) == 1))
        )

    def scene(self, name: str = "") -> Scene:
        """The scene for the engine; counts are in the order of `triggers`, `Sound.values` in that of `heard_outputs`.

        Args:
            name: one of `scenes`; where there is none of that name, the preset as a whole. It has all voices.
        """
        return with_copies(self.scene_of_one_voice(name), self.voices)

    def scene_of_one_voice(self, name: str = "") -> Scene:
        """The scene as the first voice plays it; see `scene`."""
        of = self.scenes.get(name)
        heard = [self.outputs[number] for number in self.heard_outputs(name)]
        return Scene(
            preset=self.name,
            instruments=of.instruments if of else self.instruments,
            parameters=tuple(output.to for output in heard),
            glides_s=tuple(output.glide_s for output in heard),
            triggers=self.triggers,
            ceiling_db=self.ceiling_db,
            loudness_lufs=self.loudness_lufs,
            on_beat=OnBeat(self.notes, self.patterns, self.grids),
            gain_db=self.gain_db,
            fade_in_s=self.fade_in_s,
            crossfade_in_s=self.crossfade_in_s,
            buses=self.buses,
            name=of.name if of else "",
            silent=of.silent if of else (),
            scene_crossfade_s=of.crossfade_in_s if of else 0.0,
        )


def _output(output: PresetOutput) -> Output:
    o = output
    return Output(o.name, o.low, o.high, o.unit, o.warp, o.idle, o.whole, o.soft_limits, o.notes)
