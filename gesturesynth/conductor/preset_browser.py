"""Going through the presets, forwards and backwards, past those that cannot be played."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.config.preset import loader


class PresetBrowser:
    """Finds presets by name, or by their place after or before the one that was found last.

    That one may be broken, so that another still plays; and it may not be read yet, when somebody presses a key twice.
    In either case the next one is the next one. All methods belong to one thread, always the same.

    Args:
        key: of the preset that plays at the beginning.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def find(self, name: str, step: int, beside: Path, *, by_name_only: bool = False) -> Path:
        """The file of a preset.

        Args:
            name: of the preset; of no account when there is a step.
            step: 1 for the next, -1 for the one before, round and round; 0 for that of the name.
            beside: the preset that plays; names are looked for in its folder, too.
            by_name_only: whether the way to a file is no name; nothing is looked for where it leads.

        Raises:
            UserError: there is no such preset.
        """
        if step:
            every = loader.available()
            keys = [entry.name for entry in every]
            # From a file elsewhere, the next is the first, and the one before it the last.
            place = keys.index(self._key) if self._key in keys else min(0, -step)
            path = every[(place + step) % len(every)].path
        else:
            path = loader.find(name, beside, by_name_only=by_name_only)
        self._key = path.stem
        return path
