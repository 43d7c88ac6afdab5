"""The last good state of a preset: a copy of its files, kept when it played, for a start at which they are broken.

It lies in the state folder (`presets/KEY/last-good/KEY.yaml`, and its factory examples beside it), so that it has the
same name, and what was taught for it is taught for the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader as preset
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there, replace_file
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.pipeline.preset_reader import Stamp, stamp_of

FOLDER: Final = "last-good"
LAST_RESORT: Final = "theremin"
"""Of the shipped presets: what plays where nothing that was asked for can."""


@dataclass(frozen=True)
class PendingPreset:
    """Something else plays instead of these files, until they can be used.

    Attributes:
        files: preset and factory examples.
        stamp: of the version that cannot be used.
        why: what is wrong with it, and what plays instead.
    """

    files: tuple[Path, Path]
    stamp: Stamp
    why: str


@dataclass(frozen=True)
class StartupPreset:
    """What plays first, and what it stands in for; None when it is what was asked for."""

    preset: Preset
    pending: PendingPreset | None = None


def copy_of(key: str) -> Path:
    """Where the copy of a preset is, whether or not there is one."""
    return paths.state_dir() / "presets" / key / FOLDER / f"{key}.yaml"


def choose_startup_preset(wanted: Sequence[str | Path]) -> StartupPreset:
    """What is to play at the start.

    Args:
        wanted: names or files of presets, the one that is wanted most in front. The first that can be played plays:
            itself, or its last good copy.

    Raises:
        UserError: not even the last resort can be played: what is wrong with the one that was wanted most.
    """
    errors: list[tuple[Path, UserError]] = []
    for name in wanted:
        file = Path(name)
        try:
            file = preset.find(name)
            loaded = preset.load(file)
        except UserError as error:
            errors.append((_where(file), error))
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


def _where(file: Path) -> Path:
    """The file that would be it; for a name alone, where people put a preset of that name."""
    return file if file.suffix else paths.config_dir() / "presets" / f"{file.name}.yaml"


def _pending(file: Path, error: UserError, instead: str) -> PendingPreset:
    files = file, file.with_suffix(".csv")
    return PendingPreset(files, stamp_of(*files), f"{error}\nUntil it is mended, {instead}.")


class LastKnownGoodCopies:
    """Keeps a copy of whatever plays, when it plays well.

    Args:
        worker: what waits for the disk.
    """

    def __init__(self, worker: Executor) -> None:
        self._worker = worker
        self._seen: Preset | None = None
        self._under_way: Future[None] | None = None

    def update(self, good: Preset | None) -> None:
        """Keeps a copy of this preset, unless it has done so; returns at once."""
        if self._under_way and self._under_way.done():
            error, self._under_way = self._under_way.exception(), None
            if error:
                log.get().warning(f"no copy of the preset could be kept: {error}")
        if good is not None and good is not self._seen and not self._under_way:
            self._seen = good
            self._under_way = self._worker.submit(save_copy, good)


def save_copy(good: Preset) -> None:
    """Keeps a copy of the files of a preset, if they are still those that it was read from.

    Raises:
        OSError, GestureSynthError: the disk is full or broken, rights are missing.
    """
    copy = copy_of(good.key)
    if good.path == copy:
        return
    try:
        data = good.path.read_bytes()
        if preset.loads(data, good.path) != good:
            return
        examples = good.examples_path.read_bytes() if is_there(good.examples_path) else None
    except (OSError, UserError):  # changed since, or gone: there will be another to keep
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
    _replace(copy, data, check=False)


def _replace(file: Path, data: bytes, *, check: bool) -> None:
    if not file.is_file() or file.read_bytes() != data:
        replace_file(file, data, read_csv if check else lambda _: None)
