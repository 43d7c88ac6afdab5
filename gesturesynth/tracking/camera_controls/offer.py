"""What a camera offers: its formats with their rates, and its controls. Reading them changes nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby

from gesturesynth.tracking.camera_controls import v4l2


@dataclass(frozen=True)
class CameraOffer:
    """What a camera offers.

    Attributes:
        formats: of discrete sizes.
        controls: with their values now.
    """

    formats: tuple[v4l2.Format, ...]
    controls: tuple[v4l2.Control, ...]

    def value(self, number: int) -> int | None:
        """The value of a control now; None without it."""
        return next((control.value for control in self.controls if control.number == number), None)

    def best_rate(self, width: int, height: int) -> float:
        """The highest rate for a size, frames a second; 0 where it is not known."""
        rates = [rate for one in self.formats if (one.width, one.height) == (width, height) for rate in one.rates]
        return max(rates, default=0.0)

    @property
    def exposure_s(self) -> float | None:
        """The time of a frame now, seconds; None where the camera does not tell it."""
        value = self.value(v4l2.EXPOSURE_ABSOLUTE)
        return None if value is None else value / v4l2.UNITS_PER_S

    @property
    def automatic(self) -> bool:
        """Whether the exposure is automatic."""
        return self.value(v4l2.EXPOSURE_AUTO) in (v4l2.ALL_AUTO, v4l2.APERTURE_PRIORITY)


def camera_offer(path: str) -> CameraOffer | None:
    """What the camera at a device file offers; None where it cannot be asked: no Linux, or no rights."""
    if sys.platform != "linux" or not path:
        return None
    try:
        with v4l2.VideoDevice(path) as device:
            return CameraOffer(tuple(device.formats()), tuple(device.controls()))
    except OSError:
        return None


def format_lines(offer: CameraOffer) -> list[str]:
    """The formats for people, a line for each coding: `MJPG 640x480 60, 30 fps; 1280x720 30 fps`."""
    lines = []
    for coding, formats in groupby(offer.formats, key=lambda one: one.coding):
        sizes = (f"{one.width}x{one.height} {', '.join(f'{rate:g}' for rate in one.rates)} fps" for one in formats)
        lines.append(f"{coding} {'; '.join(sizes)}")
    return lines


def control_lines(offer: CameraOffer) -> list[str]:
    """The controls for people, a line for each: `Gain 64 (0 to 255)`."""
    return [_control_line(control) for control in offer.controls]


def _control_line(control: v4l2.Control) -> str:
    text = f"{control.name} {control.value} ({control.low} to {control.high})"
    if control.number != v4l2.EXPOSURE_ABSOLUTE or control.value is None:
        return text
    return f"{text}: {control.value / v4l2.UNITS_PER_S * 1000:g} ms"
