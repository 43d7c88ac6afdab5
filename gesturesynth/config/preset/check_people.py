"""Checks that a preset asks for as many people as its features are of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.features.catalogue import find
from gesturesynth.features.people.role_names import names_in, people_needed

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker


def check_people(checker: Checker) -> None:
    """Adds a problem for the feature that needs most people, if the preset asks for fewer.

    Without the key, the settings say how many people are followed, and a preset cannot rely on them.
    """
    asked = checker.entries.people or 1
    if not checker.entries.people and checker.document.data.get("people") is not None:
        return  # it is no number of people, and that is said
    most = max(_named(checker), key=lambda one: people_needed(one[1]), default=None)
    if most is None or people_needed(most[1]) <= asked:
        return
    path, name = most
    needed = people_needed(name)
    more = " or more" if needed < 6 else ""
    checker.document.add_problem(path, f"'{name}' is of several people: the preset needs `people: {needed}`{more}")


def _named(checker: Checker) -> Iterator[tuple[KeyPath, str]]:
    """The features that the preset names, and where."""
    entries = checker.entries
    for key, names in (("features", entries.features), ("gesture_features", entries.gesture_features)):
        yield from (((key, index), name) for index, name in enumerate(names))
    for label, computed in entries.computed.items():
        yield from ((("computed", label), name) for name in names_in(f"] = {computed.expression}"))
    for output, entry in entries.outputs.items():
        if entry.source and find(entry.source):
            yield ("outputs", output, "from"), entry.source
    for path, (_, source) in checker.layers.followed.items():
        if find(source):
            yield path, source
