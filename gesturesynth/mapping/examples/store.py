"""The examples of one preset on the disk: takes with their skeletons, and undo for every change.

`add_take` returns when the take is on the disk, not before; a power cut after that loses nothing. Deleting only marks:
a take can be restored until it is erased. A take is stored as skeletons, not as features, so that its examples can be
computed again when a preset uses other features.

Several programs may have the same examples open (the running service and a command line): each sees the transactions
of the others. Within a program, a store serves one thread at a time; another thread opens its own. No thread is started
here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from gesturesynth.core import paths
from gesturesynth.core.closable import Closable
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.mapping.examples import journal, new_takes, omissions, portable_takes, schema
from gesturesynth.mapping.examples import takes as store_takes
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.edits import UNEDITED, read_edits
from gesturesynth.mapping.examples.feature_reader import FeatureReader, read_poses
from gesturesynth.mapping.examples.journal import Changes, SnapshotChange
from gesturesynth.mapping.examples.masks import Mask, Masks, read_masks, write_mask
from gesturesynth.mapping.examples.new_takes import EncodedTake, NewTake
from gesturesynth.mapping.examples.portable_takes import PortableTakes
from gesturesynth.mapping.examples.store_opening import StoreFile
from gesturesynth.mapping.examples.take_editor import EditableTakes
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.runtime.messages import Pose

__all__ = ["ExampleStore", "TakeInfo", "store_path"]


def store_path(key: str) -> Path:
    """Where the examples of a preset are: `$STATE/presets/KEY/examples.sqlite`."""
    return paths.state_dir() / "presets" / key / "examples.sqlite"


class ExampleStore(EditableTakes, Closable):
    """The examples of one preset, as described at the top of this module; a context manager.

    Any method may raise GestureSynthError or its kind UserError, with a sentence: the disk is full or broken, rights
    are missing, another program keeps the examples busy for more than `schema.BUSY_S`. Then nothing was changed, and
    nothing that was stored is lost.

    Attributes:
        path: of the database.
        note: a sentence for people when something was damaged and set aside; else empty.
    """

    def __init__(self, file: StoreFile) -> None:
        self.path = file.path
        self._file = file
        self._reader = FeatureReader(file.connection)

    @classmethod
    def open(cls, path: Path, now: datetime) -> Self:
        """Opens the examples at `path`, or makes new ones there; folders are made.

        Where nothing may be written, the examples are read all the same, and only changes are refused.

        Args:
            path: see `store_path`.
            now: goes into the name of a damaged file that is set aside.

        Raises:
            UserError: the file is a newer version's or another program's (it is left as it is); it may not be read.
            GestureSynthError: it is damaged, but another program has it open; the disk is full or broken.
        """
        return cls(StoreFile.open(path, now))

    @property
    def _db(self) -> sqlite3.Connection:
        return self._file.connection

    @property
    def read_only(self) -> str:
        """A sentence about why nothing can be stored here; else empty."""
        return self._file.read_only

    @property
    def note(self) -> str:
        """A sentence for people when something was damaged; else empty."""
        return " ".join(filter(None, (self._file.note, self._reader.note)))

    # ----------------------------------------------------------------------------------------------------------- takes
    def add_take(
        self,
        target: str,
        values: Mapping[str, float],
        label: str,
        poses: Sequence[Pose],
        *,
        made: datetime | None = None,
        moving: Sequence[Mapping[str, float]] | None = None,
    ) -> TakeInfo:
        """Stores a take. When this returns it is on the disk.

        Args:
            target: see `NewTake`.
            values: likewise.
            label: likewise.
            poses: likewise.
            made: when; None for now.
            moving: see `NewTake`.

        Raises:
            UserError: there is no body in the poses; or every output is off for recording, and there is no class.
            ValueError: a value, or a landmark, is not a finite number; `moving` has not one sound for each pose.
        """
        (info,) = self.add_takes([NewTake(target, values, label, poses, moving)], made=made)
        return info

    def add_takes(
        self, new: Sequence[NewTake], *, made: datetime | None = None, instead: bool = False
    ) -> tuple[TakeInfo, ...]:
        """Stores several takes as one action to undo, all or none; `made` and errors as for `add_take`.

        With `instead`, earlier takes no longer teach the outputs that these name: they lose those values, and are
        deleted where they say nothing else.
        """
        encoded = [*map(EncodedTake.of, new)]
        with self._writing():
            return new_takes.add(self._db, encoded, made, instead=instead)

    def add_examples(self, examples: Examples, source: str, *, made: datetime | None = None) -> tuple[TakeInfo, ...]:
        """Stores features and outputs that have no skeletons: one take for each take in them; one action to undo.

        Args:
            examples: rows share a take as they do there; numbers that are not finite are kept as missing.
            source: where they are from, for people.
            made: when; None for now.
        """
        numbers = dict.fromkeys(examples.takes.tolist())
        with self._writing():
            infos = tuple(store_takes.insert_rows(self._db, made, examples, number) for number in numbers)
            if infos:
                store_takes.journal_added(self._db, f"{store_takes.describe(infos)} from {source}", infos)
        return infos

    def takes(self, deleted: bool = False) -> tuple[TakeInfo, ...]:  # noqa: FBT001, FBT002 - read as takes(deleted=True)
        """All takes in the order in which they were made; with `deleted` also those that are deleted."""
        with schema.translated_errors(self.path):
            return store_takes.list_takes(self._db, deleted=deleted)

    def sound(self, take: int) -> dict[str, float]:
        """What sounded during a take: output -> value in its unit; empty when it only teaches a class.

        Raises:
            UserError: there is no such take.
        """
        with schema.translated_errors(self.path):
            store_takes.find_takes(self._db, [take])
            return omissions.taught_sound(self._db, take)

    def poses(self, take: int) -> tuple[TakeInfo, tuple[Pose, ...]]:
        """A take, also a deleted one, with the poses that count, in their order; none where it was imported.

        Poses that are damaged on the disk are left out.

        Raises:
            UserError: there is no such take.
        """
        with schema.translated_errors(self.path):
            (info,) = store_takes.find_takes(self._db, [take])
            return info, tuple(read_poses(self._db, take, read_edits(self._db).get(take, UNEDITED)))

    def named_counts(self) -> dict[str, int]:
        """By output, the number of takes that name it and teach it."""
        with schema.translated_errors(self.path):
            return omissions.named_counts(self._db)

    def named_outputs(self) -> dict[int, set[str]]:
        """The outputs that each take names and teaches, by its number."""
        with schema.translated_errors(self.path):
            return omissions.named_outputs(self._db)

    def portable(self, *, deleted: bool = False) -> PortableTakes:
        """All takes and saved snapshots as of one moment; with `deleted` also those takes that are deleted."""
        with schema.translated_errors(self.path):
            return portable_takes.read(self._db, deleted=deleted)

    def insert(self, takes: PortableTakes, how: str, *, instead: bool = False) -> str:
        """Adds takes and snapshots that were read elsewhere, as one action; returns a text about it.

        Snapshots replace those of the same number; with `instead`, all takes and snapshots that are here are deleted.
        `how` is a word for the text, such as `copied`.
        """
        with self._writing():
            return portable_takes.insert(self._db, takes, how, instead=instead)

    def delete_output(self, output: str) -> str:
        """Deletes the examples of one output (they can be restored); returns a text about it, empty without any."""
        with self._writing():
            return omissions.delete_output(self._db, output)

    def erase(self, *ids: int) -> str:
        """Removes takes for good, with their skeletons, also from the journal; their bytes are overwritten.

        Raises:
            UserError: one of them does not exist.
        """
        with self._writing():
            infos = store_takes.find_takes(self._db, ids)
            store_takes.erase(self._db, infos)
        with schema.translated_errors(self.path):
            # The log still holds older pages; while a reader uses it, it is overwritten a little later.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return f"{store_takes.describe(infos)} erased for good"

    # ------------------------------------------------------------------------------------------------------- snapshots
    def snapshots(self) -> dict[int, dict[str, float]]:
        """Sounds that were saved: number -> output -> value in the output's unit."""
        with schema.translated_errors(self.path):
            found = self._db.execute("SELECT number, sound FROM snapshots ORDER BY number").fetchall()
        return {number: msgspec.json.decode(sound, type=dict[str, float]) for number, sound in found}

    def save_snapshot(self, number: int, values: Mapping[str, float]) -> None:
        """Stores a sound under a number; `undo` brings back the one before.

        Raises:
            ValueError: a value is not a finite number.
        """
        store_takes.sound_text(values)
        with self._writing():
            change = SnapshotChange(number, self.snapshots().get(number), dict(values))
            journal.apply(self._db, f"snapshot {number}", Changes(snapshots=(change,)))

    # ----------------------------------------------------------------------------------------------------------- masks
    def masks(self) -> Masks:
        """The outputs that are switched off."""
        with schema.translated_errors(self.path):
            return read_masks(self._db)

    def set_mask(self, mask: Mask, output: str, *, on: bool, takes: Iterable[int] = ()) -> None:
        """Switches an output on or off in one mask; no action to undo. `takes`: see `masks.write_mask`."""
        with self._writing():
            write_mask(self._db, mask, output, on=on, takes=takes)

    # --------------------------------------------------------------------------------------------------- undo and redo
    def undo(self) -> str:
        """Reverts the last action of any program; returns a text about it, empty when there is none."""
        with self._writing():
            text = journal.undo(self._db)
        return f"undone: {text}" if text else ""

    def redo(self) -> str:
        """Applies an undone action again; returns a text about it, empty when there is none."""
        with self._writing():
            text = journal.redo(self._db)
        return f"done again: {text}" if text else ""

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would do something."""
        with schema.translated_errors(self.path):
            return journal.can_undo(self._db)

    @property
    def can_redo(self) -> bool:
        """Whether `redo` would do something."""
        with schema.translated_errors(self.path):
            return journal.can_redo(self._db)

    # --------------------------------------------------------------------------------------------------------- reading
    def examples(
        self,
        feature_names: Sequence[str],
        outputs: Sequence[str],
        smoothing: OneEuroSettings | None,
        *,
        everything: bool = False,
        kept: Mapping[str, frozenset[int]] | None = None,
    ) -> Examples:
        """The examples of all takes: one row for each pose with a body, in the order of the takes.

        The first call computes every row, later ones only those of new takes.

        Args:
            feature_names: as in a preset; vectors expand to many columns.
            outputs: names.
            smoothing: of the features; None for none.
            everything: after these, also all other outputs of the takes, and other features of imported rows.
            kept: by output, the takes that alone teach it, also those that were deleted since (`Masks.train`).

        Returns:
            `X` is NaN where a feature could not be seen, or was not imported: a fit leaves such rows out. `Y` is NaN
            where a take has no value of an output. `takes` are the ids.

        Raises:
            UnknownFeatureError: a name is not in the table of features.
        """
        with schema.translated_errors(self.path):
            return self._reader.examples(feature_names, outputs, smoothing, everything=everything, kept=kept)

    def gesture_takes(
        self, names: Sequence[str], feature_names: Sequence[str], smoothing: OneEuroSettings | None
    ) -> tuple[GestureTake, ...]:
        """The takes with these labels, as movements; imported ones and damaged poses left out. As `examples`."""
        with schema.translated_errors(self.path):
            return self._reader.gesture_takes(names, feature_names, smoothing)

    @property
    def revision(self) -> tuple[int, int]:
        """Differs from an earlier one when anything was written in between, by this or another program."""
        with schema.translated_errors(self.path):
            if self.read_only:
                if self._file.refresh():
                    self._reader = FeatureReader(self._db)
                return self._file.copies, 0
            (others,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(others), self._db.total_changes

    def close(self) -> None:
        """Closes the file and releases its lock. Nothing is written."""
        self._file.close()

    # --------------------------------------------------------------------------------------------------------- writing
    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._file.check_writable()
        with schema.translated_errors(self.path), schema.transaction(self._db):
            yield
