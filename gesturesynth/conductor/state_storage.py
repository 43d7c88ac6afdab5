"""What is remembered from one life of the conductor to the next: what hands had chosen.

An end by itself (a crash, a kill) is survived by all of it; that lies in the runtime folder (`chosen.json`), which is
gone after a reboot, and is taken away when the conductor ends in order. A power cut, and an end in order, are survived
by what must not change behind somebody's back: volume and panic; that lies in the state folder (`remembered.json`), on
the disk before anybody goes on.

Nothing here may fail or wait: files are written in a thread of their own, since the one for examples may be busy for
seconds. What cannot be read counts as not there; what cannot be written is said once, and tried again.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, NamedTuple, TypeVar
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

from gesturesynth.conductor.opening_hours_gate import ManualOverride
from gesturesynth.control.commands import VOLUME_HIGH_DB, VOLUME_LOW_DB
from gesturesynth.control.session.events import Choices
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.files import replace_file
from gesturesynth.runtime.restart_history import HEALTHY_S

CHOSEN: Final = "chosen.json"
KEPT: Final = "remembered.json"
PAUSE_S: Final = 0.5
"""Between two writes, while a fader moves; everything else is written at once."""
RETRY_S: Final = 10.0
"""After a write that failed: the disk may have room again."""
_BYTES: Final = "file://"
TRIES: Final = 3
"""So many lives in a row that began with the same choice and did not last: then it may be what ends them."""

Db = Annotated[float, msgspec.Meta(ge=VOLUME_LOW_DB, le=VOLUME_HIGH_DB)]


class PersistentState(msgspec.Struct, frozen=True):
    """What survives a power cut.

    Attributes:
        panic: silence, until it is released.
        volume_db: as a hand left it; None where none has touched it.
        instead_of_db: the volume of the settings then. Who writes another into the settings later means that one.
    """

    panic: bool = False
    volume_db: Db | None = None
    instead_of_db: float | None = None


class RunState(msgspec.Struct, frozen=True):
    """What survives a crash.

    Attributes:
        preset: the file of the preset that plays.
        volume_db, muted, panic, audition: see `Choices`.
        instead_of_db: as in `PersistentState`.
        override: what a person has decided about opening hours.
        boot: of the computer; the file means nothing in another.
        tries: lives that began with this and did not last.
    """

    preset: str
    volume_db: Db
    muted: bool = False
    panic: bool = False
    audition: bool = True
    instead_of_db: float | None = None
    override: ManualOverride | None = msgspec.field(default=None, name="doors")
    boot: str = ""
    tries: int = 0


S = TypeVar("S", PersistentState, RunState)


@dataclass(frozen=True)
class RestoredState:
    """How a life of the conductor begins.

    Attributes:
        choices: volume, mute, panic, audition.
        preset: the file of the preset that played; None where the settings decide.
        override: what a person had decided about opening hours.
    """

    choices: Choices
    preset: Path | None = None
    override: ManualOverride | None = None


class _WriteErrors(NamedTuple):
    """What went wrong with what survives a crash, and with what survives a power cut; empty where nothing did."""

    crash: str = ""
    power: str = ""


class StateStorage:
    """Reads at the start, writes while it plays.

    Args:
        settings_db: the volume that the settings say.
        flag_db: the volume that a flag says, which counts for more than what the disk remembers; None without one.
        runtime: the conductor's own runtime folder.
        state: the state folder.
    """

    def __init__(self, settings_db: float, flag_db: float | None, *, runtime: Path, state: Path) -> None:
        self._settings_db = settings_db
        self._flag_db = flag_db
        self._chosen_file, self._kept_file = runtime / CHOSEN, state / KEPT
        self._boot = _boot()
        self._log = log.get()
        self._writer = ThreadPoolExecutor(1, "memory")
        self._writing: tuple[RunState, Future[_WriteErrors]] | None = None
        self._written: RunState | None = None
        self._kept = PersistentState()
        self._on_disk: PersistentState | None = None  # as it would be read again; None for something damaged
        self._begun_db = settings_db
        self._begun_s: float | None = None
        self._due_s = 0.0
        self._retry_s = math.inf
        self._trouble = ""

    def begin(self) -> RestoredState:
        """What the next life begins with."""
        kept = self._read(self._kept_file, PersistentState)
        self._kept = kept or PersistentState()
        self._on_disk = kept or (None if self._kept_file.exists() else PersistentState())
        if self._flag_db is not None:
            self._begun_db = self._flag_db
        elif self._kept.volume_db is not None and self._kept.instead_of_db == self._settings_db:
            self._begun_db = self._kept.volume_db
        choices = Choices(volume_db=self._begun_db, panic=self._kept.panic)
        chosen = self._read(self._chosen_file, RunState)
        if chosen is None or chosen.boot != self._boot:
            return RestoredState(choices)
        if chosen.tries >= TRIES:
            self._log.warning(
                f"it has ended {TRIES} times soon after it began with what was chosen last: beginning anew",
                preset=chosen.preset,
            )
            return RestoredState(choices)
        self._written = msgspec.structs.replace(chosen, tries=chosen.tries + 1)
        self._note(_WriteErrors(_write(self._chosen_file, self._written)))
        volume_db = chosen.volume_db if chosen.instead_of_db == self._settings_db else self._begun_db
        choices = Choices(volume_db, muted=chosen.muted, panic=chosen.panic, audition=chosen.audition)
        return RestoredState(choices, _path(chosen.preset), chosen.override)

    def update(self, preset: Path, choices: Choices, override: ManualOverride | None, now_s: float) -> None:
        """Writes what is chosen now, if that is new; returns at once."""
        self._begun_s = now_s if self._begun_s is None else self._begun_s
        lasting = now_s - self._begun_s >= HEALTHY_S
        tries = self._written.tries if self._written and not lasting else 0
        chosen = RunState(
            _text(preset),
            choices.volume_db,
            choices.muted,
            choices.panic,
            choices.audition,
            self._settings_db,
            override,
            self._boot,
            tries,
        )
        if self._writing and self._writing[1].done():
            (self._written, future), self._writing = self._writing, None
            self._note(future.result())
            self._due_s = now_s + PAUSE_S
            self._retry_s = now_s + RETRY_S if self._trouble else math.inf
        due = chosen != self._written and (now_s >= self._due_s or self._urgent(chosen))
        if not self._writing and (due or now_s >= self._retry_s):
            self._writing = chosen, self._writer.submit(self._keep, chosen)

    def close(self) -> None:
        """Waits for what is being written, and no longer."""
        self._writer.shutdown(wait=True)
        if self._writing:
            self._note(self._writing[1].result())

    def end(self, choices: Choices) -> None:
        """It ends in order: the next life is a new beginning, but for volume and panic."""
        self.close()
        self._note(_WriteErrors(self._keep_for_good(choices.volume_db, panic=choices.panic)))
        with suppress(OSError):
            self._chosen_file.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------- the thread of its own
    def _keep(self, chosen: RunState) -> _WriteErrors:
        """Both files, each whatever became of the other."""
        crash = _write(self._chosen_file, chosen)
        return _WriteErrors(crash, self._keep_for_good(chosen.volume_db, panic=chosen.panic))

    def _keep_for_good(self, volume_db: float, *, panic: bool) -> str:
        kept = msgspec.structs.replace(self._kept, panic=panic)
        if volume_db != self._begun_db:
            kept = PersistentState(panic, volume_db, self._settings_db)
            self._begun_db = math.nan  # touched; even by a hand that takes it back to where it was
        if kept == self._on_disk:
            return ""
        self._kept = kept
        trouble = _write(self._kept_file, kept)
        self._on_disk = self._on_disk if trouble else kept
        return trouble

    # ------------------------------------------------------------------------------------------------------------ parts
    def _urgent(self, chosen: RunState) -> bool:
        """Whether something else than the volume has changed."""
        if self._written is None:
            return True
        return msgspec.structs.replace(chosen, volume_db=self._written.volume_db) != self._written

    def _note(self, troubles: _WriteErrors) -> None:
        trouble = "; ".join(filter(None, troubles))
        if trouble and not self._trouble:
            self._log.warning(f"what is chosen now cannot be remembered: {trouble}")
        self._trouble = trouble

    def _read(self, file: Path, kind: type[S]) -> S | None:
        try:
            return msgspec.json.decode(file.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._log.warning(f"what was remembered cannot be used, and is left aside: {file}: {error}")
            return None


def forget(runtime: Path) -> None:
    """Takes away what a conductor that was killed had left in this runtime folder: what starts now begins anew."""
    with suppress(OSError):
        (runtime / "conductor" / CHOSEN).unlink(missing_ok=True)


def _text(path: Path) -> str:
    """A path as JSON can hold it: as it is, or where its bytes are no text, as an address of RFC 8089."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return _BYTES + quote_from_bytes(os.fsencode(path))
    return str(path)


def _path(text: str) -> Path:
    """The path that `_text` wrote."""
    return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_BYTES)))) if text.startswith(_BYTES) else Path(text)


def _write(file: Path, what: msgspec.Struct) -> str:
    """Writes a file whole, or not at all, and waits until the disk has it; what went wrong, or nothing."""
    try:
        paths.private_folder(file.parent)
        replace_file(file, msgspec.json.encode(what))
    except GestureSynthError as error:
        return str(error)
    except OSError as error:
        return f"{file}: {error.strerror or error}"
    return ""


def _boot() -> str:
    """A word that is another one after each start of the computer; empty where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
