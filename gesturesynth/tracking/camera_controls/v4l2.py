"""V4L2's control and format requests to one device file, by ioctl: what a camera offers, and values of its controls.

Only what is needed here, from linux/videodev2.h and linux/v4l2-controls.h; a test compiles against the header of the
kernel and compares every number and size. The layout is that of 64-bit and 32-bit systems alike: no field is a pointer
or a long. OpenCV has properties for some of these controls, but scales their values by rules of its own, and does not
tell a control that is missing from one that is refused.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

QUERYCTRL: Final = 0xC0445624
G_CTRL: Final = 0xC008561B
S_CTRL: Final = 0xC008561C
ENUM_FMT: Final = 0xC0405602
ENUM_FRAMESIZES: Final = 0xC02C564A
ENUM_FRAMEINTERVALS: Final = 0xC034564B

AUTOGAIN: Final = 0x00980912
GAIN: Final = 0x00980913
EXPOSURE_AUTO: Final = 0x009A0901
EXPOSURE_ABSOLUTE: Final = 0x009A0902
"""In units of 100 microseconds."""
EXPOSURE_AUTO_PRIORITY: Final = 0x009A0903
"""Whether automatic exposure may lower the frame rate; uvcvideo calls it `exposure_dynamic_framerate`."""

ALL_AUTO: Final = 0
MANUAL: Final = 1
APERTURE_PRIORITY: Final = 3
"""Values of EXPOSURE_AUTO; the last is the automatic time of webcams, whose aperture is fixed."""

NEXT_CTRL: Final = 0x80000000
DISABLED: Final = 0x0001
READ_ONLY: Final = 0x0004
VIDEO_CAPTURE: Final = 1
DISCRETE: Final = 1

QUERYCTRL_STRUCT: Final = struct.Struct("=II32siiiiI8x")
CONTROL_STRUCT: Final = struct.Struct("=Ii")
FMTDESC_STRUCT: Final = struct.Struct("=III32sI16x")
FRMSIZEENUM_STRUCT: Final = struct.Struct("=III6I8x")
FRMIVALENUM_STRUCT: Final = struct.Struct("=IIIII6I8x")

MOST_LISTED: Final = 100
"""Of each kind: a driver that never says that its list is at an end is left."""
UNITS_PER_S: Final = 10_000.0
"""Units of EXPOSURE_ABSOLUTE in a second."""


@dataclass(frozen=True)
class Control:
    """One control of a camera, with its value where it can be read.

    Attributes:
        number: V4L2's id of it.
        name: by the driver.
        low, high, step, default: in the control's own unit.
        value: now; None where it cannot be read.
        read_only: whether it cannot be set.
    """

    number: int
    name: str
    low: int
    high: int
    step: int
    default: int
    value: int | None
    read_only: bool = False


@dataclass(frozen=True)
class Format:
    """A pixel format and size that a camera offers, with its frame rates.

    Attributes:
        coding: four characters, `MJPG` or `YUYV` mostly.
        width, height: pixels.
        rates: frames a second, the highest first; empty where they are a range.
    """

    coding: str
    width: int
    height: int
    rates: tuple[float, ...]


class VideoDevice:
    """An opening of a device file of its own, beside that of the program that streams. A context manager.

    Args:
        path: the device file, or a link to it.

    Raises:
        OSError: it cannot be opened; so do all methods, where nothing else is said.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def control(self, number: int) -> Control | None:
        """A control, or None where the camera does not have it."""
        try:
            answer = self._ask(QUERYCTRL, QUERYCTRL_STRUCT, number, 0, b"", 0, 0, 0, 0, 0)
        except OSError:
            return None
        return self._control(answer)

    def controls(self) -> Iterator[Control]:
        """All controls that hold a number."""
        number = 0
        for _ in range(MOST_LISTED):
            try:
                answer = self._ask(QUERYCTRL, QUERYCTRL_STRUCT, number | NEXT_CTRL, 0, b"", 0, 0, 0, 0, 0)
            except OSError:
                return
            number = int(answer[0])
            found = self._control(answer)
            if found and found.value is not None:
                yield found

    def value(self, number: int) -> int:
        """The value of a control now."""
        return int(self._ask(G_CTRL, CONTROL_STRUCT, number, 0)[1])

    def set(self, number: int, value: int) -> int:
        """Sets a control; returns the value that it has then, which a driver may have changed."""
        self._ask(S_CTRL, CONTROL_STRUCT, number, value)
        return self.value(number)

    def formats(self) -> list[Format]:
        """The formats of discrete sizes that the camera offers."""
        return [
            Format(coding, width, height, tuple(sorted(self._rates(pixel_format, width, height), reverse=True)))
            for pixel_format, coding in self._codings()
            for width, height in self._sizes(pixel_format)
        ]

    def _control(self, answer: tuple[Any, ...]) -> Control | None:
        number, _, name, low, high, step, default, flags = answer
        assert isinstance(number, int)
        assert isinstance(name, bytes)
        assert isinstance(flags, int)
        if flags & DISABLED:
            return None
        try:
            value: int | None = self.value(number)
        except OSError:
            value = None
        text = name.partition(b"\0")[0].decode("ascii", "replace")
        return Control(
            number, text, _whole(low), _whole(high), _whole(step), _whole(default), value, bool(flags & READ_ONLY)
        )

    def _codings(self) -> Iterator[tuple[int, str]]:
        for index in range(MOST_LISTED):
            try:
                answer = self._ask(ENUM_FMT, FMTDESC_STRUCT, index, VIDEO_CAPTURE, 0, b"", 0)
            except OSError:
                return
            pixel_format = _whole(answer[4])
            yield pixel_format, struct.pack("<I", pixel_format).decode("ascii", "replace").strip()

    def _sizes(self, pixel_format: int) -> Iterator[tuple[int, int]]:
        for index in range(MOST_LISTED):
            try:
                answer = self._ask(ENUM_FRAMESIZES, FRMSIZEENUM_STRUCT, index, pixel_format, 0, *([0] * 6))
            except OSError:
                return
            if answer[2] == DISCRETE:
                yield _whole(answer[3]), _whole(answer[4])

    def _rates(self, pixel_format: int, width: int, height: int) -> Iterator[float]:
        for index in range(MOST_LISTED):
            try:
                answer = self._ask(
                    ENUM_FRAMEINTERVALS, FRMIVALENUM_STRUCT, index, pixel_format, width, height, 0, *([0] * 6)
                )
            except OSError:
                return
            above, below = _whole(answer[5]), _whole(answer[6])
            if answer[4] == DISCRETE and above > 0:
                yield round(below / above, 3)

    def _ask(self, request: int, layout: struct.Struct, *values: object) -> tuple[Any, ...]:
        import fcntl  # noqa: PLC0415 - not on every system

        return layout.unpack(fcntl.ioctl(self._file, request, layout.pack(*values)))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
