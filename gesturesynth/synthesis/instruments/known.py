"""The instruments that a preset can name, as plain data: those of the project and one's own. No code of theirs runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.own import own_instruments
from gesturesynth.synthesis.instruments.table import InstrumentTable, table_of


@dataclass(frozen=True)
class KnownInstruments:
    """What can be named.

    Attributes:
        tables: by kind, those of the project first.
        origins: where own ones come from, by kind.
        broken: for each name of an own one that cannot be used, a sentence that says why.
    """

    tables: Mapping[str, InstrumentTable]
    origins: Mapping[str, str]
    broken: Mapping[str, str]


def known_instruments() -> KnownInstruments:
    """All instruments, read as they are now: files of own ones may have changed."""
    tables = {kind: table_of(instrument) for kind, instrument in catalogue().items()}
    own = own_instruments(frozenset(tables))
    return KnownInstruments(
        tables | {kind: found.table for kind, found in own.found.items()},
        {kind: found.origin for kind, found in own.found.items()},
        own.broken,
    )
