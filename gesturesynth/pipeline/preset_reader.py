"""What the files of a preset give, read and checked in a thread: the piece, and the fit that it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gesturesynth.config.preset import loader as preset
from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import FitJob
from gesturesynth.pipeline.former_presets import hint
from gesturesynth.pipeline.running_preset import fit_job, untaught

OwnExamples = Callable[[Preset], Examples | None]
"""What was taught for a preset; None when nothing was, and its factory examples count."""

Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True)
class LoadedPreset:
    """A preset that can be played.

    Attributes:
        preset: the preset.
        job: its fit; None when there is nothing to fit to.
        trouble: a sentence about what is wrong with the examples; may be empty.
        note: sentences about what they do not teach, though they can be learnt from; may be empty.
        taught: somebody's own examples are in the fit.
        lost: there may be such, but they could not be read: the fit is to the factory examples alone.
    """

    preset: Preset
    job: FitJob | None
    trouble: str
    taught: bool = False
    lost: bool = False
    note: str = ""


def read(path: Path, own: OwnExamples) -> LoadedPreset:
    """Reads a preset and its examples.

    Raises:
        PresetError: the preset cannot be used.
    """
    loaded = preset.load(path)
    taught, lost = None, ""
    try:
        taught = own(loaded)
    except GestureSynthError as error:
        lost = str(error)
    try:
        job = fit_job(loaded, taught)
    except GestureSynthError as error:
        former = hint(loaded) if taught is None else ""
        return LoadedPreset(loaded, None, lost or " ".join(filter(None, (str(error), former))), lost=bool(lost))
    return LoadedPreset(loaded, job, lost, taught is not None, bool(lost), untaught(loaded, job))


def stamp_of(*files: Path) -> Stamp:
    """Tells versions of files apart without reading them; editors replace files, so the inode counts, too."""
    stamps: list[tuple[int, int, int] | None] = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
    return tuple(stamps)
