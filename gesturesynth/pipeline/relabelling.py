"""What a take teaches when it is for another target: the sound that a snapshot has now, or a class or gesture."""

from __future__ import annotations

from typing import Final

from gesturesynth.config.preset.model import Preset
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.scene_takes import in_scene_of, saved_snapshots

_SNAPSHOTS: Final = tuple(map(str, range(1, 10)))


def relabel_take(store: ExampleStore, preset: Preset, take: int, target: str) -> str:
    """Lets a take teach something else; returns a text about it. Can be undone.

    Args:
        store: of the preset.
        preset: names snapshots, classes and gestures; a saved snapshot comes before one of the preset. In a preset with
            scenes a number is that of a snapshot of the scene that the take teaches.
        take: its number.
        target: the number of a snapshot, `"1"` to `"9"`, or the name of a class or gesture.

    Raises:
        UserError: there is no such take or target.
    """
    if target in _SNAPSHOTS:
        preset = in_scene_of(preset, store.sound(take))
        values = saved_snapshots(store, preset).get(int(target)) or preset.snapshots.get(int(target), {})
        if not values:
            raise UserError(f"snapshot {target} has no sound: save one first, or choose another target")
        return store.relabel(take, target, values, "")
    names = (*preset.classes, *preset.gesture_targets)
    if target not in names:
        raise UserError(unknown_name(target, "a snapshot, a class or a gesture", (*_SNAPSHOTS, *names)))
    return store.relabel(take, target, {}, target)
