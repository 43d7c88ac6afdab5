"""Every fault of the catalogue: sound returns by itself, nothing is lost that should stay, and the others go on.

How long it takes is a matter for `make faults` on a quiet machine, not for these tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.measure import Known, prepare, restore, strike
from tests.systemd.gallery import Gallery
from tests.systemd.machine import Disk, TemporaryDisk


@pytest.fixture(scope="module")
def taught(ground: Disk) -> Iterator[tuple[Gallery, Known]]:
    with TemporaryDisk(ground) as disk, Gallery(disk) as gallery:
        gallery.playing()
        yield gallery, prepare(gallery)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_it_heals_alone_and_loses_nothing(taught: tuple[Gallery, Known], fault: Fault) -> None:
    gallery, known = taught
    restore(gallery, known)
    outcome = strike(gallery, fault, known)
    assert outcome.lost <= fault.loses
    if not fault.powered:
        assert outcome.restarted <= fault.restarts | fault.may_restart, "the others go on"
    assert len(gallery.takes("other")) == known.takes, "on the disk, too"
