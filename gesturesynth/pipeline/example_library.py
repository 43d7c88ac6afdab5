"""The shelf: what artists have taught, preset by preset, for the one thread that reads and writes files.

SQLite waits for the disk whenever it writes, and computing features from skeletons takes its time; the conductor's loop
may do neither. So all of this happens in one worker thread, and the loop gets a `LibrarySummary`: what there is, as
plain values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self, TypeVar

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.store import ExampleStore, store_path

T = TypeVar("T")

IMPORTED: Final = "(imported)"
"""Stands for the target of takes that came from a file, and are for no snapshot and no single class."""


def load_taught(preset: Preset, now: datetime) -> tuple[LibrarySummary, Examples | None]:
    """What is on the shelf for a preset, and what its takes teach, if there are any; for whoever does not conduct.

    Where nothing was taught, no file is made.

    Args:
        preset: the piece.
        now: goes into the name of a damaged file that is set aside.

    Raises:
        GestureSynthError: there is something, and it cannot be read; UserError where a person can mend that.
    """
    if not store_path(preset.key).exists():
        return LibrarySummary.of(preset), None
    library = ExampleLibrary(lambda: now)
    try:
        return library.summary(preset), library.examples(preset)
    finally:
        library.close()


@dataclass(frozen=True)
class LibrarySummary:
    """What is on the shelf for one preset.

    Attributes:
        takes: how many there are for each target: `"1"`..`"9"`, a class, or `IMPORTED`.
        snapshots: sounds by number, those saved before those of the preset's file: output -> value in its unit.
        can_undo, can_redo: whether there is something to take back, or to do again.
        note: a sentence about something damaged that was set aside; empty otherwise.
        read_only: a sentence about why nothing more can be stored; empty otherwise.
        total: how many takes there are, for whatever they were made.
    """

    takes: dict[str, int] = field(default_factory=dict)
    snapshots: dict[int, dict[str, float]] = field(default_factory=dict)
    can_undo: bool = False
    can_redo: bool = False
    note: str = ""
    read_only: str = ""
    total: int = 0

    @classmethod
    def of(cls, preset: Preset) -> Self:
        """What there is without anything taught: the sounds of the preset's file."""
        return cls(snapshots={number: dict(values) for number, values in preset.snapshots.items()})


class ExampleLibrary:
    """Opens the examples of a preset when they are needed, and keeps the last ones open.

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
        """What there is for a preset."""
        store = self._open(preset)
        self._revision = store.revision
        takes: dict[str, int] = {}
        infos = store.takes()
        for info in infos:
            takes[info.target] = takes.get(info.target, 0) + 1
        if "" in takes:
            takes[IMPORTED] = takes.pop("")
        known = {output.name for output in preset.outputs}
        snapshots = LibrarySummary.of(preset).snapshots
        for number, values in store.snapshots().items():
            snapshots[number] = {name: value for name, value in values.items() if name in known}
        return LibrarySummary(
            takes, snapshots, store.can_undo, store.can_redo, store.note, store.read_only, total=len(infos)
        )

    def summary_if_changed(self, preset: Preset) -> LibrarySummary | None:
        """What there is for a preset, when this or another program has changed it since `view`; else None."""
        return None if self._open(preset).revision == self._revision else self.summary(preset)

    def change(self, preset: Preset, what: Callable[[ExampleStore], T]) -> tuple[T, LibrarySummary]:
        """Does something to the examples of a preset; what came of it, and what there is afterwards."""
        outcome = what(self._open(preset))
        return outcome, self.summary(preset)

    def examples(self, preset: Preset) -> Examples | None:
        """What was taught for a preset, also what it says of outputs that are not the preset's; None without a take."""
        store = self._open(preset)
        if not store.takes():
            return None
        outputs = [output.name for output in preset.outputs]
        return store.examples(preset.features, outputs, preset.smoothing, everything=True)

    def close(self) -> None:
        """Lets go of the file."""
        if self._store:
            self._store.close()
        self._store = None

    def _open(self, preset: Preset) -> ExampleStore:
        if self._store is None or self._key != preset.key:
            self.close()
            self._store = ExampleStore.open(store_path(preset.key), self._now())
            self._key, self._revision = preset.key, None
        return self._store
