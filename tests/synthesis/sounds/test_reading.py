"""Sound files in memory: at the engine's rate, in tune, equally loud, without clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.measuring import momentary_lufs, strongest_hz
from gesturesynth.synthesis.sounds.files import sound_files
from gesturesynth.synthesis.sounds.reading import LOUDNESS_LUFS, PEAK, read_sound
from gesturesynth.synthesis.sounds.resampling import resampled
from tests.support.sound_files import tone, write_tone

RATE_HZ = 48000


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44100, 48000), (96000, 48000), (8000, 48000), (48000, 44100)])
def test_a_tone_at_another_rate_is_the_same_tone(from_hz: int, to_hz: int) -> None:
    made = resampled(tone(1000.0, 9.0, from_hz)[:, 0].astype(np.float32), from_hz, to_hz)
    wanted = tone(1000.0, 9.0, to_hz)[:, 0]
    assert len(made) == len(wanted)
    inner = slice(to_hz // 20, -to_hz // 20)
    assert np.abs(made - wanted)[inner].max() < 1e-4


def test_what_the_new_rate_cannot_hold_is_left_out_instead_of_folded() -> None:
    made = resampled(tone(30000.0, 2.0, 96000)[:, 0].astype(np.float32), 96000, 48000)
    assert np.abs(made[4800:-4800]).max() < 1e-3


@pytest.mark.parametrize("length", [1, 2, 77, 5000])
def test_a_sound_of_a_few_samples_stays_finite(length: int) -> None:
    made = resampled(np.ones(length, np.float32), 44100, 48000)
    assert len(made) == int(np.ceil(length * 48000 / 44100))
    assert np.isfinite(made).all()


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.aiff"])
@pytest.mark.parametrize("rate_hz", [22050, 48000, 96000])
def test_every_format_at_every_rate_is_in_tune_and_equally_loud(tmp_path: Path, name: str, rate_hz: int) -> None:
    write_tone(tmp_path / name, 441.0, 1.5, rate_hz, peak=0.003)
    made = read_sound(sound_files(tmp_path)[0], RATE_HZ, 2)
    assert made.shape[0] == 2
    assert made.shape[1] == pytest.approx(1.5 * RATE_HZ, rel=0.01)
    assert strongest_hz(made.T.astype(np.float64)) == pytest.approx(441.0, abs=0.5)
    assert float(momentary_lufs(made.T.astype(np.float64)).max()) == pytest.approx(LOUDNESS_LUFS, abs=0.3)
    assert abs(made[:, 0]).max() < 1e-6
    assert abs(made[:, -1]).max() < 1e-6


def test_a_short_click_is_not_made_louder_than_full_scale(tmp_path: Path) -> None:
    samples = np.zeros(2000)
    samples[1000:1010] = 0.2
    soundfile.write(tmp_path / "click.wav", samples, RATE_HZ)
    assert np.abs(read_sound(sound_files(tmp_path)[0], RATE_HZ, 1)).max() == pytest.approx(PEAK, rel=1e-4)


def test_silence_and_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(4800, np.nan), RATE_HZ, subtype="FLOAT")
    made = read_sound(sound_files(tmp_path)[0], RATE_HZ, 1)
    assert np.array_equal(made, np.zeros_like(made))


def test_a_file_that_has_gone_since_is_a_sentence(tmp_path: Path) -> None:
    write_tone(tmp_path / "a.wav", 300.0)
    file = sound_files(tmp_path)[0]
    file.path.unlink()
    with pytest.raises(UserError, match="cannot be read"):
        read_sound(file, RATE_HZ, 1)
