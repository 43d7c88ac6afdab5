"""Checks whether a preset may have a voice for each person: how many there are, and which instruments can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

ONE: Final = "one"
PER_PERSON: Final = "per_person"
VOICES: Final = (ONE, PER_PERSON)

MOST_COPIES: Final = 24
"""Instruments of all voices together; what they cost is in docs/people.md."""


def check_voices(checker: Checker) -> int:
    """How many voices there are; after instruments and outputs.

    Args:
        checker: of the whole preset; receives the problems.
    """
    if checker.entries.voices == ONE:
        return 1
    people = checker.entries.people or 0
    if people <= 1:
        if checker.document.data.get("people") is None or people == 1:
            sentence = "a voice for each person needs `people: 2` or more: so many voices there are"
            checker.document.add_problem(("voices",), sentence)
        return 1
    for name, setup in checker.setups.items():
        table = checker.instruments.tables.get(setup.kind)
        if table is not None and table.listens:
            path = ("instruments", name) if name in checker.written("instruments") else ("voices",)
            checker.document.add_problem(
                path,
                f"'{name}' plays what it hears of all others, and cannot have a copy for each person; "
                f"leave it out, or write `voices: {ONE}`",
                key=path != ("voices",),
            )
    copies = len(checker.setups) * people
    if copies > MOST_COPIES:
        checker.document.add_problem(
            ("voices",),
            f"{len(checker.setups)} instruments for {people} persons are {copies}; at most {MOST_COPIES} can play",
        )
    return people
