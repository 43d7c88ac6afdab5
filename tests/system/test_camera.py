"""Cameras come and go: none at power-on, and one later. (Those that go are among the faults.)"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.runtime.messages import ConductorStatus, Pose, TrackerStatus
from tests.support.virtual_camera import VirtualCamera
from tests.system.gallery import SETTINGS, Installation, write
from tests.system.machine import Disk, Machine, TemporaryDisk


@pytest.fixture
def gallery(ground: Disk) -> Iterator[Installation]:
    """Whose settings name no camera, and which has none when it is switched on."""
    with TemporaryDisk(ground) as disk:
        machine = Machine(disk)
        machine.boot(settled=False)
        write(machine, "/etc/gesturesynth/gesturesynth.yaml", SETTINGS.format(source="auto"))
        machine.pull_the_plug()
        with Installation(disk, plugged=False) as made:
            yield made


def test_without_a_camera_at_power_on_the_demo_plays_until_one_is_plugged_in(gallery: Installation) -> None:
    gallery.until(TrackerStatus, lambda status: status.state == "live" and "demo" in status.source, "the demo")
    gallery.until(ConductorStatus, lambda status: status.present, "the demo performer to play")
    gallery.wait_for_sound(gallery.switched_on_s)
    assert "demo" in gallery.shell("status").stdout
    pids = gallery.pids()

    (gallery.machine.root / VirtualCamera.device.lstrip("/")).touch()
    gallery.camera.set_state("play")
    gallery.until(TrackerStatus, lambda status: VirtualCamera.device in status.source, "the camera to take over")
    gallery.until(Pose, lambda pose: bool(pose.bodies) and pose.inference_s > 0, "somebody in its picture")
    gallery.until(ConductorStatus, lambda status: status.present, "the body to play")
    assert gallery.pids() == pids, "nobody was started again for that"
