"""The doctor on files: the settings, the preset, the folder of what was taught, and the databases in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.memory_copy import read_copy
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.ops.doctor.finding import Examination, Finding, fail, good, together, warn
from gesturesynth.pipeline.running_preset import fit_job, untaught

LITTLE_MB: Final = 1000
TOO_LITTLE_MB: Final = 100
"""A take of 4 s has 0.2 MB; logs and recordings take the rest."""
MEGABYTE: Final = 1e6
SERVICE_FOLDERS: Final = tuple(Path(f"/{place}/gesturesynth") for place in ("var/lib", "var/cache", "run"))
AS_ROOT: Final = "To have them examined: sudo gesturesynth doctor"


# ------------------------------------------------------------------------------------------------ settings and preset
def check_settings(examination: Examination) -> Finding:
    """gesturesynth.yaml, key by key."""
    if examination.settings_error:
        return fail(examination.settings_error, "Correct the file; until then the other checks go by the defaults.")
    file = examination.settings_file
    return good(f"{file} is in order" if file else f"no {paths.config_dir() / 'gesturesynth.yaml'}: all defaults")


def check_preset(examination: Examination) -> Finding:
    """The one to start with, and its examples."""
    try:
        loaded = loader.load(loader.find(examination.settings.preset))
        examples = is_there(loaded.examples_path)
        job = fit_job(loaded) if examples else None
        missing = untaught(loaded, job) if job else ""
    except UserError as error:
        return fail(str(error), "Correct it: `gesturesynth preset check` says the same until all is well.")
    found = f"{loaded.name} ({loaded.path})"
    if job is None:
        return good(f"{found}, which brings no examples: it has to be taught")
    return good(f"{found}, {len(job.labels)} examples" + (f"; {missing}" if missing else ""))


# ----------------------------------------------------------------------------------------------------------- the state
@dataclass(frozen=True)
class FolderSpace:
    """A folder and the disk that it is on.

    Attributes:
        folder: it need not be there yet.
        error: why nothing can be written there; empty where it can.
        free_mb: on its disk.
        files: that may still be made on it; -1 where there is no limit.
        others: it is the system service's, and not for this user to look into.
    """

    folder: Path
    error: str
    free_mb: float
    files: int = -1
    others: bool = False


def check_state(examination: Examination) -> Finding:
    """The folders of what was taught, the cache and the sockets: may they be written to, and is there room?"""
    folders = [paths.state_dir()]
    if examination.health is None:  # else both serve already
        folders += [paths.cache_dir(), paths.runtime_dir()]
    return together([judge_space(space_of(folder)) for folder in folders])


def space_of(folder: Path) -> FolderSpace:
    """Tries to write a file without a name, which leaves nothing behind; where the folder is not there, beside it."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    error = ""
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as reason:
        error = reason.strerror or str(reason)
    try:
        files = os.statvfs(there)
        free = shutil.disk_usage(there).free / MEGABYTE
    except OSError as reason:
        return FolderSpace(folder, error or str(reason), 0.0)
    others = folder in SERVICE_FOLDERS and os.geteuid() not in (0, there.stat().st_uid)
    return FolderSpace(folder, error, free, files.f_favail if files.f_files else -1, others)


def judge_space(room: FolderSpace) -> Finding:
    """Whether what is taught can be kept."""
    if room.error and room.others:
        return warn(f"{room.folder} is the system service's", AS_ROOT)
    if room.error:
        return fail(
            f"{room.folder} cannot be written to: {room.error}",
            "Let this user write there (ls -ld says whose it is), or name another folder by its GESTURESYNTH_..._DIR.",
        )
    found = f"{room.folder}, {room.free_mb / 1000:.1f} GB free"
    if room.free_mb < TOO_LITTLE_MB or 0 <= room.files < 100:
        return fail(f"{found}: the disk is full", "Make room: old recordings and logs (journalctl --vacuum-size=200M).")
    if room.free_mb < LITTLE_MB:
        return warn(found, "Make room on that disk: old recordings and logs (journalctl --vacuum-size=200M).")
    return good(found)


# ------------------------------------------------------------------------------------------------------- the databases
@dataclass(frozen=True)
class ExampleCount:
    """One database.

    Attributes:
        name: of the preset.
        takes: in it.
        error: what is wrong with it; empty when nothing is.
    """

    name: str
    takes: int = 0
    error: str = ""


def check_examples(_: Examination) -> Finding:
    """Every database of takes, read-only, page by page."""
    folder = store_path("any").parent.parent
    if folder.parent.exists() and not os.access(folder.parent, os.R_OK | os.X_OK):
        return warn(f"{folder} is not for this user to read", AS_ROOT)
    files = sorted(folder.glob("*/examples.sqlite"))
    aside = sorted(path.name for path in folder.glob("*/examples.damaged-*.sqlite"))
    return judge_examples([examples_of(file) for file in files], aside, folder)


def examples_of(file: Path) -> ExampleCount:
    """Checks one, without changing it."""
    name = file.parent.name
    try:
        try:
            with schema.translated_errors(file), closing(schema.connect(file, "ro")) as connection:
                verdict, takes = _counted(connection)
        except schema.DeniedError:  # sqlite wants to write beside it; what is there can be read all the same
            copy = read_copy(file)
            with closing(copy.connection) as connection:
                verdict, takes = _counted(connection)
            if copy.note:
                return ExampleCount(name, takes, copy.note)
    except (GestureSynthError, sqlite3.Error, OSError) as error:
        return ExampleCount(name, error=str(error))
    return ExampleCount(name, takes, "" if verdict == "ok" else f"{file}: {verdict}")


def _counted(connection: sqlite3.Connection) -> tuple[str, int]:
    """What sqlite thinks of a database, and how many takes are in it."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    (takes,) = connection.execute("SELECT count(*) FROM takes WHERE NOT deleted").fetchone()
    return str(verdict), int(takes)


def judge_examples(all_of_them: Sequence[ExampleCount], aside: Sequence[str], folder: Path) -> Finding:
    """Whether what was taught is whole."""
    broken = [one for one in all_of_them if one.error]
    counted = ", ".join(f"{one.name} {one.takes}" for one in all_of_them if not one.error)
    findings = [good(f"takes in {folder}: {counted}" if counted else f"nothing was taught yet in {folder}")]
    if broken:
        findings.append(
            fail(
                "; ".join(one.error for one in broken),
                "Play that preset, or list its takes: the damaged file is set aside and all that can be read is kept. "
                "Then look at the disk.",
            )
        )
    if aside:
        findings.append(
            warn(f"damaged once and set aside: {', '.join(aside)}", "Look at the disk; then delete or keep them.")
        )
    return together(findings)
