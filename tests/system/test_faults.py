"""Every fault of the catalogue: sound returns by itself, nothing is lost that should stay, and the others go on.

How long it takes is a matter for `make faults` on a quiet machine, not for these tests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.fault_injection.catalogue import FAULTS, Fault
from tests.fault_injection.measure import StateBefore, inject, prepare, restore
from tests.system.installation import ENGINE, JACKD, Installation
from tests.system.machine import Disk, TemporaryDisk

pytestmark = pytest.mark.quiet  # or the watchdogs, of two seconds, bark at what other tests do

TRIES = 3


@pytest.fixture(scope="module")
def taught(ground: Disk) -> Iterator[tuple[Installation, StateBefore]]:
    with TemporaryDisk(ground) as disk, Installation(disk) as installation:
        installation.wait_until_playing()
        yield installation, prepare(installation)


def starved(installation: Installation, units: frozenset[str], since_s: float) -> bool:
    """Whether these units were ended by their watchdog, all of them, since a monotonic time.

    On a machine that is much too busy a process may not get to work for seconds. Then its watchdog is right, but that
    has nothing to do with the fault. (The sound server is a part of the engine, and goes with it.)
    """
    own = units - {JACKD} if ENGINE in units else units
    ended = [
        entry
        for unit in own
        for entry in installation.machine.journal("_PID=1", f"UNIT={unit}")
        if "Watchdog timeout" in entry["MESSAGE"] and int(entry["__MONOTONIC_TIMESTAMP"]) / 1e6 >= since_s
    ]
    return own == {entry["UNIT"] for entry in ended}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_it_recovers_by_itself_and_loses_nothing(taught: tuple[Installation, StateBefore], fault: Fault) -> None:
    installation, known = taught
    for _ in range(TRIES):
        restore(installation, known)
        since_s = time.monotonic()
        outcome = inject(installation, fault, known)
        assert outcome.lost <= fault.loses
        assert len(installation.takes("other")) == known.takes, "on the disk, too"
        others = frozenset() if fault.powered else outcome.restarted - fault.restarts - fault.may_restart
        if not others:
            return
        assert starved(installation, others, since_s), f"the others go on: {others}\n{installation.machine.log_text()}"
    pytest.fail("this machine is so busy that its watchdogs bark without any fault")
