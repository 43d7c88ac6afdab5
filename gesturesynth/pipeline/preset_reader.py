"""Reads the files of a preset and checks them, in a worker thread: the preset, and the fit that it needs."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader as preset
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.words_schema import TEXT_SUFFIX
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.latent.vectors import NUMPY
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.pitch.scala_file import SUFFIX
from gesturesynth.pipeline.example_library import Taught
from gesturesynth.pipeline.fit_job import fit_job, untaught
from gesturesynth.pipeline.former_presets import former_presets_hint

OwnExamples = Callable[[Preset], Taught]
"""Gives what was taught for a preset; without examples in it, its factory examples count."""

MOST_BESIDE: Final = 200
MOST_LOOKED_AT: Final = 2000
"""Beside a preset: five thousand latents took 40 ms of processor time, twice a second; two hundred take 1.5 ms."""

Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True)
class LoadedPreset:
    """A preset that can be played.

    Attributes:
        preset: the preset.
        job: its fit; None when there is nothing to fit to.
        error: a sentence about what is wrong with the examples; may be empty.
        has_own_examples: whether examples that were taught here are in the fit.
        own_examples_lost: whether such examples could not be read: the fit is to the factory examples alone.
        note: sentences about what the examples do not teach, though they can be learnt from; may be empty.
        takes: by output, the takes in the fit that teach it.
        idle: outputs that are off for running.
    """

    preset: Preset
    job: FitJob | None
    error: str
    has_own_examples: bool = False
    own_examples_lost: bool = False
    note: str = ""
    takes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()


def read_preset(path: Path, own: OwnExamples, text: str | None = None) -> LoadedPreset:
    """Reads a preset and its examples.

    Args:
        path: its file.
        own: gives what was taught for it.
        text: read instead of the file, if given.

    Raises:
        PresetError: the preset cannot be used.
    """
    loaded = preset.load(path) if text is None else preset.loads(text, path)
    taught, lost = Taught(), ""
    try:
        taught = own(loaded)
    except GestureSynthError as error:
        lost = str(error)
    try:
        job = fit_job(loaded, taught.examples)
    except GestureSynthError as error:
        former = former_presets_hint(loaded) if taught.examples is None else ""
        return LoadedPreset(
            loaded,
            None,
            lost or " ".join(filter(None, (str(error), former))),
            own_examples_lost=bool(lost),
            idle=taught.masks.run,
        )
    return LoadedPreset(
        loaded,
        job,
        lost,
        taught.examples is not None,
        bool(lost),
        untaught(loaded, job, taught.examples),
        takes=taught.takes,
        idle=taught.masks.run,
    )


def stamp_of(*files: Path) -> Stamp:
    """Identifies versions of files without reading them; editors replace files, so the inode counts, too.

    Args:
        files: a preset, and its factory examples. Scala files, texts and latents beside the preset count, too, whether
            it reads them or not: those that it does not read lead to a fit that changes nothing. In a folder with more
            than MOST_BESIDE of these, or MOST_LOOKED_AT files, they do not: this is called in the loop that plays.
    """
    stamps: list[tuple[int, int, int] | None] = []
    for file in (*files, *_beside(files[0].parent)):
        try:
            found = file.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
    return tuple(stamps)


def _beside(folder: Path) -> list[Path]:
    """The files in a folder that a preset in it may read, by name; none where there are too many to look at."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in itertools.islice(entries, MOST_LOOKED_AT + 1)]
    except OSError:
        return []
    found = sorted(name for name in names if name.endswith((SUFFIX, TEXT_SUFFIX, NUMPY)))
    return [] if len(names) > MOST_LOOKED_AT or len(found) > MOST_BESIDE else [folder / name for name in found]
