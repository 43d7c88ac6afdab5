"""Loudness in the engine is that of the standards: their table, their test signals, and numpy's reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import freqz

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.levels.k_weighting import filters, loudness_lufs, power_of, weighted_power
from gesturesynth.synthesis.levels.loudness_meter import LoudnessMeter
from gesturesynth.synthesis.meter import LevelMeter, RingBuffer
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import FRAMES, RATE_HZ, momentary_lufs, server

# ITU-R BS.1770-5, annex 1, tables 1 and 2.
TABLES = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)


def measured(samples: NDArray[Any]) -> list[tuple[float, float]]:
    """(momentary, short-term) at each tenth of a second, as the engine measures samples of shape (frames, 2)."""
    pyo: Any = load_pyo()
    meter = LoudnessMeter(RATE_HZ)
    found = []
    with server() as made:
        table = pyo.DataTable(len(samples), 2, [side.tolist() for side in samples.T])
        reader = pyo.TableRead(table, freq=RATE_HZ / len(samples), interp=1).play()
        graph = Graph(pyo)
        power = weighted_power(graph, reader)
        ring = RingBuffer(made, power)
        for _ in range(len(samples) // FRAMES):
            made.process()
            if meter.add(ring.read()[:, 0]):
                found.append((meter.momentary_lufs, meter.short_term_lufs))
        del ring, power, graph, reader, table
    return found


def sine(parts: Sequence[tuple[float, float]], hz: float = 1000.0, sides: tuple[float, float] = (1.0, 1.0)) -> Any:
    """A sine in parts of (seconds, dB relative to a full-scale sine)."""
    gain = np.concatenate([np.full(round(seconds_s * RATE_HZ), 10 ** (db / 20)) for seconds_s, db in parts])
    mono = gain * np.sin(2 * np.pi * hz * np.arange(len(gain)) / RATE_HZ)
    return np.stack([mono * side for side in sides], axis=1)


def test_the_filters_at_48_khz_are_those_of_the_table() -> None:
    for found, table in zip(filters(48000.0), TABLES, strict=True):
        assert found == pytest.approx(table, abs=1e-6)


@pytest.mark.parametrize("rate_hz", [44100.0, 96000.0])
def test_other_rates_weigh_as_48_khz_does(rate_hz: float) -> None:
    hz = np.geomspace(20.0, 10000.0, 50)

    def response_db(rate: float) -> Any:
        found = [freqz(one[:3], (1.0, *one[3:]), worN=hz, fs=rate)[1] for one in filters(rate)]
        return 20 * np.log10(np.abs(found[0] * found[1]))

    assert np.abs(response_db(rate_hz) - response_db(48000.0)).max() < 0.15


def test_full_scale_in_one_channel_is_minus_3() -> None:
    found = measured(sine([(4.0, 0.0)], hz=997.0, sides=(1.0, 0.0)))
    assert list(found[-1]) == pytest.approx([-3.01, -3.01], abs=0.02)


def test_short_term_is_the_mean_of_three_seconds() -> None:
    """EBU Tech 3341, test 9: constant from 3 s on."""
    found = measured(sine([(1.34, -20.0), (1.66, -30.0)] * 3))
    assert [short for _, short in found[30:]] == pytest.approx([-23.0] * len(found[30:]), abs=0.1)


def test_momentary_is_the_mean_of_four_tenths() -> None:
    """EBU Tech 3341, test 12: constant from 1 s on."""
    found = measured(sine([(0.18, -20.0), (0.22, -30.0)] * 8))
    assert [momentary for momentary, _ in found[10:]] == pytest.approx([-23.0] * len(found[10:]), abs=0.1)


def test_noise_in_both_channels_is_as_loud_as_our_own_reading_says() -> None:
    samples = np.random.default_rng(3).standard_normal((2 * RATE_HZ, 2)) * [0.1, 0.02]
    found = [momentary for momentary, _ in measured(samples)][4:]
    expected = momentary_lufs(samples)[1:]
    assert found == pytest.approx(expected[: len(found)], abs=0.05)


def test_silence_and_what_is_no_number_have_the_lowest_loudness() -> None:
    meter = LoudnessMeter(1000.0)
    assert meter.add(np.full(250, np.nan, np.float32)) == 2
    assert (meter.momentary_lufs, meter.short_term_lufs) == (-120.0, -120.0)
    assert meter.add(np.full(400, power_of(-20.0), np.float32)) == 4
    assert meter.momentary_lufs == pytest.approx(-20.0, abs=1.3)
    assert loudness_lufs(power_of(-37.0)) == pytest.approx(-37.0)


def test_a_peak_between_samples_is_seen_across_blocks() -> None:
    levels = LevelMeter()
    mono = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4).astype(np.float32)
    for block in np.array_split(np.stack([mono, mono * 0.1], axis=1), 37):
        levels.add(block)
    taken = levels.take()
    assert taken.peak_db == pytest.approx(-3.01, abs=0.02)
    assert taken.true_peak_db == pytest.approx(0.0, abs=0.3)
    assert math.isclose(levels.take().true_peak_db, -120.0)
