"""Checks the settings of models and classifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.mapping.learning.model_kinds import ModelKind

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker


def model_settings(
    checker: Checker, kind: ModelKind, here: KeyPath, given: Mapping[str, object], others: Iterable[str] = ()
) -> dict[str, float]:
    """Those of the given settings that were right.

    Args:
        checker: of the whole preset; receives the problems.
        kind: which settings there are.
        here: where they stand.
        given: as written.
        others: the keys that may stand beside them.
    """
    table = {setting.name: setting for setting in kind.settings}
    settings: dict[str, float] = {}
    for name, value in given.items():
        path = (*here, name)
        if name not in table:
            checker.document.add_problem(
                path, unknown_name(name, f"a setting of '{kind.name}'", (*table, *others)), key=True
            )
            continue
        number = checker.number(path, value, "", table[name].low, table[name].high)
        if number is not None and table[name].whole and number != int(number):
            checker.document.add_problem(path, f"expected a whole number, not {number:g}")
        elif number is not None:
            settings[name] = number
    return settings
