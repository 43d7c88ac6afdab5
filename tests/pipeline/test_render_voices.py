"""`render` of a piece with a voice for each person: sound and table, from a recording of two people."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from gesturesynth.core import paths
from gesturesynth.pipeline.render import RenderSettings, render
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support.raised_arms import several


def test_two_people_are_two_voices_in_the_sound_and_the_table(tmp_path: Path) -> None:
    source, sound, table = tmp_path / "two.skeleton", tmp_path / "two.wav", tmp_path / "two.csv"
    with SkeletonWriter(source) as writer:
        for number in range(120):
            time_s = number / 30
            arms = {1: 0.2 + 0.1 * np.sin(9 * time_s)} | ({2: 0.8 + 0.1 * np.sin(9 * time_s)} if time_s >= 1.5 else {})
            writer.write(several(time_s, arms))
    render(RenderSettings(paths.presets_dir() / "company.yaml", str(source), sound, table))
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    names = [f"output:note{voice}" for voice in ("", "@2", "@3", "@4")]
    assert [name for name in column if name.startswith("output:note")] == names
    np.testing.assert_array_equal(column["present@2"], np.arange(120) >= 45)
    assert column["share"].tolist() == [1.0] * 120
    assert column["share@2"][44] == 0.0
    assert column["share@2"][55] == 1.0
    assert column["share@3"].max() == 0.0
    assert column["output:note@2"][-1] > 1.5 * column["output:note"][-1]
    assert column["output:place"][-1] != pytest.approx(column["output:place@2"][-1], abs=0.1)
    rate, samples = wavfile.read(sound)
    later = samples[int(2.5 * rate) :].astype(np.float64) / np.iinfo(samples.dtype).max
    spectrum = np.abs(np.fft.rfft(later.sum(axis=1) * np.hanning(len(later))))
    hz = np.fft.rfftfreq(len(later), 1 / rate)
    for name in ("output:note", "output:note@2"):
        near = np.abs(hz / column[name][-1] - 1) < 0.03
        assert spectrum[near].max() > 8 * np.median(spectrum[(hz > 80) & (hz < 700)]), f"{name} is heard"
