"""Skeleton recordings: poses are read as they were written, and damage to the file gives an error or fewer poses."""

from __future__ import annotations

import gzip
import io
import math
import random
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking import bounded_gzip, skeleton_file
from gesturesynth.tracking.skeleton_file import SkeletonWriter, is_skeleton, read_header, read_skeleton


def poses(count: int, rate_hz: float = 30.0) -> list[Pose]:
    rng = np.random.default_rng(1)
    made = []
    for number in range(count):
        image, world = rng.random((33, 4), np.float32), rng.random((33, 3), np.float32)
        bodies = () if number % 5 == 0 else (Body.from_arrays(image, world),)
        made.append(Pose(number / rate_hz, number, 640, 480, bodies, 0.02))
    return made


def quiet_poses() -> list[Pose]:
    """So little data that no buffer overflows into the file by itself."""
    return [Pose(number / 30, number, 640, 480, ()) for number in range(100)]


def written(path: Path, content: list[Pose], about: str = "a test") -> Path:
    with SkeletonWriter(path, about, frame_rate_hz=30.0) as writer:
        for pose in content:
            writer.write(pose)
    return path


def forged(path: Path, *records: bytes, header: bytes | None = None) -> Path:
    """A recording with these records, made by hand."""
    line = header or msgspec.json.encode(skeleton_file.SkeletonHeader(skeleton_file.FORMAT, 1, "a test")) + b"\n"
    path.write_bytes(gzip.compress(line + b"".join(records)))
    return path


def record(pose: Pose) -> bytes:
    content = msgspec.msgpack.encode(pose)
    return struct.pack("<I", len(content)) + content


def test_what_was_recorded_is_what_is_played(tmp_path: Path) -> None:
    content = poses(50)
    path = written(tmp_path / "dance.skeleton", content)
    assert list(read_skeleton(path)) == content
    header = read_header(path)
    assert (header.about, header.frame_rate_hz) == ("a test", 30.0)
    assert header.made_by.startswith("gesturesynth ")


def test_the_same_poses_give_the_same_file(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, poses(40)).read_bytes() for name in ("one", "two"))
    assert one == two


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("precious")
    with pytest.raises(UserError, match="exists already"):
        SkeletonWriter(path)
    assert path.read_text() == "precious"
    with pytest.raises(UserError, match="cannot be written"):
        SkeletonWriter(tmp_path / "no such folder" / "dance")


def test_an_empty_recording_is_a_recording(tmp_path: Path) -> None:
    path = written(tmp_path / "empty", [])
    assert list(read_skeleton(path)) == []
    assert is_skeleton(path)


def test_a_recorder_that_is_killed_loses_at_most_a_second(tmp_path: Path) -> None:
    path = tmp_path / "killed"
    script = (
        "import os, sys; from pathlib import Path; from tests.tracking.test_skeleton_file import *\n"
        "writer = SkeletonWriter(Path(sys.argv[1]))\n"
        "for pose in quiet_poses(): writer.write(pose)\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == 9
    kept = list(read_skeleton(path))
    assert kept == quiet_poses()[: len(kept)]
    assert kept[-1].capture_time_s > 99 / 30 - 1.05


def test_a_file_cut_anywhere_plays_up_to_the_cut(tmp_path: Path) -> None:
    content = poses(100)
    whole = written(tmp_path / "whole", content).read_bytes()
    lengths = []
    for size in range(200, len(whole), 977):
        path = tmp_path / "cut"
        path.write_bytes(whole[:size])
        played = list(read_skeleton(path))
        assert played == content[: len(played)]
        lengths.append(len(played))
    assert lengths == sorted(lengths)
    assert lengths[-1] > 90


def test_damage_gives_poses_or_a_user_error(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", poses(30)).read_bytes()
    rng = random.Random(1)
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path = tmp_path / "damaged"
        path.write_bytes(damaged)
        try:
            for pose in read_skeleton(path):
                assert all(np.isfinite(body.image_array()).all() for body in pose.bodies)
        except UserError:
            refused += 1
    assert refused > 100, "the checksum at the end catches what else would pass"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (struct.pack("<I", 5) + b"hello", "not a pose"),
        (struct.pack("<I", 9004) + b"\x81\xa1x" + b"\x91" * 9000 + b"\xc0", "not a pose"),
        (record(Pose(-1.0, 0, 640, 480, ())), "capture time"),
        (record(Pose(math.nan, 0, 640, 480, ())), "capture time"),
        (record(Pose(math.inf, 0, 640, 480, ())), "capture time"),
        (record(Pose(1e300, 0, 640, 480, ())), "capture time"),
        (record(Pose(0.5, 0, 640, 480, ())), "before that of the record"),
        (record(Pose(1.0, 0, 640, 480, ())), "that of the record before it"),
        (record(Pose(1.0000001, 0, 640, 480, ())), "that of the record before it"),
        (record(Pose(1.5, 0, 0, 480, ())), "0 x 480"),
        (record(Pose(1.5, 0, 640, 10**12, ())), "x 1000000000000"),
        (record(Pose(1.5, 0, 640, 480, (Body(b"", b""),))), "33 landmarks"),
        (record(Pose(1.5, 0, 640, 480, (Body(b"\xff" * 528, b"\0" * 396),))), "not a number"),
        (record(Pose(1.5, 0, 640, 480, (Body(b"\0" * 528, b"\0" * 396),) * 9)), "9 bodies"),
    ],
)
def test_an_impossible_record_is_left_out_and_named_and_the_rest_is_played(
    tmp_path: Path, fault: bytes, why: str
) -> None:
    good = [Pose(time_s, 0, 640, 480, ()) for time_s in (1.0, 2.0, 3.0)]
    path = forged(tmp_path / "forged", record(good[0]), fault, record(good[1]), fault, record(good[2]))
    warnings: list[str] = []
    assert list(read_skeleton(path, warnings.append)) == good
    assert len(warnings) == 2
    assert "damaged at record 1, which is left out" in warnings[0]
    assert why in warnings[0]
    assert "2 of 5 records" in warnings[1]


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0, skeleton_file.LONGEST_RECORD_BYTES + 1])
def test_an_impossible_length_ends_a_recording_with_a_reason(tmp_path: Path, length: int) -> None:
    path = forged(tmp_path / "forged", record(Pose(0.0, 0, 640, 480, ())), struct.pack("<I", length))
    played: Iterator[Pose] = read_skeleton(path)
    next(played)
    with pytest.raises(UserError, match=f"damaged at record 1: a length of {length}"):
        list(played)


