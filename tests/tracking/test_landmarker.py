"""The real landmarker on a real photo and on real footage, in a process of its own that has left the network."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import pytest
import skimage
from numpy.typing import NDArray

from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import Body
from gesturesynth.tracking import network_isolation
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model import download
from gesturesynth.tracking.model.segmentation import without_segmentation
from gesturesynth.tracking.native_stderr import CapturedStderr
from tests.support import footage

Landmarks = NDArray[np.float32]
T = TypeVar("T")
Run = Callable[..., Any]

PHOTO = Path(skimage.__file__).parent / "data" / "astronaut.png"  # ships in the wheel: 512x512, a person to the chest


@pytest.fixture(scope="module")
def bundle() -> Path:
    return download.ensure_model()


@pytest.fixture(scope="module")
def tracker() -> Iterator[Run]:
    """Runs a function in a process without a network, as the tracker is: mediapipe would report its use otherwise."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=network_isolation.leave_network) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result(timeout=100)


def photo_at(x: int, y: int) -> NDArray[np.uint8]:
    canvas = np.full((900, 1100, 3), 128, dtype=np.uint8)
    canvas[y : y + 512, x : x + 512] = cv2.cvtColor(cv2.imread(str(PHOTO)), cv2.COLOR_BGR2RGB)
    return canvas


def clip_frames(name: str, limit: int) -> Iterator[tuple[NDArray[np.uint8], float]]:
    video = cv2.VideoCapture(str(footage.folder() / footage.CLIPS[name]))
    for number in range(limit):
        ok, frame = video.read()
        if not ok:
            break
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), number / video.get(cv2.CAP_PROP_FPS)
    video.release()


# ------------------------------------------------------------------------------ what runs in the tracker's process
def landmarks_of_photos(bundle: Path, places: list[tuple[int, int]]) -> list[Landmarks]:
    found = []
    with Landmarker(bundle) as landmarker:
        for x, y in places:
            landmarker.reset()
            for time_s in np.arange(10) / 30:  # it settles within some frames
                (body,) = landmarker.detect(photo_at(x, y), time_s)
            found.append(body.image_array())
    return found


def track_clip(bundle: Path, name: str, limit: int = 1000) -> list[Landmarks | None]:
    with Landmarker(bundle) as landmarker:
        bodies = [landmarker.detect(*frame) for frame in clip_frames(name, limit)]
    return [body[0].image_array() if body else None for body in bodies]


def poses_with_and_without_mask(bundle: Path, name: str, limit: int) -> tuple[list[Body | None], list[Body | None]]:
    frames = list(clip_frames(name, limit))
    found: list[list[Body | None]] = []
    for segmentation in (True, False):
        with Landmarker(bundle, segmentation=segmentation) as landmarker:
            bodies = [landmarker.detect(*frame) for frame in frames]
        found.append([body[0] if body else None for body in bodies])
    return found[0], found[1]


def log_of_two_resets(bundle: Path) -> tuple[list[int], str]:
    lines = io.StringIO()
    log.configure("tracker", "info", json_lines=True, stream=lines)
    with Landmarker(bundle) as landmarker:
        landmarker.reset()
        found = [len(landmarker.detect(photo_at(100, 100), time_s)) for time_s in (0.0, 0.1)]
    log.configure("test")
    return found, lines.getvalue()


def first_frame_of_a_clip_seen_thrice(bundle: Path) -> list[Landmarks]:
    frames = list(clip_frames("dancer", 50))
    found = []
    with Landmarker(bundle) as landmarker:
        found.append(landmarker.detect(*frames[0])[0].image_array())
        for frame in frames[1:]:
            landmarker.detect(*frame)
        found.append(landmarker.detect(frames[0][0], 2.0)[0].image_array())
        landmarker.reset()
        found.append(landmarker.detect(*frames[0])[0].image_array())
    return found


def detections_at(bundle: Path, times_s: list[float]) -> list[int]:
    with Landmarker(bundle) as landmarker:
        return [len(landmarker.detect(photo_at(100, 100), time_s)) for time_s in times_s]


