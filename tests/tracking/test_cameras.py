"""Cameras are listed by names that survive a reboot."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from gesturesynth.tracking.cameras import Camera, camera_at_path, gives_frames, list_cameras

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has device files for cameras")


class FakeDevices:
    """The entries of a camera in /dev and /sys, as plain files."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sysfs = root / "dev", root / "sys"
        self.dev.mkdir()

    def add(self, device: str, model: str, index: int = 0, by_id: str = "", by_path: str = "") -> None:
        (self.dev / device).touch()
        about = self.sysfs / device
        about.mkdir(parents=True)
        (about / "name").write_text(model + "\n")
        (about / "index").write_text(f"{index}\n")
        for folder, link in (("by-id", by_id), ("by-path", by_path)):
            if link:
                (self.dev / "v4l" / folder).mkdir(parents=True, exist_ok=True)
                (self.dev / "v4l" / folder / link).symlink_to(f"../../{device}")

    def cameras(self) -> list[Camera]:
        return list_cameras(self.dev, self.sysfs)


@pytest.fixture
def devices(tmp_path: Path) -> FakeDevices:
    return FakeDevices(tmp_path)


@linux_only
def test_no_cameras_is_an_empty_list(devices: FakeDevices) -> None:
    assert devices.cameras() == []


@linux_only
def test_the_path_of_a_camera_is_by_id_else_by_usb_port_else_its_device(devices: FakeDevices) -> None:
    devices.add("video0", "Laptop")
    devices.add("video2", "Webcam", by_id="usb-Webcam_123-video-index0", by_path="pci-1-video-index0")
    devices.add("video4", "Nameless", by_path="pci-2-video-index0")
    found = {camera.model: camera for camera in devices.cameras()}
    dev = devices.dev
    assert found["Webcam"].path == str(dev / "v4l/by-id/usb-Webcam_123-video-index0")
    assert found["Webcam"].name == f"Webcam ({dev}/video2)"
    assert found["Nameless"].path == str(dev / "v4l/by-path/pci-2-video-index0")
    assert found["Laptop"].path == str(dev / "video0")


@linux_only
def test_numbers_follow_the_stable_names_not_the_order_of_plugging_in(devices: FakeDevices) -> None:
    devices.add("video0", "Zebra", by_id="usb-Zebra-video-index0")
    devices.add("video2", "Ape", by_id="usb-Ape-video-index0")
    assert [(camera.number, camera.model) for camera in devices.cameras()] == [(0, "Ape"), (1, "Zebra")]


@linux_only
def test_a_webcams_second_file_for_metadata_is_no_camera(devices: FakeDevices) -> None:
    devices.add("video0", "Webcam", by_id="usb-Webcam-video-index0")
    devices.add("video1", "Webcam", index=1, by_id="usb-Webcam-video-index1")
    assert [camera.device for camera in devices.cameras()] == [str(devices.dev / "video0")]


def test_a_path_has_its_models_name_and_one_that_is_not_there_has_none(devices: FakeDevices) -> None:
    devices.add("video2", "Webcam", by_id="usb-Webcam-video-index0")
    path = devices.dev / "v4l/by-id/usb-Webcam-video-index0"
    assert camera_at_path(str(path), devices.sysfs).name == f"Webcam ({devices.dev}/video2)"
    assert camera_at_path("/dev/video99", devices.sysfs).name == "camera (/dev/video99)"


@pytest.mark.parametrize(
    ("own", "camera"),
    [
        (0x0000_0001, True),  # video capture
        (0x0000_1000, True),  # video capture, several planes
        (0x0000_0002, False),  # video output
        (0x0000_8000, False),  # a codec: memory to memory
        (0x0080_0000, False),  # metadata
    ],
)
def test_only_what_gives_frames_is_a_camera(own: int, camera: bool) -> None:  # noqa: FBT001 - a table
    everything = 0x8000_0000 | 0x0000_0001 | own
    capability = struct.pack("=16s32s32sIII12x", b"driver", b"card", b"bus", 0, everything, own)
    assert len(capability) == 104
    assert gives_frames(capability) is camera
