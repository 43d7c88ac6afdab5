"""Finds instruments of one's own: files in the config folder's `instruments/`, and entry points of other packages.

Only read, never run: see `source_reader`. `loading` runs them, in the engine.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.instruments.source_reader import LONGEST_BYTES, read_source
from gesturesynth.synthesis.instruments.table import NAME, InstrumentTable

GROUP: Final = "gesturesynth.instruments"
"""Of the entry points of other packages: `hum = "their_package.hum:Hum"`."""


@dataclass(frozen=True)
class OwnInstrument:
    """An instrument that is not ours, as it was found.

    Attributes:
        table: as written in its file.
        path: its file.
        class_name: its class there.
        module: to import, for one of another package; empty for a file of the config folder.
    """

    table: InstrumentTable
    path: Path
    class_name: str
    module: str = ""

    @property
    def origin(self) -> str:
        """Where it comes from, for people."""
        return self.module or paths.printable(self.path)


@dataclass(frozen=True)
class OwnInstruments:
    """What was found: instruments by kind, and for each name that cannot be used a sentence that says why."""

    found: dict[str, OwnInstrument]
    broken: dict[str, str]


def own_folder() -> Path:
    """Where files of own instruments are. It need not exist."""
    return paths.config_dir() / "instruments"


def read_file(path: Path) -> OwnInstrument:
    """Reads one file.

    Raises:
        UserError: it cannot be read, another user could have written it, or what is in it cannot be used.
    """
    place = paths.printable(path)
    kind = path.stem
    if not NAME.fullmatch(kind):
        raise UserError(f"{place}: the name of the file is that of the instrument: small letters, digits and _ only")
    if unsafe := _unsafe(path):
        raise UserError(f"{place}: {unsafe}; what the engine runs must be for this user or root alone to change")
    class_name, table = _read(path, "")
    if table.kind != kind:
        raise UserError(f"{place}: its `kind` is '{table.kind}', but the file is called {kind}.py; make both the same")
    return OwnInstrument(table, path, class_name)


def _unsafe(path: Path) -> str:
    """Why another user could put code there that runs with this user's rights; empty when none can."""
    for place, what in ((path, "the file"), (path.parent, f"the folder {paths.printable(path.parent)}")):
        try:
            status = place.stat()
        except OSError as error:
            return f"{what} cannot be read: {error.strerror}"
        if status.st_uid not in (os.getuid(), 0):
            return f"{what} belongs to another user"
        if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            return f"everyone may write to {what}"
    return ""


def _read(path: Path, class_name: str) -> tuple[str, InstrumentTable]:
    place = paths.printable(path)
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{place}: cannot be read: {error.strerror}") from error
    return read_source(data, place, class_name)


def own_instruments(taken: frozenset[str]) -> OwnInstruments:
    """Everything that there is, files first. `taken` are the kinds of the project, which stay as they are."""
    found: dict[str, OwnInstrument] = {}
    broken: dict[str, str] = {}
    for name, read in _candidates():
        try:
            if name in taken:
                raise UserError(f"{read.place}: '{name}' is an instrument of Gesture Synth; choose another name")  # noqa: TRY301
            if name in found:
                raise UserError(f"{read.place}: there is another '{name}': {found[name].origin}")  # noqa: TRY301
            found[name] = read.read()
        except UserError as error:
            broken[name] = str(error)
    return OwnInstruments(found, {name: text for name, text in broken.items() if name not in found})


@dataclass(frozen=True)
class _FileCandidate:
    path: Path

    @property
    def place(self) -> str:
        return paths.printable(self.path)

    def read(self) -> OwnInstrument:
        return read_file(self.path)


@dataclass(frozen=True)
class _PackageCandidate:
    entry: EntryPoint

    @property
    def place(self) -> str:
        return f"{GROUP}: {self.entry.name} = {self.entry.value}"

    def read(self) -> OwnInstrument:
        path = module_file(self.entry.module)
        if path is None or not self.entry.attr:
            raise UserError(f"{self.place}: expected MODULE:CLASS, and a module that is a Python file")
        class_name, table = _read(path, self.entry.attr)
        if table.kind != self.entry.name:
            raise UserError(f"{self.place}: its `kind` is '{table.kind}'; make both names the same")
        return OwnInstrument(table, path, class_name, self.entry.module)


def _candidates() -> Iterator[tuple[str, _FileCandidate | _PackageCandidate]]:
    try:
        files = sorted(own_folder().glob("*.py"))
    except OSError:
        files = []
    yield from ((path.stem, _FileCandidate(path)) for path in files if not path.name.startswith((".", "_")))
    yield from ((entry.name, _PackageCandidate(entry)) for entry in _entry_points())


@cache
def _entry_points() -> tuple[EntryPoint, ...]:
    """Packages do not come and go while a process runs; looking for them takes some 20 ms."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


def module_file(module: str) -> Path | None:
    """The Python file of a module, found without importing it or the packages that it is in; None without one."""
    name, *inner = module.split(".")
    try:
        spec = importlib.util.find_spec(name)  # of a top-level module: nothing is imported
    except (ImportError, ValueError):
        return None
    for part in inner:
        where = spec.submodule_search_locations if spec else None
        if where is None:
            return None
        name = f"{name}.{part}"
        specs = (finder.find_spec(name, where) for finder in sys.meta_path)
        spec = next((one for one in specs if one is not None), None)
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
