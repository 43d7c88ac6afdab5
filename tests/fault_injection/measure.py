"""Strikes, and watches until all is well again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.restart_history import HEALTHY_S
from tests.fault_injection.catalogue import Fault
from tests.support.waiting import wait_for
from tests.system.installation import PROCESSES, Installation
from tests.system.recording import pauses

WELL_S = 1.5
"""All is well again when it has sounded and followed the body for so long."""
SHOWS_S = 3.0
"""After so long each fault shows that shows at all."""
RECOVERY_S = 60.0
FOLLOWING_HOLE_S = 0.5
SAID_EVERY_S = 0.2
"""The conductor sends ten times a second whether a person is in view; longer gaps count."""


@dataclass(frozen=True)
class StateBefore:
    """What people had chosen and taught before the fault, and must not be lost."""

    piece: str
    volume_db: float
    takes: int

    @classmethod
    def of(cls, installation: Installation) -> StateBefore:
        """From the status of the conductor."""
        status = installation.until(ConductorStatus, lambda status: bool(status.model), "a status of the conductor")
        return cls(status.preset, round(status.session.volume_db, 1), sum(status.session.takes.values()))

    def lost(self, after: StateBefore) -> frozenset[str]:
        """What is not as it was."""
        return frozenset(
            name for name in ("piece", "volume_db", "takes") if getattr(self, name) != getattr(after, name)
        )


@dataclass(frozen=True)
class Outcome:
    """What came of one fault.

    Attributes:
        sound_s: from the fault (a power cut: from switching it on) until it sounded again for good; 0: it never
            stopped.
        body_s: from the fault, or from its end by hand, until it followed the body again; 0: it never
            ceased to.
        lost: of `Known`.
        restarted: units whose process is another one.
    """

    sound_s: float
    body_s: float
    lost: frozenset[str]
    restarted: frozenset[str]


def prepare(installation: Installation) -> StateBefore:
    """Chooses, once, another piece than that of the settings and another volume; and records two takes."""
    for text in (("preset", "other"), ("volume", "-3")):
        installation.run_command(*text)
    installation.until(
        ConductorStatus, lambda status: status.preset == "Other" and bool(status.model), "the other piece"
    )
    for snapshot in (1, 2):
        installation.teach(snapshot)
    return StateBefore.of(installation)


def restore(installation: Installation, known: StateBefore) -> None:
    """As after `prepare`, whatever the last fault has left; and the starts before it are forgiven."""
    if StateBefore.of(installation).piece != known.piece:
        installation.run_command("preset", "other")
    installation.run_command("volume", str(known.volume_db))
    installation.until(
        ConductorStatus,
        lambda status: status.preset == known.piece and bool(status.model) and status.present,
        "the piece that a hand had chosen",
    )
    installation.until(ConductorStatus, _proven, "ten good seconds of the conductor")
    reset_failures(installation)


def _proven(status: ConductorStatus) -> bool:
    """After three short lives in a row the next begins without what was chosen (`conductor/state_storage.py`)."""
    return status.time_s - status.life.started_s > HEALTHY_S + 2.0


def reset_failures(installation: Installation) -> None:
    """What ten good seconds do: the services' starts are paced as for a first failure again."""
    for counted in (installation.machine.root / "run" / "gesturesynth").glob("*/failures"):
        Path(counted).unlink(missing_ok=True)


def inject(installation: Installation, fault: Fault, known: StateBefore) -> Outcome:
    """Does it, and waits until all is well again.

    Raises:
        AssertionError: it is not within a minute.
    """
    installation.listen(ConductorStatus)
    before = installation.pids()
    struck_s = time.monotonic()
    fault.strike(installation)
    if fault.powered:
        struck_s = installation.switched_on_s
    elif fault.key == "killed-in-a-take":
        struck_s = time.monotonic()
    if fault.struck:
        installation.until(ConductorStatus, fault.struck, f"{fault.name} to show", RECOVERY_S)
    mended_s = struck_s
    if fault.mend:
        mended_s = time.monotonic()
        fault.mend(installation)
    try:
        wait_for(lambda: _well(installation, fault, before, max(struck_s + SHOWS_S, mended_s)), fault.name, RECOVERY_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{installation.machine.log_text()}") from error
    now_s = time.monotonic()
    silences = installation.recording().silences(struck_s, now_s)
    after = installation.pids()
    return Outcome(
        sound_s=silences[-1][1] - struck_s if silences else 0.0,
        body_s=_back_s(installation, mended_s, now_s),
        lost=_lost(installation, known),
        restarted=frozenset(unit for unit, pid in after.items() if pid != before[unit]),
    )


def _back_s(installation: Installation, mended_s: float, now_s: float) -> float:
    """How long it took until it followed the body; 0 when it did all the time."""
    followed_s = installation.followed_s()
    strayed = pauses(followed_s, mended_s, now_s, FOLLOWING_HOLE_S)
    if strayed:
        return strayed[-1][1] - mended_s
    first_s = float(followed_s[followed_s >= mended_s][0]) - mended_s
    return first_s if first_s > SAID_EVERY_S else 0.0


def _lost(installation: Installation, known: StateBefore) -> frozenset[str]:
    """What is different from before; takes are those of the piece that was chosen, whatever plays now."""
    now = StateBefore.of(installation)
    if now.piece == known.piece:
        return known.lost(now)
    restore(installation, known)
    return known.lost(StateBefore(now.piece, now.volume_db, StateBefore.of(installation).takes))


def _well(installation: Installation, fault: Fault, before: dict[str, int], earliest_s: float) -> bool:
    """It has sounded and followed the body for a while, and all that must be started again was."""
    now_s = time.monotonic()
    # At every poll: a socket of ZeroMQ subscribes to a restarted process only when it is read.
    followed_s = installation.followed_s()
    if now_s < earliest_s + WELL_S:
        return False
    if pauses(followed_s, now_s - WELL_S, now_s, FOLLOWING_HOLE_S):
        return False
    if installation.recording().silences(now_s - WELL_S, now_s - 0.1):
        return False
    after = installation.pids()
    restarted = {unit for unit in after if fault.powered or after[unit] != before[unit]}
    return all(after[unit] for unit in PROCESSES) and restarted >= fault.restarts
