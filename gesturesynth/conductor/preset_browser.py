"""Finds presets by name, or the next and the previous one, past those that cannot be played."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.config.preset import loader


class PresetBrowser:
    """Finds presets by name, or by their place after or before the one that was found last.

    That one may be broken, so that another still plays, or not be read yet, when a key is pressed twice. In either case
    the next one is counted from it. All methods belong to one thread, always the same.

    Args:
        key: of the preset that plays first.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def find(self, name: str, step: int, beside: Path, *, by_name_only: bool = False) -> Path:
        """The file of a preset.

        Args:
            name: of the preset; ignored when there is a step.
            step: 1 for the next, -1 for the previous one, in a circle; 0 for the preset with the name.
            beside: the preset that plays; its folder is searched, too.
            by_name_only: whether the path of a file is refused as a name; nothing is searched there.

        Raises:
            UserError: there is no such preset.
        """
        if step:
            every = loader.available()
            keys = [entry.name for entry in every]
            # From a file in another folder, the next is the first preset, and the previous one the last.
            place = keys.index(self._key) if self._key in keys else min(0, -step)
            path = every[(place + step) % len(every)].path
        else:
            path = loader.find(name, beside, by_name_only=by_name_only)
        self._key = path.stem
        return path
