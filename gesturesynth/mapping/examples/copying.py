"""Copies the takes of one store into another, as when a preset was renamed."""

from __future__ import annotations

from dataclasses import replace

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore


def copy_takes(source: ExampleStore, target: ExampleStore) -> str:
    """Adds all takes of a store, with their skeletons, and its snapshots to another; returns a text about it.

    One action to undo. Snapshots whose number is in use there are left out, and so are deleted takes.

    Raises:
        UserError: there is nothing to copy.
    """
    found, there = source.portable(), target.snapshots()
    wanted = {number: sound for number, sound in found.snapshots.items() if number not in there}
    if not found.takes and not wanted:
        raise UserError(f"there is nothing to copy in {source.path}")
    return target.insert(replace(found, snapshots=wanted), "copied")
