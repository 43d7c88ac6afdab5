"""MIDI clock: as many ticks as the tempo says, start at a bar line, and no step where the beat moves."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.midi.beat_clock import BeatClock
from gesturesynth.midi.encoder import CLOCK, START, STOP
from gesturesynth.runtime.tempo import Tempo


def played(clock: BeatClock, tempo: Tempo | None, begin_s: float, end_s: float) -> list[tuple[float, bytes]]:
    """The messages of a while, each with its time, of a loop that comes when something is due."""
    found: list[tuple[float, bytes]] = []
    now_s = begin_s
    while now_s < end_s:
        found += [(now_s, bytes((octet,))) for octet in clock.advance(tempo, now_s)]
        now_s = max(now_s + 1e-6, min(clock.due_s, now_s + 0.05))
    return found


@settings(max_examples=25, deadline=None)
@given(st.floats(20, 300), st.sampled_from([(4, 4), (3, 4), (6, 8), (5, 8)]), st.floats(0, 5))
def test_there_are_24_ticks_a_quarter_and_a_start_on_a_bar(bpm: float, metre: tuple[int, int], begin_s: float) -> None:
    tempo = Tempo(bpm, *metre, anchor_s=1.5, anchor_beat=2.25)
    sent = played(BeatClock(), tempo, begin_s, begin_s + 12.0)
    ticks = [at_s for at_s, message in sent if message == CLOCK]
    assert len(ticks) == pytest.approx(12.0 * bpm / 60.0 * 24, abs=2)
    starts = [at_s for at_s, message in sent if message == START]
    if 12.0 * bpm / 60.0 > tempo.bar + 0.1:
        assert len(starts) == 1
        bars = tempo.beat_at(starts[0]) / tempo.bar
        assert bars == pytest.approx(round(bars), abs=0.01)


def test_a_start_stands_right_before_its_tick() -> None:
    sent = b"".join(message for _, message in played(BeatClock(), Tempo(120.0), 0.1, 3.0))
    assert sent.count(START) == 1
    assert START + CLOCK in sent


def test_without_a_tempo_it_stops_once() -> None:
    clock = BeatClock()
    played(clock, Tempo(120.0), 0.0, 3.0)
    assert clock.advance(None, 3.0) == STOP
    assert clock.advance(None, 3.1) == b""


def test_a_beat_that_is_moved_is_reached_without_a_step() -> None:
    clock, tempo = BeatClock(), Tempo(120.0)
    played(clock, tempo, 0.0, 2.0)
    moved = tempo.with_beat_at(2.2)  # 0.4 of a beat away
    ticks = [at_s for at_s, message in played(clock, moved, 2.0, 30.0) if message == CLOCK]
    gaps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    usual = 0.5 / 24
    assert min(gaps) >= usual * 0.94
    assert max(gaps) <= usual * 1.06
    assert max(gaps[:100]) > usual * 1.04
    places = [moved.beat_at(at_s) * 24 for at_s in ticks[-24:]]
    assert all(place == pytest.approx(round(place), abs=0.2) for place in places)


def test_a_faster_tempo_goes_on_from_the_tick_that_was() -> None:
    clock, tempo = BeatClock(), Tempo(60.0)
    before = [message for _, message in played(clock, tempo, 0.0, 2.0) if message == CLOCK]
    after = [message for _, message in played(clock, tempo.changed(240.0, 2.0), 2.0, 4.0) if message == CLOCK]
    assert len(before) + len(after) == pytest.approx(24 * (2 + 8), abs=2)


def test_after_a_sleep_it_starts_again_at_a_bar_and_no_ticks_come_in_a_burst() -> None:
    clock, tempo = BeatClock(), Tempo(120.0)
    played(clock, tempo, 0.0, 3.0)
    sent = clock.advance(tempo, 60.3)
    assert sent == STOP
    again = played(clock, tempo, 60.3, 63.0)
    assert [at_s for at_s, message in again if message == START] == [pytest.approx(62.0, abs=0.01)]


def test_another_metre_keeps_the_beats_and_starts_again_at_its_bar() -> None:
    clock = BeatClock()
    played(clock, Tempo(120.0), 0.0, 3.3)
    waltz = Tempo(120.0, beats=3, anchor_s=3.3, anchor_beat=0.6)  # 6.6 beats before, in bars of four
    sent = played(clock, waltz, 3.3, 8.0)
    assert sent[0] == (3.3, STOP)
    assert [at_s for at_s, message in sent if message == START] == [pytest.approx(4.5, abs=0.01)]
    gaps = [later - before for (before, _), (later, _) in itertools.pairwise(one for one in sent if one[1] == CLOCK)]
    assert [min(gaps), max(gaps)] == pytest.approx([0.5 / 24] * 2, rel=0.01)


def test_a_line_that_counts_again_moves_no_tick() -> None:
    clock = BeatClock()
    played(clock, Tempo(120.0), 0.0, 3.0)
    again = Tempo(120.0, anchor_s=0.0, anchor_beat=-400.0)  # a hundred bars earlier
    sent = played(clock, again, 3.0, 5.0)
    assert [message for _, message in sent if message != CLOCK] == []
    assert len(sent) == pytest.approx(96, abs=1)
