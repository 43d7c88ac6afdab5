"""The check of exposure and frame rate, by what a camera tells of itself."""

from __future__ import annotations

from typing import Any

import pytest

from gesturesynth.config.settings.settings import CameraSection
from gesturesynth.ops.doctor.checks.exposure import judge_exposure
from gesturesynth.tracking.camera_controls import v4l2
from gesturesynth.tracking.camera_controls.offer import CameraOffer, control_lines, format_lines


def offer(mode: int | None, exposure: int | None, rates: tuple[float, ...] = (30.0,)) -> CameraOffer:
    values = {v4l2.EXPOSURE_AUTO: mode, v4l2.EXPOSURE_ABSOLUTE: exposure}
    controls = [
        v4l2.Control(number, "x", 3, 2047, 1, 0, value) for number, value in values.items() if value is not None
    ]
    return CameraOffer((v4l2.Format("MJPG", 640, 480, rates),), tuple(controls))


@pytest.mark.parametrize(
    ("found", "settings", "grade", "text", "advice"),
    [
        (None, {}, "pass", "no camera that tells", ""),
        (offer(3, 100), {}, "pass", "its automatic exposure is 10 ms", ""),
        (offer(3, 333), {}, "warn", "its automatic exposure is 33.3 ms: what moves is blurred", "exposure: 10 ms"),
        (offer(1, 201), {}, "warn", "its fixed exposure is 20.1 ms", "exposure: 10 ms"),
        (offer(1, 200), {}, "pass", "its fixed exposure is 20 ms", ""),
        (offer(None, None), {}, "pass", "does not tell its exposure", ""),
        (offer(1, 100, (60.0, 30.0)), {}, "pass", "it offers 60 frames a second at 640x480, and 30", "fps: 60"),
        (offer(1, 100, (60.0, 30.0)), {"fps": 60}, "pass", "it offers 60 frames a second at 640x480", ""),
        (offer(1, 100), {"width": 800}, "pass", "tells no rate for 800x480", ""),
    ],
)
def test_exposure_and_rate_are_judged(
    found: CameraOffer | None, settings: dict[str, Any], grade: str, text: str, advice: str
) -> None:
    finding = judge_exposure(found, CameraSection(**settings))
    assert finding.grade == grade
    assert text in finding.found
    assert advice in finding.advice
    assert bool(advice) == bool(finding.advice)


def test_formats_and_controls_are_lines_for_people() -> None:
    assert format_lines(offer(1, 80, (60.0, 29.97))) == ["MJPG 640x480 60, 29.97 fps"]
    assert control_lines(offer(1, 80)) == ["x 1 (3 to 2047)", "x 80 (3 to 2047): 8 ms"]
