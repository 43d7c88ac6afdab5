"""The file that a rendering leaves: a WAV that others can read, or none at all."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.pipeline import render, render_files
from gesturesynth.pipeline.render import RenderSettings


def settings(folder: Path, out: str = "out.wav", seconds: float = 0.5) -> RenderSettings:
    return RenderSettings(paths.presets_dir() / "theremin.yaml", "demo", folder / out, seconds=seconds)


def test_its_header_tells_others_what_is_in_it(tmp_path: Path) -> None:
    rendered = render.render(settings(tmp_path))
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 3, 48000)
        assert file.getnframes() == round(rendered.duration_s * 48000)
        assert len(file.readframes(file.getnframes())) == file.getnframes() * 6
    size = (tmp_path / "out.wav").stat().st_size
    assert int(np.frombuffer((tmp_path / "out.wav").read_bytes()[4:8], "<u4")[0]) == size - 8


def test_what_does_not_fit_into_a_wav_file_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_files, "MOST_BYTES", 48000 * 6 // 4)
    with pytest.raises(UserError, match="do not fit into a WAV file"):
        render.render(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_no_file_can_have_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written: File name too long"):
        render.render(settings(tmp_path, "a" * 300 + ".wav"))
