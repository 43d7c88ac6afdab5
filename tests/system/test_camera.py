"""Cameras come and go: none at power-on, and one later. (Those that go are among the faults.)"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.runtime.messages import ConductorStatus, Pose, TrackerStatus
from tests.support.virtual_camera import VirtualCamera
from tests.system.installation import SETTINGS, Installation, write
from tests.system.machine import Disk, Machine, TemporaryDisk


@pytest.fixture
def installation(ground: Disk) -> Iterator[Installation]:
    """Whose settings name no camera, and which has none when it is switched on."""
    with TemporaryDisk(ground) as disk:
        machine = Machine(disk)
        machine.boot(settled=False)
        write(machine, "/etc/gesturesynth/gesturesynth.yaml", SETTINGS.format(source="auto"))
        machine.cut_power()
        with Installation(disk, plugged=False) as made:
            yield made


def test_without_a_camera_at_power_on_the_demo_plays_until_one_is_plugged_in(installation: Installation) -> None:
    installation.until(TrackerStatus, lambda status: status.state == "live" and "demo" in status.source, "the demo")
    installation.until(ConductorStatus, lambda status: status.present, "the demo performer to play")
    installation.wait_for_sound(installation.switched_on_s)
    assert "demo" in installation.shell("status").stdout
    pids = installation.pids()

    (installation.machine.root / VirtualCamera.device.lstrip("/")).touch()
    installation.camera.set_state("play")
    installation.until(TrackerStatus, lambda status: VirtualCamera.device in status.source, "the camera to take over")
    installation.until(Pose, lambda pose: bool(pose.bodies) and pose.inference_s > 0, "a person in view")
    installation.until(ConductorStatus, lambda status: status.present, "the body to play")
    assert installation.pids() == pids, "no process was started again for that"
