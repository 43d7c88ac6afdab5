"""The engine's line of beats: counted in samples, led to the conductor's, never by a jump."""

import numpy as np
import pytest

from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.cycle import Cycle
from gesturesynth.synthesis.tempo.line import MOST_SLEW, TempoLine
from gesturesynth.synthesis.tempo.swing import swung

RATE = 48000.0
FRAMES = 256


def _run(line: TempoLine, seconds: float, start_s: float, drift: float = 1.0) -> np.ndarray:
    """Places of all samples of some seconds; `drift`: how fast the card's clock is."""
    blocks = [
        line.advance(FRAMES, start_s + block * FRAMES / RATE / drift)[1:]
        for block in range(round(seconds * RATE / FRAMES))
    ]
    return np.concatenate(blocks)


def test_the_first_tempo_is_taken_as_it_is_and_counted_in_samples() -> None:
    line = TempoLine(RATE)
    line.set(Tempo(bpm=96.0, anchor_s=100.0, anchor_beat=7.0), 103.0)
    beats = _run(line, 4.0, 103.0)
    assert beats[0] == pytest.approx(7.0 + 3.0 * 96 / 60)
    assert beats[-1] == pytest.approx(7.0 + 7.0 * 96 / 60, abs=0.01)
    assert np.ptp(np.diff(beats)) < 1e-9


@pytest.mark.parametrize("drift", [0.9998, 1.0002])
def test_a_card_whose_clock_drifts_stays_with_the_conductor(drift: float) -> None:
    line = TempoLine(RATE)
    tempo = Tempo(bpm=120.0)
    line.set(tempo, 0.0)
    beats = _run(line, 120.0, 0.0, drift)
    assert beats[-1] == pytest.approx(tempo.beat_at(len(beats) / RATE / drift), abs=0.01)


def test_changes_of_tempo_and_moved_beats_are_never_a_jump() -> None:
    line = TempoLine(RATE)
    tempo = Tempo(bpm=80.0)
    line.set(tempo, 0.0)
    parts = [_run(line, 3.0, 0.0)]
    tempo = tempo.changed(140.0, 2.98)  # the message comes a little late
    line.set(tempo, 3.0)
    parts.append(_run(line, 3.0, 3.0))
    tempo = tempo.with_beat_at(6.2)
    line.set(tempo, 6.0)
    parts.append(_run(line, 20.0, 6.0))
    beats = np.concatenate(parts)
    steps = np.diff(beats) * RATE * 60
    assert steps.min() >= 80 * (1 - MOST_SLEW) - 1e-6
    assert steps.max() <= 140 * (1 + MOST_SLEW) + 1e-6
    assert beats[-1] == pytest.approx(tempo.beat_at(26.0), abs=0.01)


def test_no_tick_is_lost_or_comes_twice_however_unsteady_the_callback_is() -> None:
    line, grid, rng = TempoLine(1000.0), Cycle(0.0625), np.random.default_rng(5)
    line.set(Tempo(bpm=300.0), 0.0)
    blocks = [line.advance(4, block * 0.004 + rng.uniform(-0.1, 0.1)) for block in range(20_000)]
    ticks = sum(len(grid.ticks(beats)) for beats in blocks)
    assert ticks == np.floor(blocks[-1][-1] * 4) - np.floor(blocks[0][0] * 4)


def test_a_conductor_that_counts_again_moves_neither_beats_nor_bar_lines() -> None:
    line = TempoLine(RATE)
    line.set(Tempo(bpm=120.0, beats=3), 0.0)
    before = _run(line, 5.0, 0.0)
    line.set(Tempo(bpm=120.0, beats=3, anchor_s=5.0, anchor_beat=0.2), 5.0)
    after = _run(line, 0.1, 5.0)
    assert (after[0] - before[-1]) % 3.0 == pytest.approx(120 / 60 / RATE, rel=0.06)


def test_swing_delays_every_second_note_and_no_other() -> None:
    even = np.arange(0, 4, 1 / 96)
    bent = swung(even, 1.0, 0.125)
    on = np.interp([0.5, 1.0, 1.5, 2.0], bent, even)
    assert on == pytest.approx([2 / 3, 1.0, 5 / 3, 2.0])
    assert np.interp([0.5, 1.0], swung(even, 0.5, 0.125), even) == pytest.approx([0.5 + 1 / 12, 1.0])
    assert (np.diff(swung(even, 0.7, 0.0625)) > 0).all()


def test_ticks_lie_on_the_grid_of_the_length_of_now() -> None:
    beats = np.asarray(np.arange(-1, 96000) * (2.0 / RATE), dtype=np.float64)  # four quarters
    cycle = Cycle(0.125)
    assert cycle.ticks(beats).tolist() == [round(eighth * RATE / 4) for eighth in range(8)]
    assert cycle.counts(beats)[[0, 11999, 12000, 95999]].tolist() == [0, 0, 1, 7]
    assert cycle.phases(beats)[6000] == pytest.approx(0.5)
    cycle.length = 1 / 12
    assert len(cycle.ticks(beats)) == 12


def test_a_phase_changes_its_length_where_both_begin() -> None:
    cycle = Cycle(0.25)
    step = 2.0 / RATE
    phases, at = [], 0
    for block in range(500):
        if block == 10:
            cycle.length = 0.375
        phases.append(cycle.phases(np.asarray((at - 1 + np.arange(FRAMES + 1)) * step, dtype=np.float64)))
        at += FRAMES
    joined = np.concatenate(phases)
    turns = np.flatnonzero(np.diff(joined) < -0.5) + 1
    lengths = np.diff(turns / RATE * 2.0)
    assert lengths == pytest.approx([1.0, 1.0, 1.5], abs=0.001)  # quarters until 3, then dotted ones
    assert np.abs(np.diff(joined))[np.diff(joined) > -0.5].max() < 1e-4
