"""Masks: outputs that are switched off, for recording, for training or for running. They belong to the examples.

An output that is off for recording is not named by new takes. One that is off for running is idle. One that is off for
training keeps its model: the takes that were in it are remembered by their numbers, and it is fitted to them alone,
whatever is recorded or deleted meanwhile. So it is the same after a restart. Everything here runs inside the caller's
transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from gesturesynth.core.errors import UserError

Mask = Literal["record", "train", "run"]


@dataclass(frozen=True)
class Masks:
    """The outputs that are switched off.

    Attributes:
        record: not named by new takes.
        train: with the numbers of the takes that they stay fitted to.
        run: idle.
    """

    record: frozenset[str] = frozenset()
    train: Mapping[str, frozenset[int]] = field(default_factory=dict)
    run: frozenset[str] = frozenset()

    def off(self, mask: Mask) -> frozenset[str]:
        """The outputs that are off in one mask."""
        return frozenset(self.train) if mask == "train" else self.record if mask == "record" else self.run


NO_MASKS = Masks()


def is_take_list(text: object) -> bool:
    """Whether this is a JSON text of numbers of takes, or None."""
    try:
        return text is None or (isinstance(text, str) and bool(msgspec.json.decode(text, type=list[int]) is not None))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def read_masks(db: sqlite3.Connection) -> Masks:
    """The masks as they are stored."""
    record, run, train = set(), set(), {}
    for output, not_recorded, not_run, takes in db.execute("SELECT output, record, run, train FROM masks"):
        record |= {str(output)} if not_recorded else set()
        run |= {str(output)} if not_run else set()
        if isinstance(takes, str):
            train[str(output)] = frozenset(msgspec.json.decode(takes, type=list[int]))
    return Masks(frozenset(record), train, frozenset(run))


def recorded_values(db: sqlite3.Connection, values: Mapping[str, float], label: str) -> dict[str, float]:
    """What a new take names: the values of outputs that are not off for recording.

    Raises:
        UserError: there were values, none is left, and the take teaches no class.
    """
    off = read_masks(db).record
    recorded = {name: value for name, value in values.items() if name not in off}
    if values and not recorded and not label:
        raise UserError(f"{', '.join(values)}: all that sounded is off for recording. The take was not kept.")
    return recorded


def write_mask(db: sqlite3.Connection, mask: Mask, output: str, *, on: bool, takes: Iterable[int] = ()) -> None:
    """Switches an output on or off in one mask.

    Args:
        db: the database.
        mask: which one.
        output: its name.
        on: on or off.
        takes: of the model that it keeps; for `train` and off alone, and not if it is off already.
    """
    db.execute("INSERT OR IGNORE INTO masks (output, record, run, train) VALUES (?, 0, 0, NULL)", (output,))
    if mask == "train":
        kept = msgspec.json.encode(sorted(takes)).decode()
        statement = "UPDATE masks SET train = CASE WHEN ? THEN NULL ELSE coalesce(train, ?) END WHERE output = ?"
        db.execute(statement, (on, kept, output))
    elif mask == "record":
        db.execute("UPDATE masks SET record = ? WHERE output = ?", (not on, output))
    else:
        db.execute("UPDATE masks SET run = ? WHERE output = ?", (not on, output))
    db.execute("DELETE FROM masks WHERE NOT record AND NOT run AND train IS NULL")
