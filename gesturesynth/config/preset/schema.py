"""The keys of a preset and their types. Each description is printed in the reference and shown by editors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from gesturesynth.config.preset.action_schema import MOST_ACTIONS, ActionEntry, ActionName
from gesturesynth.config.preset.check_voices import ONE, VOICES
from gesturesynth.config.preset.class_schema import ClassEntry, ClassifierEntry
from gesturesynth.config.preset.gesture_schema import GestureEntry
from gesturesynth.config.preset.idle_schema import IdleEntry
from gesturesynth.config.preset.input_schema import ComputedEntry, FeatureName, InputEntry, OwnName, short_computed
from gesturesynth.config.preset.instrument_schema import BusEntry, BusName, FreeQuantity, InstrumentEntry
from gesturesynth.config.preset.latent_schema import LatentEntry
from gesturesynth.config.preset.light_schema import MOST_LAMPS, LampEntry
from gesturesynth.config.preset.midi_schema import MidiEntry
from gesturesynth.config.preset.output_schema import (
    ModelEntry,
    OutputEntry,
    OutputName,
    Seconds,
    SnapshotKey,
    short_model,
)
from gesturesynth.config.preset.pattern_schema import PatternEntry
from gesturesynth.config.preset.preset_name import or_nothing
from gesturesynth.config.preset.scale_schema import ScaleEntry, short_form
from gesturesynth.config.preset.scene_schema import MOST as MOST_SCENES
from gesturesynth.config.preset.scene_schema import SceneEntry, SceneName, ScheduleEntry
from gesturesynth.config.preset.teaching_entries import ScoreEntry
from gesturesynth.config.preset.tempo_schema import TempoEntry, short_tempo
from gesturesynth.config.preset.wekinator import WekinatorEntry
from gesturesynth.config.preset.words_schema import WordsEntry
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import (
    Name,
    OneOf,
    PlainText,
    Quantity,
    Text,
    WholeNumber,
    WordOrNumber,
    YesNo,
)
from gesturesynth.control.osc.sender import MOST_RATE_HZ, OUTPUTS
from gesturesynth.features.catalogue import all_names
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.prediction import LONGEST_S
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.runtime.tracking_request import MOST_PEOPLE


def feature_names() -> Sequence[str]:
    """The values that `features` allows."""
    return all_names()


class SmoothingEntry(Section):
    """How features are smoothed (One-Euro filter): `min_cutoff` calms a still body, `beta` keeps a fast one prompt."""

    min_cutoff: Annotated[float, Quantity("Hz", 0.01, 1000.0)] = Field(
        default=OneEuroSettings.min_cutoff_hz, description="Cut-off while the body is still: lower is calmer and later."
    )
    beta: Annotated[float, Quantity("", 0.0, 1000.0)] = Field(
        default=OneEuroSettings.beta,
        description="How much the cut-off rises with speed: higher is prompter and rougher.",
    )


class OscEntry(Section):
    """One program that gets values over OSC (UDP) while the preset plays."""

    host: Annotated[str, PlainText(80)] = Field(
        default="127.0.0.1",
        description="The computer it runs on: an IPv4 address, or `localhost`. Names are not looked up.",
    )
    port: Annotated[int, WholeNumber(1, 65535)] = Field(description="The UDP port it listens to.")
    address: Annotated[str, PlainText(200)] = Field(
        description="Where it wants them, such as `/wek/inputs`: one message with all values, as 32-bit floats in the "
        "order of this file. With a `/` at its end, such as `/synth/`: a message for each, whose name is added "
        "(`/synth/pitch`)."
    )
    rate: Annotated[float, Quantity("Hz", 0.1, MOST_RATE_HZ)] = Field(
        default=30.0, description="How often at most. There are new values at each frame, and 60 times a second."
    )
    what: Annotated[str, PlainText(64)] = Field(
        default=OUTPUTS,
        description="`outputs` (all of them, in their own units, as they are heard), `features` (all of them; one that "
        "cannot be seen keeps its last value), `gestures` (`progress`, `closeness` and `speed` of each, 0 to 1, and "
        "`performed`, how often), `probabilities` (of all classes, 0 to 1), `persons` (the number of the person in "
        "each role, 0 for none), `people` (`present`, 0 or 1, and `number_of_people` in view), `classes` (`class`, the "
        "number of the class that is recognised, in the order of this file from 1 on, 0 for none), `landmarks` (the "
        "skeleton in 132 numbers, while the person is in view), `words` (each new line of them, as a text), `latent` "
        "(the vector, as floats), or the name of one output, feature or reading, such as `throw.progress`, "
        "`up.probability` or `second.person`.",
    )


class MasterEntry(Section):
    """The end of the chain, after all instruments."""

    ceiling: Annotated[float, Quantity("dB", -60.0, -1.0)] = Field(
        default=-3.0,
        description="No sample, and no peak between samples, is ever above this, in dB below full scale.",
    )
    loudness: Annotated[float, Quantity("LUFS", -40.0, -8.0)] = Field(
        default=-18.0,
        description="The loudness that the piece is held to (ITU-R BS.1770): no three seconds are more than 3 LU above "
        "it, and a piece that stays above it is turned down slowly. `gain` makes it louder.",
    )
    gain: Annotated[float, Quantity("dB", -24.0, 24.0)] = Field(
        default=0.0,
        description="What all instruments are multiplied by, to bring a piece to its loudness; before the limiters.",
    )
    fade_in: Annotated[float, Seconds] = Field(
        default=2.0, description="How slowly the sound comes up when the engine starts."
    )
    volume: Annotated[float, Quantity("dB", -60.0, 0.0)] = Field(
        default=0.0, description="Volume of the whole piece, after all limiters; the machine's own volume comes on top."
    )


CONFIDENCE: Final = {"strict": 0.7, "normal": 1.0, "kind": 1.5}
"""Words for how kindly poses count as taught."""


class PresetFile(Section):
    """A preset: everything about one piece."""

    name: Annotated[str, Text(80)] = Field(description="The piece's name, for people.")
    about: Annotated[str, Text(400, empty=True)] = Field(default="", description="A sentence or two about it.")
    features: list[Annotated[str, FeatureName(feature_names, "a feature", "gesturesynth features")]] = Field(
        min_length=1,
        max_length=64,
        description="What is looked at in the body. `gesturesynth features` lists them. With `wekinator` they may be "
        "left out.",
    )
    people: Annotated[Annotated[int, WholeNumber(1, MOST_PEOPLE)] | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="How many persons are followed at the same time, at most; without it, what `camera.people` of the "
        "settings says, which is one.",
    )
    voices: Annotated[str, OneOf(lambda: VOICES, "a kind of voices")] = Field(
        default=ONE,
        description="`one`: the first person plays. `per_person`: each of the `people` in view plays a copy of all "
        "instruments of its own, through the same mapping; together they are as loud as one.",
    )
    inputs: dict[OwnName, InputEntry] = Field(
        default={},
        max_length=16,
        description="Numbers that other programs send, as features: a name of your own, and where they arrive.",
    )
    wekinator: Annotated[WekinatorEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="Numbers in and out over OSC as Wekinator has them: an input, outputs, and who gets these.",
    )
    computed: dict[OwnName, Annotated[ComputedEntry, BeforeValidator(short_computed)]] = Field(
        default={},
        max_length=64,
        description="Features that are computed from others and from inputs, in the order of the file: a name of your "
        "own, and an expression such as `right_wrist.height - left_wrist.height`; or keys.",
    )
    smoothing: SmoothingEntry = Field(default=SmoothingEntry(), description="How calm or prompt the features are.")
    predict: Annotated[float, Quantity("s", 0.0, LONGEST_S)] | None = Field(
        default=None,
        description="How far the body is carried forward with its movement, to make up for the time from camera to "
        "loudspeaker, such as `30 ms`; 0 for not at all. Left out: the `predict` of gesturesynth.yaml, which "
        "`gesturesynth latency` measures.",
    )
    outputs: dict[OutputName, OutputEntry] = Field(
        default={}, max_length=512, description="What the body moves: a name of your own, and the parameter it goes to."
    )
    scale: Annotated[ScaleEntry | None, BeforeValidator(short_form)] = Field(
        default=None,
        description="A scale that pitches follow: a name (`A minor pentatonic`), or with keys of its own.",
    )
    tempo: Annotated[TempoEntry | None, BeforeValidator(short_tempo)] = Field(
        default=None,
        description="A beat that rates, echoes and triggers lie on: quarter notes a minute, or keys of its own.",
    )
    model: Annotated[ModelEntry, BeforeValidator(short_model)] = Field(
        default=ModelEntry(),
        description="How features become outputs: a kind alone (`model: ridge`), or with settings of its own "
        "(`model: {kind: ridge, alpha: 2}`). `auto` is `rbf`, unless takes that were left out show that another kind "
        "is clearly better.",
    )
    confidence: Annotated[float, WordOrNumber(CONFIDENCE, 0.25, 4.0)] = Field(
        default=1.0,
        description="How kindly a pose counts as taught. How far poses may be from the takes is learned from the takes "
        "themselves; this multiplies it. `kind` where outputs fall back to idle, or classes do not fire, too often; "
        "`strict` where other movement plays, too.",
    )
    adapt: YesNo = Field(
        default=False,
        description="`true`: the taught range stretches or shrinks, to half or twice, to the limbs and reach of the "
        "person in view within some seconds of movement, so that a child and a dancer reach both ends. When the person "
        "has left and outputs are idle, the taught range is back. Classes, gestures and the bend of joints stay as is.",
    )
    crossfade: Annotated[float, Quantity("s", 0.0, 10.0)] = Field(
        default=0.3,
        description="How long a newly trained model takes over from the old one, at least: no output then moves faster "
        "than its whole range in a second, so a great change takes up to 1.5 s. 0: at once.",
    )
    crossfade_in: Annotated[float, Quantity("s", 0.0, 30.0)] = Field(
        default=0.0,
        description="How long this piece takes over the sound from another one that played before it: both sound "
        "meanwhile, at a steady loudness. 0.1 s at least.",
    )
    snapshots: dict[SnapshotKey, dict[OutputName, FreeQuantity]] = Field(
        default={},
        description="Sounds to teach, under the number keys 1 to 9: outputs and their values. A number key plays its "
        "sound while you find a pose for it, space records the pose, and `t` trains. `s` keeps the sound of the moment "
        "as one more, though not in this file. An output that is not named stays as it is.",
    )
    score: list[ScoreEntry] = Field(
        default=[],
        max_length=64,
        description="What is played to move along with (the key `p`): snapshots in order, each held and followed by a "
        "glide to the next, such as `[1, 2, {snapshot: 3, hold: 4 s}, 1]`. By default all snapshots in order.",
    )
    instruments: dict[Annotated[str, Name()], InstrumentEntry] = Field(
        default={},
        max_length=16,
        description="Instruments with what stays fixed about them. One that is not listed here but named by an "
        "output plays with its defaults.",
    )
    buses: dict[BusName, Annotated[BusEntry | None, BeforeValidator(or_nothing)]] = Field(
        default={},
        max_length=8,
        description="Effects that instruments share; each sends there what its `sends` say. A name of your own, and "
        "what stays fixed about the effect; outputs can move the rest (`to: hall.decay`).",
    )
    patterns: dict[Annotated[str, Name()], PatternEntry] = Field(
        default={},
        max_length=16,
        description="Rhythms that strike triggers by themselves: a name of your own, and what.",
    )
    classes: dict[Annotated[str, Name()], Annotated[ClassEntry | None, BeforeValidator(or_nothing)]] = Field(
        default={},
        max_length=32,
        description="Poses to recognise: a name of your own, and what comes of it: a strike, a snapshot, another "
        "scene or preset. `none` is for all poses that nothing should come of. The key `l` chooses a class to "
        "record poses for.",
    )
    classifier: ClassifierEntry = Field(default=ClassifierEntry(), description="How classes are recognised.")
    gestures: dict[Annotated[str, Name()], Annotated[GestureEntry | None, BeforeValidator(or_nothing)]] = Field(
        default={},
        max_length=32,
        description="Movements to recognise while they happen: a name of your own, and what comes of it: a strike, a "
        "snapshot, another scene or preset, or nothing but an output that follows it (`from`). The key `l` "
        "chooses one, and one to five takes teach it. Takes for `none` show movements that are no gesture.",
    )
    gesture_features: list[Annotated[str, FeatureName(feature_names, "a feature", "gesturesynth features")]] = Field(
        default=list(GESTURE_FEATURES),
        min_length=1,
        max_length=64,
        description="What gestures are recognised by; `features` are for outputs and classes.",
    )
    scenes: dict[SceneName, Annotated[SceneEntry | None, BeforeValidator(or_nothing)]] = Field(
        default={},
        max_length=MOST_SCENES,
        description="Scenes that follow each other within the piece: a name of your own, and what it has besides all "
        "that is outside of `scenes`, which every scene has. The first one plays first. Classes, gestures, `schedule` "
        "and the command `scene` switch them.",
    )
    schedule: ScheduleEntry = Field(default=ScheduleEntry(), description="Scenes that change by themselves.")
    words: Annotated[WordsEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="Lines of text that movement chooses and bends, for a projector and over OSC."
    )
    latent: Annotated[LatentEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None,
        description="A vector of up to 512 numbers for a generative model, between taught ones.",
    )
    idle: IdleEntry = Field(default=IdleEntry(), description="What is heard when no person is in view.")
    osc: list[OscEntry] = Field(
        default=[], max_length=16, description="Other programs that get the outputs or features, over OSC."
    )
    actions: dict[ActionName, ActionEntry] = Field(
        default={},
        max_length=MOST_ACTIONS,
        description="What is sent to other programs and devices when something happens: a name of your own, when, and "
        "what. [Actions](actions.md) has examples.",
    )
    light: dict[Annotated[str, Name()], LampEntry] = Field(
        default={},
        max_length=MOST_LAMPS,
        description="Lamps, over Art-Net or sACN ([how](light.md)): a name of your own, and what it follows.",
    )
    midi: Annotated[MidiEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="What leaves as [MIDI](midi.md): controllers, notes, programs, the beat."
    )
    master: MasterEntry = Field(default=MasterEntry(), description="The end of the chain.")