@pytest.mark.parametrize("time_s", [5.0, math.nan, 0.0])
def test_endless_bad_records_end_a_recording_after_a_bounded_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time_s: float
) -> None:
    bad = record(Pose(time_s, 0, 640, 480, ()))
    path = forged(tmp_path / "forged", record(Pose(5.0, 0, 640, 480, ())), bad * 400_000)
    read: list[int] = []
    read_record = skeleton_file._read_record

    def counted(stream: bounded_gzip.Unpacked, path: Path, number: int) -> bytes | None:
        read.append(number)
        return read_record(stream, path, number)

    monkeypatch.setattr(skeleton_file, "_read_record", counted)
    played = read_skeleton(path, lambda _: None)
    next(played)
    with pytest.raises(UserError, match=r"damaged at record 301.*bad ones in a row"):
        next(played)
    assert len(read) <= skeleton_file.MOST_IN_A_ROW + 2


def test_records_that_come_twice_leave_the_rest_whole(tmp_path: Path) -> None:
    content = poses(1000)
    path = written(tmp_path / "twice", [pose for pose in content for _ in range(2)])
    warnings: list[str] = []
    assert list(read_skeleton(path, warnings.append)) == content
    assert warnings[-1].startswith("1000 of 2000 records")


def test_a_gap_in_a_recording_is_shortened_with_a_warning(tmp_path: Path) -> None:
    content = poses(60)
    late = [msgspec.structs.replace(pose, capture_time_s=pose.capture_time_s + 600.0) for pose in content[30:]]
    warnings: list[str] = []
    played = list(read_skeleton(written(tmp_path / "gap", content[:30] + late), warnings.append))
    times = np.array([pose.capture_time_s for pose in played])
    assert len(played) == 60
    assert np.diff(times).max() == pytest.approx(2.0)
    np.testing.assert_allclose(np.diff(times[30:]), 1 / 30)
    assert "gap of 600.0 s" in warnings[0]
    assert len(warnings) == 1


def test_one_wrong_time_does_not_change_what_follows(tmp_path: Path) -> None:
    content = poses(60)
    content[30] = msgspec.structs.replace(content[30], capture_time_s=1e8)
    played = list(read_skeleton(written(tmp_path / "wrong", content), lambda _: None))
    assert [pose.sequence for pose in played] == list(range(60))
    times = np.array([pose.capture_time_s for pose in played])
    assert np.diff(times).min() > 0
    assert times[-1] < 5.0


