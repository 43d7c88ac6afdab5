"""Classifies an open database: sound, of an older version, damaged, or of another program."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.journal import is_readable
from gesturesynth.mapping.examples.masks import is_take_list
from gesturesynth.mapping.examples.takes import is_sound

_CHECKED: Final[tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "takes",
        "id",
        (
            *((name, "'text'") for name in ("made_utc", "target", "label", "sound")),
            ("rows", "'integer'"),
            ("duration_s", "'real', 'integer'"),
            ("deleted", "'integer'"),
        ),
    ),
    ("rows", "id", (("label", "'text'"), ("features", "'text'"), ("outputs", "'text'"))),
    ("snapshots", "number", (("sound", "'text'"),)),
    ("omissions", "rowid", (("take", "'integer'"), ("output", "'text'"))),
    (
        "edits",
        "take",
        (
            *((name, "'null', 'text'") for name in ("target", "label", "sound")),
            *((name, "'null', 'real', 'integer'") for name in ("start_s", "end_s")),
            ("rows", "'null', 'integer'"),
            ("off", "'integer'"),
        ),
    ),
    (
        "masks",
        "rowid",
        (("output", "'text'"), ("record", "'integer'"), ("run", "'integer'"), ("train", "'null', 'text'")),
    ),
)
"""Types that each column must have, since SQLite does not enforce declared ones: table, its number, columns, types."""

_SINCE: Final = {"omissions": 2, "masks": 2, "edits": 4}
"""Versions of the tables in which these first were."""


@dataclass(frozen=True)
class State:
    """The state of a database of examples; `why` is a text when it is damaged."""

    kind: Literal["missing", "sound", "older", "damaged"]
    why: str = ""


def classify_database(connection: sqlite3.Connection, path: Path) -> State:
    """Classifies an open database; `path` is for error sentences.

    Raises:
        UserError: it is a newer version's, or another program's.
        GestureSynthError: it cannot be read now.
    """
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if owner == schema.APPLICATION_ID and version > schema.version():
            raise UserError(
                f"the examples in {path} were made by a newer gesturesynth (version {version} of the tables; this "
                f"one knows versions up to {schema.version()}). They were left as they are: update gesturesynth."
            )
        faults = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
        if faults == ["ok"] and owner == schema.APPLICATION_ID:
            faults = [_table_fault(connection, version)]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return State("damaged", damage_text(error, path))
    if faults != ["ok"]:
        return State("damaged", faults[0].splitlines()[-1])
    if owner != schema.APPLICATION_ID:
        raise UserError(f"{path} is a database of another program. It was left as it is: move it out of the way.")
    return State("sound" if version == schema.version() else "older")


def damage_text(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> str:
    """The damage that an error of SQLite reports. Raises GestureSynthError for other errors."""
    if isinstance(error, UnicodeDecodeError):
        # Python cannot decode the error message, since it quotes a damaged name.
        return "the names of its tables are not text"
    # The statements here are right: where SQLite cannot execute them, the file is damaged.
    if schema.is_damage(error) or schema.primary_code(error) == sqlite3.SQLITE_ERROR:
        return str(error)
    raise schema.translate_error(error, path) from error


def _table_fault(connection: sqlite3.Connection, version: int) -> str:
    """What is wrong with the tables although SQLite finds nothing; `ok` when nothing is."""
    if version < 1:
        return f"version {version} of the tables was never written"
    return _unreadable_record(connection, version) or "ok"


def _unreadable_record(connection: sqlite3.Connection, version: int) -> str:
    """The first record with other contents than this program writes, which SQLite does not check; empty for none.

    Poses have a checksum of their own, which is checked when they are read.
    """
    for table, number, checks in _CHECKED:
        if version < _SINCE.get(table, 1):
            continue
        where = " OR ".join(f"typeof({column}) NOT IN ({kinds})" for column, kinds in checks)
        found = connection.execute(f"SELECT {number} FROM {table} WHERE {where} LIMIT 1").fetchone()  # noqa: S608 - constants
        if found:
            return f"{table[:-1]} {found[0]} is not what was written"
    sounds = ("SELECT 'take', id, sound FROM takes", "SELECT 'snapshot', number, sound FROM snapshots")
    for query in (*sounds, *(f"SELECT 'row', id, {name} FROM rows" for name in ("features", "outputs"))):  # noqa: S608 - likewise
        for what, number, text in connection.execute(query):
            if not is_sound(text):
                return f"{what} {number} is not what was written"
    return _unreadable_overlay(connection, version) or _unreadable_action(connection)


def _unreadable_overlay(connection: sqlite3.Connection, version: int) -> str:
    """The same for edits and masks."""
    if version >= _SINCE["edits"]:
        for take, text in connection.execute("SELECT take, sound FROM edits WHERE sound NOT NULL"):
            if not is_sound(text):
                return f"the edit of take {take} is not what was written"
    if version >= _SINCE["masks"]:
        for output, train in connection.execute("SELECT output, train FROM masks"):
            if not is_take_list(train):
                return f"the mask of {output} is not what was written"
    return ""


def _unreadable_action(connection: sqlite3.Connection) -> str:
    """The same for the journal."""
    return next(
        (
            f"action {number} of the journal is not what was written"
            for number, changes in connection.execute("SELECT id, changes FROM journal")
            if not is_readable(changes)
        ),
        "",
    )
