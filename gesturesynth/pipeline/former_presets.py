"""Takes of presets whose file is gone, so that they are found again after a preset was renamed.

Takes lie in the state folder under the file name of their preset. Under a new name there are none, and the old folder
stays; this finds old folders whose takes fit the renamed preset.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.preset_files import SUFFIXES
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples import takes as store_takes
from gesturesynth.mapping.examples.memory_copy import read_copy

MOST: Final = 50
"""At most so many folders are read."""


@dataclass(frozen=True)
class FormerPreset:
    """The name of a preset that does not exist any more, and the number of its takes."""

    key: str
    takes: int


def former_presets(of: Preset) -> list[FormerPreset]:
    """Presets that do not exist any more, and whose takes name mostly outputs and classes of this one.

    Args:
        of: a preset that exists.
    """
    known = {entry.name for entry in loader.available()}
    known |= {file.stem for suffix in SUFFIXES for file in of.path.parent.glob(f"*{suffix}")}
    known.add(of.key)
    wanted = {output.name for output in of.outputs} | set(of.classes) | set(of.gestures)
    found = []
    for folder in sorted((paths.state_dir() / "presets").glob("*/examples.sqlite"))[:MOST]:
        key = folder.parent.name
        if key in known:
            continue
        try:
            with closing(read_copy(folder).connection) as copy:  # nothing of it is touched
                takes, (outputs, labels) = store_takes.list_takes(copy), store_takes.taught_names(copy)
        except (GestureSynthError, OSError, sqlite3.Error):
            continue  # the error is reported where this preset is used
        named = outputs | labels
        if takes and 2 * len(wanted & named) > len(named):
            found.append(FormerPreset(key, len(takes)))
    return found


def former_presets_hint(of: Preset) -> str:
    """A sentence about takes of a preset of another name; empty when there are none."""
    found = former_presets(of)
    if not found:
        return ""
    named = ", ".join(f"'{former.key}' ({former.takes} take{'s' * (former.takes != 1)})" for former in found[:3])
    return (
        f"There are takes of {named} in {paths.state_dir() / 'presets'}, and no preset of that name: if this one was "
        f"called so before, `gesturesynth examples copy {found[0].key} --preset {of.key}` takes them over."
    )
