"""Checks what of a preset leaves as MIDI: outputs that there are, notes that can be played, channels that suffice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.midi_schema import MidiControlEntry, MidiEntry, MidiNoteEntry
from gesturesynth.config.preset.model_parts import PresetClass, PresetGesture
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.midi.encoder import DATA, MOST_FINE
from gesturesynth.runtime.midi_message import (
    CHANNELS,
    ControllerKind,
    MidiController,
    MidiNote,
    MidiPattern,
    MidiSetup,
    NoteBend,
    NoteCause,
)
from gesturesynth.runtime.patterns import PatternSetup

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

BEND_RANGE: Final = 2.0
"""Of nearly every synthesiser (General MIDI)."""
MPE_BEND_RANGE: Final = 48.0
"""Of member channels (MPE 1.0)."""
_BENDS: Final[dict[str, NoteBend]] = {"none": "none", "tune": "tune", "slide": "slide"}
NOTE_S: Final = 0.1


class MidiChecker:
    """Checks the key `midi` of one preset, after its outputs, classes, gestures, scenes and voices.

    Args:
        checker: of the whole preset; receives the problems.
        voices: how many there are.
    """

    def __init__(self, checker: Checker, voices: int) -> None:
        self._checker = checker
        self._voices = voices
        self._bent: dict[int | None, KeyPath] = {}  # by channel: what bends it

    def check(self) -> MidiSetup:
        """What is sent, and what is an input; as far as it is right."""
        inputs = tuple(dict.fromkeys(one.midi for one in self._checker.features.inputs if one.midi))
        entry = self._checker.entries.midi
        if entry is None:
            return MidiSetup(voices=self._voices, inputs=inputs)
        self._check_channels(entry)
        controllers = [self._control(index, one) for index, one in enumerate(entry.controls)]
        controllers += self._follows(entry)
        notes = [self._note(index, one) for index, one in enumerate(entry.notes)]
        self._check_programs(entry)
        if entry.clock and self._checker.tempo.result is None:
            self._add(("midi", "clock"), "the preset has no beat to send: add `tempo`")
        programs = {name: number - 1 for name, number in entry.programs.items()}
        if entry.program is not None:
            programs[""] = entry.program - 1
        return MidiSetup(
            channel=entry.channel,
            voices=self._voices,
            mpe=entry.mpe,
            bend_semitones=entry.bend_range or (MPE_BEND_RANGE if entry.mpe else BEND_RANGE),
            rate_hz=entry.rate,
            controllers=tuple(controllers),
            notes=tuple(notes),
            patterns=self._patterns(notes),
            programs=programs,
            clock=entry.clock,
            inputs=inputs,
        )

    def _add(self, path: KeyPath, sentence: str) -> None:
        self._checker.document.add_problem(path, sentence)

    def _check_channels(self, entry: MidiEntry) -> None:
        if entry.mpe and "channel" in entry.model_fields_set:
            self._add(("midi", "channel"), "with `mpe` the channels are those of its zone: leave `channel` out")
        if entry.mpe and self._voices > CHANNELS - 1:
            self._add(("midi", "mpe"), f"a zone has {CHANNELS - 1} member channels, not {self._voices}")
        elif not entry.mpe:
            self._check_channel(("midi", "channel"), entry.channel)

    def _check_channel(self, path: KeyPath, channel: int | None) -> None:
        if channel is not None and channel + self._voices - 1 > CHANNELS:
            last = CHANNELS - self._voices + 1
            self._add(path, f"each of {self._voices} voices has a channel: the first one is {last} at most")

    def _own_channel(self, path: KeyPath, channel: int | None) -> int:
        entry = self._checker.entries.midi
        if channel is not None and entry is not None and entry.mpe:
            self._add((*path, "channel"), "with `mpe` the channels are those of its zone: leave `channel` out")
        else:
            self._check_channel((*path, "channel"), channel)
        return channel or 0

    def _is_output(self, path: KeyPath, name: str) -> bool:
        known = (*self._checker.written("outputs"), *self._checker.outputs)
        if name in known:
            return True
        self._add(path, unknown_name(name, "one of this preset's outputs", tuple(dict.fromkeys(known))))
        return False

    def _scene(self, name: str) -> str:
        """The scene that an output belongs to; empty for one that all scenes have."""
        output = self._checker.outputs.get(name)
        return output.scene if output else ""

    def _control(self, index: int, entry: MidiControlEntry) -> MidiController:
        here: KeyPath = ("midi", "controls", index)
        self._is_output((*here, "from"), entry.source)
        if entry.fine and entry.number > MOST_FINE:
            self._add((*here, "number"), f"in 14 bits there are the controllers 0 to {MOST_FINE}")
        low, high = (end / DATA for end in entry.range)
        channel, scene = self._own_channel(here, entry.channel), self._scene(entry.source)
        kind: ControllerKind = "fine" if entry.fine else "control"
        return MidiController(kind, entry.number, entry.source, low, high, channel, scene)

    def _follows(self, entry: MidiEntry) -> list[MidiController]:
        found: list[MidiController] = []
        if entry.bend:
            self._is_output(("midi", "bend"), entry.bend.source)
            channel = self._own_channel(("midi", "bend"), entry.bend.channel)
            scene = self._scene(entry.bend.source)
            found.append(MidiController("bend", 0, entry.bend.source, channel=channel, scene=scene))
            self._bent[entry.bend.channel or entry.channel] = ("midi", "bend")
        if entry.pressure:
            self._is_output(("midi", "pressure"), entry.pressure.source)
            channel = self._own_channel(("midi", "pressure"), entry.pressure.channel)
            scene = self._scene(entry.pressure.source)
            found.append(MidiController("pressure", 0, entry.pressure.source, channel=channel, scene=scene))
        return found

    def _note(self, index: int, entry: MidiNoteEntry) -> MidiNote:
        here: KeyPath = ("midi", "notes", index)
        self._check_pitch(here, entry)
        cause, grid = self._cause((*here, "when"), entry.when)
        if entry.when is not None and entry.gate is not None:
            self._add((*here, "gate"), "`gate` is for notes without `when`")
        elif entry.gate is not None:
            self._is_output((*here, "gate"), entry.gate)
        if entry.when is None and entry.length is not None:
            self._add((*here, "length"), "a note without `when` sounds as long as it is played: leave `length` out")
        velocity, velocity_from = self._velocity((*here, "velocity"), entry.velocity)
        usual_s = 0.0 if cause == "class" else NOTE_S
        return MidiNote(
            cause,
            entry.when or "",
            -1 if entry.note is None else entry.note,
            entry.source or "",
            _BENDS[entry.bend],
            entry.gate or "",
            velocity=velocity,
            velocity_from=velocity_from,
            length_s=usual_s if entry.length is None else entry.length,
            grid=grid,
            channel=self._own_channel(here, entry.channel),
            scene=self._scene(entry.source or entry.gate or ""),
        )

    def _check_pitch(self, here: KeyPath, entry: MidiNoteEntry) -> None:
        if (entry.note is None) == (entry.source is None):
            self._add(here, "a note has either `note` or `from`, an output in Hz")
        elif entry.note is not None and entry.when is None and entry.gate is None:
            self._add(here, "one note that always sounds: say by `when` or `gate` what plays it")
        if entry.source is not None and self._is_output((*here, "from"), entry.source):
            output = self._checker.outputs.get(entry.source)
            if output is not None and output.unit != "Hz":
                self._add((*here, "from"), f"'{entry.source}' is in {output.unit or 'no unit'}; a pitch is in Hz")
        if entry.bend != "none":
            entry_of_all = self._checker.entries.midi
            channel = entry.channel or (entry_of_all.channel if entry_of_all else 1)
            if entry.source is None:
                self._add((*here, "bend"), "only the pitch of an output (`from`) bends a note")
            elif channel in self._bent:
                self._add((*here, "bend"), "this channel is bent by another entry already; give one of them a channel")
            self._bent[channel] = here

    def _cause(self, path: KeyPath, name: str | None) -> tuple[NoteCause, float]:
        """What plays a note, and the note that it waits for, in whole notes; 0 for none."""
        if name is None:
            return "", 0.0
        classes, gestures = self._checker.classes, self._checker.gestures
        effects: list[PresetClass | PresetGesture] = [*classes.values(), *gestures.values()]
        if name in classes and name != NONE:
            return "class", classes[name].on or 0.0
        if name in gestures and name != NONE:
            return "gesture", gestures[name].on or 0.0
        triggers = {one.trigger: one.on or 0.0 for one in effects if one.trigger}
        if name in triggers:
            return "trigger", triggers[name]
        by_patterns = dict.fromkeys(one.trigger for one in self._checker.patterns.values())
        if name in by_patterns:
            return "trigger", 0.0
        known = [one for one in (*triggers, *by_patterns, *classes, *gestures) if one != NONE]
        what = "a class, a gesture, or a trigger that one of them or a pattern strikes"
        self._add(path, unknown_name(name, what, list(dict.fromkeys(known))))
        return "trigger", 0.0

    def _patterns(self, notes: Sequence[MidiNote]) -> tuple[MidiPattern, ...]:
        """The patterns that strike triggers of notes."""
        struck = {one.name for one in notes if one.cause == "trigger"}
        return tuple(self._pattern(one) for one in self._checker.patterns.values() if one.trigger in struck)

    def _pattern(self, pattern: PatternSetup) -> MidiPattern:
        outputs = self._checker.outputs.values()
        density, chance = (
            {one.scene: one.name for one in outputs if one.to == f"{pattern.name}.{what}"}
            for what in ("density", "chance")
        )
        instrument = pattern.trigger.partition(".")[0]
        silent = tuple(name for name, scene in self._checker.scenes.items() if instrument in scene.silent)
        return MidiPattern(pattern, density, chance, silent)

    def _velocity(self, path: KeyPath, text: str) -> tuple[int, str]:
        if not text.removeprefix("-").isdecimal():
            self._is_output(path, text)
            return 100, text
        if not 1 <= int(text) <= DATA:
            self._add(path, f"a velocity is 1 to {DATA}, or an output, not {text}")
            return 100, ""
        return int(text), ""

    def _check_programs(self, entry: MidiEntry) -> None:
        scenes = tuple(self._checker.written("scenes"))  # where they were merged, those of the whole file
        for name in entry.programs:
            if name not in (scenes or tuple(self._checker.merged.scenes)):
                sentence = unknown_name(name, "a scene of this preset", scenes or tuple(self._checker.merged.scenes))
                self._checker.document.add_problem(("midi", "programs", name), sentence, key=True)
