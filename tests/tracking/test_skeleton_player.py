"""A skeleton recording as a source that plays for months: every call returns soon, for any file."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking import skeleton_file, skeleton_player
from gesturesynth.tracking.bounded_gzip import Unpacked
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from gesturesynth.tracking.skeleton_player import SkeletonFeed
from gesturesynth.tracking.sources import SourceSettings, resolve
from tests.support.fake_skeletons import poses
from tests.support.tracker_process import TrackerProcess

PATIENCE_S = 20.0


def written(path: Path, content: list[Pose]) -> Path:
    with SkeletonWriter(path) as writer:
        for pose in content:
            writer.write(pose)
    return path


def at_one_time(count: int) -> list[Pose]:
    (pose,) = poses(1)
    return [msgspec.structs.replace(pose, capture_time_s=1.0)] * count


def feed(path: Path) -> SkeletonFeed:
    return SkeletonFeed(resolve(str(path)), SourceSettings())


def test_a_call_reads_a_bounded_number_of_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = [msgspec.structs.replace(pose, capture_time_s=pose.sequence / 1000) for pose in poses(3000)]
    performer = feed(written(tmp_path / "dense", content))
    read = 0
    read_record = skeleton_file._read_record

    def counted(*about: object) -> bytes | None:
        nonlocal read
        read += 1
        return read_record(*about)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(skeleton_file, "_read_record", counted)
    time.sleep(1.0)  # the owner was busy, and a thousand poses are due
    assert performer.next(0.1)
    assert read <= skeleton_player.MOST_POSES_A_CALL + 1


def test_a_recording_with_mostly_bad_records_is_played_without_reading_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    open_it = skeleton_file._open

    def counted(path: Path) -> Unpacked:
        nonlocal opened
        opened += 1
        return open_it(path)

    monkeypatch.setattr(skeleton_file, "_open", counted)
    performer = feed(written(tmp_path / "bad-records", at_one_time(2000)))
    begun_s = time.monotonic()
    played: list[Pose] = []
    while len(played) < 3:
        assert time.monotonic() - begun_s < PATIENCE_S
        pose = performer.next(0.1)
        played += [pose] if pose else []
    assert opened <= 4
    assert played[1].capture_time_s - played[0].capture_time_s == pytest.approx(skeleton_player.PAUSE_AFTER_DAMAGE_S)
    assert performer.report().recoverable


def test_the_tracker_goes_on_with_a_recording_whose_poses_have_one_time(tmp_path: Path) -> None:
    path = written(tmp_path / "stuck.skeleton", at_one_time(20_000))
    with TrackerProcess(source={"source": str(path)}) as tracker:
        tracker.pose_where(lambda pose: pose.sequence > 2)
        code, text = tracker.stop()
    assert code == 0
    assert text.count("damaged at record 1") == 1
    assert text.count("damaged at record 301") == 1, "logged once, not in each round"
