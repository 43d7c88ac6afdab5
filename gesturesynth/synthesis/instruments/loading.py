"""Runs the code of own instruments: in the engine, in `render` and in `instrument check`, and nowhere else.

What runs here has all the rights of its process: it can read what the process can read, and hold up or end the sound.
Whatever goes wrong with one is a sentence; the others are loaded all the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from gesturesynth.core import log, paths
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Instrument
from gesturesynth.synthesis.instruments.own import OwnInstrument, own_instruments
from gesturesynth.synthesis.instruments.table import table_of


@dataclass(frozen=True)
class LoadedInstruments:
    """The instruments that can play.

    Attributes:
        kinds: their classes, by kind.
        problems: a sentence for each that cannot play.
        origins: where own ones come from, by kind.
    """

    kinds: dict[str, type[Instrument]]
    problems: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)


def load_instruments(wanted: Collection[str] | None = None) -> LoadedInstruments:
    """The instruments of the project, and own ones.

    Args:
        wanted: of own instruments only these kinds are loaded; all by default.
    """
    kinds = catalogue()
    own = own_instruments(frozenset(kinds))
    origins: dict[str, str] = {}
    problems = [text for name, text in own.broken.items() if wanted is None or name in wanted]
    for kind, found in own.found.items():
        if wanted is not None and kind not in wanted:
            continue
        try:
            kinds[kind] = load(found)
        except UserError as error:
            problems.append(str(error))
        else:
            origins[kind] = found.origin
    return LoadedInstruments(kinds, tuple(problems), origins)


def log_own_instruments(loaded: LoadedInstruments) -> None:
    """Says in the log whose code runs here."""
    for kind, origin in loaded.origins.items():
        log.get().info(
            "own instrument loaded",
            kind=kind,
            origin=origin,
            message="its code runs with all rights of this process",
        )


def load(found: OwnInstrument) -> type[Instrument]:
    """Runs the code of an own instrument and returns its class.

    Raises:
        UserError: the code failed, or declares something else than its file says.
    """
    try:
        module = importlib.import_module(found.module) if found.module else _run_file(found)
        made = getattr(module, found.class_name, None)
    except (Exception, SystemExit) as error:  # foreign code: whatever it raises, the others play
        raise UserError(f"{found.origin}: {failure(error, found.path)}") from error
    if not isinstance(made, type) or not issubclass(made, Instrument):
        raise UserError(f"{found.origin}: {found.class_name} is no Instrument when its code runs")
    if made.__abstractmethods__:
        raise UserError(f"{found.origin}: {found.class_name} has no `build`, which makes its graph")
    if table_of(made) != found.table:
        raise UserError(f"{found.origin}: its table is another when its code runs; write it out in the class")
    made.origin = found.origin
    return made


def failure(error: BaseException, path: Path) -> str:
    """What foreign code raised, on one line, with the last line of its file that took part."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    where = f"line {lines[-1]}: " if lines else ""
    words = paths.printable(str(error))[:200]
    return f"{where}{type(error).__name__}{f': {words}' if words else ''}"


class _Loader(SourceFileLoader):
    """Leaves no compiled file behind: the config folder is the user's."""

    def set_data(self, path: str, data: object, *, _mode: int = 0o666) -> None:
        """Writes nothing."""


def _run_file(found: OwnInstrument) -> ModuleType:
    name = f"gesturesynth_own_{found.table.kind}"
    spec = importlib.util.spec_from_file_location(name, found.path, loader=_Loader(name, str(found.path)))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
