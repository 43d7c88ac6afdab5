"""Values that takes no longer teach: the examples of one output were deleted, and the takes teach all else.

Nothing is taken out of a take: a row of the table `omissions` says that its value of an output does not count. So it
can be undone, and a take that is copied, exported or shown is without that value. Everything here runs inside the
caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Final

from gesturesynth.mapping.examples import journal
from gesturesynth.mapping.examples.journal import Changes, TakeChange, ValueChange

_NAMED: Final = """SELECT takes.id, key FROM takes, json_each(takes.sound) WHERE NOT deleted
    UNION SELECT take, key FROM rows JOIN takes ON take = takes.id, json_each(rows.outputs) WHERE NOT deleted
    EXCEPT SELECT take, output FROM omissions"""
_LABELLED: Final = """SELECT id FROM takes WHERE label != '' UNION SELECT take FROM rows WHERE label != ''"""


def named_outputs(db: sqlite3.Connection) -> dict[int, set[str]]:
    """The outputs that each take names and teaches, by the number of the take; deleted takes are left out."""
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


def delete_output(db: sqlite3.Connection, output: str) -> str:
    """Deletes the examples of one output; returns a text about it, empty when no take names it.

    Takes that name something else lose its value; those that name nothing else are deleted, and keep it, so that a
    restored one teaches what it did.
    """
    naming = {take: names for take, names in named_outputs(db).items() if output in names}
    if not naming:
        return ""
    labelled = {int(take) for (take,) in db.execute(_LABELLED)}
    alone = sorted(take for take, names in naming.items() if len(names) == 1 and take not in labelled)
    others = sorted(naming.keys() - set(alone))
    text = f"the examples of {output} deleted: {len(naming)} take{'s' * (len(naming) != 1)}"
    if alone:
        how_many = "" if not others else f", of which {len(alone)}"
        text += f"{how_many} named nothing else and {'is' if len(alone) == 1 else 'are'} deleted"
    changes = Changes(
        takes=tuple(TakeChange(take, before=True, after=False) for take in alone),
        values=tuple(ValueChange(take, output, before=True, after=False) for take in others),
    )
    journal.apply(db, text, changes)
    return text
