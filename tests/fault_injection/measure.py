"""Strikes, and watches until all is well again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.restart_history import HEALTHY_S
from tests.fault_injection.catalogue import Fault
from tests.support.jack_server import wait_for
from tests.system.gallery import PROCESSES, Gallery
from tests.system.heard import pauses

WELL_S = 1.5
"""All is well again when it has sounded and followed the body for so long."""
SHOWS_S = 3.0
"""After so long each fault shows that shows at all."""
RECOVERY_S = 60.0
FOLLOWING_HOLE_S = 0.5
SAID_EVERY_S = 0.2
"""The conductor says ten times a second whether somebody is there; with some patience."""


@dataclass(frozen=True)
class Known:
    """What a hand had chosen and taught: what must not get lost."""

    piece: str
    volume_db: float
    takes: int

    @classmethod
    def of(cls, gallery: Gallery) -> Known:
        """As the conductor says now."""
        status = gallery.until(ConductorStatus, lambda status: bool(status.model), "the conductor's word")
        return cls(status.preset, round(status.session.volume_db, 1), sum(status.session.takes.values()))

    def lost(self, after: Known) -> frozenset[str]:
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
        body_s: from the fault, or from when it was mended by hand, until it followed the body again; 0: it never
            ceased to.
        lost: of `Known`.
        restarted: units whose process is another one.
    """

    sound_s: float
    body_s: float
    lost: frozenset[str]
    restarted: frozenset[str]


def prepare(gallery: Gallery) -> Known:
    """A hand chooses, once: another piece than that of the settings, another volume; and teaches two takes."""
    for text in (("preset", "other"), ("volume", "-3")):
        gallery.done(*text)
    gallery.until(ConductorStatus, lambda status: status.preset == "Other" and bool(status.model), "the other piece")
    for snapshot in (1, 2):
        gallery.teach(snapshot)
    return Known.of(gallery)


def restore(gallery: Gallery, known: Known) -> None:
    """As after `prepare`, whatever the last fault has left; and the starts before it are forgiven."""
    if Known.of(gallery).piece != known.piece:
        gallery.done("preset", "other")
    gallery.done("volume", str(known.volume_db))
    gallery.until(
        ConductorStatus,
        lambda status: status.preset == known.piece and bool(status.model) and status.present,
        "the piece that a hand had chosen",
    )
    gallery.until(ConductorStatus, _proven, "ten good seconds of the conductor")
    forgive(gallery)


def _proven(status: ConductorStatus) -> bool:
    """After three short lives in a row the next begins without what was chosen (`conductor/state_storage.py`)."""
    return status.time_s - status.life.started_s > HEALTHY_S + 2.0


def forgive(gallery: Gallery) -> None:
    """What ten good seconds do: the services' starts are paced as for a first failure again."""
    for counted in (gallery.machine.root / "run" / "gesturesynth").glob("*/failures"):
        Path(counted).unlink(missing_ok=True)


def strike(gallery: Gallery, fault: Fault, known: Known) -> Outcome:
    """Does it, and waits until all is well again.

    Raises:
        AssertionError: it is not within a minute.
    """
    gallery.listen(ConductorStatus)
    before = gallery.pids()
    struck_s = time.monotonic()
    fault.strike(gallery)
    if fault.powered:
        struck_s = gallery.switched_on_s
    elif fault.key == "killed-in-a-take":
        struck_s = time.monotonic()
    if fault.struck:
        gallery.until(ConductorStatus, fault.struck, f"{fault.name} to show", RECOVERY_S)
    mended_s = struck_s
    if fault.mend:
        mended_s = time.monotonic()
        fault.mend(gallery)
    try:
        wait_for(lambda: _well(gallery, fault, before, max(struck_s + SHOWS_S, mended_s)), fault.name, RECOVERY_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{gallery.machine.words()}") from error
    now_s = time.monotonic()
    silences = gallery.heard().silences(struck_s, now_s)
    after = gallery.pids()
    return Outcome(
        sound_s=silences[-1][1] - struck_s if silences else 0.0,
        body_s=_back_s(gallery, mended_s, now_s),
        lost=_lost(gallery, known),
        restarted=frozenset(unit for unit, pid in after.items() if pid != before[unit]),
    )


def _back_s(gallery: Gallery, mended_s: float, now_s: float) -> float:
    """How long it took until it followed the body; 0 when it did all the time."""
    followed_s = gallery.followed_s()
    strayed = pauses(followed_s, mended_s, now_s, FOLLOWING_HOLE_S)
    if strayed:
        return strayed[-1][1] - mended_s
    first_s = float(followed_s[followed_s >= mended_s][0]) - mended_s
    return first_s if first_s > SAID_EVERY_S else 0.0


def _lost(gallery: Gallery, known: Known) -> frozenset[str]:
    """What is not as it was; takes are those of the piece that a hand had chosen, wherever it is now."""
    now = Known.of(gallery)
    if now.piece == known.piece:
        return known.lost(now)
    restore(gallery, known)
    return known.lost(Known(now.piece, now.volume_db, Known.of(gallery).takes))


def _well(gallery: Gallery, fault: Fault, before: dict[str, int], earliest_s: float) -> bool:
    """It has sounded and followed the body for a while, and all that must be started again was."""
    now_s = time.monotonic()
    # At every look: to a process that was started again a socket of ZeroMQ subscribes only when somebody reads from it.
    followed_s = gallery.followed_s()
    if now_s < earliest_s + WELL_S:
        return False
    if pauses(followed_s, now_s - WELL_S, now_s, FOLLOWING_HOLE_S):
        return False
    if gallery.heard().silences(now_s - WELL_S, now_s - 0.1):
        return False
    after = gallery.pids()
    anew = {unit for unit in after if fault.powered or after[unit] != before[unit]}
    return all(after[unit] for unit in PROCESSES) and anew >= fault.restarts
