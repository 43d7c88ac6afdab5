"""`gesturesynth cameras`: each camera with what it offers."""

from __future__ import annotations

import json

import pytest

from gesturesynth.cli import listing
from gesturesynth.cli.flags import OutputFlags
from gesturesynth.tracking import cameras
from gesturesynth.tracking.camera_controls import offer, v4l2
from gesturesynth.tracking.cameras import Camera

CAMERA = Camera(0, "/dev/v4l/by-id/usb-x", "/dev/video0", "USB Camera")
OFFER = offer.CameraOffer(
    (v4l2.Format("MJPG", 640, 480, (60.0, 30.0)), v4l2.Format("MJPG", 1280, 720, (30.0,))),
    (v4l2.Control(v4l2.EXPOSURE_ABSOLUTE, "Exposure Time, Absolute", 3, 2047, 1, 250, 333),),
)


@pytest.fixture(autouse=True)
def one_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake: a list with one camera."""
    monkeypatch.setattr(cameras, "list_cameras", lambda: [CAMERA])
    monkeypatch.setattr(offer, "camera_offer", lambda path: OFFER if path == CAMERA.path else None)


def test_formats_and_controls_stand_below_each_camera(capsys: pytest.CaptureFixture[str]) -> None:
    listing.cameras()
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.split(maxsplit=2) == ["0", CAMERA.path, "USB Camera (/dev/video0)"]
    assert rest == [
        "    MJPG 640x480 60, 30 fps; 1280x720 30 fps",
        "    Exposure Time, Absolute 333 (3 to 2047): 33.3 ms",
    ]


def test_programs_get_them_as_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    listing.cameras(output=OutputFlags(json=True))
    (row,) = json.loads(capsys.readouterr().out)
    assert row["source"] == CAMERA.path
    assert row["formats"][0] == {"coding": "MJPG", "width": 640, "height": 480, "rates": [60.0, 30.0]}
    assert row["controls"][0]["value"] == 333
