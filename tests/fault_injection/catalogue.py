"""The catalogue of faults: how each is injected into an installation, and what is known of its effect."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesturesynth.runtime.messages import ConductorStatus
from tests.system.installation import CONDUCTOR, ENGINE, JACKD, PIECES, TRACKER, Installation, write

FaultAction = Callable[[Installation], None]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        key: for command lines.
        name: for people.
        strike: what happens.
        struck: holds from when its effect can be seen; None where it shows at once.
        mend: what a person has to do about it; None where nothing is needed.
        restarts: the units that are started again.
        may_restart: those that may be, besides; all others go on.
        powered: it boots again, so that every process is new.
        loses: what is lost, at most; of all that is compared.
        words: a text of what else is lost, for the table.
    """

    key: str
    name: str
    strike: FaultAction
    struck: Callable[[ConductorStatus], bool] | None = None
    mend: FaultAction | None = None
    restarts: frozenset[str] = frozenset()
    may_restart: frozenset[str] = frozenset()
    powered: bool = False
    loses: frozenset[str] = frozenset()
    words: str = ""


def _kill(unit: str) -> FaultAction:
    return lambda installation: installation.machine.signal(unit, signal.SIGKILL)


def _freeze(unit: str) -> FaultAction:
    return lambda installation: installation.machine.signal(unit, signal.SIGSTOP)


def _unplug(installation: Installation) -> None:
    installation.camera.set_state("unplug")


def _hang(installation: Installation) -> None:
    installation.camera.set_state("hang")


def _stick(installation: Installation) -> None:
    installation.camera.set_state("stuck")


def _plug_in(installation: Installation) -> None:
    installation.camera.set_state("play")


def _break_piece(installation: Installation) -> None:
    installation.piece_before = (installation.machine.root / f"{PIECES}/other.yaml".lstrip("/")).read_text()
    write(installation.machine, f"{PIECES}/other.yaml", installation.piece_before.replace("outputs:", "outptus:"))


def _mend_piece(installation: Installation) -> None:
    write(installation.machine, f"{PIECES}/other.yaml", installation.piece_before)


def _kill_in_a_take(installation: Installation) -> None:
    installation.run_command("select", "1")
    installation.run_command("hold", "on")
    installation.until(ConductorStatus, lambda status: status.session.phase == "recording", "a take to begin")
    installation.machine.signal(CONDUCTOR, signal.SIGKILL)


def _cut_power(installation: Installation) -> None:
    installation.cut_power()
    installation.switch_on()


def _person_is_not_followed(status: ConductorStatus) -> bool:
    return not status.present


_TRACKER, _CONDUCTOR, _ENGINE, _JACKD = (frozenset({unit}) for unit in (TRACKER, CONDUCTOR, ENGINE, JACKD))

FAULTS: Final = (
    Fault("tracker-killed", "tracker killed (SIGKILL)", _kill(TRACKER), restarts=_TRACKER),
    Fault("tracker-hangs", "tracker hangs (SIGSTOP)", _freeze(TRACKER), _person_is_not_followed, restarts=_TRACKER),
    Fault("conductor-killed", "conductor killed", _kill(CONDUCTOR), restarts=_CONDUCTOR),
    Fault("conductor-hangs", "conductor hangs", _freeze(CONDUCTOR), restarts=_CONDUCTOR),
    Fault(
        "killed-in-a-take",
        "conductor killed while a take is recorded",
        _kill_in_a_take,
        restarts=_CONDUCTOR,
        words="the take that was not over",
    ),
    # The sound server is part of the engine: an engine that left because of a server gets a new one.
    Fault("engine-killed", "engine killed", _kill(ENGINE), restarts=_ENGINE, may_restart=_JACKD),
    Fault("engine-hangs", "engine hangs", _freeze(ENGINE), restarts=_ENGINE, may_restart=_JACKD),
    Fault("jackd-killed", "sound server killed", _kill(JACKD), restarts=_ENGINE | _JACKD),
    Fault("jackd-hangs", "sound server hangs", _freeze(JACKD), restarts=_ENGINE | _JACKD),
    Fault("camera-unplugged", "camera unplugged, plugged in again", _unplug, _person_is_not_followed, _plug_in),
    Fault("camera-hangs", "camera sends nothing, then goes on", _hang, _person_is_not_followed, _plug_in),
    Fault(
        "camera-stuck",
        "camera's driver does not return, then does",
        _stick,
        _person_is_not_followed,
        _plug_in,
        may_restart=_TRACKER,
    ),
    Fault(
        "preset-broken",
        "preset broken while it plays, then mended",
        _break_piece,
        lambda status: bool(status.preset_error),
        _mend_piece,
    ),
    Fault(
        "power-cut",
        "power cut (all processes gone at once), booted again",
        _cut_power,
        powered=True,
        loses=frozenset({"piece"}),
        words="the piece of the settings plays again",
    ),
)
