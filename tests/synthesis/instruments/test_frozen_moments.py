"""Tables of frozen moments: equally loud, without a seam, and each with the spectrum of its moment."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.synthesis.instruments.frozen_moments import MOMENTS, RMS, SIZE, frozen_moments, made_moments
from gesturesynth.synthesis.instruments.grain_source import RATE_HZ
from gesturesynth.synthesis.measuring import strongest_hz


def test_each_table_begins_where_it_ends_and_behind_its_end_is_silence() -> None:
    for table in made_moments():
        steps = np.abs(np.diff(table))
        # pyo reads 0 behind the last sample, then the first.
        assert abs(table[-1]) < steps.max()
        assert abs(table[0]) < 0.001 * np.abs(table).max()


def test_all_tables_are_equally_loud_and_hold_no_dc() -> None:
    tables = made_moments()
    assert tables.shape == (MOMENTS, SIZE)
    assert np.isfinite(tables).all()
    assert np.abs(tables.mean(axis=1)).max() < 1e-4
    assert (tables.std(axis=1) > 0.3 * RMS).all()
    assert (tables.std(axis=1) < 2 * RMS).all()


def test_a_moment_has_the_pitch_that_the_sound_had_then() -> None:
    time_s = np.arange(8 * RATE_HZ) / RATE_HZ
    rising = np.sin(2 * np.pi * np.where(time_s < 4, 300.0, 600.0) * time_s).astype(np.float32)
    tables = frozen_moments(rising)
    for number, table in enumerate(tables):
        assert strongest_hz(np.stack([table, table], axis=1)) == pytest.approx(300.0 if number < 4 else 600.0, abs=3.0)


@pytest.mark.parametrize("length", [1, 100, 5000])
def test_a_sound_as_short_as_can_be_makes_tables(length: int) -> None:
    tables = frozen_moments(np.zeros(length, np.float32))
    assert np.array_equal(tables, np.zeros_like(tables))
