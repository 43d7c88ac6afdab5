"""Relabel, trim, switch, delete and restore takes: each is one action that can be undone.

The functions run inside the caller's transaction.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

import msgspec

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import journal
from gesturesynth.mapping.examples.edits import UNEDITED, EditChange, TakeEdit, read_edits
from gesturesynth.mapping.examples.journal import Changes, ValueChange
from gesturesynth.mapping.examples.omissions import omitted_values
from gesturesynth.mapping.examples.schema import decode_pose
from gesturesynth.mapping.examples.takes import find_takes, list_takes, mark_deleted, sound_text

LEAST_POSES: Final = 5
"""A trimmed take keeps at least so many poses with a body: fewer are an instant, and not a take."""


def relabel(db: sqlite3.Connection, take: int, target: str, values: Mapping[str, float], label: str) -> str:
    """Lets a take teach something else; returns a text about it. As `ExampleStore.relabel`."""
    (info,) = find_takes(db, [take])
    edit = msgspec.structs.replace(_edit(db, take), target=target, label=label, sound=sound_text(values))
    # Values that were deleted from the take before are given once more, and count.
    given = sorted(omitted_values(db).get(take, set()) & values.keys())
    restored = tuple(ValueChange(take, output, before=False, after=True) for output in given)
    before = f" instead of {info.target}" if info.target and info.target != target else ""
    return _apply(db, f"take {take} is for {target}{before}", take, edit, restored)


def trim(db: sqlite3.Connection, take: int, start_s: float, end_s: float) -> str:
    """Lets only a part of a take count; returns a text about it. As `ExampleStore.trim`."""
    find_takes(db, [take])
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0.0 <= start_s < end_s):
        raise UserError(
            f"a trim is from a start to a later end, in seconds since the take began, not {start_s:g} to {end_s:g}. "
            "Nothing was changed."
        )
    found = db.execute("SELECT pose, crc FROM poses WHERE take = ? ORDER BY id", (take,))
    poses = [pose for data, crc in found if (pose := decode_pose(data, crc)) is not None]
    if not poses:
        raise UserError(f"take {take} was imported: it has no poses in time that could be trimmed.")
    (length_s,) = db.execute("SELECT duration_s FROM takes WHERE id = ?", (take,)).fetchone()
    if start_s <= 0.0 and end_s >= length_s:
        whole = msgspec.structs.replace(_edit(db, take), start_s=None, end_s=None, rows=None)
        return _apply(db, f"take {take} counts as a whole", take, whole)
    edit = msgspec.structs.replace(_edit(db, take), start_s=float(start_s), end_s=float(end_s))
    first_s = poses[0].capture_time_s
    rows = sum(not pose.empty and edit.contains(pose.capture_time_s - first_s) for pose in poses)
    if rows < LEAST_POSES:
        raise UserError(
            f"from {start_s:g} to {end_s:g} s take {take} has {rows} pose{'s' * (rows != 1)} with a body (at least "
            f"{LEAST_POSES} have to remain; the take lasts {length_s:.1f} s). Nothing was changed."
        )
    edit = msgspec.structs.replace(edit, rows=rows)
    return _apply(db, f"take {take} trimmed to {start_s:g} to {end_s:g} s", take, edit)


def switch(db: sqlite3.Connection, take: int, *, on: bool | None) -> str:
    """Switches a take on or off, `on` None: to the other; returns a text about it. As `ExampleStore.switch`."""
    find_takes(db, [take])
    edit = _edit(db, take)
    is_on = edit.off if on is None else on
    if is_on is not edit.off:
        raise UserError(f"take {take} is {'on' if is_on else 'off'} already. Nothing was changed.")
    text = f"take {take} switched {'on' if is_on else 'off'}"
    return _apply(db, text, take, msgspec.structs.replace(edit, off=not is_on))


def _edit(db: sqlite3.Connection, take: int) -> TakeEdit:
    return read_edits(db).get(take, UNEDITED)


def _apply(db: sqlite3.Connection, text: str, take: int, edit: TakeEdit, values: tuple[ValueChange, ...] = ()) -> str:
    after = edit if edit != UNEDITED else None
    change = EditChange(take, read_edits(db).get(take), after)
    journal.apply(db, text, Changes(edits=(change,), values=values))
    return text


class EditableTakes:
    """The part of `ExampleStore` that edits takes. Its `_db` is an open database, and `_writing` a transaction."""

    @property
    def _db(self) -> sqlite3.Connection:
        raise NotImplementedError

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def relabel(self, take: int, target: str, values: Mapping[str, float], label: str) -> str:
        """Lets a take teach something else than it was recorded for; returns a text about it. Can be undone.

        Args:
            take: its number.
            target: what it is for from now on: a snapshot's number, a class, a gesture.
            values: what each of its poses teaches: output -> value in the output's unit; empty for a class alone.
            label: the class or gesture; empty for none.

        Raises:
            UserError: there is no such take.
            ValueError: a value is not a finite number.
        """
        with self._writing():
            return relabel(self._db, take, target, values, label)

    def trim(self, take: int, start_s: float, end_s: float) -> str:
        """Lets only a part of a take count; returns a text about it. Can be undone, and a later trim may widen it.

        Args:
            take: its number.
            start_s: seconds since its first pose.
            end_s: likewise; at or after its end is its end.

        Raises:
            UserError: there is no such take, it was imported, or too few poses with a body would remain.
        """
        with self._writing():
            return trim(self._db, take, start_s, end_s)

    def switch(self, take: int, on: bool | None = None) -> str:  # noqa: FBT001 - read as switch(3, on=False)
        """Switches a take off, or on again (None: to the other); returns a text about it. Can be undone.

        Raises:
            UserError: there is no such take, or it is so already.
        """
        with self._writing():
            return switch(self._db, take, on=on)

    def delete(self, *ids: int) -> str:
        """Marks takes as deleted, all or none; returns a text about it.

        Raises:
            UserError: one of them does not exist, or is deleted already.
        """
        with self._writing():
            return mark_deleted(self._db, find_takes(self._db, ids), deleted=True)

    def restore(self, *ids: int) -> str:
        """Restores deleted takes, all or none; returns a text about it.

        Raises:
            UserError: one of them does not exist, or is not deleted.
        """
        with self._writing():
            return mark_deleted(self._db, find_takes(self._db, ids), deleted=False)

    def delete_last(self) -> str:
        """Deletes the newest take; returns a text about it, empty when there is no take."""
        with self._writing():
            return mark_deleted(self._db, list_takes(self._db)[-1:], deleted=True)

    def clear(self) -> str:
        """Deletes all takes (they can be restored); returns a text about it, empty when there are none."""
        with self._writing():
            return mark_deleted(self._db, list_takes(self._db), deleted=True)
