"""Names of files that mean something else to a native library, or end it: to us they are names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.native_files import native_name
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import read_skeleton
from gesturesynth.tracking.sources import resolve
from tests.support.fake_skeletons import write_performer
from tests.support.mp4_surgery import noise, write
from tests.support.tracker_process import TrackerProcess

NAMES = [
    b"12:30 take.mp4",
    b"http:clip.mp4",
    b"concat:a|b",
    b"pipe:0",
    b"data:,x",
    b"-",
    b"-i.mp4",
    b"picture_%02d.jpg",
    b"100%.mp4",
    b"what?#fragment.mp4",
    b"two\nlines.mp4",
    b"two  blanks .mp4",
    b"\xff\xfe.mp4",
    b"caf\xe9.mp4",
    "naïve ☃.mp4".encode(),
    b"l" * 251 + b".mp4",
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def named(folder: Path, name: bytes) -> str:
    """A clip of three pictures under a name, as the text in which Python has it."""
    text = os.fsdecode(name)
    write(folder / "plain.mp4", noise(3)).rename(folder / text)
    return text


@pytest.mark.parametrize("name", NAMES)
def test_a_relative_name_is_a_name_whatever_is_in_it(here: Path, name: bytes) -> None:
    assert len(list(read_poses(named(here, name)))) == 3


@pytest.mark.parametrize("name", [b"12:30 take.mp4", b"\xff\xfe.mp4", b"two  blanks\n.mp4", b"-i.mp4"])
def test_the_tracker_plays_it_and_shows_its_name_as_text(here: Path, name: bytes) -> None:
    ensure_model()
    source = str(here / named(here, name))
    with TrackerProcess(source={"source": source}) as tracker:
        tracker.pose_where(lambda pose: pose.sequence > 3)
        status = tracker.status_where(lambda status: status.state == "live")
        assert status.source == paths.printable(os.fsdecode(name))
        assert "\n" not in status.source
        assert tracker.stop()[0] == 0


def test_the_command_line_takes_it_too_and_writes_to_such_names(here: Path) -> None:
    source, out, table = named(here, b"caf\xe9 12:30.mp4"), os.fsdecode(b"\xffout.wav"), os.fsdecode(b"\xff.csv")
    command = [sys.executable, "-m", "gesturesynth", "render", f"--source={source}", "--out", out, "--csv", table]
    done = subprocess.run(command, cwd=here, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (here / out).stat().st_size > 44
    assert (here / table).stat().st_size > 10


def test_what_is_no_file_is_refused_in_a_sentence_and_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(UserError, match="not a file"), native_name(path):
            pass
    with pytest.raises(UserError, match=r"b�.*No such file"), native_name(tmp_path / os.fsdecode(b"b\xff")):
        pass
    for text in ("n" * 300, "n/" * 3000):
        with pytest.raises(UserError, match="name too long"):
            resolve(text)


def test_the_native_name_is_ascii_and_nothing_stays_open(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff%d:x")
    path.write_bytes(b"content")
    before = open_files()
    with native_name(path) as name:
        assert name.isascii()
        assert Path(name).read_bytes() == b"content"
    assert open_files() == before


def test_a_skeleton_recording_may_have_such_a_name(here: Path) -> None:
    path = Path(os.fsdecode(b"12:30 \xff.skeleton"))
    write_performer(path, 5)
    assert len(list(read_poses(str(path)))) == len(list(read_skeleton(path))) == 5


def test_the_pose_model_may_have_such_a_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff:%d.task")
    path.symlink_to(ensure_model())
    with Landmarker(Path(ensure_model(str(path)))):
        pass


def test_names_are_shown_on_one_line() -> None:
    assert paths.printable(os.fsdecode(b"a\xffb\nc\x1b[2J")) == "a\ufffdb\\nc\\x1b[2J"
    assert paths.printable("naïve ☃.mp4") == "naïve ☃.mp4"
