"""Stores what commands have chosen, so that a restarted conductor continues with it.

Two files hold it. `chosen.json` in the runtime folder holds all of it for the restart after a crash or a kill: it is
gone after a reboot, and is removed when the conductor stops in order. `remembered.json` in the state folder holds
volume and panic, which must never change unnoticed: they survive a power cut and a stop in order, too. Each
write waits until the disk has the file.

Nothing here may fail or wait: files are written in a thread of their own, since the one for examples may be busy for
seconds. A file that cannot be read counts as missing; an error of writing is logged once, and writing is tried again.
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
from gesturesynth.control.command_table import VOLUME_HIGH_DB, VOLUME_LOW_DB
from gesturesynth.control.session.context import Choices, PredictChoice
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.files import replace_file
from gesturesynth.runtime.readings import ScaleReading
from gesturesynth.runtime.restart_history import HEALTHY_S
from gesturesynth.runtime.tempo import Tempo

CHOSEN: Final = "chosen.json"
KEPT: Final = "remembered.json"
PAUSE_S: Final = 0.5
"""Between two writes, while a fader moves; everything else is written at once."""
RETRY_S: Final = 10.0
"""After a write that failed: the disk may have room again."""
_BYTES: Final = "file://"
TRIES: Final = 3
"""Starts in a row with the same choice that did not last: then the choice may be the reason, and is dropped."""

Db = Annotated[float, msgspec.Meta(ge=VOLUME_LOW_DB, le=VOLUME_HIGH_DB)]


class PersistentState(msgspec.Struct, frozen=True):
    """What survives a power cut.

    Attributes:
        panic: silence, until it is released.
        volume_db: as a command set it; None where none has.
        instead_of_db: the volume in the settings at that time. Another one in the settings now takes precedence.
    """

    panic: bool = False
    volume_db: Db | None = None
    instead_of_db: float | None = None


class RunState(msgspec.Struct, frozen=True):
    """What survives a crash.

    Attributes:
        preset: the file of the preset that plays.
        volume_db, muted, panic, audition, scale, hands_free, tempo, scene, predict: see `Choices`.
        instead_of_db: as in `PersistentState`.
        override: what a person has decided about opening hours.
        boot: identifier of the boot of the computer; the file is not valid in another.
        tries: starts with this state that did not last.
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
    scale: ScaleReading | None = None
    hands_free: bool | None = None
    tempo: Tempo | None = None
    scene: str = ""
    predict: PredictChoice | None = None


S = TypeVar("S", PersistentState, RunState)


@dataclass(frozen=True)
class RestoredState:
    """The state with which the conductor starts.

    Attributes:
        choices: volume, mute, panic, audition.
        preset: the file of the preset that played; None where the settings decide.
        override: what a person had decided about opening hours.
    """

    choices: Choices
    preset: Path | None = None
    override: ManualOverride | None = None


class _WriteErrors(NamedTuple):
    """Errors of writing `RunState` (crash) and `PersistentState` (power); empty where there were none."""

    crash: str = ""
    power: str = ""


