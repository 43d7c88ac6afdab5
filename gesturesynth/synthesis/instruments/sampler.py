"""Sampler: sounds from files, struck, or going on and on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.made_samples import RATE_HZ, made_samples
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.sample_choice import POINTS, SampleChoice
from gesturesynth.synthesis.instruments.sampler_voices import TURN_S, HeldSound, StruckNotes
from gesturesynth.synthesis.instruments.stereo import fan, narrowed, spread
from gesturesynth.synthesis.instruments.wavetables import table
from gesturesynth.synthesis.pyo_loader import PyoClasses
from gesturesynth.synthesis.sounds.recorded import RecordedSound

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.sounds.recorded import Sounds

_LOW_HZ: Final = 32.703
_HIGH_HZ: Final = 2093.0
# (value, correction): what sounds that die away have lost by then.
_START_TRIM_DB: Final = ((0.0, 0.0), (0.8, 6.2))
_RELEASE_TRIM_DB: Final = ((0.3, 7.0), (1.5, 2.0), (8.0, 0.0))
_ATTACK_TRIM_DB: Final = ((0.002, 0.0), (0.1, 1.0), (1.0, 4.0))
_PITCH_TRIM_DB: Final = ((32.7, 15.5), (65.4, 4.5), (131.0, 0.0), (2093.0, -1.0))
_TRIM_DB: Final = 5.6
_TURNS_S: Final = TURN_S + 0.02
"""The sound that goes on changes at most so often: one change has ended when the next begins."""


class Sampler(Instrument):
    """Plays recorded sounds: the nearest in pitch, transposed to the pitch that is asked for.

    `strike` plays one once, up to six at a time; `hold` lets one go on for as long as it lasts, its end crossed with
    its beginning. Where several sounds have the same pitch, or none says one, `position` chooses among them.

    Loudness at level 0 dB, in every corner of the ranges, of the sounds that it brings: -16 LUFS +- 3. Each sound of a
    file is made as loud as the others by its loudest 400 ms.
    """

    kind: ClassVar[str] = "sampler"
    about: ClassVar[str] = "Plays sound files: struck, or going on and on, at any pitch."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 32.703, 2093.0, "exp", 261.63, 0.05, "The note; 261.6 Hz is as recorded.", pitch=True),
        Parameter("position", "", 0.0, 1.0, "lin", 0.0, 0.02, "Which of the sounds that have the same pitch, or none."),
        Parameter("hold", "", 0.0, 1.0, "lin", 1.0, 0.1, "How loudly a sound goes on; 0: only what is struck."),
        Parameter("start", "", 0.0, 0.8, "lin", 0.0, 0.02, "Where in the sound it begins."),
        Parameter("attack", "s", 0.002, 1.0, "exp", 0.002, 0.05, "How long a struck note takes to rise."),
        Parameter("release", "s", 0.3, 20.0, "exp", 8.0, 0.05, "How long a struck note takes to fade."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("strike", "Plays the sound once."),)
    sounds_help: ClassVar[str] = "What it plays. Names such as `cello_C3.wav` or `060.flac` say the pitch."

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, start = control["pitch"], control["start"]
        sounds = self.sounds or _brought(graph, pitch.getSamplingRate())
        choice = SampleChoice.of([sound.pitch_hz for sound in sounds], _LOW_HZ, _HIGH_HZ)
        sounds = tuple(sounds[number] for number in choice.order)
        index = _index(graph, choice, pitch, control["position"])

        notes = StruckNotes(graph, sounds, control["attack"], control["release"])
        held = HeldSound(graph, sounds, pitch)
        # Called at once: by way of pyo's Trig and TrigFunc it would be heard a buffer later.
        self._strike = _striker(notes, index, pitch, start)
        # A function, not a method: an instrument that its objects refer to would outlive its scene.
        beat = graph.Metro(time=_TURNS_S).play()
        graph.TrigFunc(graph.Change(graph.SampHold(index + 1, beat, 1.0)), _turner(held, index, start))

        struck = _sides(graph, notes.output, fan(len(notes.output), 0.6))
        going = _sides(graph, held.output, [0.0] * len(held.output)) * control["hold"]
        struck_db = (
            curve(graph, start, _START_TRIM_DB, "lin")
            + curve(graph, control["release"], _RELEASE_TRIM_DB, "exp")
            + curve(graph, control["attack"], _ATTACK_TRIM_DB, "exp")
        )
        trim_db = curve(graph, pitch, _PITCH_TRIM_DB, "exp") + _TRIM_DB
        together = graph.DCBlock(narrowed(struck * graph.DBToA(struck_db) + going) + denormal_guard(graph))
        even = graph.DCBlock(graph.Tanh(steadied(graph, together * graph.DBToA(trim_db))))
        played = even * gain(graph, control["level"], 0.0)
        return add_reverb(graph, played, wet=0.2, decay_s=1.6, cutoff_hz=6000, size=1.0)

    def fire(self, trigger: str) -> None:
        """Plays the sound once. Raises KeyError for a name that is not in `triggers`."""
        {"strike": self._strike}[trigger]()


def _brought(graph: Graph, rate_hz: float) -> Sounds:
    """The sounds that it brings."""
    return tuple(
        RecordedSound("", pitch_hz * rate_hz / RATE_HZ, table(graph, samples), len(samples))
        for pitch_hz, samples in made_samples()
    )


def _index(graph: Graph, choice: SampleChoice, pitch: PyoObject, position: PyoObject) -> PyoObject:
    """A stream with the number of the sound that is to be heard, in the order of `choice`."""
    low, high = math.log2(_LOW_HZ), math.log2(_HIGH_HZ)
    place = (graph.Log2(pitch) - low) * ((POINTS - 1) / (high - low)) + 0.5
    group = graph.TableIndex(table(graph, choice.nearest), graph.Clip(place, 0.0, POINTS - 1))
    first, count = (
        graph.TableIndex(graph.DataTable(len(values), init=[float(value) for value in values]), group)
        for values in (choice.first, choice.count)
    )
    return first + graph.Floor(position * 0.999 * count)


def _sides(graph: Graph, voices: Sequence[PyoObject], places: Sequence[float]) -> PyoObject:
    """Voices of one or two channels as two streams: those of one between left and right, those of two as they are."""
    if len(voices[0]) == 2:
        return graph.Mix(list(voices), voices=2)
    return spread(graph, graph.Mix(list(voices), voices=len(voices)), places)


def _striker(notes: StruckNotes, index: PyoObject, pitch: PyoObject, start: PyoObject) -> Callable[[], None]:
    def strike() -> None:
        if pitch.get() > 0.0:  # while it is suspended all streams are 0, and nothing would be heard
            notes.strike(round(index.get()), pitch.get(), start.get())

    return strike


def _turner(held: HeldSound, index: PyoObject, start: PyoObject) -> Callable[[], None]:
    def turn() -> None:
        held.turn_to(round(index.get()), start.get())

    return turn
