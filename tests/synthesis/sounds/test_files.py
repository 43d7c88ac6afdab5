"""Which sound files are found, what their names say, and what is said of those that cannot be played."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.sounds.file_pitch import MIDDLE_C_HZ, pitch_in
from gesturesynth.synthesis.sounds.files import MOST_FILES, MOST_SECONDS, sound_files
from tests.support.sound_files import write_tone


@pytest.mark.parametrize(
    ("name", "hz"),
    [
        ("cello_C3", 130.813),
        ("060", MIDDLE_C_HZ),
        ("60", MIDDLE_C_HZ),
        ("bell-A#4", 466.164),
        ("bell-Bb4", 466.164),
        ("violin a4 soft", 440.0),
        ("piano-036", 65.406),
        ("from A3 to C4", MIDDLE_C_HZ),
        ("low c-1", None),  # below what a name can mean
        ("take 12", None),
        ("07", None),
        ("drum_36", None),
        ("track9", None),
        ("rain", None),
        ("Face2", None),
        ("200", None),
    ],
)
def test_the_name_of_a_file_says_its_pitch(name: str, hz: float | None) -> None:
    found = pitch_in(name)
    assert found == (None if hz is None else pytest.approx(hz, rel=1e-4))


def test_a_folder_gives_all_formats_in_the_order_of_numbers(tmp_path: Path) -> None:
    for name, rate_hz in (("take 10.wav", 8000), ("take 9.flac", 96000), ("take 2.ogg", 22050), ("take 1.aiff", 44100)):
        write_tone(tmp_path / name, 300.0, 0.5, rate_hz)
    (tmp_path / "notes.txt").write_text("no sound")
    (tmp_path / ".hidden.wav").write_bytes(b"")
    found = sound_files(tmp_path)
    assert [file.path.name for file in found] == ["take 1.aiff", "take 2.ogg", "take 9.flac", "take 10.wav"]
    assert [file.rate_hz for file in found] == [44100, 22050, 96000, 8000]
    assert [file.seconds for file in found] == pytest.approx([0.5] * 4, abs=0.01)
    assert sound_files(tmp_path / "take 2.ogg") == (found[1],)
    write_tone(tmp_path / "5²5.wav", 300.0, 0.5, 8000)  # a digit that is no number
    assert len(sound_files(tmp_path)) == 5


def refusal(place: Path) -> str:
    with pytest.raises(UserError) as refused:
        sound_files(place)
    return str(refused.value)


def test_each_mistake_has_its_sentence(tmp_path: Path) -> None:
    assert "there is no folder or file" in refusal(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is no file" in refusal(tmp_path / "pipe.wav")
    (tmp_path / "pipe.wav").unlink()
    assert "there is no sound file in" in refusal(tmp_path)
    text = tmp_path / "words.txt"
    text.write_text("words")
    assert "must end in .wav" in refusal(text)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF____WAVEjunk")
    assert "broken.wav is no sound that can be read" in refusal(tmp_path)
    broken.unlink()
    soundfile.write(tmp_path / "wide.wav", np.zeros((100, 6)), 44100)
    assert "wide.wav has 6 channels; 1 or 2 can be played" in refusal(tmp_path)
    (tmp_path / "wide.wav").unlink()
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1)), 44100)
    assert "holds 0 samples" in refusal(tmp_path)


def test_too_much_is_refused_by_its_beginning_alone(tmp_path: Path) -> None:
    long = tmp_path / "long.wav"
    soundfile.write(long, np.zeros(round((MOST_SECONDS + 1) * 4000), np.int16), 4000)
    assert f"takes {MOST_SECONDS:g} s at most" in refusal(long)
    both = tmp_path / "both.flac"
    soundfile.write(both, np.zeros((round((MOST_SECONDS / 2 + 1) * 4000), 2), np.int16), 4000)
    assert "(stereo counts twice)" in refusal(both)
    many = tmp_path / "many"
    for number in range(MOST_FILES + 1):
        write_tone(many / f"{number}.wav", 300.0, 0.01, 8000)
    assert f"takes {MOST_FILES} at most" in refusal(many)
