"""A keypad in an installation: the service finds it, inside its sandbox, and its keys teach."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from gesturesynth.runtime.messages import ConductorStatus
from tests.support.fake_keypad import FakeKeypad
from tests.support.waiting import wait_for
from tests.system.installation import KEYPAD, Installation, write
from tests.system.machine import Disk, TemporaryDisk

SETTINGS = "/etc/gesturesynth/gesturesynth.yaml"
DEVICE = "/dev/input/keypad"


class GalleryKeypad(FakeKeypad):
    """A fake device in the machine, with the owner and the mode of a real one."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation.machine.root / DEVICE.lstrip("/"))
        self._gallery = installation
        self.path.parent.mkdir(exist_ok=True)

    def plug_in(self) -> None:
        """There it is, for the group `input` alone."""
        umask = os.umask(0o777)
        super().plug_in()
        os.umask(umask)
        self._gallery.machine.run("chown", "root:input", DEVICE)
        self._gallery.machine.run("chmod", "660", DEVICE)


@pytest.fixture(scope="module")
def installation(ground: Disk) -> Iterator[Installation]:
    with TemporaryDisk(ground) as disk, Installation(disk) as made:
        settings = (made.machine.root / SETTINGS.lstrip("/")).read_text(encoding="utf-8")
        write(made.machine, SETTINGS, f"{settings}keypad:\n  device: {DEVICE}\n")
        made.machine.run("systemctl", "restart", KEYPAD)
        made.wait_until_playing()
        yield made


def status_text(installation: Installation) -> str:
    return installation.machine.show(KEYPAD, "StatusText")["StatusText"]


def test_its_keys_reach_the_conductor_and_a_take_the_disk(installation: Installation) -> None:
    assert status_text(installation) == f"waiting for '{DEVICE}'"
    keypad = GalleryKeypad(installation)
    keypad.plug_in()
    wait_for(lambda: status_text(installation).startswith("keypad"), "the keypad to be found")
    keypad.tap("KP2")
    chosen = installation.until(ConductorStatus, lambda status: status.session.target == "2", "a snapshot to be chosen")
    assert chosen.session.last_by == "keypad"
    keypad.press("KPENTER")
    installation.until(ConductorStatus, lambda status: 0 < status.session.take_left_s < 59.5, "half a second of a take")
    keypad.unplug()
    installation.until(ConductorStatus, lambda status: status.session.takes == {"2": 1}, "the take to be kept")
    wait_for(lambda: status_text(installation).startswith("waiting"), "the keypad to be missed")
    assert [take["target"] for take in installation.takes()] == ["2"]
