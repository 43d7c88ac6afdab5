"""Checks instruments and buses of a preset: their kinds, what stays fixed about them, and what goes where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gesturesynth.config.yaml.document import KeyPath, shortened
from gesturesynth.config.yaml.types import SOURCE_PATTERN, unknown_name
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments.base import Parameter, Trigger
from gesturesynth.synthesis.instruments.table import InstrumentTable
from gesturesynth.synthesis.sounds.files import sound_files
from gesturesynth.synthesis.structure import SEND, layer_parameters

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker
    from gesturesynth.config.preset.instrument_schema import BusEntry, InstrumentEntry

T = TypeVar("T", Parameter, Trigger)


class LayersChecker:
    """Checks them into the checker's `setups` and `buses`.

    Args:
        checker: of the preset.

    Attributes:
        followed: parameters that follow something, as `pan: body.x`: by where that stands in the file, what it is.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._document = checker.document
        self._known = checker.instruments
        self._tables: dict[str, InstrumentTable] = {}
        self._mixing: dict[str, Parameter] = {}
        self._first_in_scene: dict[str, dict[str, float]] = {}  # what the first scene that names it fixes about it
        self.followed: dict[KeyPath, tuple[Parameter, str]] = {}

    def check(self) -> None:
        """Checks all that are listed."""
        entries = self._checker.entries
        for name, bus in entries.buses.items():
            self._check_bus(name, bus)
        self._mixing = layer_parameters(self._checker.buses)
        for name, entry in entries.instruments.items():
            self._check_instrument(name, entry)

    def _check_bus(self, name: str, entry: BusEntry | None) -> None:
        kind = (entry and entry.kind) or name
        effects = effect_kinds()
        if kind not in effects:
            self._add_unknown_kind("buses", name, entry, unknown_name(kind, "an effect", tuple(effects)))
        elif name in self._checker.written("instruments") or name in self._known.tables:
            self._document.add_problem(
                ("buses", name), f"'{name}' is the name of an instrument; a bus needs another", key=True
            )
        else:
            table = InstrumentTable(kind, effects[kind].about, effects[kind].parameters)
            self._tables[name] = table
            self._checker.buses[name] = InstrumentSetup(name, kind, self._fixed(("buses", name), entry, table))

    def _check_instrument(self, name: str, entry: InstrumentEntry) -> None:
        kind = entry.kind or name
        if kind not in self._known.tables:
            sentence = self._unknown_instrument(kind, tuple(self._known.tables))
            self._add_unknown_kind("instruments", name, entry, sentence, hint=kind not in self._known.broken)
            return
        table = self._add_table(name, kind)
        fixed = self._fixed(("instruments", name), entry, table) | self._sends(("instruments", name), entry)
        listed = not self._checker.merged.scenes or name in self._checker.merged.common
        sounds = self._sounds(name, entry, table)
        self._checker.setups[name] = InstrumentSetup(name, kind, fixed if listed else {}, sounds)
        self._first_in_scene[name] = fixed

    def _sends(self, here: KeyPath, entry: InstrumentEntry) -> dict[str, float]:
        sends: dict[str, float] = {}
        for bus, level_db in entry.sends.items():
            if bus in self._checker.buses:
                sends[f"{SEND}{bus}"] = level_db
            elif bus not in self._checker.written("buses"):
                sentence = unknown_name(bus, "a bus", tuple(self._checker.buses))
                self._document.add_problem((*here, "sends", bus), sentence, key=True)
        return sends

    def fixed_in_scene(self, here: KeyPath, name: str, entry: InstrumentEntry) -> dict[str, float]:
        """What a scene fixes about an instrument that was checked, as far as it is right.

        Args:
            here: where that is written.
            name: of the instrument.
            entry: what is written.
        """
        if entry is self._checker.entries.instruments.get(name):  # its problems were added with the instrument
            return self._first_in_scene.get(name, {})
        return self._fixed(here, entry, self._tables[name]) | self._sends(here, entry)

    def is_own(self, name: str, parameter: str) -> bool:
        """Whether a parameter is the instrument's own, and not one that every layer has."""
        kind = self._checker.setups[name].kind if name in self._checker.setups else ""
        table = self._known.tables.get(kind)
        return table is None or any(own.name == parameter for own in table.parameters)

    def _sounds(self, name: str, entry: InstrumentEntry, table: InstrumentTable) -> str:
        """Where the sound files of an instrument are, checked; empty for none."""
        if entry.sounds is None:
            return ""
        here = ("instruments", name, "sounds")
        if not table.sounds_help:
            able = [kind for kind, known in self._known.tables.items() if known.sounds_help]
            sentence = f"'{table.kind}' plays no sound files; these do: {', '.join(able)}"
            self._document.add_problem(here, sentence, key=True)
            return ""
        place = (Path(self._document.file).parent / paths.expanded(entry.sounds)).resolve()
        try:
            sound_files(place)
        except UserError as error:
            self._document.add_problem(here, str(error))
        return str(place)

    def _add_table(self, name: str, kind: str) -> InstrumentTable:
        """The table of an instrument together with what every layer has; its own parameters come first."""
        table = self._known.tables[kind]
        own = {parameter.name for parameter in table.parameters}
        mixing = (parameter for parameter in self._mixing.values() if parameter.name not in own)
        self._tables[name] = InstrumentTable(
            kind, table.about, (*table.parameters, *mixing), table.triggers, table.sounds_help
        )
        return self._tables[name]

    def _fixed(
        self, here: KeyPath, entry: BusEntry | InstrumentEntry | None, table: InstrumentTable
    ) -> dict[str, float]:
        """The parameters that stay fixed, as far as they are right."""
        known = {parameter.name: parameter for parameter in table.parameters if not parameter.name.startswith(SEND)}
        texts = ("sends", *(["sounds"] if table.sounds_help else ())) if here[-2] == "instruments" else ()
        keys = ("kind", *texts, *known)
        fixed: dict[str, float] = {}
        for key, value in ((entry and entry.model_extra) or {}).items():
            path = (*here, key)
            if key not in known:
                sentence = unknown_name(key, f"a parameter of '{table.kind}'", keys)
                if key.startswith(SEND):
                    sentence = f"write `sends: {{{key.removeprefix(SEND)}: {value}}}` instead"
                self._document.add_problem(path, sentence, key=True)
                continue
            parameter = known[key]
            if re.match(SOURCE_PATTERN, value):
                self._follow(path, parameter, value.strip())
                continue
            if self._checker.tempo.is_note(value, parameter):
                number = self._checker.tempo.fixed(path, value, parameter)
            else:
                self._checker.tempo.add_number(path, f"{path[-2]}.{key}")
                number = self._checker.number(path, value, parameter.unit, parameter.low, parameter.high)
            if number is not None:
                fixed[key] = number
        return fixed

    def _follow(self, path: KeyPath, parameter: Parameter, source: str) -> None:
        section, name = str(path[0]), str(path[1])
        merged = self._checker.merged
        if section == "scenes" or (section == "instruments" and merged.scenes and name not in merged.common):
            owner = str(path[-2])
            self._document.add_problem(
                path,
                f"in a scene, write an output: "
                f"`{owner}_{parameter.name}: {{to: {owner}.{parameter.name}, from: {source}}}`",
            )
        else:
            self.followed[path] = parameter, source

    def _add_unknown_kind(
        self, section: str, name: str, entry: BusEntry | InstrumentEntry | None, sentence: str, *, hint: bool = True
    ) -> None:
        said = entry is not None and entry.kind is not None
        path: KeyPath = (section, name, "kind") if said else (section, name)
        if not said and hint:
            sentence += f"; or say which one '{name}' is, as in `{{kind: ...}}`"
        self._document.add_problem(path, sentence, key=not said)

    def _unknown_instrument(self, name: str, known: tuple[str, ...]) -> str:
        broken = self._known.broken.get(name)
        return (
            f"the instrument '{name}' cannot be used: {broken}"
            if broken
            else unknown_name(name, "an instrument", known)
        )

    # ------------------------------------------------------------------------------------------------------- targets
    def is_taken(self, name: str) -> bool:
        """Whether a name is that of an instrument or a bus."""
        return name in self._tables or name in self._known.tables or name in self._checker.written("instruments")

    def add_table(self, name: str, table: InstrumentTable) -> None:
        """Something else that has parameters."""
        self._tables.setdefault(name, table)

    def is_trigger(self, path: KeyPath, trigger: str) -> bool:
        """Whether a text is `instrument.trigger`; a problem where it is not."""
        target = self.target(path, trigger, "trigger")
        return (
            target is not None and self.part(path, trigger, "trigger", target[1].kind, target[1].triggers) is not None
        )

    def target(self, path: KeyPath, text: str, what: str) -> tuple[str, InstrumentTable] | None:
        """The name and table of the instrument or bus in `instrument.part`.

        An instrument that is not listed is added with defaults. None, and a problem, where there is none of that name.
        """
        name, dot, part = text.partition(".")
        sections = ("instruments", "buses", "patterns")
        written = {name for section in sections for name in self._checker.written(section)}
        if not dot or not part:
            self._document.add_problem(path, f"expected `instrument.{what}`, not '{shortened(text)}'")
        elif name in self._tables:
            return name, self._tables[name]
        elif name in written:
            pass  # its problem was added there
        elif name in self._known.tables:
            self._checker.setups[name] = InstrumentSetup(name, name, {})
            return name, self._add_table(name, name)
        else:
            known = dict.fromkeys((*self._tables, *self._known.tables))
            self._document.add_problem(path, self._unknown_instrument(name, tuple(known)))
        return None

    def part(self, path: KeyPath, text: str, what: str, kind: str, table: tuple[T, ...]) -> T | None:
        """What `instrument.part` names in a table; None, and a problem, where it is not there."""
        part = text.partition(".")[2]
        for item in table:
            if item.name == part:
                return item
        self._document.add_problem(
            path, unknown_name(part, f"a {what} of '{kind}'", tuple(item.name for item in table))
        )
        return None

    def place_of_fixed(self, name: str, parameter: str) -> KeyPath | None:
        """Where a parameter is fixed in the file; None where it is not."""
        for section in ("instruments", "buses", "patterns"):
            written = self._checker.written(section).get(name)
            if not isinstance(written, dict):
                continue
            if parameter in written:
                return (section, name, parameter)
            sends = written.get("sends")
            bus = parameter.removeprefix(SEND)
            if parameter.startswith(SEND) and isinstance(sends, dict) and bus in sends:
                return (section, name, "sends", bus)
        return None
