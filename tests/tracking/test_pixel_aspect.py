"""Pixels that are not square: pictures are scaled to square pixels before tracking, live and offline."""

from __future__ import annotations

import http.server
import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturesynth.config.settings.settings import Settings
from gesturesynth.config.yaml.ratio import parse_ratio
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking import pixel_aspect
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.pixel_aspect import squared, stream_aspect
from gesturesynth.tracking.sources import SourceSettings, resolve
from gesturesynth.tracking.streams import StreamLost, UrlStream, opener
from gesturesynth.tracking.video_file import Clip
from tests.support import footage as media
from tests.support.mp4_surgery import Mp4, noise, write

PAL_WIDE = 64 / 45
WRISTS, SHOULDERS, HIPS = [15, 16], [11, 12], [23, 24]


def size_of(path: Path, override: float = 0.0) -> tuple[int, int]:
    with Clip(path, override) as clip:
        shot = clip.read()
    assert shot
    return shot[0].shape[1], shot[0].shape[0]


def anamorphic(folder: Path, *pixels: int, turned: int = 0) -> Path:
    clip = Mp4.of(folder, noise(3, 36, 32))
    return clip.pixels(pixels[0], pixels[1]).turned(turned).save(folder / "squeezed.mp4")


@pytest.mark.parametrize(
    ("pixels", "size"),
    [
        ((64, 45), (51, 32)),
        ((32, 11), (105, 32)),
        ((8, 9), (36, 36)),
        ((1, 1), (36, 32)),
        ((1001, 1000), (36, 32)),
        ((0, 1), (36, 32)),
        ((1, 0), (36, 32)),
        ((1000, 1), (36, 32)),
        ((1, 1000), (36, 32)),
        ((0xFFFFFFFF, 1), (36, 32)),
    ],
)
def test_the_pixels_of_a_clip_are_made_square_and_impossible_aspects_are_ignored(
    tmp_path: Path, pixels: tuple[int, int], size: tuple[int, int]
) -> None:
    assert size_of(anamorphic(tmp_path, *pixels)) == size


@pytest.mark.parametrize(("turned", "size"), [(90, (32, 72)), (180, (72, 32)), (270, (32, 72))])
def test_a_clip_that_is_turned_by_its_container_is_stretched_along_its_own_rows(
    tmp_path: Path, turned: int, size: tuple[int, int]
) -> None:
    assert size_of(anamorphic(tmp_path, 2, 1, turned=turned)) == size


def test_the_settings_overrule_what_a_clip_says(tmp_path: Path) -> None:
    path = anamorphic(tmp_path, 2, 1)
    assert size_of(path, 1.0) == (36, 32)
    assert size_of(path, 3.0) == (108, 32)
    (pose, *_) = read_poses(str(path), SourceSettings(pixel_aspect=1.5, rotate=90))
    assert (pose.width, pose.height) == (32, 54), "stretched first, then turned"


def test_a_clip_is_stretched_live_as_well(tmp_path: Path) -> None:
    stream = opener(resolve(str(anamorphic(tmp_path, 2, 1))), SourceSettings(), lambda _: None)(threading.Event())
    assert stream.read().shape == (32, 72, 3)
    stream.close()


class SquaredCamera(http.server.BaseHTTPRequestHandler):
    """A camera on the network whose JPEG pictures say that their pixels are 2:1."""

    def do_GET(self) -> None:
        jpeg = cv2.imencode(".jpg", noise(1, 48, 32)[0])[1].tobytes()
        assert jpeg[6:11] == b"JFIF\0"
        jpeg = jpeg[:13] + b"\0\0\x02\0\x01" + jpeg[18:]  # no unit: an aspect ratio
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        try:
            while True:
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def camera() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SquaredCamera)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield f"http://127.0.0.1:{server.server_port}/stream.mjpg"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("override", "width"), [(0.0, 96), (1.0, 48), (1.5, 72)])
def test_a_camera_on_the_network_is_stretched_by_what_it_says_or_by_what_the_settings_say(
    camera: str, override: float, width: int
) -> None:
    stream = UrlStream(resolve(camera), SourceSettings(pixel_aspect=override))
    try:
        assert stream.read().shape == (32, width, 3)
    except StreamLost as lost:
        raise AssertionError(lost) from None
    finally:
        stream.close()


