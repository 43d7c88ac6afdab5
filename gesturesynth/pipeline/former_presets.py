"""Takes of presets that are no longer there: who renames a preset finds them again.

What was taught lies in the state folder under the file name of its preset. Under a new name there is nothing, and the
old folder stays; this finds such folders whose takes could be the preset's own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import SUFFIXES
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples import takes as store_takes
from gesturesynth.mapping.examples.memory_copy import read_copy

MOST: Final = 50
"""So many folders are looked into at most."""


@dataclass(frozen=True)
class Former:
    """A name under which there are takes, and how many; no preset of this name is to be found."""

    key: str
    takes: int


def former_presets(of: Preset) -> list[Former]:
    """Names of presets that are gone, whose takes name mostly outputs and classes of this one.

    Args:
        of: a preset.
    """
    known = {entry.name for entry in loader.available()}
    known |= {file.stem for suffix in SUFFIXES for file in of.path.parent.glob(f"*{suffix}")}
    known.add(of.key)
    wanted = {output.name for output in of.outputs} | set(of.classes)
    found = []
    for folder in sorted((paths.state_dir() / "presets").glob("*/examples.sqlite"))[:MOST]:
        key = folder.parent.name
        if key in known:
            continue
        try:
            with closing(read_copy(folder).connection) as copy:  # nothing of it is touched
                takes, (outputs, labels) = store_takes.list_takes(copy), store_takes.taught_names(copy)
        except (GestureSynthError, OSError, sqlite3.Error):
            continue  # what is wrong with it is said where it is asked for
        named = outputs | labels
        if takes and 2 * len(wanted & named) > len(named):
            found.append(Former(key, len(takes)))
    return found


def hint(of: Preset) -> str:
    """A sentence about takes of a preset of another name; empty when there are none."""
    found = former_presets(of)
    if not found:
        return ""
    named = ", ".join(f"'{former.key}' ({former.takes} take{'s' * (former.takes != 1)})" for former in found[:3])
    return (
        f"There are takes of {named} in {paths.state_dir() / 'presets'}, and no preset of that name: if this one was "
        f"called so before, `gesturesynth examples copy {found[0].key} --preset {of.key}` takes them over."
    )
