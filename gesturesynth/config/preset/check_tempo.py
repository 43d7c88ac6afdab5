"""Checks the tempo of a preset, and what lies on its beat: rates and times that are given as notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesturesynth.config.preset.model_parts import PresetTempo
from gesturesynth.config.preset.output_schema import OutputEntry
from gesturesynth.config.yaml.document import KeyPath, shortened
from gesturesynth.config.yaml.types import format_quantity, format_range, unknown_name
from gesturesynth.core.confusables import plain
from gesturesynth.core.note_lengths import is_note, note_length_text, parse_note_length
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.tempo.note_values import MUSICAL_UNITS

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

PERIOD = "period"
"""What a tempo can follow of a gesture."""


class TempoChecker:
    """Checks one preset.

    Args:
        checker: of the whole preset; receives the problems.

    Attributes:
        notes: `instrument.parameter` of those that are given as notes, in the order in which they were found.
        needed: whether anything lies on a beat; may be set.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._document, self._entry = checker.document, checker.entries.tempo
        self.notes: dict[str, None] = {}
        self._numbers: dict[str, KeyPath] = {}
        self.needed = self._entry is not None
        entry = self._entry
        self._tempo = Tempo(entry.bpm, *entry.metre, entry.swing, entry.swung) if entry else Tempo()
        self._followed = self._gesture(entry.follow) if entry and entry.follow else ""

    @property
    def result(self) -> PresetTempo | None:
        """The tempo; None where nothing lies on a beat. One that is not written is that of the defaults."""
        if not self.needed and not self.notes:
            return None
        return PresetTempo(self._tempo, self._followed, self._entry.follow_beats if self._entry else 1)

    def _gesture(self, text: str) -> str:
        """The gesture of `GESTURE.period`."""
        here: KeyPath = ("tempo", "follow")
        name, _, quantity = text.partition(".")
        known = [gesture for gesture in self._checker.written("gestures") if gesture != NONE]
        if quantity != PERIOD or not name:
            self._document.add_problem(here, f"expected `GESTURE.{PERIOD}`, not '{shortened(text)}'")
        elif name not in known:
            self._document.add_problem(here, unknown_name(name, "a gesture of this preset", known))
        return name

    def add_number(self, here: KeyPath, name: str) -> None:
        """A parameter (`instrument.parameter`) that is given as a number."""
        self._numbers.setdefault(name, here)

    def check_mixed(self) -> None:
        """A parameter is a note in all scenes, or in none: what travels is one number."""
        for name in self.notes.keys() & self._numbers.keys():
            sentence = f"'{name}' is a note elsewhere in this preset; give it as a note here, too"
            self._document.add_problem(self._numbers[name], sentence)

    # --------------------------------------------------------------------------------------------------- fixed values
    def is_note(self, value: object, parameter: Parameter) -> bool:
        """Whether a value is written as a note for a parameter that can be one."""
        return parameter.unit in MUSICAL_UNITS and isinstance(value, str) and is_note(plain(value))

    def fixed(self, here: KeyPath, value: object, parameter: Parameter) -> float | None:
        """The length of a fixed note, in whole notes; None, and a problem, where it is wrong.

        Args:
            here: where it stands: section, name of the instrument or bus, parameter.
            value: as written.
            parameter: what it is for.
        """
        length = self._length(here, value, parameter)
        if length is not None:
            self.notes[f"{here[-2]}.{parameter.name}"] = None
        return length

    # -------------------------------------------------------------------------------------------------------- outputs
    def has_notes(self, entry: OutputEntry, parameter: Parameter) -> bool:
        """Whether the range of an output is written as notes."""
        return entry.range is not None and any(self.is_note(end, parameter) for end in entry.range)

    def ends(self, here: KeyPath, entry: OutputEntry, parameter: Parameter) -> tuple[float, float] | None:
        """Both ends of such a range, in whole notes; None, and a problem, where one is wrong."""
        assert entry.range is not None
        ends: list[float] = []
        for index, end in enumerate(entry.range):
            path = (*here, "range", index)
            if not self.is_note(end, parameter):
                self._document.add_problem(path, f"both ends are notes or none; '{shortened(str(end))}' is no note")
            elif (length := self._length(path, end, parameter)) is not None:
                ends.append(length)
        for key, wrong in (("whole", entry.whole), ("warp", entry.warp == "lin"), ("limits", entry.limits == "soft")):
            if wrong:
                self._document.add_problem((*here, key), f"an output that plays notes has no `{key}`", key=True)
                return None
        if len(ends) != 2:
            return None
        self.notes[entry.to] = None
        return ends[0], ends[1]

    def _length(self, here: KeyPath, value: object, parameter: Parameter) -> float | None:
        try:
            length = parse_note_length(plain(str(value)))
        except ValueError as error:
            self._document.add_problem(here, str(error))
            return None
        seconds = self._tempo.seconds(length)
        number = 1.0 / seconds if parameter.unit == "/s" else seconds
        if not parameter.low <= number <= parameter.high:
            allowed = format_range(parameter.low, parameter.high, parameter.unit)
            self._document.add_problem(
                here,
                f"{note_length_text(length)} at {self._tempo.bpm:g} BPM is {format_quantity(number, parameter.unit)}, "
                f"which is outside {allowed}",
            )
            return None
        return length
