"""What is asked of the controls of a camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ControlWish:
    """What is asked of a camera.

    Attributes:
        exposure_s: the time of each frame, seconds; None to leave it as it is.
        gain: in the camera's own unit; None to leave it as it is.
        auto: an automatic time that never lowers the frame rate, in the place of `exposure_s`.
    """

    exposure_s: float | None = None
    gain: int | None = None
    auto: bool = False


NOTHING: Final = ControlWish()


def control_wish(exposure_s: float | None, gain: float | None, auto: bool) -> ControlWish:  # noqa: FBT001 - of settings
    """From the settings `exposure` and `gain`."""
    return ControlWish(exposure_s, None if gain is None else round(gain), auto)
