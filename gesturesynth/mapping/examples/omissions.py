"""Values that takes no longer teach: the examples of one output were deleted, and the takes teach all else.

Nothing is taken out of a take: a row of the table `omissions` says that its value of an output does not count. So it
can be undone, and a take that is copied, exported or shown is without that value. Everything here runs inside the
caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection
from typing import Final

import msgspec

from gesturesynth.mapping.examples import journal
from gesturesynth.mapping.examples.edits import EDITED, SOUND
from gesturesynth.mapping.examples.journal import Changes, TakeChange, ValueChange

_NAMED: Final = f"""SELECT each.id, key FROM {EDITED} AS each, json_each(each.sound) WHERE NOT deleted AND NOT off
    UNION SELECT rows.take, key FROM rows JOIN {EDITED} AS each ON rows.take = each.id, json_each(rows.outputs)
    WHERE NOT deleted AND NOT off AND NOT is_relabelled
    EXCEPT SELECT take, output FROM omissions"""  # noqa: S608 - constants
_LABELLED: Final = f"""SELECT id FROM {EDITED} WHERE label != ''
    UNION SELECT rows.take FROM rows JOIN {EDITED} AS each ON rows.take = each.id
    WHERE rows.label != '' AND NOT is_relabelled"""  # noqa: S608 - constants


def named_outputs(db: sqlite3.Connection) -> dict[int, set[str]]:
    """The outputs that each take names and teaches, by its number; takes that are deleted or off are left out."""
    found: dict[int, set[str]] = {}
    for take, name in db.execute(_NAMED):
        found.setdefault(int(take), set()).add(str(name))
    return found


def named_counts(db: sqlite3.Connection) -> dict[str, int]:
    """By output, the number of takes that name it and teach it."""
    return dict(Counter(name for names in named_outputs(db).values() for name in names))


def omitted_values(db: sqlite3.Connection) -> dict[int, set[str]]:
    """The outputs whose values a take no longer teaches, by the number of the take."""
    found: dict[int, set[str]] = {}
    for take, name in db.execute("SELECT take, output FROM omissions"):
        found.setdefault(int(take), set()).add(str(name))
    return found


def taught_sound(db: sqlite3.Connection, take: int) -> dict[str, float]:
    """What a take that exists teaches: output -> value in its unit, as edited, without values that do not count."""
    (sound,) = db.execute(SOUND, (take,)).fetchone()
    omitted = omitted_values(db).get(take, set())
    values = msgspec.json.decode(sound, type=dict[str, float])
    return {name: value for name, value in values.items() if name not in omitted}


def delete_output(db: sqlite3.Connection, output: str) -> str:
    """Deletes the examples of one output; returns a text about it, empty when no take names it. See `deletions`."""
    changes = deletions(db, {output})
    alone, count = len(changes.takes), len(changes.takes) + len(changes.values)
    if not count:
        return ""
    text = f"the examples of {output} deleted: {count} take{'s' * (count != 1)}"
    if alone:
        how_many = "" if not changes.values else f", of which {alone}"
        text += f"{how_many} named nothing else and {'is' if alone == 1 else 'are'} deleted"
    journal.apply(db, text, changes)
    return text


def deletions(db: sqlite3.Connection, outputs: set[str], spared: Collection[int] = ()) -> Changes:
    """What deletes the examples of outputs, but those of the takes that are spared.

    Takes that name something else lose the values; those that name nothing else are deleted, and keep them, so that a
    restored one teaches what it did.
    """
    every = named_outputs(db)
    naming = {take: names & outputs for take, names in every.items() if names & outputs and take not in spared}
    labelled = {int(take) for (take,) in db.execute(_LABELLED)}
    alone = sorted(take for take, names in naming.items() if names == every[take] and take not in labelled)
    others = sorted(naming.keys() - set(alone))
    return Changes(
        takes=tuple(TakeChange(take, before=True, after=False) for take in alone),
        values=tuple(
            ValueChange(take, output, before=True, after=False) for take in others for output in sorted(naming[take])
        ),
    )
