"""Numbers and layouts of V4L2 against the header of the kernel, and a virtual camera that answers them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.tracking.camera_controls import v4l2
from tests.support import footage
from tests.support.virtual_camera import VirtualCamera

NAMES = {
    "VIDIOC_QUERYCTRL": v4l2.QUERYCTRL,
    "VIDIOC_G_CTRL": v4l2.G_CTRL,
    "VIDIOC_S_CTRL": v4l2.S_CTRL,
    "VIDIOC_ENUM_FMT": v4l2.ENUM_FMT,
    "VIDIOC_ENUM_FRAMESIZES": v4l2.ENUM_FRAMESIZES,
    "VIDIOC_ENUM_FRAMEINTERVALS": v4l2.ENUM_FRAMEINTERVALS,
    "V4L2_CID_AUTOGAIN": v4l2.AUTOGAIN,
    "V4L2_CID_GAIN": v4l2.GAIN,
    "V4L2_CID_EXPOSURE_AUTO": v4l2.EXPOSURE_AUTO,
    "V4L2_CID_EXPOSURE_ABSOLUTE": v4l2.EXPOSURE_ABSOLUTE,
    "V4L2_CID_EXPOSURE_AUTO_PRIORITY": v4l2.EXPOSURE_AUTO_PRIORITY,
    "V4L2_EXPOSURE_AUTO": v4l2.ALL_AUTO,
    "V4L2_EXPOSURE_MANUAL": v4l2.MANUAL,
    "V4L2_EXPOSURE_APERTURE_PRIORITY": v4l2.APERTURE_PRIORITY,
    "V4L2_CTRL_FLAG_NEXT_CTRL": v4l2.NEXT_CTRL,
    "V4L2_CTRL_FLAG_DISABLED": v4l2.DISABLED,
    "V4L2_CTRL_FLAG_READ_ONLY": v4l2.READ_ONLY,
    "V4L2_BUF_TYPE_VIDEO_CAPTURE": v4l2.VIDEO_CAPTURE,
    "V4L2_FRMSIZE_TYPE_DISCRETE": v4l2.DISCRETE,
    "V4L2_FRMIVAL_TYPE_DISCRETE": v4l2.DISCRETE,
}
FILLED = """
static void dump(const void *bytes, int size)
{
    for (int i = 0; i < size; i++) printf("%02x", ((const unsigned char *)bytes)[i]);
    puts("");
}
static void filled(void)
{
    struct v4l2_queryctrl q = {.id = 1, .type = 2, .name = "abc", .minimum = -3, .maximum = 4, .step = 5,
                               .default_value = -6, .flags = 7};
    struct v4l2_control c = {.id = 1, .value = -2};
    struct v4l2_fmtdesc f = {.index = 1, .type = 2, .flags = 3, .description = "abc", .pixelformat = 4};
    struct v4l2_frmsizeenum s = {.index = 1, .pixel_format = 2, .type = 1, .discrete = {3, 4}};
    struct v4l2_frmivalenum v = {.index = 1, .pixel_format = 2, .width = 3, .height = 4, .type = 1, .discrete = {5, 6}};
    dump(&q, sizeof q); dump(&c, sizeof c); dump(&f, sizeof f); dump(&s, sizeof s); dump(&v, sizeof v);
}
"""
PACKED = [
    v4l2.QUERYCTRL_STRUCT.pack(1, 2, b"abc", -3, 4, 5, -6, 7),
    v4l2.CONTROL_STRUCT.pack(1, -2),
    v4l2.FMTDESC_STRUCT.pack(1, 2, 3, b"abc", 4),
    v4l2.FRMSIZEENUM_STRUCT.pack(1, 2, 1, 3, 4, 0, 0, 0, 0),
    v4l2.FRMIVALENUM_STRUCT.pack(1, 2, 3, 4, 1, 5, 6, 0, 0, 0, 0),
]


def test_numbers_and_bytes_are_those_of_the_kernels_header(tmp_path: Path) -> None:
    source = tmp_path / "numbers.c"
    prints = "".join(f'    printf("%u\\n", (unsigned)({name}));\n' for name in NAMES)
    head = "#include <stdio.h>\n#include <linux/videodev2.h>\n"
    source.write_text(f"{head}{FILLED}int main(void)\n{{\n{prints}    filled();\n    return 0;\n}}\n", encoding="ascii")
    program = tmp_path / "numbers"
    subprocess.run(["cc", "-o", str(program), str(source)], check=True)
    lines = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout.split()
    assert dict(zip(NAMES, map(int, lines), strict=False)) == NAMES
    assert lines[len(NAMES) :] == [packed.hex() for packed in PACKED]


def test_formats_rates_and_controls_of_a_camera_are_listed(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "camera", footage.clip("dancer"), frames=2)
    script = (
        "from gesturesynth.tracking.camera_controls.v4l2 import *\n"
        "with VideoDevice('/dev/video42') as device:\n"
        "    print(device.formats())\n"
        "    print({control.name: control.value for control in device.controls()})\n"
        "    print(device.control(AUTOGAIN))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=camera.environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "[Format(coding='MJPG', width=640, height=480, rates=(60.0, 30.0))]",
        "{'Gain': 64, 'Auto Exposure': 3, 'Exposure Time, Absolute': 250, 'Exposure, Dynamic Framerate': 1}",
        "None",
    ], done.stderr


def test_a_file_that_is_no_camera_has_nothing() -> None:
    with v4l2.VideoDevice("/dev/null") as device:
        assert device.formats() == []
        assert list(device.controls()) == []
        assert device.control(v4l2.GAIN) is None
        with pytest.raises(OSError, match="ioctl"):
            device.value(v4l2.GAIN)
