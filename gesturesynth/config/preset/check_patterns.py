"""Checks the patterns of a preset, and which triggers wait for the beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.core.note_lengths import note_length_text
from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.synthesis.instruments.table import InstrumentTable
from gesturesynth.synthesis.tempo.pattern import PATTERN_PARAMETERS

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

PATTERN = InstrumentTable("pattern", "A rhythm that strikes a trigger.", PATTERN_PARAMETERS)


def check_patterns(checker: Checker) -> dict[str, PatternSetup]:
    """The patterns that are right, by name; after the instruments, before the outputs.

    Args:
        checker: of the whole preset; receives the problems.
    """
    found: dict[str, PatternSetup] = {}
    for name, entry in checker.entries.patterns.items():
        here: KeyPath = ("patterns", name)
        if checker.layers.is_taken(name):
            sentence = f"'{name}' is the name of an instrument or a bus; a pattern needs another"
            checker.document.add_problem(here, sentence, key=True)
        elif checker.layers.is_trigger((*here, "trigger"), entry.trigger):
            found[name] = PatternSetup(
                name,
                entry.trigger,
                entry.rhythm,
                entry.every,
                entry.rotate,
                entry.turn,
                entry.density,
                entry.chance,
                entry.bars,
                entry.fill,
            )
        checker.layers.add_table(name, PATTERN)
    checker.tempo.needed = checker.tempo.needed or bool(checker.entries.patterns)
    return found


def check_grids(checker: Checker) -> None:
    """Checks that a trigger waits for one note only, however many poses and gestures fire it; after both."""
    grids: dict[str, float | None] = {}
    for section, entries in (("classes", checker.entries.classes), ("gestures", checker.entries.gestures)):
        for name, entry in entries.items():
            here: KeyPath = (section, name)
            if entry is None or (entry.on is None and entry.trigger is None):
                continue
            if entry.trigger is None:
                checker.document.add_problem((*here, "on"), "there is no `trigger` that could wait for it", key=True)
                continue
            checker.tempo.needed = checker.tempo.needed or entry.on is not None
            before = grids.setdefault(entry.trigger, entry.on)
            if before != entry.on:
                other = "at once" if before is None else f"on {note_length_text(before)}"
                sentence = f"'{entry.trigger}' is fired {other} elsewhere; give both the same `on`"
                checker.document.add_problem((*here, "trigger" if entry.on is None else "on"), sentence)
