"""The last known good state of a preset: a copy of its files, made while it plays, for a start at which they are bad.

It lies in the state folder (`presets/KEY/last-good/KEY.yaml`, and its factory examples beside it). The copy has the
name of the preset, so the takes recorded for the preset are used with the copy, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader as preset
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.scale_files import scala_file
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there, replace_file
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.pipeline.preset_reader import Stamp, stamp_of

FOLDER: Final = "last-good"
LAST_RESORT: Final = "theremin"
"""The shipped preset that plays where none of the requested ones can."""


@dataclass(frozen=True)
class PendingPreset:
    """A requested preset that cannot be used yet; another plays in its place.

    Attributes:
        files: preset and factory examples.
        stamp: of the version that cannot be used.
        reason: what is wrong with it, and what plays instead.
    """

    files: tuple[Path, Path]
    stamp: Stamp
    reason: str


@dataclass(frozen=True)
class StartupPreset:
    """The preset that plays first, and the requested one that it replaces; None when it is the requested one."""

    preset: Preset
    pending: PendingPreset | None = None


def copy_of(key: str) -> Path:
    """The path of the copy of a preset, whether or not it exists."""
    return paths.state_dir() / "presets" / key / FOLDER / f"{key}.yaml"


def choose_startup_preset(requested: Sequence[str | Path]) -> StartupPreset:
    """The preset that plays at the start.

    Args:
        requested: names or files of presets, the most important first. The first that can be played plays: itself, or
            its last good copy.

    Raises:
        UserError: not even the last resort can be played; the sentence is about the most important one.
    """
    errors: list[tuple[Path, UserError]] = []
    for name in requested:
        file = Path(name)
        try:
            file = preset.find(name)
            loaded = preset.load(file)
        except UserError as error:
            errors.append((_expected_file(file), error))
        else:
            return StartupPreset(loaded, _pending(*errors[0], f"'{loaded.name}' plays instead") if errors else None)
        try:
            copy = preset.load(copy_of(errors[-1][0].stem))
        except UserError:
            continue
        return StartupPreset(copy, _pending(*errors[0], f"the last state of '{copy.name}' that worked plays"))
    try:
        shipped = preset.load(paths.presets_dir() / f"{LAST_RESORT}.yaml")
    except UserError:
        raise errors[0][1] from None
    return StartupPreset(shipped, _pending(*errors[0], f"'{shipped.name}' plays instead"))


def _expected_file(file: Path) -> Path:
    """The file itself; for a name alone, the file of that name in the folder of one's own presets."""
    return file if file.suffix else paths.config_dir() / "presets" / f"{file.name}.yaml"


def _pending(file: Path, error: UserError, instead: str) -> PendingPreset:
    files = file, file.with_suffix(".csv")
    return PendingPreset(files, stamp_of(*files), f"{error}\nUntil it is mended, {instead}.")


class LastKnownGoodCopies:
    """Copies the files of each preset that was fitted and plays.

    Args:
        worker: the thread that waits for the disk.
    """

    def __init__(self, worker: Executor) -> None:
        self._worker = worker
        self._copied: Preset | None = None
        self._copying: Future[None] | None = None

    def update(self, good: Preset | None) -> None:
        """Starts to copy this preset, unless it was copied already; returns at once."""
        if self._copying and self._copying.done():
            error, self._copying = self._copying.exception(), None
            if error:
                log.get().warning("preset copy failed", message=f"no copy of the preset could be kept: {error}")
        if good is not None and good is not self._copied and not self._copying:
            self._copied = good
            self._copying = self._worker.submit(save_copy, good)


def save_copy(good: Preset) -> None:
    """Copies the files of a preset, if they are still those that it was read from.

    Raises:
        OSError, GestureSynthError: the disk is full or broken, rights are missing.
    """
    copy = copy_of(good.key)
    if good.path == copy:
        return
    if any(setup.sounds for setup in good.instruments):  # the way to its sounds begins at its folder
        return
    try:
        data = good.path.read_bytes()
        if preset.loads(data, good.path) != good:
            return
        examples = good.examples_path.read_bytes() if is_there(good.examples_path) else None
        names = good.scale.files if good.scale else ()
        others = {name: scala_file(name, good.path.parent).read_bytes() for name in names}
        others |= {name: good.path.with_name(name).read_bytes() for name in (*good.texts, *good.vector_files)}
    except (OSError, UserError):  # changed or removed since: the next version is copied later
        return
    paths.private_folder(copy.parent)
    csv = copy.with_suffix(".csv")
    if examples is None:
        csv.unlink(missing_ok=True)
    else:
        try:
            _replace(csv, examples, check=True)
        except GestureSynthError:  # half written by now, perhaps
            return
    for name, contents in others.items():
        _replace(copy.with_name(name), contents, check=False)
    _replace(copy, data, check=False)


def _replace(file: Path, data: bytes, *, check: bool) -> None:
    if not file.is_file() or file.read_bytes() != data:
        replace_file(file, data, read_csv if check else lambda _: None)
