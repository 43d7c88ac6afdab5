"""The example library: takes and snapshots of each preset, for the one thread that reads and writes files.

SQLite waits for the disk whenever it writes, and computing features from skeletons takes time; the conductor's loop may
do neither. So all of it happens in one worker thread, and the loop gets a `LibrarySummary` of plain values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self, TypeVar, get_args

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.masks import NO_MASKS, Mask, Masks
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.pipeline.scene_takes import saved_snapshots, takes_of_other_scenes
from gesturesynth.pipeline.take_reports import listed_take
from gesturesynth.runtime.session_state import OutputsOff
from gesturesynth.runtime.take_reports import ListedTake

T = TypeVar("T")

IMPORTED: Final = "(imported)"
"""The target of takes that were imported from a file, and are for no snapshot and no single class."""


def load_taught(preset: Preset, now: datetime) -> tuple[LibrarySummary, Examples | None]:
    """The summary of a preset's library, and its examples, if it has takes; for programs other than the conductor.

    Where nothing was taught, no file is made.

    Args:
        preset: the preset.
        now: goes into the name of a damaged file that is set aside.

    Raises:
        GestureSynthError: there is a library that cannot be read; UserError where a person can repair that.
    """
    if not store_path(preset.key).exists():
        return LibrarySummary.of(preset), None
    library = ExampleLibrary(lambda: now)
    try:
        return library.summary(preset), library.examples(preset)
    finally:
        library.close()


@dataclass(frozen=True, eq=False)
class Taught:
    """What was taught for a preset.

    Attributes:
        examples: also for outputs that it does not have; None without a take.
        masks: outputs that are switched off.
    """

    examples: Examples | None = None
    masks: Masks = NO_MASKS

    @property
    def takes(self) -> dict[str, frozenset[int]]:
        """By output, the numbers of the takes that teach it."""
        if self.examples is None:
            return {}
        named = np.isfinite(self.examples.Y)
        takes = self.examples.takes
        return {
            name: frozenset(takes[column].tolist())
            for name, column in zip(self.examples.outputs, named.T, strict=True)
            if column.any()
        }


@dataclass(frozen=True)
class LibrarySummary:
    """The takes and snapshots of one preset, or of one of its scenes.

    Attributes:
        takes: number of takes for each target: `"1"`..`"9"`, a class, or `IMPORTED`; without those of other scenes.
        snapshots: by number, a saved one before one of the preset's file: output -> value in its unit.
        can_undo, can_redo: whether there is a change to undo, or to do again.
        note: a sentence about something damaged that was set aside; empty otherwise.
        read_only: a sentence about why nothing more can be stored; empty otherwise.
        total: number of takes for all targets.
        named: by output, how many takes name it.
        masks: outputs that are switched off.
        newest: the number of the newest take; 0 without one.
        listed: all takes, also those that are deleted, the oldest first.
    """

    takes: dict[str, int] = field(default_factory=dict)
    snapshots: dict[int, dict[str, float]] = field(default_factory=dict)
    can_undo: bool = False
    can_redo: bool = False
    note: str = ""
    read_only: str = ""
    total: int = 0
    named: dict[str, int] = field(default_factory=dict)
    masks: Masks = NO_MASKS
    newest: int = 0
    listed: tuple[ListedTake, ...] = ()

    @property
    def off(self) -> OutputsOff:
        """The names of outputs that are switched off, sorted."""
        record, train, run = (tuple(sorted(self.masks.off(mask))) for mask in get_args(Mask))
        return OutputsOff(record, train, run)

    @classmethod
    def of(cls, preset: Preset) -> Self:
        """The summary where nothing was taught: the snapshots of the preset's file."""
        return cls(snapshots={number: dict(values) for number, values in preset.snapshots.items()})


def teaching_rows(examples: Examples) -> Examples:
    """The rows without those that teach nothing: of the takes of a record button (`hands-free`)."""
    kept = (examples.labels != "") | np.isfinite(examples.Y).any(axis=1)
    return examples if kept.all() else examples.rows(kept)


