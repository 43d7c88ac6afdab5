"""The values of --source, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.tracking.cameras import Camera
from gesturesynth.tracking.sources import Source, SourceSettings, needs_landmarker, resolve
from tests.support.fake_skeletons import write_performer

CAMERA = Camera(0, "/dev/v4l/by-id/usb-Webcam", "/dev/video3", "Webcam")


@pytest.fixture
def performer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_performer(tmp_path / "demo.skeleton")
    monkeypatch.setattr(paths, "demo_performer", lambda: path)
    return path


def test_auto_is_the_first_camera() -> None:
    source = resolve("auto", lambda number: CAMERA if number == 0 else None)
    assert source == Source("camera", "0", "Webcam (/dev/video3)")
    assert needs_landmarker(source)


def test_auto_without_a_camera_is_the_demo_performer_ready_for_a_camera(performer: Path) -> None:
    source = resolve("auto", lambda _: None)
    assert source == Source("skeleton", str(performer), "demo performer", fallback=True)
    assert needs_landmarker(source)


def test_demo_is_the_demo_performer_even_with_a_camera(performer: Path) -> None:
    source = resolve("demo", lambda _: CAMERA)
    assert source == Source("skeleton", str(performer), "demo performer")
    assert not needs_landmarker(source)


def test_a_missing_demo_performer_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "demo_performer", lambda: tmp_path / "nothing")
    with pytest.raises(UserError, match="demo performer is missing"):
        resolve("auto", lambda _: None)


def test_a_number_is_a_camera_by_its_place_in_the_list_even_before_it_is_there() -> None:
    assert resolve("2", lambda number: CAMERA if number == 2 else None).name == "Webcam (/dev/video3)"
    assert resolve("7", lambda _: None) == Source("camera", "7", "camera 7")


def test_a_device_need_not_be_there_yet() -> None:
    source = resolve("/dev/v4l/by-id/usb-not-yet", lambda _: None)
    assert (source.kind, source.address) == ("camera", "/dev/v4l/by-id/usb-not-yet")


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp", "rtsps", "RTSP"])
def test_an_address_is_shown_without_its_secrets(scheme: str) -> None:
    text = f"{scheme}://anna:secret@camera.example:8554/door?token=hush"
    source = resolve(text)
    assert (source.kind, source.address) == ("url", text)
    assert source.name == f"{scheme.lower()}://camera.example:8554/door"


def test_files_are_told_apart_by_their_content(tmp_path: Path) -> None:
    skeleton = write_performer(tmp_path / "looks-like-a.mp4")
    clip = tmp_path / "clip.skeleton"
    clip.write_bytes(b"\0\0\0\x18ftypmp42")
    assert resolve(str(skeleton)).kind == "skeleton"
    assert resolve(str(clip)).kind == "clip"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no-such-file.mp4", "there is no such file"),
        ("", "not a file"),
        ("ftp://camera/a.mp4", "'ftp://...' is no kind of address"),
        ("file:///tmp/a.mp4", "'file://...' is no kind of address"),
        ("http://", "names no computer"),
        ("http://camera:port/", "cannot be read"),
    ],
)
def test_a_source_that_cannot_be_is_refused_with_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(UserError, match="Allowed are auto, demo, a camera") as refusal:
        resolve(text)
    assert message in str(refusal.value)


def test_a_files_name_need_not_be_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4"))
    path.write_bytes(b"film")
    source = resolve(str(path))
    assert source.name == "caf\ufffd.mp4"
    assert source.address == str(path)


def test_the_error_about_an_address_does_not_contain_its_password() -> None:
    with pytest.raises(UserError) as refusal:
        resolve("smb://anna:secret@server/clip")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 0}, "width: 0 pixels; allowed are 16 to 16384"),
        ({"height": 99999}, "height: 99999 pixels"),
        ({"fps": 0.0}, "allowed are 0.1 to 1000"),
        ({"fps": float("nan")}, "allowed are 0.1 to 1000"),
        ({"rotate": 45}, "allowed are 0, 90, 180 and 270"),
    ],
)
def test_impossible_settings_are_refused_with_what_is_allowed(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        SourceSettings(**wrong)  # type: ignore[arg-type]  # wrong on purpose
