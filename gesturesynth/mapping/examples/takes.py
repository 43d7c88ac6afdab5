"""Takes in the database: insert, find, mark as deleted. Everything here runs inside the caller's transaction."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import journal
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.edits import EDITED, TakeEdit, put_edit, read_edits
from gesturesynth.mapping.examples.journal import Changes, TakeChange
from gesturesynth.mapping.examples.omissions import named_counts, omitted_values

_LISTED = 20
_POSE: Final = "INSERT INTO poses (take, pose, crc, facts, sound) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class TakeInfo:
    """A take as edited, without its skeletons.

    Attributes:
        id: counts from 1; never used again.
        made_utc: when it was stored, ISO 8601.
        target: what was selected: a snapshot's number, a class; of imported takes the class, if they have one.
        label: the class that it teaches; empty for none, or when its (imported) rows differ.
        rows: poses with a body in them, or imported rows.
        duration_s: from its first pose to its last; 0 for what was imported.
        deleted: marked so; it teaches nothing until it is restored.
        off: switched off; it teaches nothing until it is switched on.
        trimmed: the part that counts, in seconds since its first pose; None for all of it.
    """

    id: int
    made_utc: str
    target: str
    label: str
    rows: int
    duration_s: float
    deleted: bool
    off: bool = False
    trimmed: tuple[float, float] | None = None

    def summary(self) -> str:
        """For people: `take 3 for 2 (114 rows)`."""
        what = f" for {self.target}" if self.target else ""
        return f"take {self.id}{what} ({self.rows} row{'' if self.rows == 1 else 's'})"


class TakeRecord(msgspec.Struct, frozen=True):
    """The other facts about a take, as stored beside its first pose; `sound` is from `sound_text`."""

    made_utc: str
    target: str
    label: str
    sound: str
    duration_s: float

    def encode(self) -> str:
        """The JSON text that is stored."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def decode(cls, text: str) -> TakeRecord | None:
        """The inverse of `encode`; None when the text cannot be decoded."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None


def describe(infos: Sequence[TakeInfo]) -> str:
    """For people: one take with its number, or how many takes."""
    return infos[0].summary() if len(infos) == 1 else f"{len(infos)} takes"


def sound_text(values: Mapping[str, float]) -> str:
    """Names and numbers as the JSON text that is stored.

    Raises:
        ValueError: one of them is not finite.
    """
    wrong = [name for name, value in values.items() if not math.isfinite(value)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} must be finite numbers")
    return msgspec.json.encode({name: float(value) for name, value in values.items()}).decode()


def is_sound(text: object) -> bool:
    """Whether this is a JSON text of names and numbers, as from `sound_text`."""
    if not isinstance(text, str):
        return False
    try:
        msgspec.json.decode(text, type=dict[str, float])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def is_edit(columns: Sequence[object]) -> bool:
    """Whether these are the columns of an edit: target, label and sound; start, end and rows; each may be None."""
    target, label, sound, *numbers = columns
    texts = all(isinstance(each, str | None) for each in (target, label))
    return (
        texts and (sound is None or is_sound(sound)) and all(isinstance(each, int | float | None) for each in numbers)
    )


def insert(
    db: sqlite3.Connection,
    made: datetime | None,
    *,
    target: str = "",
    label: str = "",
    sound: str = "{}",
    rows: int,
    duration_s: float = 0.0,
) -> TakeInfo:
    """Writes a take, without its poses; `made` None is now."""
    made_utc = (made or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    cursor = db.execute(
        "INSERT INTO takes (made_utc, target, label, sound, rows, duration_s, deleted) VALUES (?, ?, ?, ?, ?, ?, 0)",
        (made_utc, target, label, sound, rows, duration_s),
    )
    assert cursor.lastrowid is not None
    return TakeInfo(cursor.lastrowid, made_utc, target, label, rows, duration_s, deleted=False)


def insert_poses(
    db: sqlite3.Connection,
    info: TakeInfo,
    sound: str,
    packed: Sequence[tuple[bytes, int]],
    moving: Sequence[str | None] | None = None,
) -> None:
    """Writes the poses of a take, as from `schema.encode_pose`; `moving` are their sounds, as from `sound_text`."""
    sounds = moving or [None] * len(packed)
    facts = TakeRecord(info.made_utc, info.target, info.label, sound, info.duration_s).encode()
    db.executemany(
        _POSE,
        [
            (info.id, data, crc, None if index else facts, own)
            for index, ((data, crc), own) in enumerate(zip(packed, sounds, strict=True))
        ],
    )


def insert_rows(db: sqlite3.Connection, made: datetime | None, examples: Examples, take: int) -> TakeInfo:
    """Writes the rows of one take of `examples` as a take."""
    chosen = examples.takes == take
    labels: list[str] = examples.labels[chosen].tolist()
    label = labels[0] if len(set(labels)) == 1 else ""
    info = insert(db, made, target=label, label=label, rows=len(labels))
    rows = zip(labels, examples.X[chosen].tolist(), examples.Y[chosen].tolist(), strict=True)
    db.executemany(
        "INSERT INTO rows (take, label, features, outputs) VALUES (?, ?, ?, ?)",
        [(info.id, label, finite_text(examples.columns, x), finite_text(examples.outputs, y)) for label, x, y in rows],
    )
    return info


_LABELS: Final = f"""SELECT label FROM {EDITED} WHERE NOT deleted AND NOT off
    UNION SELECT rows.label FROM rows JOIN {EDITED} AS each ON rows.take = each.id
    WHERE NOT deleted AND NOT off AND NOT is_relabelled"""  # noqa: S608 - constants


def taught_names(db: sqlite3.Connection) -> tuple[set[str], set[str]]:
    """Names of all outputs, and of all classes, of the takes."""
    labels = {str(label) for (label,) in db.execute(_LABELS)}
    return set(named_counts(db)), labels - {""}


@dataclass(frozen=True)
class TakeCopy:
    """All that is stored of a take: number, columns, poses, imported rows, values that do not count, its edit."""

    number: int
    facts: tuple[object, ...]
    poses: list[tuple[object, ...]]
    rows: list[tuple[object, ...]]
    omitted: set[str]
    deleted: bool = False
    edit: TakeEdit | None = None


def check_sounds(values: Mapping[str, float], moving: Sequence[Mapping[str, float]] | None, poses: int) -> None:
    """Raises ValueError for numbers that are not finite, and for `moving` without one sound for each pose."""
    for each in (values, *(moving or ())):
        sound_text(each)
    if moving is not None and len(moving) != poses:
        raise ValueError(f"{poses} poses need as many sounds, not {len(moving)}")


def read_all(db: sqlite3.Connection, *, deleted: bool = False) -> list[TakeCopy]:
    """All takes as they are stored; with `deleted` also those that are deleted."""
    found = db.execute(
        "SELECT id, deleted, made_utc, target, label, sound, rows, duration_s FROM takes WHERE NOT deleted OR ? "
        "ORDER BY id",
        (deleted,),
    ).fetchall()
    omitted, edits = omitted_values(db), read_edits(db)
    return [
        TakeCopy(
            number,
            tuple(facts),
            db.execute("SELECT pose, crc, facts, sound FROM poses WHERE take = ? ORDER BY id", (number,)).fetchall(),
            db.execute("SELECT label, features, outputs FROM rows WHERE take = ? ORDER BY id", (number,)).fetchall(),
            omitted.get(number, set()),
            bool(is_deleted),
            edits.get(number),
        )
        for number, is_deleted, *facts in found
    ]


def insert_copy(db: sqlite3.Connection, copy: TakeCopy) -> TakeInfo:
    """Writes a take that was read from another database; it gets a number of its own."""
    cursor = db.execute(
        "INSERT INTO takes (made_utc, target, label, sound, rows, duration_s, deleted) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*copy.facts, copy.deleted),
    )
    number = cursor.lastrowid
    assert number is not None
    db.executemany(_POSE, [(number, *pose) for pose in copy.poses])
    rows = "INSERT INTO rows (take, label, features, outputs) VALUES (?, ?, ?, ?)"
    db.executemany(rows, [(number, *row) for row in copy.rows])
    db.executemany("INSERT INTO omissions VALUES (?, ?)", [(number, output) for output in sorted(copy.omitted)])
    put_edit(db, number, copy.edit)
    return find_takes(db, [number])[0]


def finite_text(names: Sequence[str], values: Sequence[float]) -> str:
    """As `sound_text`, without those that are not finite."""
    return sound_text({name: value for name, value in zip(names, values, strict=True) if math.isfinite(value)})


def list_takes(db: sqlite3.Connection, *, deleted: bool = False) -> tuple[TakeInfo, ...]:
    """All takes by their numbers; with `deleted` also deleted ones."""
    found = db.execute(
        f"""SELECT id, made_utc, target, label, rows, duration_s, deleted, off, start_s, end_s FROM {EDITED}
        WHERE NOT deleted OR ? ORDER BY id""",  # noqa: S608 - constants
        (deleted,),
    )
    return tuple(_info(*columns) for columns in found)


def _info(  # noqa: PLR0917 - the columns of a query
    number: int,
    made_utc: str,
    target: str,
    label: str,
    rows: int,
    duration_s: float,
    deleted: int,
    off: int,
    start_s: float | None,
    end_s: float | None,
) -> TakeInfo:
    trimmed = None
    if start_s is not None and end_s is not None:
        trimmed = (start_s, min(end_s, duration_s))
        duration_s = max(0.0, trimmed[1] - start_s)
    return TakeInfo(number, made_utc, target, label, rows, duration_s, bool(deleted), bool(off), trimmed)


def find_takes(db: sqlite3.Connection, ids: Iterable[int]) -> list[TakeInfo]:
    """The takes of these numbers, also deleted ones, each once.

    Raises:
        UserError: one does not exist.
    """
    known = {info.id: info for info in list_takes(db, deleted=True)}
    wanted = list(dict.fromkeys(ids))
    missing = [str(number) for number in wanted if number not in known]
    if missing:
        existing = ", ".join(map(str, list(known)[:_LISTED])) + (" and more" if len(known) > _LISTED else "")
        raise UserError(f"there is no take {', '.join(missing)} (there are {existing or 'none'}). Nothing was changed.")
    return [known[number] for number in wanted]


def journal_added(db: sqlite3.Connection, text: str, infos: Sequence[TakeInfo]) -> None:
    """Adds the addition of takes to the journal."""
    journal.append(db, text, Changes(tuple(TakeChange(info.id, before=False, after=True) for info in infos)))


def mark_deleted(db: sqlite3.Connection, infos: Sequence[TakeInfo], *, deleted: bool) -> str:
    """Marks takes as deleted, or restores them; returns a text about it, empty for no takes.

    Raises:
        UserError: one has that mark already.
    """
    already = [str(info.id) for info in infos if info.deleted is deleted]
    if already:
        state = "deleted already" if deleted else "not deleted"
        raise UserError(f"take {', '.join(already)} is {state}. Nothing was changed.")
    if not infos:
        return ""
    text = f"{describe(infos)} {'deleted' if deleted else 'restored'}"
    changes = tuple(TakeChange(info.id, before=deleted, after=not deleted) for info in infos)
    journal.apply(db, text, Changes(changes))
    return text


def erase(db: sqlite3.Connection, infos: Sequence[TakeInfo]) -> None:
    """Removes takes with their skeletons, also from the journal."""
    ids = [(info.id,) for info in infos]
    db.executemany("DELETE FROM poses WHERE take = ?", ids)
    db.executemany("DELETE FROM rows WHERE take = ?", ids)
    db.executemany("DELETE FROM omissions WHERE take = ?", ids)
    db.executemany("DELETE FROM edits WHERE take = ?", ids)
    db.executemany("DELETE FROM takes WHERE id = ?", ids)
    journal.remove_takes(db, {info.id for info in infos})
