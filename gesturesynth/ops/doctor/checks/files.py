"""Checks of files: settings, preset, own instruments, the folders that are written to, databases of examples."""

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
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.pipeline.fit_job import fit_job, untaught
from gesturesynth.synthesis.instruments.known import known_instruments
from gesturesynth.synthesis.instruments.own import own_folder

LOW_MB: Final = 1000
FULL_MB: Final = 100
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
    """The preset to start with, and its examples."""
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


def check_instruments(_: Examination) -> Finding:
    """Instruments of one's own, as far as they can be judged without running them."""
    known = known_instruments()
    if known.broken:
        return fail(
            "; ".join(known.broken.values()),
            "Correct it, or take it away: the others play. `gesturesynth instrument list` says the same.",
        )
    if not known.origins:
        return good(f"none of your own in {own_folder()}")
    listed = ", ".join(f"{kind} ({origin})" for kind, origin in known.origins.items())
    return good(f"{listed}; their code runs in the engine with all its rights")


# ----------------------------------------------------------------------------------------------------------- the state
@dataclass(frozen=True)
class FolderSpace:
    """A folder and the disk that it is on.

    Attributes:
        folder: it need not be there yet.
        error: why nothing can be written there; empty where it can.
        free_mb: space on its disk.
        files: how many may still be made on it; -1 where there is no limit.
        others: it belongs to the system service, and this user may not read it.
    """

    folder: Path
    error: str
    free_mb: float
    files: int = -1
    others: bool = False


def check_state(examination: Examination) -> Finding:
    """The folders of the state, the cache and the sockets: whether they can be written to, and the free space."""
    folders = [paths.state_dir()]
    if examination.health is None:  # else both are in use, so they can be written to
        folders += [paths.cache_dir(), paths.runtime_dir()]
    return combine([judge_space(space_of(folder)) for folder in folders])


def space_of(folder: Path) -> FolderSpace:
    """Writes a file without a name, which leaves nothing behind; in a parent where the folder does not exist yet."""
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


def judge_space(space: FolderSpace) -> Finding:
    """Whether examples can be written there."""
    if space.error and space.others:
        return warn(f"{space.folder} is the system service's", AS_ROOT)
    if space.error:
        return fail(
            f"{space.folder} cannot be written to: {space.error}",
            "Let this user write there (ls -ld says whose it is), or name another folder by its GESTURESYNTH_..._DIR.",
        )
    found = f"{space.folder}, {space.free_mb / 1000:.1f} GB free"
    if space.free_mb < FULL_MB or 0 <= space.files < 100:
        return fail(f"{found}: the disk is full", "Make room: old recordings and logs (journalctl --vacuum-size=200M).")
    if space.free_mb < LOW_MB:
        return warn(found, "Make room on that disk: old recordings and logs (journalctl --vacuum-size=200M).")
    return good(found)


# ------------------------------------------------------------------------------------------------------- the databases
@dataclass(frozen=True)
class ExampleCount:
    """One database.

    Attributes:
        name: of the preset.
        takes: how many are in it.
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
    set_aside = sorted(path.name for path in folder.glob("*/examples.damaged-*.sqlite"))
    return judge_examples([examples_of(file) for file in files], set_aside, folder)


def examples_of(file: Path) -> ExampleCount:
    """Checks one database, without changing it."""
    name = file.parent.name
    try:
        try:
            with schema.translated_errors(file), closing(schema.connect(file, "ro")) as connection:
                verdict, takes = _counted(connection)
        except schema.DeniedError:  # SQLite wants to write beside it; a copy in memory can be read all the same
            copy = read_copy(file)
            with closing(copy.connection) as connection:
                verdict, takes = _counted(connection)
            if copy.note:
                return ExampleCount(name, takes, copy.note)
    except (GestureSynthError, sqlite3.Error, OSError) as error:
        return ExampleCount(name, error=str(error))
    return ExampleCount(name, takes, "" if verdict == "ok" else f"{file}: {verdict}")


def _counted(connection: sqlite3.Connection) -> tuple[str, int]:
    """The verdict of SQLite's quick check, and the number of takes."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    (takes,) = connection.execute("SELECT count(*) FROM takes WHERE NOT deleted").fetchone()
    return str(verdict), int(takes)


def judge_examples(databases: Sequence[ExampleCount], set_aside: Sequence[str], folder: Path) -> Finding:
    """Whether all databases are undamaged."""
    broken = [one for one in databases if one.error]
    counted = ", ".join(f"{one.name} {one.takes}" for one in databases if not one.error)
    findings = [good(f"takes in {folder}: {counted}" if counted else f"nothing was taught yet in {folder}")]
    if broken:
        findings.append(
            fail(
                "; ".join(one.error for one in broken),
                "Play that preset, or list its takes: the damaged file is set aside and all that can be read is kept. "
                "Then look at the disk.",
            )
        )
    if set_aside:
        findings.append(
            warn(f"damaged once and set aside: {', '.join(set_aside)}", "Look at the disk; then delete or keep them.")
        )
    return combine(findings)