def detections_of(bundle: Path, frame: NDArray[Any]) -> int:
    with Landmarker(bundle) as landmarker:
        return len(landmarker.detect(frame, 0.0))


def detect_after_close(bundle: Path) -> None:
    landmarker = Landmarker(bundle)
    landmarker.close()
    landmarker.detect(photo_at(0, 0), 0.0)


# ------------------------------------------------------------------------------------------------------- the tests
def test_a_person_who_moves_by_known_pixels_moves_the_landmarks_by_as_much(tracker: Run, bundle: Path) -> None:
    places = [(60, 70), (343, 211), (530, 330)]
    found = tracker(landmarks_of_photos, bundle, places)
    visible = np.all([image[:, 3] > 0.9 for image in found], axis=0)
    assert visible.sum() >= 12, "her head and shoulders are in the photo"
    pixels = [image[visible, :2] * (1100, 900) for image in found]
    for place, moved in zip(places[1:], pixels[1:], strict=True):
        expected = np.subtract(place, places[0])
        error_px = np.linalg.norm(moved - pixels[0] - expected, axis=1)
        assert np.median(error_px) < 0.01 * 512, "a hundredth of the photo's size"
    nose = pixels[0][0] - places[0]
    assert np.linalg.norm(nose - (218, 140)) < 25, "and they are where the person is: her nose in the photo"


def test_a_dancer_is_followed_from_the_first_frame_to_the_last(tracker: Run, bundle: Path) -> None:
    footage.clip("dancer")
    found = tracker(track_clip, bundle, "dancer")
    bodies = [image for image in found if image is not None]
    assert len(found) == 120
    assert len(bodies) > 0.95 * len(found)
    heights = np.array([(image[[23, 24], 1].mean() - image[[15, 16], 1]) for image in bodies])
    assert np.ptp(heights, axis=0).min() > 0.2, "both arms go from below the hips to overhead"


@pytest.mark.parametrize(("name", "limit"), [("dancer", 60), ("walker", 90), ("squats", 40)])
def test_poses_are_the_same_to_the_bit_without_the_mask(tracker: Run, bundle: Path, name: str, limit: int) -> None:
    footage.clip(name)
    with_mask, without = tracker(poses_with_and_without_mask, bundle, name, limit)
    assert sum(body is not None for body in without) > limit / 3
    assert with_mask == without


def test_a_bundle_that_is_not_recognised_is_used_as_it_is_which_is_said_once(
    tracker: Run, bundle: Path, tmp_path: Path
) -> None:
    without = tmp_path / "slim.task"
    changed = without_segmentation(bundle.read_bytes())
    assert changed is not None
    without.write_bytes(changed)
    found, lines = tracker(log_of_two_resets, without)
    assert found == [1, 1]
    assert lines.count("pose model not recognised") == 1
    assert tracker(log_of_two_resets, bundle) == ([1, 1], "")


def test_no_body_is_found_in_an_empty_picture(tracker: Run, bundle: Path) -> None:
    assert tracker(detections_of, bundle, np.full((480, 640, 3), 90, dtype=np.uint8)) == 0


def test_no_body_is_found_in_a_statue(tracker: Run, bundle: Path) -> None:
    footage.clip("statue")
    assert tracker(track_clip, bundle, "statue", 60) == [None] * 60


def test_a_reset_forgets_the_clip_before(tracker: Run, bundle: Path) -> None:
    footage.clip("dancer")
    fresh, following, reset = tracker(first_frame_of_a_clip_seen_thrice, bundle)
    assert np.array_equal(fresh, reset)
    assert not np.array_equal(fresh, following)


def test_times_may_stand_still_or_run_backwards(tracker: Run, bundle: Path) -> None:
    assert tracker(detections_at, bundle, [1e6, 1e6, 0.0, 5.0]) == [1, 1, 1, 1]


def test_a_closed_landmarker_raises_instead_of_finding_no_body(tracker: Run, bundle: Path) -> None:
    with pytest.raises(GestureSynthError, match="closed"):
        tracker(detect_after_close, bundle)


