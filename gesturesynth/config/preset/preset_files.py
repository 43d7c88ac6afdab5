"""Where presets are, by name; nothing is read."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gesturesynth.core import paths

SUFFIXES = (".yaml", ".yml")


def preset_files() -> dict[str, Path]:
    """The files by the names of presets: the user's own, which hide shipped ones of the same name, and the others."""
    found: dict[str, Path] = {}
    for folder in (paths.presets_dir(), paths.config_dir() / "presets"):
        for suffix in reversed(SUFFIXES):  # .yaml wins over .yml, and the user's own over the shipped
            with contextlib.suppress(OSError):  # a folder that may not be read counts as empty
                found |= {path.stem: path for path in folder.glob(f"*{suffix}") if path.is_file()}
    return found


def preset_names() -> tuple[str, ...]:
    """The names of all presets, in alphabetical order."""
    return tuple(sorted(preset_files()))
