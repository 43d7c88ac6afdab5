"""Exposure and gain: set while the camera is open, restored when it is closed, and after a crash."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from gesturesynth.tracking.camera_controls import v4l2
from gesturesynth.tracking.camera_controls.control_session import FILE, SavedValues, planned
from gesturesynth.tracking.camera_controls.wish import ControlWish
from gesturesynth.tracking.model.download import ensure_model
from tests.support import footage
from tests.support.tracker_process import TrackerProcess
from tests.support.virtual_camera import VirtualCamera

BEFORE = {v4l2.GAIN: 64, v4l2.EXPOSURE_AUTO: 3, v4l2.EXPOSURE_ABSOLUTE: 250, v4l2.EXPOSURE_AUTO_PRIORITY: 1}


def tracker(camera: VirtualCamera, controls: dict[str, object]) -> TrackerProcess:
    ensure_model()
    return TrackerProcess(camera.environment, source={"source": camera.device}, controls=controls)


def test_controls_are_set_and_restored_at_the_end_and_after_a_crash(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "camera", footage.clip("dancer"), frames=20)
    saved = Path(os.environ["GESTURESYNTH_RUNTIME_DIR"]) / "tracker" / FILE
    with tracker(camera, {"exposure_s": 0.008, "gain": 300}) as run:
        run.status_where(lambda status: status.state == "live")
        values = camera.control_values()
        assert values == {**BEFORE, v4l2.EXPOSURE_AUTO: 1, v4l2.EXPOSURE_ABSOLUTE: 80, v4l2.GAIN: 255}
        assert saved.exists()
        _, text = run.stop()
    assert "gain goes from 0 to 255: 255 is set instead of 300" in text
    assert camera.control_values() == BEFORE
    assert not saved.exists()

    with tracker(camera, {"auto": True}) as run:
        run.status_where(lambda status: status.state == "live")
        assert camera.control_values() == {**BEFORE, v4l2.EXPOSURE_AUTO_PRIORITY: 0}
        run.stop(signal.SIGKILL)
    assert camera.control_values()[v4l2.EXPOSURE_AUTO_PRIORITY] == 0, "killed before it could restore anything"
    with tracker(camera, {}) as run:
        run.status_where(lambda status: status.state == "live")
        assert camera.control_values() == BEFORE
        assert not saved.exists()


class FakeDevice:
    """A fake camera with these controls: number -> (low, high, value)."""

    def __init__(self, controls: dict[int, tuple[int, int, int | None]]) -> None:
        self.controls = controls

    def control(self, number: int) -> v4l2.Control | None:
        found = self.controls.get(number)
        return v4l2.Control(number, "x", found[0], found[1], 1, 0, found[2]) if found else None

    def set(self, number: int, value: int) -> int:
        raise OSError(errno.EACCES, "it is a fake")


@pytest.mark.parametrize(
    ("controls", "wish", "values", "sentences"),
    [
        ({}, ControlWish(exposure_s=0.01, gain=3), {}, ["automatic exposure", "exposure time", "gain"]),
        ({v4l2.GAIN: (0, 9, None)}, ControlWish(gain=3), {}, ["no control for its gain"]),
        (
            {v4l2.EXPOSURE_AUTO: (0, 3, 3), v4l2.EXPOSURE_ABSOLUTE: (3, 100, 50)},
            ControlWish(exposure_s=0.5),
            {v4l2.EXPOSURE_AUTO: 1, v4l2.EXPOSURE_ABSOLUTE: 100},
            ["goes from 0.3 ms to 10 ms: 10 ms is set instead of 500 ms"],
        ),
        (
            {v4l2.AUTOGAIN: (0, 1, 1), v4l2.GAIN: (0, 9, 4)},
            ControlWish(gain=3),
            {v4l2.AUTOGAIN: 0, v4l2.GAIN: 3},
            [],
        ),
        ({v4l2.EXPOSURE_AUTO: (0, 3, 1)}, ControlWish(auto=True), {v4l2.EXPOSURE_AUTO: 3}, []),
    ],
)
def test_what_a_camera_cannot_do_is_a_sentence(
    controls: dict[int, tuple[int, int, int | None]], wish: ControlWish, values: dict[int, int], sentences: list[str]
) -> None:
    found, told = planned(FakeDevice(controls), wish)
    assert {number: value for number, (_, value) in found.items()} == values
    assert len(told) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, told, strict=True))


def test_a_damaged_file_of_saved_values_counts_as_none(tmp_path: Path) -> None:
    saved = SavedValues(tmp_path)
    saved.put("/dev/a", {1: 2})
    saved.put("/dev/b", {3: 4})
    assert SavedValues(tmp_path).cameras() == {"/dev/a": {1: 2}, "/dev/b": {3: 4}}
    (tmp_path / FILE).write_bytes(b'{"/dev/a": {"1": "x"}}')
    assert saved.cameras() == {}
    saved.put("/dev/b", {})
    assert not (tmp_path / FILE).exists()
