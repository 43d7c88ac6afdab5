"""Which cameras there are, by names that survive a reboot.

Numbers such as /dev/video0 are given in the order in which devices appear; the links in /dev/v4l/by-id name the device
itself, those in /dev/v4l/by-path the USB port that it is plugged into. So a camera's path here is its by-id link, else
its by-path link, else its device file. Systems without /dev/video* (Macs, Windows) know cameras by number only, and
the only way to list them is to open them.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# linux/videodev2.h: VIDIOC_QUERYCAP is _IOR('V', 0, struct v4l2_capability), which has 104 bytes.
_QUERYCAP: Final = 0x80685600
_CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")
_VIDEO_CAPTURE: Final = 0x00000001
_VIDEO_CAPTURE_MPLANE: Final = 0x00001000
_HAS_DEVICE_CAPS: Final = 0x80000000

PROBED_NUMBERS: Final = range(4)
"""The numbers that are tried where cameras have only numbers."""


@dataclass(frozen=True)
class Camera:
    """One camera.

    Attributes:
        number: its place in the list, from 0: `--source 0`.
        path: the path to open, the most stable one there is; empty where cameras have only numbers.
        device: its device file now, such as /dev/video0; empty where there are none.
        model: its name by the driver.
    """

    number: int
    path: str
    device: str
    model: str

    @property
    def name(self) -> str:
        """For people: `USB Camera (/dev/video0)`."""
        return f"{self.model} ({self.device or f'number {self.number}'})"


def list_cameras(dev: Path = Path("/dev"), sysfs: Path = Path("/sys/class/video4linux")) -> list[Camera]:
    """The cameras of this computer now, ordered by path. On Linux none of them is started.

    On other systems numbers 0 to 3 are opened for a moment each, which may switch on their lamps.
    """
    return _listed(dev, sysfs) if sys.platform == "linux" else _probed()


def camera_at(number: int) -> Camera | None:
    """The camera at a place of the list, or None.

    Where cameras have only numbers, it is not checked whether it exists: opening it will show that.
    """
    if sys.platform != "linux":
        return Camera(number, "", "", "camera")
    cameras = list_cameras()
    return cameras[number] if 0 <= number < len(cameras) else None


def camera_at_path(path: str, sysfs: Path = Path("/sys/class/video4linux")) -> Camera:
    """A camera by its path, whether or not it is plugged in now."""
    device = os.path.realpath(path)
    return Camera(0, path, device, _model(sysfs, Path(device).name))


def _listed(dev: Path, sysfs: Path) -> list[Camera]:
    links: dict[str, str] = {}
    for folder in ("by-path", "by-id"):  # the better one last: it overwrites the other
        for link in sorted((dev / "v4l" / folder).glob("*")):
            links[os.path.realpath(link)] = str(link)
    found = [
        (links.get(os.path.realpath(device), str(device)), device)
        for device in dev.glob("video*")
        if re.fullmatch(r"video\d+", device.name) and _is_camera(device, sysfs)
    ]
    return [
        Camera(number, path, str(device), _model(sysfs, device.name))
        for number, (path, device) in enumerate(sorted(found))
    ]


def _model(sysfs: Path, device_name: str) -> str:
    try:
        return (sysfs / device_name / "name").read_text(errors="replace").strip() or "camera"
    except OSError:
        return "camera"


def _is_camera(device: Path, sysfs: Path) -> bool:
    """Whether this device file gives frames; unknown counts as yes, because opening it then gives the reason."""
    with contextlib.suppress(OSError):
        # A webcam has a second file for metadata: index 1 of the same device.
        if (sysfs / device.name / "index").read_text().strip() != "0":
            return False
    try:
        import fcntl  # noqa: PLC0415 - not on every system

        handle = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return gives_frames(fcntl.ioctl(handle, _QUERYCAP, bytes(_CAPABILITY.size)))
        finally:
            os.close(handle)
    except (OSError, ImportError):
        return True


def gives_frames(capability: bytes) -> bool:
    """Reads a struct v4l2_capability (104 bytes): codecs and outputs have device files too, but give no frames."""
    *_, whole, own = _CAPABILITY.unpack(capability)
    return bool((own if whole & _HAS_DEVICE_CAPS else whole) & (_VIDEO_CAPTURE | _VIDEO_CAPTURE_MPLANE))


def _probed() -> list[Camera]:
    from gesturesynth.tracking.opencv import load_cv2  # noqa: PLC0415 - heavy, and needed here only

    cv2 = load_cv2()
    cameras = []
    for number in PROBED_NUMBERS:
        capture = cv2.VideoCapture(number)
        if capture.isOpened():
            cameras.append(Camera(number, "", "", "camera"))
        capture.release()
    return cameras
