"""Takes of presets that are no longer there: who renames a preset finds them again.

What was taught lies in the state folder under the file name of its preset. Under a new name there is nothing, and the
old folder stays; this finds such folders whose takes could be the preset's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gesturesynth import paths, preset
from gesturesynth.errors import GestureSynthError
from gesturesynth.mapping.store import ExampleStore, store_path
from gesturesynth.preset import SUFFIXES, Preset

MOST: Final = 50
"""So many folders are looked into at most."""


@dataclass(frozen=True)
class Former:
    """A name under which there are takes, and how many; no preset of this name is to be found."""

    key: str
    takes: int


def former_presets(of: Preset, now: datetime) -> list[Former]:
    """Names of presets that are gone, whose takes name mostly outputs and classes of this one.

    Args:
        of: a preset.
        now: for a damaged file that has to be set aside.
    """
    known = {entry.name for entry in preset.available()}
    known |= {file.stem for suffix in SUFFIXES for file in of.path.parent.glob(f"*{suffix}")}
    known.add(of.key)
    wanted = {output.name for output in of.outputs} | set(of.classes)
    found = []
    for folder in sorted((paths.state_dir() / "presets").glob("*/examples.sqlite"))[:MOST]:
        key = folder.parent.name
        if key in known or store_path(key) != folder:
            continue
        try:
            with ExampleStore.open(folder, now) as store:
                takes, (outputs, labels) = store.takes(), store.named()
        except GestureSynthError:
            continue  # what is wrong with it is said where it is asked for
        named = outputs | labels
        if takes and 2 * len(wanted & named) > len(named):
            found.append(Former(key, len(takes)))
    return found


def hint(of: Preset, now: datetime) -> str:
    """A sentence about takes of a preset of another name; empty when there are none."""
    found = former_presets(of, now)
    if not found:
        return ""
    named = ", ".join(f"'{former.key}' ({former.takes} take{'s' * (former.takes != 1)})" for former in found[:3])
    return (
        f"There are takes of {named} in {paths.state_dir() / 'presets'}, and no preset of that name: if this one was "
        f"called so before, `gesturesynth examples copy {found[0].key} --preset {of.key}` takes them over."
    )
