"""Rhythms: evenly spread, written, thinned, by chance, with fills; and what is struck in pyo, to the sample."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.runtime.patterns import OnBeat, PatternSetup, Rhythm
from gesturesynth.runtime.rhythm import euclid, struck
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.tempo.pattern import Pattern
from tests.support.clicking_instruments import Ticker, TickerByHand

RATE = 48000
BPM = 120.0


def text(cells: tuple[bool, ...]) -> str:
    return "".join(".x"[cell] for cell in cells)


def written(cells: str) -> Rhythm:
    return Rhythm(len(cells), cells.count("x"), tuple(cell == "x" for cell in cells))


@pytest.mark.parametrize(
    ("strokes", "steps", "cells"),
    [
        (3, 8, "x..x..x."),
        (5, 8, "x.x.xx.x"),
        (4, 16, "x...x...x...x..."),
        (0, 4, "...."),
        (4, 4, "xxxx"),
    ],
)
def test_strokes_are_spread_evenly(strokes: int, steps: int, cells: str) -> None:
    assert text(euclid(strokes, steps)) == cells


@pytest.mark.parametrize("steps", [5, 8, 13, 16, 64])
def test_no_two_gaps_differ_by_more_than_a_step(steps: int) -> None:
    for strokes in range(1, steps + 1):
        on = np.flatnonzero(euclid(strokes, steps))
        gaps = np.diff([*on, on[0] + steps])
        assert len(on) == strokes
        assert np.ptp(gaps) <= 1


def test_density_spreads_fewer_strokes_and_takes_weak_ones_of_a_written_rhythm_first() -> None:
    assert text(struck(Rhythm(8, 4), 0.5)) == "x...x..."
    rhythm = written("xx.xx.x.")
    assert [text(struck(rhythm, density)) for density in (1.0, 0.6, 0.4, 0.2, 0.0)] == [
        "xx.xx.x.",
        "x...x.x.",
        "x...x...",
        "x.......",
        "........",
    ]


def play(setup: PatternSetup, bars: int, bar: float = 4.0, density: float = 1.0, chance: float = 1.0) -> list[str]:
    """What a pattern strikes, a text of sixteenths for each bar."""
    pattern = Pattern(setup)
    per_sample = 1 / 1000
    rows = []
    for number in range(bars):
        beats = np.asarray(number * bar + per_sample * np.arange(-1, round(bar * 1000)), dtype=np.float64)
        cells = [False] * round(bar * 4)
        for sample in pattern.due(beats, bar, density, chance):
            cells[round(sample * per_sample * 4)] = True
        rows.append(text(tuple(cells)))
    return rows


def test_rotation_turns_and_rhythms_that_are_no_bar() -> None:
    even = PatternSetup("a", "x.hit", Rhythm(8, 3))
    assert play(even, 1) == ["x..x..x.x..x..x."]
    assert play(PatternSetup("a", "x.hit", Rhythm(8, 3), rotate=1), 1) == [".x..x..x.x..x..x"]
    turning = PatternSetup("a", "x.hit", Rhythm(16, 1), turn=3)
    assert play(turning, 3) == ["x...............", "...x............", "......x........."]
    three = PatternSetup("a", "x.hit", Rhythm(3, 1))
    assert play(three, 3) == ["x..x..x..x..x..x", "..x..x..x..x..x.", ".x..x..x..x..x.."]


def test_the_last_of_the_bars_is_the_fill_in_every_metre() -> None:
    setup = PatternSetup("a", "x.hit", Rhythm(16, 4), bars=3, fill=written("xxx."))
    assert play(setup, 6) == [*["x...x...x...x..."] * 2, "xxx.xxx.xxx.xxx."] * 2
    waltz = play(PatternSetup("a", "x.hit", Rhythm(12, 3), bars=2, fill=written("xx")), 4, bar=3.0)
    assert waltz == ["x...x...x...", "x" * 12] * 2


def test_chance_leaves_strokes_out_differs_between_bars_and_is_the_same_each_time() -> None:
    setup = PatternSetup("ring", "x.hit", Rhythm(16, 16))
    rows = play(setup, 64, chance=0.7)
    assert rows == play(setup, 64, chance=0.7)
    share = "".join(rows).count("x") / (64 * 16)
    assert share == pytest.approx(0.7, abs=0.05)
    assert len(set(rows)) > 60
    fewer = play(setup, 64, chance=0.4)
    both = zip("".join(rows), "".join(fewer), strict=True)
    assert all(more == "x" for more, less in both if less == "x"), "less chance strikes nothing else"
    assert play(PatternSetup("other", "x.hit", Rhythm(16, 16)), 64, chance=0.7) != rows


# ------------------------------------------------------------------------------------------------------------- in pyo
def onsets(side: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(side) > 0.05)
    return loud[np.r_[True, np.diff(loud) > 400]] if loud.size else loud


def sound(kind: str, on_beat: OnBeat, *, count: int = 0, values: tuple[float, ...] = ()) -> Sound:
    scene = Scene(
        "ticker",
        (InstrumentSetup("ticker", kind, {"level": 0.0}),),
        ("ring.density",) if values else (),
        (0.0,) if values else (),
        triggers=("ticker.hit",),
        fade_in_s=0.0,
        on_beat=on_beat,
    )
    return Sound(0.0, scene, values, (count,), tempo=Tempo(bpm=BPM))


KINDS = {"ticker": Ticker, "by_hand": TickerByHand}


@functools.cache
def delay() -> int:
    """Samples that the master takes."""
    ring = PatternSetup("ring", "ticker.hit", Rhythm(1, 1), every=0.25)
    with OfflineEngine(RATE, 256, kinds=KINDS) as engine:
        engine.apply(sound("ticker", OnBeat(patterns=(ring,))))
        return int(onsets(engine.render(RATE)[:, 0])[0]) % (RATE // 2)


@pytest.mark.parametrize(("kind", "most"), [("ticker", 1), ("by_hand", 256)])
def test_a_pattern_strikes_on_the_grid(kind: str, most: int) -> None:
    ring = PatternSetup("ring", "ticker.hit", Rhythm(8, 3))
    with OfflineEngine(RATE, 256, kinds=KINDS) as engine:
        engine.apply(sound(kind, OnBeat(patterns=(ring,))))
        assert engine.notes == ()
        ticks = onsets(engine.render(4 * RATE)[:, 0])
    sixteenths = np.array([step for step in range(1, 32) if step % 8 in {0, 3, 6}])
    assert ticks - delay() == pytest.approx(sixteenths * RATE / 8, abs=most)


def test_an_output_moves_the_density() -> None:
    ring = PatternSetup("ring", "ticker.hit", Rhythm(16, 8))
    with OfflineEngine(RATE, 256, kinds=KINDS) as engine:
        counts = []
        for density in (1.0, 0.5, 0.0, 1.0):
            engine.apply(sound("ticker", OnBeat(patterns=(ring,)), values=(density,)))
            counts.append(len(onsets(engine.render(2 * RATE)[:, 0])))
        assert engine.notes == ()
    assert counts == [7, 4, 0, 8]  # the first one is lost in the fade-in


@pytest.mark.parametrize(("grid", "line"), [(0.125, 0.75), (0.25, 1.0), (None, 0.6)])
def test_a_trigger_waits_for_its_grid_or_is_free(grid: float | None, line: float) -> None:
    on_beat = OnBeat(grids={} if grid is None else {"ticker.hit": grid})
    with OfflineEngine(RATE, 256, kinds=KINDS) as engine:
        engine.apply(sound("ticker", on_beat))
        before = engine.render(round(0.6 * RATE))
        engine.apply(sound("ticker", on_beat, count=1))
        ticks = onsets(np.concatenate([before, engine.render(2 * RATE)])[:, 0])
    assert len(ticks) == 1
    assert (ticks[0] - delay()) / RATE == pytest.approx(line, abs=1.5 / RATE if grid else 300 / RATE)