HOSTILE = {
    "zeros behind the end": gzip.compress(b"") + bytes(30_000_000),
    "a name without an end": b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * 30_000_000,
    "empty parts": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\0\0\0\xff\xff" * 6_000_000,
    "empty members": gzip.compress(b"") * 1_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_made_to_keep_a_reader_busy_is_refused_after_little_of_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(HOSTILE[kind])
    assert not is_skeleton(path)
    with pytest.raises(UserError, match="not a skeleton recording"):
        next(read_skeleton(path))
    with path.open("rb") as file:
        with suppress(EOFError, zlib.error):
            bounded_gzip.Unpacked(file).line(100)
        assert file.tell() < bounded_gzip.MOST_SILENT_BYTES + 2 * bounded_gzip.PORTION_BYTES


def test_a_small_file_that_unpacks_to_a_huge_one_costs_no_memory(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        for _ in range(64):
            stream.write(b" " * 2**20)  # a first line without an end
    path = tmp_path / "bomb"
    path.write_bytes(packed.getvalue())
    tracemalloc.start()
    assert not is_skeleton(path)
    with pytest.raises(UserError, match="not a skeleton recording"):
        next(read_skeleton(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        gzip.compress(b""),
        gzip.compress(b'{"format": "other", "version": 1, "made_by": ""}\n'),
        gzip.compress(b'{"format": ' + b"[" * 10_000),
        gzip.compress(b'{"other": ' + b"[" * 10_000),
        gzip.compress(b"\xff\n"),
    ],
    ids=["empty", "plain text", "empty gzip", "other format", "deep format", "deep key", "not UTF-8"],
)
def test_a_foreign_file_is_not_taken_for_a_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.skeleton"
    path.write_bytes(content)
    assert not is_skeleton(path)
    with pytest.raises(UserError, match="is not a skeleton recording"):
        list(read_skeleton(path))


def test_a_missing_file_and_a_folder_are_reported(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        assert not is_skeleton(path)
        with pytest.raises(UserError, match="cannot be opened"):
            list(read_skeleton(path))


def test_a_recording_of_a_newer_version_says_update(tmp_path: Path) -> None:
    header = msgspec.json.encode(skeleton_file.SkeletonHeader(skeleton_file.FORMAT, 2, "gesturesynth 9.0")) + b"\n"
    path = forged(tmp_path / "new", header=header)
    assert is_skeleton(path)
    with pytest.raises(UserError, match=r"gesturesynth 9\.0.*Update"):
        list(read_skeleton(path))


# ------------------------------------------------------------------------------------------------ the demo performer
@pytest.fixture(scope="module")
def demo() -> list[Pose]:
    return list(read_skeleton(paths.demo_performer()))


def test_the_demo_performer_is_small_and_has_a_description() -> None:
    path = paths.demo_performer()
    assert is_skeleton(path)
    assert path.stat().st_size < 2**20
    assert "tracker on public test footage" in read_header(path).about
    assert list(read_skeleton(path))[-1].capture_time_s > 25


def test_the_demo_performer_comes_and_goes_and_loops_without_a_jump(demo: list[Pose]) -> None:
    present = np.array([bool(pose.bodies) for pose in demo])
    assert not present[0]
    assert not present[-1]
    assert (np.diff(present.astype(int)) == 1).sum() >= 2, "a person enters, twice"
    assert 0.75 < present.mean() < 0.95
    times_s = np.array([pose.capture_time_s for pose in demo])
    assert times_s[0] == 0.0
    assert np.allclose(np.diff(times_s), 1 / 30, atol=1e-5)


def test_the_demo_performer_moves_enough_to_make_music(demo: list[Pose]) -> None:
    size = (demo[0].width, demo[0].height)
    assert {(pose.width, pose.height) for pose in demo} == {size}
    joints = np.array(
        [pose.bodies[0].image_array()[:, :2] if pose.bodies else np.full((33, 2), np.nan) for pose in demo]
    )
    pixels = joints * size
    hips, shoulders = pixels[:, [23, 24]].mean(axis=1), pixels[:, [11, 12]].mean(axis=1)
    torso_px = np.nanmedian(np.linalg.norm(hips - shoulders, axis=1))
    heights = (hips[:, None, 1] - pixels[:, [15, 16], 1]) / torso_px
    low, high = np.nanpercentile(heights, (5, 95), axis=0)
    assert (low < 0.1).all(), "both wrists go below the hips"
    assert (high > 1.5).all(), "and overhead"
    assert np.nanstd(heights[:, 0] - heights[:, 1]) > 0.2, "and not always together"
    for start in range(len(demo) - 30):
        wrists = pixels[start : start + 30, [15, 16]]
        if not np.isnan(wrists).any():
            assert np.ptp(wrists, axis=0).max() > 0.1 * torso_px, f"nothing moves from {start / 30:.1f} s on"