@pytest.mark.parametrize("frame", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_frame_is_refused(tracker: Run, bundle: Path, frame: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="a frame is uint8"):
        tracker(detections_of, bundle, frame)


def test_a_bundle_that_mediapipe_refuses_is_reported(tracker: Run, bundle: Path, tmp_path: Path) -> None:
    stripped = tmp_path / "stripped.task"
    with zipfile.ZipFile(bundle) as good, zipfile.ZipFile(stripped, "w") as bad:
        bad.writestr(download.DETECTOR, good.read(download.DETECTOR))
        raw = good.read(download.LANDMARKS)
        # The model as its makers published it begins where its head says TFL3 for the second time.
        bad.writestr(download.LANDMARKS, raw[raw.index(b"TFL3", 8) - 4 :])
    with pytest.raises(GestureSynthError, match=r"stripped\.task.*NormalizationOptions"):
        tracker(detections_of, stripped, np.zeros((48, 64, 3), np.uint8))


def test_native_log_lines_do_not_reach_the_terminal(bundle: Path) -> None:
    script = (
        "from pathlib import Path; from tests.tracking.test_landmarker import *; "
        "print(network_isolation.leave_network()); print(detections_at(Path(sys.argv[1]), [0.0, 0.1, 0.2, 0.3]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(bundle)], capture_output=True, text=True, check=True)
    assert "[1, 1, 1, 1]" in done.stdout
    assert done.stderr == ""


def test_other_lines_reach_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with CapturedStderr() as text:
        subprocess.run(
            ["sh", "-c", "echo 'W0000 00:00:1795382065.41  982 a.cc:121] hm' >&2; echo ours >&2"], check=True
        )
        assert text.text() == "ours"
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "ours\n"
    assert text.text() == "ours"


# As mediapipe 1.2.3 writes them, which pip installs where nothing is locked.
NATIVE_LINES = """\
INFO: [environment.cc:36] Creating LiteRT environment with options
INFO: [accelerator_registry.cc:54] RegisterAccelerator: ptr=0x7fa308005940, name=CpuAccelerator
WARNING: [model_load.cc:402] Sparsity tensors may not yet be fully supported.
WARNING: [model_load.cc:402] Sparsity tensors may not yet be fully supported.
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
WARNING: Logging before InitGoogle() is written to STDERR
W0000 00:00:1795703768.418503   12174 inference_runner_litert.cc:1433] Input tensor memory is not aligned.
I0000 00:00:1795703768.418503   12174 gl_context.cc:357] GL version: 3.2
"""
NATIVE_ERRORS = "ERROR: [compiled_model.cc:9] no model\nE0000 00:00:1795703768.418503   12174 a.cc:1] no room\n"
UNKNOWN = "WARNING: the camera is on fire\nFatal Python error: Segmentation fault\n"


def test_native_log_lines_of_any_form_are_dropped_and_errors_and_unknown_lines_are_not(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with CapturedStderr() as text:
        os.write(2, (NATIVE_LINES + NATIVE_ERRORS + UNKNOWN).encode())
    assert capfd.readouterr().err == NATIVE_ERRORS + UNKNOWN
    assert text.text() == " | ".join((NATIVE_ERRORS + UNKNOWN).splitlines())


def test_native_warnings_are_logged_once_each_at_level_debug() -> None:
    lines = io.StringIO()
    log.configure("tracker", "debug", json_lines=True, stream=lines)
    try:
        with CapturedStderr():
            os.write(2, NATIVE_LINES.encode())
    finally:
        log.configure("test")
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [fields["level"] for fields in logged] == ["debug"] * 3
    assert (logged[0]["said"][:28], logged[0]["times"]) == ("WARNING: [model_load.cc:402]", 2)


def test_mediapipe_opens_no_audio() -> None:
    """PortAudio, where the system has it, would open clients of the JACK server, and the server hang at their end."""
    script = "import sys; from gesturesynth.tracking.landmarker import import_mediapipe as load; load(); "
    script += "assert sys.modules['sounddevice'] is None; assert 'portaudio' not in open('/proc/self/maps').read()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