def without_gestures(examples: Examples, preset: Preset) -> Examples:
    """The rows without those of the gestures of a preset, which would teach poses; and of `none`, if it is no class."""
    kept = ~np.isin(examples.labels, [name for name in preset.gesture_targets if name not in preset.classes])
    return examples if kept.all() else examples.rows(kept)


class ExampleLibrary:
    """Opens the example store of a preset when it is needed, and keeps the last one open.

    All methods but `__init__` belong to one thread, always the same, and may raise GestureSynthError.

    Args:
        now: the time of day, for the name of a damaged file that is set aside.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._key = ""
        self._store: ExampleStore | None = None
        self._revision: tuple[int, int] | None = None

    def summary(self, preset: Preset) -> LibrarySummary:
        """The summary of a preset's library."""
        store = self._open(preset)
        self._revision = store.revision
        takes: dict[str, int] = {}
        stored = store.takes(deleted=True)
        infos = [info for info in stored if not info.deleted]
        elsewhere = takes_of_other_scenes(store, preset)
        for info in infos:
            if info.id in elsewhere:
                continue
            takes[info.target] = takes.get(info.target, 0) + 1
        if "" in takes:
            takes[IMPORTED] = takes.pop("")
        snapshots = LibrarySummary.of(preset).snapshots | saved_snapshots(store, preset)
        return LibrarySummary(
            takes,
            snapshots,
            store.can_undo,
            store.can_redo,
            store.note,
            store.read_only,
            total=len(infos),
            named=store.named_counts(),
            masks=store.masks(),
            newest=infos[-1].id if infos else 0,
            listed=tuple(map(listed_take, stored)),
        )

    def summary_if_changed(self, preset: Preset) -> LibrarySummary | None:
        """The summary, if this or another program has changed the library since the last summary; else None."""
        return None if self._open(preset).revision == self._revision else self.summary(preset)

    def change(self, preset: Preset, change: Callable[[ExampleStore], T]) -> tuple[T, LibrarySummary]:
        """Applies a change to the store of a preset; returns its result, and the summary afterwards."""
        outcome = change(self._open(preset))
        return outcome, self.summary(preset)

    def read(self, preset: Preset, read: Callable[[ExampleStore], T]) -> T:
        """What a function reads from the store of a preset, without changing it."""
        return read(self._open(preset))

    def examples(self, preset: Preset) -> Examples | None:
        """The examples taught for a preset, also for outputs that it does not have; None without a take.

        Takes of its gestures are no rows, but movements: see `Examples.gesture_takes`.
        """
        return self.taught(preset).examples

    def taught(self, preset: Preset) -> Taught:
        """What a model is fitted to: the same, with outputs that are off for training kept to their takes."""
        store = self._open(preset)
        masks = store.masks()
        if not store.takes() and not masks.train:
            return Taught(None, masks)
        outputs = [output.name for output in preset.learned_outputs]
        rows = store.examples(preset.features, outputs, preset.smoothing, everything=True, kept=masks.train)
        examples = teaching_rows(rows)
        if not len(examples) and not store.takes():
            return Taught(None, masks)
        if not preset.gestures:
            return Taught(examples, masks)
        movements = store.gesture_takes((*preset.gestures, NONE), preset.gesture_features, preset.smoothing)
        return Taught(dataclasses.replace(without_gestures(examples, preset), gesture_takes=movements), masks)

    def targets(self, preset: Preset) -> dict[int, str]:
        """What each take of a preset is for, as sentences name it, by its number."""
        return {info.id: _target_text(info.target) for info in self._open(preset).takes()}

    def close(self) -> None:
        """Closes the file."""
        if self._store:
            self._store.close()
        self._store = None

    def _open(self, preset: Preset) -> ExampleStore:
        if self._store is None or self._key != preset.key:
            self.close()
            self._store = ExampleStore.open(store_path(preset.key), self._now())
            self._key, self._revision = preset.key, None
        return self._store


def _target_text(target: str) -> str:
    if target.isdecimal():
        return f"snapshot {target}"
    return target if target.startswith("(") else f"'{target}'" if target else IMPORTED
