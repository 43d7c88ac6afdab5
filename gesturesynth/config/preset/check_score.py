"""Checks the score of a preset or of a scene: its snapshots are there, and more than one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gesturesynth.config.preset.teaching_entries import ScoreEntry
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker


def check_score(checker: Checker, here: KeyPath, entries: Sequence[ScoreEntry]) -> None:
    """The snapshots of a score are there, and more than one.

    Args:
        checker: of the whole preset; receives the problems.
        here: the place of the score.
        entries: its steps.
    """
    known = tuple(checker.written("snapshots"))
    for index, step in enumerate(entries):
        if str(step.snapshot) not in known:
            sentence = unknown_name(str(step.snapshot), "in `snapshots`", known)
            checker.document.add_problem((*here, index), sentence)
    if len(entries) == 1:
        checker.document.add_problem(here, "one snapshot does not move; name two or more", key=True)