class StateStorage:
    """Reads the state at the start, and writes it while the conductor plays.

    Args:
        settings_db: the volume in the settings.
        flag_db: the volume of a flag, which takes precedence over the stored one; None without one.
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
        self._write_error = ""

    def begin(self) -> RestoredState:
        """Reads the state to start with."""
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
                "last choice dropped",
                message=f"it has ended {TRIES} times soon after it began with what was chosen last: it begins with the "
                "settings",
                preset=chosen.preset,
            )
            return RestoredState(choices)
        self._written = msgspec.structs.replace(chosen, tries=chosen.tries + 1)
        self._log_errors(_WriteErrors(_write(self._chosen_file, self._written)))
        volume_db = chosen.volume_db if chosen.instead_of_db == self._settings_db else self._begun_db
        choices = Choices(
            volume_db,
            muted=chosen.muted,
            panic=chosen.panic,
            audition=chosen.audition,
            scale=chosen.scale,
            hands_free=chosen.hands_free,
            tempo=chosen.tempo,
            scene=chosen.scene,
            predict=chosen.predict,
        )
        return RestoredState(choices, _path(chosen.preset), chosen.override)

    def update(self, preset: Path, choices: Choices, override: ManualOverride | None, now_s: float) -> None:
        """Starts to write the present state, if it has changed; returns at once."""
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
            choices.scale,
            choices.hands_free,
            choices.tempo,
            choices.scene,
            choices.predict,
        )
        if self._writing and self._writing[1].done():
            (self._written, future), self._writing = self._writing, None
            self._log_errors(future.result())
            self._due_s = now_s + PAUSE_S
            self._retry_s = now_s + RETRY_S if self._write_error else math.inf
        due = chosen != self._written and (now_s >= self._due_s or self._urgent(chosen))
        if not self._writing and (due or now_s >= self._retry_s):
            self._writing = chosen, self._writer.submit(self._write_both, chosen)

    def close(self) -> None:
        """Waits until the write that is under way has ended."""
        self._writer.shutdown(wait=True)
        if self._writing:
            self._log_errors(self._writing[1].result())

    def end(self, choices: Choices) -> None:
        """Stops in order: only volume and panic are kept for the next start."""
        self.close()
        self._log_errors(_WriteErrors(self._write_persistent(choices.volume_db, panic=choices.panic)))
        with suppress(OSError):
            self._chosen_file.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------- in the writing thread
    def _write_both(self, chosen: RunState) -> _WriteErrors:
        """Writes both files; an error of one does not prevent the other."""
        crash = _write(self._chosen_file, chosen)
        return _WriteErrors(crash, self._write_persistent(chosen.volume_db, panic=chosen.panic))

    def _write_persistent(self, volume_db: float, *, panic: bool) -> str:
        kept = msgspec.structs.replace(self._kept, panic=panic)
        if volume_db != self._begun_db:
            kept = PersistentState(panic, volume_db, self._settings_db)
            self._begun_db = math.nan  # a command has set it, also when it is set back to where it was
        if kept == self._on_disk:
            return ""
        self._kept = kept
        error = _write(self._kept_file, kept)
        self._on_disk = self._on_disk if error else kept
        return error

    # ------------------------------------------------------------------------------------------------------------ parts
    def _urgent(self, chosen: RunState) -> bool:
        """Whether anything has changed that faders do not move."""
        if self._written is None:
            return True
        former = self._written
        moved = {name: getattr(former, name) for name in ("volume_db", "scale", "tempo", "predict")}
        return msgspec.structs.replace(chosen, **moved) != former

    def _log_errors(self, errors: _WriteErrors) -> None:
        error = "; ".join(filter(None, errors))
        if error and not self._write_error:
            self._log.warning("state not stored", message=f"what is chosen now cannot be remembered: {error}")
        self._write_error = error

    def _read(self, file: Path, kind: type[S]) -> S | None:
        try:
            return msgspec.json.decode(file.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._log.warning(
                "stored state refused",
                message=f"what was remembered cannot be used, and is left aside: {file}: {error}",
            )
            return None


def remove_run_state(runtime: Path) -> None:
    """Removes the state that a killed conductor has left in this runtime folder."""
    with suppress(OSError):
        (runtime / "conductor" / CHOSEN).unlink(missing_ok=True)


def _text(path: Path) -> str:
    """A path as text for JSON: as it is, or where its bytes are not UTF-8, as a `file:` URI (RFC 8089)."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return _BYTES + quote_from_bytes(os.fsencode(path))
    return str(path)


def _path(text: str) -> Path:
    """The path from the text that `_text` made."""
    return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_BYTES)))) if text.startswith(_BYTES) else Path(text)


def _write(file: Path, what: msgspec.Struct) -> str:
    """Writes a file completely or not at all, and waits until it is on the disk; the error, or empty."""
    try:
        paths.private_folder(file.parent)
        replace_file(file, msgspec.json.encode(what))
    except GestureSynthError as error:
        return str(error)
    except OSError as error:
        return f"{file}: {error.strerror or error}"
    return ""


def _boot() -> str:
    """The identifier of this boot of the computer; empty where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
