"""Recordings: every sample, in each format, valid at any moment, never larger than allowed, never over another file."""

from __future__ import annotations

import os
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.recorder import Continuation, Recorder, RecordFormat, check, encode
from tests.support.jack_server import read_wav


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.9, 0.9, (48000, 2)).astype(np.float32)


@pytest.mark.parametrize(("sample_format", "error"), [("16", 2.0**-16), ("24", 2.0**-24), ("float", 0.0)])
def test_what_is_written_is_read_back(
    tmp_path: Path, noise: np.ndarray, sample_format: RecordFormat, error: float
) -> None:
    path = tmp_path / "take.wav"
    recorder = Recorder(path, 48000, sample_format=sample_format)
    for start in range(0, len(noise), 1000):
        recorder.write(noise[start : start + 1000])
    recorder.close()
    recorder.close()
    rate, samples = read_wav(path)
    assert (rate, samples.shape) == (48000, noise.shape)
    assert np.abs(samples - noise).max() <= error * 1.01
    if sample_format != "float":
        with wave.open(str(path)) as other_reader:
            assert other_reader.getnframes() == len(noise)
            assert other_reader.getsampwidth() * 8 == int(sample_format)


def test_the_file_can_be_read_while_it_grows_and_after_a_kill(tmp_path: Path, noise: np.ndarray) -> None:
    path = tmp_path / "take.wav"
    recorder = Recorder(path, 48000, sample_format="16")
    for _ in range(3):
        recorder.write(noise)
        recorder.write(noise[:10000])
    # The recorder is not closed: this file is what a kill -9 leaves.
    copy = tmp_path / "copy.wav"
    shutil.copy(path, copy)
    recorder.close()
    with wave.open(str(copy)) as reader:
        assert reader.getnframes() >= 3 * 58000 - 48000
        left = np.frombuffer(reader.readframes(reader.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(left[:48000] / 2**15 - noise).max() < 1e-3


def test_the_limit_ends_the_recording_with_a_note_and_a_valid_file(tmp_path: Path, noise: np.ndarray) -> None:
    path = tmp_path / "take.wav"
    recorder = Recorder(path, 48000, limit_mb=1, sample_format="16")
    assert recorder.note == ""
    for _ in range(10):
        recorder.write(noise)
    assert "limit of 1 MB after 5 s" in recorder.note
    assert 999_990 <= path.stat().st_size <= 1_000_000
    _, samples = read_wav(path)
    assert np.abs(samples[48000:96000] - noise).max() < 1e-3
    recorder.close()
    assert "limit" in recorder.note


def test_a_full_disk_ends_the_recording_with_a_note(tmp_path: Path, noise: np.ndarray) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    recorder = Recorder(tmp_path / "take.wav", 48000)
    full = os.open("/dev/full", os.O_WRONLY)
    assert recorder._file is not None
    os.dup2(full, recorder._file.fileno())
    os.close(full)
    recorder.write(noise)
    recorder.write(noise)
    assert "No space left" in recorder.note
    recorder.close()


def test_another_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_text("precious")
    with pytest.raises(UserError, match="exists already"):
        Recorder(path, 48000)
    assert path.read_text() == "precious"
    with pytest.raises(UserError, match="no folder"):
        check(tmp_path / "missing" / "take.wav", 100)
    for limit_mb in (0.5, 5000):
        with pytest.raises(UserError, match="between 1 and 4000 MB"):
            check(tmp_path / "other.wav", limit_mb)


def test_samples_beyond_full_scale_do_not_wrap_around() -> None:
    loud = np.array([[1.5, -1.5], [1.0, -1.0]], np.float32)
    assert np.frombuffer(encode(loud, "16"), "<i2").tolist() == [32767, -32768, 32767, -32768]
    assert encode(loud, "24") == bytes.fromhex("ffff7f000080ffff7f000080")


def test_a_restarted_engine_goes_on_in_the_next_file_but_a_user_is_refused(tmp_path: Path) -> None:
    note, path = tmp_path / "note.json", tmp_path / "take.wav"
    first = Continuation(note, parent=42)
    assert first.choose(path) == path
    first.begin(path)
    path.touch()
    # It died; its supervisor starts another, and that one dies too.
    second = Continuation(note, parent=42)
    assert second.choose(path) == tmp_path / "take-2.wav"
    second.begin(path)
    (tmp_path / "take-2.wav").touch()
    third = Continuation(note, parent=42)
    assert third.choose(path) == tmp_path / "take-3.wav"
    assert Continuation(note, parent=43).choose(path) == path, "another parent is another start: refused by check"
    third.end()
    assert Continuation(note, parent=42).choose(path) == path