def test_a_device_that_gives_no_aspect_has_square_pixels() -> None:
    class Silent:
        def get(self, _key: int) -> float:
            return self.answer

        def __init__(self, answer: float) -> None:
            self.answer = answer

    for answer in (-1.0, 0.0, math.nan, math.inf):
        assert stream_aspect(Silent(answer), 0.0) == 1.0
        assert stream_aspect(Silent(answer), 1.25) == 1.25


def test_pictures_that_are_almost_square_are_not_scaled() -> None:
    picture = noise(1)[0]
    assert squared(picture, 1.0 + pixel_aspect.CLOSE_ENOUGH / 2) is picture


# ---------------------------------------------------------------------------------------------------------- the setting
@pytest.mark.parametrize(
    ("text", "value"),
    [("auto", 0.0), ("64:45", PAL_WIDE), ("64/45", PAL_WIDE), (" 16 : 11 ", 16 / 11), ("1.42", 1.42), (1, 1.0)],
)
def test_a_ratio_is_written_in_any_of_these_ways(text: object, value: float) -> None:
    chosen = Settings().with_overrides({"camera.pixel_aspect": text}).camera.pixel_aspect
    assert parse_ratio(chosen) == pytest.approx(value)


@pytest.mark.parametrize("text", ["0", "-1", "5", "1:5", "1:0", "0:1", "wide", "", "1e0", "nan", "inf", "٣", "1_1"])
def test_what_is_no_such_ratio_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UserError, match=r"pixel_aspect.*`auto`, or 0\.25 to 4 as a number or a ratio"):
        Settings().with_overrides({"camera.pixel_aspect": text})
    for wrong in (-1.0, 5.0, 0.1, math.nan, math.inf):
        with pytest.raises(UserError, match="pixel_aspect"):
            SourceSettings(pixel_aspect=wrong)


# ------------------------------------------------------------------------------------------------------- what it is for
@pytest.fixture(scope="module")
def footage() -> list[Image]:
    """Arms held wide, with square pixels."""
    with Clip(media.clip("athlete")) as clip:
        shots = [clip.read() for _ in range(12)]
    return [cv2.resize(shot[0], (405, 720), interpolation=cv2.INTER_AREA).astype(np.uint8) for shot in shots if shot]


def span(pose: Pose) -> float:
    """From wrist to wrist, in torsos, as the features measure."""
    points = pose.bodies[0].image_array()[:, :2] * (pose.width, pose.height)
    torso = np.linalg.norm(points[SHOULDERS].mean(axis=0) - points[HIPS].mean(axis=0))
    return float(np.linalg.norm(points[WRISTS[0]] - points[WRISTS[1]]) / torso)


def spans(path: Path, settings: SourceSettings) -> float:
    return float(np.median([span(pose) for pose in read_poses(str(path), settings) if pose.bodies]))


@pytest.mark.parametrize("aspect", [PAL_WIDE, 8 / 9])
def test_arms_are_as_long_in_a_squeezed_picture_as_in_a_square_one(
    tmp_path: Path, footage: list[Image], aspect: float
) -> None:
    height, width = footage[0].shape[:2]
    size = (round(width / aspect), height) if aspect > 1 else (width, round(height * aspect))
    squeezed = [cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8) for image in footage]
    settings = SourceSettings()
    expected = spans(write(tmp_path / "square.avi", footage, fourcc="MJPG"), settings)
    with_aspect = Mp4.of(tmp_path, squeezed).pixels(round(aspect * 450), 450).save(tmp_path / "with-aspect.mp4")
    without_aspect = write(tmp_path / "without-aspect.avi", squeezed, fourcc="MJPG")
    assert spans(with_aspect, settings) == pytest.approx(expected, rel=0.04)
    assert spans(without_aspect, replace(settings, pixel_aspect=aspect)) == pytest.approx(expected, rel=0.04)
    assert abs(spans(without_aspect, settings) / expected - 1.0) > 0.06, "and it would not be by itself"
