"""Clips with something wrong with them: each cause has a sentence of its own, and what can be played is played."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.video_file import Clip
from tests.support.mp4_surgery import Mp4, noise, write

CLI = [sys.executable, "-m", "gesturesynth"]


def play(path: Path) -> tuple[int, float, list[str]]:
    """The number of pictures, the time at which the last one ends, and the warnings."""
    warnings: list[str] = []
    with Clip(path, on_warning=warnings.append) as clip:
        while clip.read():
            pass
        return clip.frames, clip.end_s, warnings


def refusal(path: Path) -> str:
    """Why a clip cannot be used."""
    with pytest.raises(UserError) as refused:
        next(read_poses(str(path)))
    return str(refused.value)


def halved(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def cut_off(folder: Path) -> Path:
    return halved(Mp4.of(folder, noise(60)).save(folder / "cut.mp4", index_first=True))


def test_a_clip_in_order_is_played_without_a_warning(tmp_path: Path) -> None:
    for end, fourcc in ((".mp4", "mp4v"), (".avi", "MJPG"), (".mkv", "mp4v"), (".webm", "VP80")):
        frames, end_s, warnings = play(write(tmp_path / f"good{end}", noise(60), fourcc=fourcc))
        assert (frames, warnings) == (60, [])
        assert end_s == pytest.approx(2.0, abs=0.01)


def test_a_clip_that_was_cut_off_plays_what_is_there_and_warns(tmp_path: Path) -> None:
    frames, _, warnings = play(cut_off(tmp_path))
    assert 10 < frames < 50
    assert len(warnings) == 1
    assert f"only {frames} of 60 pictures" in warnings[0]
    assert "the file is cut off" in warnings[0]


@pytest.mark.parametrize(("end", "fourcc"), [(".avi", "MJPG"), (".mkv", "mp4v")])
def test_other_containers_that_were_cut_off_warn_too(tmp_path: Path, end: str, fourcc: str) -> None:
    frames, _, warnings = play(halved(write(tmp_path / f"cut{end}", noise(120), fourcc=fourcc)))
    assert 10 < frames < 100
    assert len(warnings) == 1
    assert f"only {frames} of" in warnings[0]


def test_pictures_that_an_edit_list_leaves_out_are_not_missed(tmp_path: Path) -> None:
    clip = Mp4.of(tmp_path, noise(60))
    edits = clip.find(b"elst")
    half = int.from_bytes(edits.content[8:12], "big") // 2
    edits.content = edits.content[:8] + half.to_bytes(4, "big") + edits.content[12:]
    frames, _, warnings = play(clip.save(tmp_path / "trimmed.mp4"))
    assert frames == pytest.approx(30, abs=2)
    assert warnings == []


def test_a_coding_without_a_decoder_is_named_with_advice(tmp_path: Path) -> None:
    text = refusal(Mp4.of(tmp_path, noise(10)).without(b"esds").coded(b"av01").save(tmp_path / "an av1.mp4"))
    assert "coded as AV1 (" in text
    assert "no decoder" in text
    assert f"ffmpeg -i '{tmp_path}/an av1.mp4' -c:v libx264" in text


CAUSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "it is empty (0 bytes)"),
    "text": (lambda path: path.write_text("Some text,\nnö.\n"), "it is a text file"),
    "no index": (lambda path: halved(Mp4.of(path.parent, noise(60)).save(path)), "its index is missing"),
    "index taken away": (
        lambda path: Mp4.of(path.parent, noise(9)).without(b"moov").save(path),
        "its index is missing",
    ),
    "sound only": (lambda path: Mp4.of(path.parent, noise(9)).handled(b"soun").save(path), "sound in it, but no pic"),
    "wave": (lambda path: path.write_bytes(b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)), "sound in it, but no picture"),
    "noise": (lambda path: path.write_bytes(os.urandom(5000)), "no decoder of this computer understands it"),
    "folder": (lambda path: path.mkdir(), "is not a file"),
    "pipe": (os.mkfifo, "is not a file"),
    "nothing": (lambda _: None, "there is no such file"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_has_its_own_sentence(tmp_path: Path, cause: str) -> None:
    make, text = CAUSES[cause]
    path = tmp_path / "clip.mp4"
    make(path)
    assert text in refusal(path)


def test_a_gap_in_the_time_stamps_is_shortened_with_a_warning(tmp_path: Path) -> None:
    path = Mp4.of(tmp_path, noise(60)).hole(30, 600.0).save(tmp_path / "gap.mp4")
    frames, end_s, warnings = play(path)
    assert frames == 60
    assert 2.0 < end_s < 5.0
    assert len(warnings) == 1
    assert "leave out 600.0 s after 1.0 s" in warnings[0]


def test_a_slow_clip_keeps_its_pace(tmp_path: Path) -> None:
    frames, end_s, warnings = play(write(tmp_path / "slow.mp4", noise(6), fps=0.25))
    assert end_s == pytest.approx(24.0)
    assert (frames, warnings) == (6, [])


def test_rendering_a_clip_with_pictures_missing_succeeds_and_warns(tmp_path: Path) -> None:
    clip = cut_off(tmp_path)
    command = [*CLI, "render", "--source", str(clip), "--out", str(tmp_path / "o.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0
    assert "of 60 pictures can be read" in done.stderr
    assert "level=warning" in done.stderr
    assert done.stderr.count("\n") == 1, "and no messages of a decoder"
    assert (tmp_path / "o.wav").stat().st_size > 44
