"""New takes: checked and encoded before a transaction, and stored in one, as one action that can be undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import journal, omissions, schema, takes
from gesturesynth.mapping.examples.journal import Changes, TakeChange
from gesturesynth.mapping.examples.masks import recorded_values
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.runtime.messages import Pose

NO_PERSON: Final = "no person could be seen during the take: it was not kept. Step into the picture and record again."


@dataclass(frozen=True)
class NewTake:
    """A take that is to be stored.

    Attributes:
        target: what was selected: a snapshot's number, or a class.
        values: what sounded: output -> value in the output's unit; empty where it only teaches a class. Outputs that
            are off for recording are left out.
        label: the class that it teaches; empty for none.
        poses: in their order; those without a body belong to the take, but teach nothing.
        moving: what sounded at each pose, where the sound moved, of all outputs that `values` names.
    """

    target: str
    values: Mapping[str, float]
    label: str
    poses: Sequence[Pose]
    moving: Sequence[Mapping[str, float]] | None = None


@dataclass(frozen=True)
class EncodedTake:
    """A take that can be stored, with its poses as they are stored."""

    take: NewTake
    rows: int
    packed: list[tuple[bytes, int]]

    @classmethod
    def of(cls, take: NewTake) -> EncodedTake:
        """Checks and encodes a take.

        Raises:
            UserError: there is no body in its poses.
            ValueError: a value, or a landmark, is not a finite number; `moving` has not one sound for each pose.
        """
        rows = sum(not pose.empty for pose in take.poses)
        if not rows:
            raise UserError(NO_PERSON)
        packed = [*map(schema.encode_pose, take.poses)]
        takes.check_sounds(take.values, take.moving, len(take.poses))
        return cls(take, rows, packed)


def add(
    db: sqlite3.Connection, encoded: Sequence[EncodedTake], made: datetime | None, *, instead: bool
) -> tuple[TakeInfo, ...]:
    """Stores takes; with `instead`, earlier ones no longer teach the outputs that these name. One action.

    Raises:
        UserError: every output that a take names is off for recording, and it has no class.
    """
    infos, named = [], set[str]()
    for each in encoded:
        take = each.take
        recorded = recorded_values(db, take.values, take.label)
        sound = takes.sound_text(recorded)
        sounds = [takes.sound_text({name: values[name] for name in recorded}) for values in take.moving or ()]
        duration_s = max(0.0, take.poses[-1].capture_time_s - take.poses[0].capture_time_s)
        facts = {"target": take.target, "label": take.label, "sound": sound}
        info = takes.insert(db, made, **facts, rows=each.rows, duration_s=duration_s)
        takes.insert_poses(db, info, sound, each.packed, sounds or None)
        infos.append(info)
        named |= recorded.keys()
    added = tuple(TakeChange(info.id, before=False, after=True) for info in infos)
    text, set_aside = takes.describe(infos), Changes()
    if instead:
        set_aside = omissions.deletions(db, named, spared={info.id for info in infos})
        count = len({change.take for change in set_aside.takes} | {change.take for change in set_aside.values})
        text += f" instead of {count} earlier one{'s' * (count != 1)}" if count else ""
    journal.apply(db, text, Changes(takes=(*set_aside.takes, *added), values=set_aside.values))
    return tuple(infos)
