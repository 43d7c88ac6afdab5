"""Checks how the keys of a preset fit together: outputs have parameters, ranges fit, no parameter is moved twice.

A preset whose keys are right one by one can still be wrong as a whole; every such error is added to the document, with
its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gesturesynth.config.preset.check_effects import EffectsChecker
from gesturesynth.config.preset.check_features import FeaturesChecker
from gesturesynth.config.preset.check_layers import LayersChecker
from gesturesynth.config.preset.check_light import check_light
from gesturesynth.config.preset.check_midi import MidiChecker
from gesturesynth.config.preset.check_osc import osc_targets
from gesturesynth.config.preset.check_patterns import check_grids, check_patterns
from gesturesynth.config.preset.check_people import check_people
from gesturesynth.config.preset.check_scale import ScaleChecker
from gesturesynth.config.preset.check_scenes import ScenesChecker
from gesturesynth.config.preset.check_score import check_score
from gesturesynth.config.preset.check_settings import model_settings
from gesturesynth.config.preset.check_tempo import TempoChecker
from gesturesynth.config.preset.check_voices import check_voices
from gesturesynth.config.preset.check_words import check_words
from gesturesynth.config.preset.free_outputs import free_parameter
from gesturesynth.config.preset.idle_schema import SILENCE
from gesturesynth.config.preset.latent import check_latent
from gesturesynth.config.preset.model_parts import PresetClass, PresetGesture, PresetOutput
from gesturesynth.config.preset.output_schema import HARD, SOFT, ModelEntry, OutputEntry
from gesturesynth.config.preset.scene_merging import MergedPreset, merged_scenes
from gesturesynth.config.preset.scene_model import NO_SCHEDULE, PresetScale, PresetScene, SceneSchedule
from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.preset.sources import SourceKind, source_kinds, source_problem
from gesturesynth.config.preset.wekinator import wekinator_target
from gesturesynth.config.yaml.document import Document, KeyPath, shortened
from gesturesynth.config.yaml.model import written_fields
from gesturesynth.config.yaml.types import parse_in_range, unknown_name
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core.note_lengths import notes_between
from gesturesynth.core.units import Unit, Warp
from gesturesynth.features.catalogue import find
from gesturesynth.mapping.latent.setup import LatentSetup
from gesturesynth.mapping.learning.model_kinds import AUTO, AUTO_KIND, MODEL_KINDS
from gesturesynth.runtime.light_message import NO_LAMPS, LightSetup
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.runtime.midi_message import MidiSetup
from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.synthesis.instruments.base import Parameter, Trigger
from gesturesynth.synthesis.instruments.known import KnownInstruments
from gesturesynth.words.setup import WordsSetup

T = TypeVar("T", Parameter, Trigger)


@dataclass
class Checker:
    """Checks one preset. Call `run` once; after it the results hold all that was right.

    Attributes:
        document: receives the problems.
        entries: the preset as far as its keys were right.
        instruments: those that can be named.
        outputs, setups, buses, classes, gestures, snapshots, settings, class_settings, scale, scenes, schedule,
            patterns, voices, words, latent, midi, osc, wekinator: the results; the last two only without any problem.
    """

    document: Document
    entries: PresetFile
    instruments: KnownInstruments
    outputs: dict[str, PresetOutput] = field(default_factory=dict)
    setups: dict[str, InstrumentSetup] = field(default_factory=dict)
    buses: dict[str, InstrumentSetup] = field(default_factory=dict)
    classes: dict[str, PresetClass] = field(default_factory=dict)
    gestures: dict[str, PresetGesture] = field(default_factory=dict)
    snapshots: dict[int, dict[str, float]] = field(default_factory=dict)
    settings: dict[str, float] = field(default_factory=dict)
    class_settings: dict[str, float] = field(default_factory=dict)
    scale: PresetScale | None = None
    scenes: dict[str, PresetScene] = field(default_factory=dict)
    schedule: SceneSchedule = NO_SCHEDULE
    osc: list[OscTarget] = field(default_factory=list)
    wekinator: OscTarget | None = None
    patterns: dict[str, PatternSetup] = field(default_factory=dict)
    voices: int = 1
    words: WordsSetup | None = None
    latent: LatentSetup | None = None
    light: LightSetup = NO_LAMPS
    midi: MidiSetup = field(default_factory=MidiSetup)
    merged: MergedPreset = field(init=False)

    def __post_init__(self) -> None:
        """From here on the preset is checked as a whole: its own parts and those of its scenes."""
        self.merged = merged_scenes(self.document, self.entries)
        self.document, self.entries = self.merged.document, self.merged.entries

    def run(self) -> None:
        """Checks everything, in an order in which each step has the results that it needs."""
        self.features = FeaturesChecker(self)
        self.features.check()
        self._model()
        self.tempo = TempoChecker(self)
        self.layers = LayersChecker(self)
        self.layers.check()
        self.patterns = check_patterns(self)
        scenes = self.merged.scenes
        self._scales = {name: ScaleChecker(self, e.scale, name) for name, e in scenes.items() if e.scale}
        self._scale = ScaleChecker(self, self.entries.scale)
        self._outputs()
        self.scale = self._scale.check(set(self._scales))
        effects = EffectsChecker(self, scenes_checker := ScenesChecker(self, self.merged))
        effects.check_classes()
        effects.check_gestures()
        check_grids(self)
        check_people(self)
        self._snapshots()
        check_score(self, ("score",), self.entries.score)
        self.scenes = scenes_checker.check(self._scales)
        self.schedule = scenes_checker.schedule()
        self.tempo.check_mixed()
        self.voices = check_voices(self)
        self.words = check_words(self, self._source_kinds())
        self.latent = check_latent(self)
        self.light = check_light(self)
        self.midi = MidiChecker(self, self.voices).check()
        self.wekinator = wekinator_target(self)
        self.osc = osc_targets(self, self._source_kinds())
        if not any(map(self.written, ("outputs", "classes", "gestures", "words", "latent"))) and not self.outputs:
            self.document.add_problem(
                (), "nothing is moved and nothing is struck: `outputs`, `classes`, `gestures` or `words` are needed"
            )

    def written(self, section: str) -> Mapping[str, object]:
        """The keys of a section as written, right or wrong."""
        value = self.document.data.get(section)
        return value if isinstance(value, dict) else {}

    def _model(self) -> None:
        self.settings = self._model_settings(("model",), self.entries.model)
        rules = self.entries.classifier
        kind = MODEL_KINDS[AUTO_KIND["classes"] if rules.model == AUTO else rules.model]
        given, others = rules.model_extra or {}, written_fields(type(rules))
        self.class_settings = model_settings(self, kind, ("classifier",), given, others)

    def _model_settings(self, here: KeyPath, entry: ModelEntry) -> dict[str, float]:
        """The settings of a model that were right."""
        kind = MODEL_KINDS[AUTO_KIND["continuous"] if entry.kind == AUTO else entry.kind]
        return model_settings(self, kind, here, entry.model_extra or {})

    def _own_features(self, here: KeyPath, names: Sequence[str]) -> tuple[str, ...]:
        """The full names of the features that feed one output, as far as the preset has them."""
        written = self.document.data.get("features")  # wrong ones have a problem of their own
        known = tuple(map(str, written)) if isinstance(written, list) else ()
        known += tuple(f"{name}.{place}" for name in known for place in range(1, self.features.received(name) + 1))
        for index, name in enumerate(names):
            if name in names[:index]:
                self.document.add_problem((*here, index), f"'{name}' is in the list already")
            elif (find(name) or name in self.features.own) and name not in known:
                self.document.add_problem(
                    (*here, index), f"'{name}' is not among the `features` of this preset; add it there, too"
                )
            elif name not in known:
                self.document.add_problem((*here, index), unknown_name(name, "one of this preset's features", known))
        return self.features.full([name for name in names if name in known])

    # ----------------------------------------------------------------------------------------------------- outputs
    def _outputs(self) -> None:
        moved: dict[tuple[str, str], str] = {}
        for name, entry in self.entries.outputs.items():
            path: KeyPath = ("outputs", name, "to")
            if not entry.to:
                self._add_output(name, entry, free_parameter(entry))
                continue
            target = self.layers.target(path, entry.to, "parameter")
            if target is None:
                continue
            name_of_instrument, instrument = target
            parameter = self.layers.part(path, entry.to, "parameter", instrument.kind, instrument.parameters)
            if parameter is None:
                continue
            scene = self.merged.scene_of.get(name, "")  # those of all scenes come first
            if other := moved.get((entry.to, scene)) or moved.get((entry.to, "")):
                self.document.add_problem(path, f"'{entry.to}' is moved by '{other}' already")
                continue
            moved[entry.to, scene] = name
            if not scene and (fixed := self.layers.place_of_fixed(name_of_instrument, parameter.name)):
                self.document.add_problem(
                    fixed, f"fixed here, but moved by the output '{name}'; keep one of the two", key=True
                )
            self._add_output(name, entry, parameter)
        self._followed(moved)
        for key in self.entries.idle.model_extra or {}:
            self._is_output(("idle", key), key, ("after", "glide"))

    def _followed(self, moved: Mapping[tuple[str, str], str]) -> None:
        """Outputs that stand in the place of a fixed value: `pan: body.x`."""
        in_scenes = {to: other for (to, scene), other in moved.items() if scene}
        for path, (parameter, source) in self.layers.followed.items():
            to = f"{path[1]}.{parameter.name}"
            name = f"{path[1]}_{parameter.name}"
            if problem := source_problem(source, self._source_kinds(), self.features):
                self.document.add_problem(path, problem)
            elif name in self.written("outputs"):
                self.document.add_problem(path, f"there is an output '{name}' already; give that another name")
            elif to in in_scenes:
                self.document.add_problem(path, f"'{to}' is moved by '{in_scenes[to]}' already")
            elif (to, "") not in moved:  # which has a problem of its own
                self._add_output(name, OutputEntry.model_validate({"to": to, "from": source}), parameter)

    def _add_output(self, name: str, entry: OutputEntry, parameter: Parameter) -> None:
        output = self._output(name, entry, parameter)
        if output is not None:
            self.outputs[name] = output

    def _output(self, name: str, entry: OutputEntry, parameter: Parameter) -> PresetOutput | None:
        """The output, or None when its range cannot be read (so that nothing can be checked against it)."""
        here: KeyPath = ("outputs", name)
        if entry.unit is not None and entry.unit != parameter.unit:
            self.document.add_problem((*here, "unit"), f"{entry.to} is in {parameter.unit or 'no unit'}; write that")
        has_notes = bool(entry.to) and self.tempo.has_notes(entry, parameter)
        unit: Unit = "note" if has_notes else parameter.unit
        ends = (self.tempo.ends if has_notes else self._ends)(here, entry, parameter)
        if ends is None:
            return None
        low, high = ends
        if low == high:
            self.document.add_problem((*here, "range"), "the two ends must differ; a fixed value goes to `instruments`")
            return None
        warp: Warp = "lin" if (entry.warp or parameter.warp) == "lin" and not has_notes else "exp"
        if warp == "exp" and min(low, high) <= 0.0:
            path = (*here, "warp" if entry.warp else "range")
            self.document.add_problem(
                path, "`exp` needs both ends of the range above 0; use `lin`, or lift the low end"
            )
            return None
        at: KeyPath = (*here, "range") if entry.range else (*here, "whole")
        if entry.whole and not all(self._is_whole(at, name, end) for end in (low, high)):
            return None
        scale = self._scales.get(self.merged.scene_of.get(name, ""), self._scale)
        usual_glide_s = scale.usual_glide_s(name, parameter, whole=entry.whole)
        glide_s = usual_glide_s if entry.glide is None else entry.glide
        idle: float | None = min(low, high) if parameter.unit == "dB" else None
        written = (self.entries.idle.model_extra or {}).get(name)
        silent = written == SILENCE
        if silent and parameter.unit != "dB":
            self.document.add_problem(("idle", name), f"'{name}' is no level, and has no silence; give a value")
        elif written is not None and not silent:
            idle = self.number(("idle", name), written, unit, min(low, high), max(low, high))
            if idle is not None and entry.whole:
                self._is_whole(("idle", name), name, idle)
        features = self._own_features((*here, "features"), entry.features or ())
        settings = self._model_settings((*here, "model"), entry.model) if entry.model else {}
        self._source(here, entry)
        return PresetOutput(
            name,
            entry.to,
            low,
            high,
            unit,
            warp,
            glide_s,
            idle,
            features=() if set(features) == set(self.features.full(self.entries.features)) else features,
            model=entry.model.kind if entry.model else None,
            model_settings=settings,
            source=self.features.single(entry.source or ""),
            whole=entry.whole,
            soft_limits=(parameter.low, parameter.high) if entry.limits == SOFT else None,
            pitch=parameter.pitch and not entry.whole,
            silence=parameter.low if silent else None,
            notes=notes_between(low, high) if has_notes else (),
            scene=self.merged.scene_of.get(name, ""),
        )

    def _ends(self, here: KeyPath, entry: OutputEntry, parameter: Parameter) -> tuple[float, float] | None:
        """Both ends of a range; None, and a problem, where one is wrong."""
        if entry.range is None:
            return parameter.low, parameter.high
        self.tempo.add_number((*here, "range"), entry.to)
        low, high = (
            self.number((*here, "range", index), end, parameter.unit, parameter.low, parameter.high)
            for index, end in enumerate(entry.range)
        )
        return None if low is None or high is None else (low, high)

    def _is_whole(self, path: KeyPath, name: str, number: float) -> bool:
        if number != round(number):
            self.document.add_problem(path, f"'{name}' plays whole numbers only, but {number:g} is not one")
        return number == round(number)

    def _source_kinds(self) -> tuple[SourceKind, ...]:
        return source_kinds(self.written("gestures"), self.written("classes"))

    def _source(self, here: KeyPath, entry: OutputEntry) -> None:
        """What moves an output instead of what was taught."""
        if entry.source is None:
            return
        if problem := source_problem(entry.source, self._source_kinds(), self.features):
            self.document.add_problem((*here, "from"), problem)
        for key in ("features", "model", "limits"):
            if getattr(entry, key) not in {None, HARD} if key == "limits" else getattr(entry, key) is not None:
                sentence = f"an output that follows `{shortened(entry.source)}` is not learnt; leave `{key}` out"
                self.document.add_problem((*here, key), sentence, key=True)

    def _is_output(self, path: KeyPath, name: str, others: tuple[str, ...] = ()) -> bool:
        known = self.written("outputs")
        if name not in known:
            self.document.add_problem(path, unknown_name(name, "an output", (*known, *others)), key=True)
        return name in self.outputs

    # --------------------------------------------------------------------------------------------------- snapshots
    def _snapshots(self) -> None:
        for key, values in self.entries.snapshots.items():
            self.snapshots[int(key)] = self.snapshot(("snapshots", key), values)

    def snapshot(self, here: KeyPath, values: Mapping[str, object]) -> dict[str, float]:
        """The values of one snapshot that were right."""
        sound: dict[str, float] = {}
        for name, value in values.items():
            path = (*here, name)
            if self._is_output(path, name):
                output = self.outputs[name]
                if output.source:
                    sentence = f"'{name}' follows `{output.source}` at all times; a snapshot cannot hold it"
                    self.document.add_problem(path, sentence, key=True)
                    continue
                number = self.number(path, value, output.unit, *output.limits)
                if number is not None and (not output.whole or self._is_whole(path, name, number)):
                    sound[name] = number
        return sound

    # ----------------------------------------------------------------------------------------------------- numbers
    def number(self, path: KeyPath, value: object, unit: Unit, low: float, high: float) -> float | None:
        """A number within a range, in the unit; None, and a problem, where it is none."""
        try:
            return parse_in_range(value, unit, low, high)
        except ValueError as error:
            self.document.add_problem(path, str(error))
            return None
