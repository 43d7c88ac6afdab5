"""Takes and snapshots outside of their store: as values, and as a database file that goes from computer to computer.

Such a file holds the tables of a store without any journal: what is taught, and not how it came to be. It is written
from values, so the same takes give the same bytes. One that comes from elsewhere is checked before anything of it is
used: its tables are those of a store and nothing else, and each of its records is what this program writes.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import journal, schema
from gesturesynth.mapping.examples import takes as store_takes
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.journal import Changes, SnapshotChange, TakeChange
from gesturesynth.mapping.examples.store_check import classify_database
from gesturesynth.mapping.examples.takes import TakeCopy, TakeRecord
from gesturesynth.runtime.tracking_request import MOST_PEOPLE

MOST_TAKES: Final = 10_000
MOST_LETTERS: Final = 80
"""Of a target, a class or an output; as in the table of commands."""

_WRITTEN_BY: Final = slice(96, 100)
"""The place in the header of a database file for the version of SQLite that wrote it; nothing reads it."""


@dataclass(frozen=True)
class PortableTakes:
    """Takes in their order, as they are stored, and saved snapshots: number -> output -> value in its unit."""

    takes: tuple[TakeCopy, ...]
    snapshots: dict[int, dict[str, float]]

    @property
    def skeletons(self) -> int:
        """How many takes have skeletons."""
        return sum(1 for take in self.takes if take.poses)


def read(db: sqlite3.Connection, *, deleted: bool) -> PortableTakes:
    """All takes and snapshots of an open store as of one moment."""
    db.execute("BEGIN")  # all queries see the same state
    try:
        takes = store_takes.read_all(db, deleted=deleted)
        found = db.execute("SELECT number, sound FROM snapshots ORDER BY number").fetchall()
    finally:
        if db.in_transaction:
            db.execute("COMMIT")
    return PortableTakes(tuple(takes), {number: _sound(sound) for number, sound in found})


def insert(db: sqlite3.Connection, takes: PortableTakes, how: str, *, instead: bool) -> str:
    """See `ExampleStore.insert`."""
    former = store_takes.list_takes(db) if instead else ()
    sounds = {number: _sound(sound) for number, sound in db.execute("SELECT number, sound FROM snapshots")}
    infos = [store_takes.insert_copy(db, take) for take in takes.takes]
    present = [info for info in infos if not info.deleted]
    text = f"{store_takes.describe(present) if present else '0 takes'} and {len(takes.snapshots)} snapshots {how}"
    if former:
        text += f" instead of {store_takes.describe(former)}"
    after = takes.snapshots if instead else sounds | takes.snapshots
    changes = Changes(
        (
            *(TakeChange(info.id, before=True, after=False) for info in former),
            *(TakeChange(info.id, before=False, after=True) for info in present),
        ),
        tuple(
            SnapshotChange(number, sounds.get(number), after.get(number))
            for number in sorted({*sounds, *after})
            if sounds.get(number) != after.get(number)
        ),
    )
    journal.apply(db, text, changes)
    return text


def without_skeletons(takes: PortableTakes, examples: Examples) -> PortableTakes:
    """The same takes with features in the place of their skeletons, as if they had been imported.

    Args:
        takes: of a store.
        examples: of that store; their `takes` are the numbers there. Takes that are not among them, such as
            those that are off, are left out.
    """
    kept = []
    for take in takes.takes:
        if not take.poses:
            kept.append(take)
            continue
        part = examples.rows(np.asarray(examples.takes == take.number, dtype=np.bool_))
        part = part.rows(np.asarray(np.isfinite(part.X).any(axis=1), dtype=np.bool_))
        values = zip(part.labels.tolist(), part.X.tolist(), part.Y.tolist(), strict=True)
        rows: list[tuple[object, ...]] = [
            (label, store_takes.finite_text(part.columns, x), store_takes.finite_text(part.outputs, y))
            for label, x, y in values
        ]
        if rows:
            made_utc, *facts, _, duration_s = take.facts
            if take.edit:  # the rows are as edited
                edited = (take.edit.target, take.edit.label, take.edit.sound)
                facts = [former if now is None else now for former, now in zip(facts, edited, strict=True)]
                if take.edit.start_s is not None and take.edit.end_s is not None:
                    assert isinstance(duration_s, float)
                    duration_s = min(duration_s, take.edit.end_s) - take.edit.start_s
            whole = (made_utc, *facts, len(rows), duration_s)
            kept.append(replace(take, facts=whole, poses=[], rows=rows, omitted=set(), edit=None))
    return replace(takes, takes=tuple(kept))


def to_file(takes: PortableTakes) -> bytes:
    """The bytes of a database with these takes, numbered from 1; the same for the same takes."""
    with closing(schema.connect_copy(b"")) as db:
        schema.create_tables(db)
        with schema.transaction(db):
            for take in takes.takes:
                store_takes.insert_copy(db, take)
            for number, sound in sorted(takes.snapshots.items()):
                db.execute("INSERT INTO snapshots VALUES (?, ?)", (number, store_takes.sound_text(sound)))
        image = bytearray(db.serialize())
    image[_WRITTEN_BY] = bytes(4)
    return bytes(image)


def from_file(file: Path, name: str) -> PortableTakes:
    """Reads a file of takes from elsewhere, after it was checked.

    Args:
        file: a copy of it that belongs to this program; the tables of an older version are migrated in it.
        name: of the file, for sentences.

    Raises:
        UserError: it is no such file, is damaged, or was made by a newer version.
    """
    place = Path(name)
    try:
        with closing(_open(file)) as db:
            _check_tables(db, name)
            state = classify_database(db, place)
        if state.kind == "older":
            with closing(schema.connect(file)) as db:
                schema.migrate(db)
        if state.kind not in ("sound", "older"):
            raise UserError(f"{name} is damaged: {state.why}")
        with closing(_open(file)) as db:
            (count,) = db.execute("SELECT count(*) FROM takes").fetchone()
            if count > MOST_TAKES:
                raise UserError(f"{name} holds {count} takes; at most {MOST_TAKES} are allowed")
            takes = read(db, deleted=True)
    except (sqlite3.Error, UnicodeError) as error:
        raise UserError(f"{name} is no file of takes, or it is damaged: {error}") from error
    for index, take in enumerate(takes.takes, 1):
        _check_take(take, f"{name}: take {index}")
    for number, sound in takes.snapshots.items():
        _check_names(sound, f"{name}: snapshot {number}")
        if number not in range(1, 10):
            raise UserError(f"{name}: there is a snapshot {number!r}; snapshots are numbered from 1 to 9")
    return takes


def _open(file: Path) -> sqlite3.Connection:
    db = schema.connect(file, "still")
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    return db


def _check_tables(db: sqlite3.Connection, name: str) -> None:
    """Raises UserError unless the tables are those of a store, of this version or of an older one."""
    (found_version,) = db.execute("PRAGMA user_version").fetchone()
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    if found_version <= schema.version() and db.execute(query).fetchall() != _tables(query, found_version):
        raise UserError(f"{name} holds other tables than those of takes, or more: it was not made by gesturesynth")


def _tables(query: str, version: int) -> list[tuple[object, ...]]:
    with closing(schema.connect_copy(b"")) as db:
        for step in schema.MIGRATIONS[: max(version, 0)]:
            for statement in step:
                db.execute(statement)
        return db.execute(query).fetchall()


def _check_take(take: TakeCopy, what: str) -> None:
    made_utc, target, label, sound, rows, duration_s, *_ = take.facts
    try:
        made = datetime.fromisoformat(str(made_utc))
    except ValueError:
        made = None
    if made is None or made.tzinfo is None or len(str(made_utc)) > MOST_LETTERS:
        raise UserError(f"{what}: the time at which it was made is no time")
    _check_names((str(target), str(label)), what)
    _check_names((*_sound(sound), *take.omitted), what)
    if take.edit:
        _check_names((take.edit.target or "", take.edit.label or "", *_sound(take.edit.sound or "{}")), what)
    if not isinstance(rows, int) or rows < 1 or bool(take.poses) == bool(take.rows):
        raise UserError(f"{what}: it has no rows, or says a wrong number of them")
    if not isinstance(duration_s, float | int) or not math.isfinite(duration_s) or duration_s < 0:
        raise UserError(f"{what}: its duration is no duration")
    seen = sum(_check_pose(pose, what) for pose in take.poses)
    for row_label, features, outputs in take.rows:
        _check_names((str(row_label),), what)
        _check_names(_sound(features), what)
        _check_names(_sound(outputs), what)
    if rows != (seen if take.poses else len(take.rows)):
        raise UserError(f"{what}: it has {seen or len(take.rows)} rows, and says {rows}")


def _check_pose(stored: tuple[object, ...], what: str) -> bool:
    """Whether a person is in a stored pose."""
    data, crc, facts, moving = stored
    pose = schema.decode_pose(data, crc)
    if pose is None or len(pose.bodies) > MOST_PEOPLE or pose.width < 1 or pose.height < 1:
        raise UserError(f"{what}: a pose of it is not what gesturesynth writes")
    if facts is not None and (not isinstance(facts, str) or TakeRecord.decode(facts) is None):
        raise UserError(f"{what}: the facts beside a pose of it are not what gesturesynth writes")
    if moving is not None:
        if not store_takes.is_sound(moving):
            raise UserError(f"{what}: what sounded at a pose of it is not what gesturesynth writes")
        _check_names(_sound(moving), what)
    return not pose.empty


def _check_names(names: object, what: str) -> None:
    """Raises UserError unless all of these texts can be the name of something: they get onto screens."""
    assert isinstance(names, dict | tuple)
    for text in names:
        if len(text) > MOST_LETTERS or not (text == "" or text.isprintable()):
            raise UserError(f"{what}: {text[:MOST_LETTERS]!r} cannot be a name")


def _sound(text: object) -> dict[str, float]:
    return msgspec.json.decode(str(text), type=dict[str, float])
