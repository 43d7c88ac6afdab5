"""The faults: what is done to a gallery's computer, and what is known beforehand of what comes of it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesturesynth.runtime.messages import ConductorStatus
from tests.system.gallery import CONDUCTOR, ENGINE, JACKD, PIECES, TRACKER, Installation, write

Deed = Callable[[Installation], None]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        key: for command lines.
        name: for people.
        strike: what happens.
        struck: holds from when its effect can be seen; None where it shows at once.
        mend: what somebody does about it; None where nobody need do anything.
        restarts: the units that are started again.
        may_restart: those that may be, besides; all others go on.
        powered: it boots anew, so that nothing goes on.
        loses: what is lost, at most; of all that is compared.
        words: what is lost besides, for the table.
    """

    key: str
    name: str
    strike: Deed
    struck: Callable[[ConductorStatus], bool] | None = None
    mend: Deed | None = None
    restarts: frozenset[str] = frozenset()
    may_restart: frozenset[str] = frozenset()
    powered: bool = False
    loses: frozenset[str] = frozenset()
    words: str = ""


def _kill(unit: str) -> Deed:
    return lambda gallery: gallery.machine.signal(unit, signal.SIGKILL)


def _freeze(unit: str) -> Deed:
    return lambda gallery: gallery.machine.signal(unit, signal.SIGSTOP)


def _unplug(gallery: Installation) -> None:
    gallery.camera.set_state("unplug")


def _hang(gallery: Installation) -> None:
    gallery.camera.set_state("hang")


def _stick(gallery: Installation) -> None:
    gallery.camera.set_state("stuck")


def _plug_in(gallery: Installation) -> None:
    gallery.camera.set_state("play")


def _break_piece(gallery: Installation) -> None:
    gallery.piece_before = (gallery.machine.root / f"{PIECES}/other.yaml".lstrip("/")).read_text()
    write(gallery.machine, f"{PIECES}/other.yaml", gallery.piece_before.replace("outputs:", "outptus:"))


def _mend_piece(gallery: Installation) -> None:
    write(gallery.machine, f"{PIECES}/other.yaml", gallery.piece_before)


def _kill_in_a_take(gallery: Installation) -> None:
    gallery.run_command("select", "1")
    gallery.run_command("hold", "on")
    gallery.until(ConductorStatus, lambda status: status.session.phase == "recording", "a take to begin")
    gallery.machine.signal(CONDUCTOR, signal.SIGKILL)


def _cut_power(gallery: Installation) -> None:
    gallery.cut_power()
    gallery.switch_on()


def _nobody(status: ConductorStatus) -> bool:
    return not status.present


_TRACKER, _CONDUCTOR, _ENGINE, _JACKD = (frozenset({unit}) for unit in (TRACKER, CONDUCTOR, ENGINE, JACKD))

FAULTS: Final = (
    Fault("tracker-killed", "tracker killed (SIGKILL)", _kill(TRACKER), restarts=_TRACKER),
    Fault("tracker-hangs", "tracker hangs (SIGSTOP)", _freeze(TRACKER), _nobody, restarts=_TRACKER),
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
    Fault("camera-unplugged", "camera unplugged, plugged in again", _unplug, _nobody, _plug_in),
    Fault("camera-hangs", "camera sends nothing, then goes on", _hang, _nobody, _plug_in),
    Fault(
        "camera-stuck",
        "camera's driver does not return, then does",
        _stick,
        _nobody,
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
        "power cut (all processes gone at once), booted anew",
        _cut_power,
        powered=True,
        loses=frozenset({"piece"}),
        words="the piece begins anew with that of the settings",
    ),
)
