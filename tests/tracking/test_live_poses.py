"""Poses from real frames and from recordings: rotation, mirror, time, order."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.capture import Frame
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.live_poses import LivePoses, PoseFinder
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import read_skeleton
from gesturesynth.tracking.skeleton_recorder import record_skeleton
from gesturesynth.tracking.sources import Rotation, SourceSettings, resolve
from gesturesynth.tracking.video_file import Clip
from tests.support import footage
from tests.support.fake_skeletons import number_of, poses, write_performer

LEFT_WRIST, RIGHT_WRIST = 15, 16
SETTINGS = SourceSettings()
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def picture() -> Image:
    """A frame with a person in it, wider than high."""
    with Clip(footage.clip("dancer")) as clip:
        shot = clip.read()
    assert shot
    return np.ascontiguousarray(cv2.copyMakeBorder(shot[0], 0, 0, 60, 120, cv2.BORDER_REPLICATE))


def find(image: Image, settings: SourceSettings) -> tuple[Pose, Body]:
    finder = PoseFinder(ensure_model(), settings)
    try:
        pose = finder.find(Frame(image, 1.0, 0, 1))
    finally:
        finder.close()
    return pose, pose.bodies[0]


@pytest.mark.parametrize(
    ("lies", "rotate"),
    [(cv2.ROTATE_90_COUNTERCLOCKWISE, 90), (cv2.ROTATE_180, 180), (cv2.ROTATE_90_CLOCKWISE, 270)],
)
def test_rotation_stands_a_camera_upright_that_lies_on_its_side(picture: Image, lies: int, rotate: Rotation) -> None:
    upright_pose, upright = find(picture, SETTINGS)
    pose, body = find(cv2.rotate(picture, lies), replace(SETTINGS, rotate=rotate))
    assert (
        (pose.width, pose.height) == (upright_pose.width, upright_pose.height) == (picture.shape[1], picture.shape[0])
    )
    np.testing.assert_allclose(body.image_array(), upright.image_array(), atol=1e-6)


def test_mirror_flips_where_things_are_but_not_what_they_are_called(picture: Image) -> None:
    _, plain = find(picture, SETTINGS)
    _, mirrored = find(picture, replace(SETTINGS, mirror=True))
    np.testing.assert_allclose(mirrored.image_array()[:, 0], 1 - plain.image_array()[:, 0], atol=1e-6)
    np.testing.assert_array_equal(mirrored.image_array()[:, 1:], plain.image_array()[:, 1:])
    np.testing.assert_allclose(mirrored.world_array()[:, 0], -plain.world_array()[:, 0], atol=1e-6)
    np.testing.assert_array_equal(mirrored.world_array()[:, 1:], plain.world_array()[:, 1:])
    # In a flipped picture left and right are exchanged; in a mirrored pose they are not.
    _, flipped = find(np.ascontiguousarray(picture[:, ::-1]), SETTINGS)
    right_wrist = mirrored.image_array()[RIGHT_WRIST, :2]
    wrists = flipped.image_array()[[LEFT_WRIST, RIGHT_WRIST], :2]
    near, far = np.linalg.norm(wrists - right_wrist, axis=1)
    assert near < 0.05 < far


def test_every_frame_of_a_clip_is_read_with_its_time_and_always_the_same() -> None:
    clip = str(footage.clip("squats"))
    first = list(read_poses(clip))
    with Clip(Path(clip)) as film:
        times = []
        while shot := film.read():
            times.append(shot[1])
    assert [pose.capture_time_s for pose in first] == times
    assert times[0] == 0.0
    np.testing.assert_allclose(np.diff(times), 1 / 5, atol=1e-3)
    assert [pose.sequence for pose in first] == list(range(len(times)))
    assert {(pose.width, pose.height) for pose in first} == {(720, 1280)}
    assert np.mean([bool(pose.bodies) for pose in first]) > 0.9
    again = read_poses(clip)
    assert [next(again) for _ in range(20)] == first[:20]
    again.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_skeleton_recording_is_read_as_it_is_unless_mirrored(tmp_path: Path) -> None:
    path = write_performer(tmp_path / "a.skeleton")
    assert list(read_poses(str(path))) == poses()
    (mirrored, *_) = read_poses(str(path), SourceSettings(mirror=True))
    assert mirrored.bodies[0].image_array()[0, 0] == 1.0


@pytest.mark.parametrize("endless", ["auto", "/dev/video0", "0", "rtsp://camera/door"])
def test_what_never_ends_cannot_be_read_to_its_end(endless: str) -> None:
    with pytest.raises(UserError, match="here a file is needed"):
        read_poses(endless)


def test_a_file_that_is_no_video_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(footage.clip("dancer").read_bytes()[50_000:60_000])
    with pytest.raises(UserError, match="cannot be read as a video"):
        LivePoses(resolve(str(path)), SETTINGS, ensure_model())
    with pytest.raises(UserError, match="cannot be read as a video"):
        next(read_poses(str(path)))


def live(path: Path, settings: SourceSettings, count: int) -> list[Pose]:
    """The first `count` poses of a recording, played live."""
    played: list[Pose] = []
    until_s = time.monotonic() + PATIENCE_S
    with LivePoses(resolve(str(path)), settings, None) as performer:
        while len(played) < count:
            assert time.monotonic() < until_s
            pose = performer.next(0.1)
            played += [pose] if pose else []
        assert performer.report().state == "live"
    return played


def test_a_skeleton_recording_plays_at_its_own_pace_in_a_loop(tmp_path: Path) -> None:
    played = live(write_performer(tmp_path / "a.skeleton", 10), SETTINGS, 25)
    numbers = [number_of(pose) for pose in played]
    sequence = [pose.sequence for pose in played]
    assert sequence[-1] >= 20, "it began again"
    assert [number % 10 for number in sequence] == numbers
    assert sequence == sorted({*sequence})
    # At its own pace: the spacing of capture times is that of the poses, also on a busy computer.
    steps = np.diff([pose.capture_time_s for pose in played]) / np.diff(sequence)
    assert np.median(steps) == pytest.approx(1 / 30, rel=0.01)
    assert played[-1].capture_time_s <= time.monotonic()


def test_a_slow_consumer_gets_the_newest_pose_of_a_recording(tmp_path: Path) -> None:
    with LivePoses(resolve(str(write_performer(tmp_path / "a.skeleton"))), SETTINGS, None) as performer:
        first = performer.next(1.0)
        time.sleep(0.3)  # a consumer that is busy for nine poses
        second = performer.next(1.0)
    assert first
    assert second
    assert second.sequence - first.sequence >= 8


def test_a_recording_without_a_loop_ends(tmp_path: Path) -> None:
    path = write_performer(tmp_path / "a.skeleton", 3)
    with LivePoses(resolve(str(path)), SourceSettings(loop=False), None) as performer:
        until_s = time.monotonic() + PATIENCE_S
        while performer.report().state == "live":
            assert time.monotonic() < until_s
            performer.next(0.05)
        assert performer.next(0.0) is None
        assert performer.report().detail.endswith("is at its end")


def test_a_recording_that_was_removed_is_unrecoverable_in_this_process(tmp_path: Path) -> None:
    path = write_performer(tmp_path / "a.skeleton", 3)
    with LivePoses(resolve(str(path)), SETTINGS, None) as performer:
        path.unlink()
        until_s = time.monotonic() + PATIENCE_S
        while performer.report().recoverable:
            performer.next(0.05)
            assert time.monotonic() < until_s
        assert performer.report().state == "waiting"


def test_a_mirrored_recording_is_mirrored(tmp_path: Path) -> None:
    (pose,) = live(write_performer(tmp_path / "a.skeleton", 1), SourceSettings(mirror=True), 1)
    assert pose.bodies[0].image_array()[0, 0] == 1.0
    assert pose.bodies[0].world_array()[0, 0] == -0.25


def test_a_recording_without_poses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no poses"):
        LivePoses(resolve(str(write_performer(tmp_path / "empty.skeleton", 0))), SETTINGS, None)


def test_recording_a_file_keeps_each_pose_up_to_a_limit(tmp_path: Path) -> None:
    source = write_performer(tmp_path / "a.skeleton")
    copy, beginning = tmp_path / "copy.skeleton", tmp_path / "beginning.skeleton"
    settings = SourceSettings(source=str(source))
    assert record_skeleton(copy, settings) == 30
    assert list(read_skeleton(copy)) == poses()
    assert record_skeleton(beginning, settings, seconds=0.5) == 15
    assert list(read_skeleton(beginning)) == poses()[:15]
    with pytest.raises(UserError, match="not overwritten"):
        record_skeleton(copy, settings)


def test_a_full_disk_ends_a_recording_in_a_sentence_and_what_is_there_can_be_played(tmp_path: Path) -> None:
    out = tmp_path / "out.skeleton"
    record = [sys.executable, "-m", "gesturesynth", "record-skeleton", str(out), "--source", "demo"]
    done = subprocess.run(
        record,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 1
    assert "has ended early: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(list(read_skeleton(out))) > 5


def test_recording_without_a_camera_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.tracking.skeleton_recorder.resolve", lambda text: resolve(text, lambda _: None))
    with pytest.raises(UserError, match="no camera to record from"):
        record_skeleton(tmp_path / "a.skeleton", SETTINGS)
    assert not (tmp_path / "a.skeleton").exists()
