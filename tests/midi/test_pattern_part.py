"""Patterns as notes: the same strokes as the engine's, at the same times, and only where they are heard."""

from __future__ import annotations

from typing import Any

import pytest

from gesturesynth.runtime.midi_message import MidiNote, MidiPattern, MidiSetup
from gesturesynth.runtime.patterns import PatternSetup, Rhythm
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.tempo.line import TempoLine
from gesturesynth.synthesis.tempo.pattern import Pattern
from tests.support.midi_player import TICK_S, Played
from tests.support.midi_states import voice

RATE, FRAMES = 48000, 256
NOTE = MidiNote("trigger", "drums.kick", 36, length_s=0.01)
FOUR = PatternSetup("four", "drums.kick", Rhythm(4, 4), every=0.25)
"""Every quarter note."""


def piece_of(*patterns: MidiPattern, voices: int = 1) -> Played:
    return Played(MidiSetup(notes=(NOTE,), patterns=patterns, voices=voices))


def notes_of(piece: Played, seconds: float, tempos: Any, *voices: Any, **parts: Any) -> list[float]:
    """Times at which notes begin, while the conductor sends sixty states a second; what is due between is played."""
    found: list[float] = []
    voices = voices or (voice(),)
    for _ in range(round(seconds / TICK_S)):
        target_s = piece.now_s + TICK_S
        while (due_s := piece.player.due_s()) < target_s:
            sent = piece.wait(max(0.0, due_s - piece.now_s))
            found += [piece.now_s] * sum(one[0] & 0xF0 == 0x90 for one in sent)
        sent = piece.feed(*voices, tempo=tempos(target_s), for_s=target_s - piece.now_s, **parts)
        found += [piece.now_s] * sum(one[0] & 0xF0 == 0x90 for one in sent)
    return found


def strokes_of(pattern: PatternSetup, seconds: float, tempos: Any, begin_s: float) -> list[float]:
    """Times at which the engine strikes."""
    line, engine, found = TempoLine(RATE), Pattern(pattern), []
    now_s = begin_s
    while now_s < begin_s + seconds:
        line.set(tempos(now_s), now_s)
        beats = line.advance(FRAMES, now_s)
        found += [
            now_s + sample / RATE for sample in engine.due(beats, line.tempo.bar, pattern.density, pattern.chance)
        ]
        now_s += FRAMES / RATE
    return found


@pytest.mark.parametrize(
    "pattern",
    [
        PatternSetup("ring", "drums.kick", Rhythm(16, 5)),
        PatternSetup("odd", "drums.kick", Rhythm(7, 3), every=1 / 12, rotate=2, turn=1),
        PatternSetup("chance", "drums.kick", Rhythm(16, 16), chance=0.5),
        PatternSetup("thin", "drums.kick", Rhythm(16, 9), density=0.4),
        PatternSetup("fill", "drums.kick", Rhythm(16, 2), bars=2, fill=Rhythm(16, 7)),
    ],
    ids=lambda one: one.name,
)
@pytest.mark.parametrize("swing", [0.0, 0.7])
def test_the_strokes_are_those_of_the_engine(pattern: PatternSetup, swing: float) -> None:
    start = Tempo(130.0, swing=swing, anchor_s=99.0, anchor_beat=0.3)
    tapped = start.changed(100.0, 103.0).with_beat_at(103.2)  # the beat moves, and both glide there

    def tempos(now_s: float) -> Tempo:
        return start if now_s < 103.2 else tapped

    begin_s = 100.0 + TICK_S
    played = notes_of(piece_of(MidiPattern(pattern)), 12.0, tempos)
    struck = strokes_of(pattern, 12.0, tempos, begin_s)
    both = slice(1, min(len(played), len(struck)) - 1)
    assert abs(len(played) - len(struck)) <= 1
    assert len(struck) > 8
    assert played[both] == pytest.approx(struck[both], abs=0.006)


def test_a_class_and_a_pattern_that_strike_at_once_are_one_note_each() -> None:
    piece = piece_of(MidiPattern(FOUR))
    tempo = Tempo(120.0, anchor_s=100.0)
    assert len(notes_of(piece, 1.2, lambda _: tempo, voice(struck={"drums.kick": 0}))) == 2
    assert len(notes_of(piece, 0.2, lambda _: tempo, voice(struck={"drums.kick": 1}))) == 1


def test_outputs_move_density_and_chance() -> None:
    tempo = Tempo(120.0, anchor_s=100.0)
    moved = MidiPattern(FOUR, density_from={"": "much"}, chance_from={"b": "likely"})
    counts = []
    for values, scene in (({"much": 1.0}, "a"), ({"much": 0.5}, "a"), ({"much": 0.0}, "a"), ({"likely": 0.0}, "b")):
        piece = piece_of(moved)
        counts.append(len(notes_of(piece, 4.05, lambda _: tempo, voice(outputs=values), scene=scene)))
    assert counts == [8, 4, 0, 0]


@pytest.mark.parametrize(
    ("voices", "parts"),
    [
        ((voice(present=False),), {}),
        ((voice(share=0.0),), {}),
        ((voice(),), {"scene": "b"}),
        ((voice(),), {"muted": True}),
        ((voice(),), {"closed": True}),
        ((voice(),), {"panic": True}),
    ],
)
def test_it_is_silent_without_a_person_in_silence_and_in_scenes_without_its_instrument(
    voices: Any, parts: dict[str, Any]
) -> None:
    piece = piece_of(MidiPattern(FOUR, silent_in=("b",)))
    tempo = Tempo(120.0, anchor_s=100.0)
    assert notes_of(piece, 2.1, lambda _: tempo, *voices, **parts) == []
    assert len(notes_of(piece, 2.0, lambda _: tempo)) == 4, "and goes on in its place, with nothing made good"


def test_each_voice_has_chances_of_its_own_as_in_the_engine() -> None:
    pattern = PatternSetup("maybe", "drums.kick", Rhythm(16, 16), chance=0.5)
    piece = piece_of(MidiPattern(pattern), voices=2)
    tempo = Tempo(120.0, anchor_s=100.0)
    notes_of(piece, 8.0, lambda _: tempo, voice(), voice())
    counts = [sum(one[0] == status for one in piece.receiver.messages) for status in (0x90, 0x91)]
    times = notes_of(piece, 8.0, lambda _: tempo, voice(), voice())
    assert min(counts) > 20
    assert len(times) > len(set(times)) > max(counts)


def test_time_that_was_lost_is_not_made_good() -> None:
    piece = piece_of(MidiPattern(FOUR))
    tempo = Tempo(120.0, anchor_s=100.0)
    notes_of(piece, 1.0, lambda _: tempo)
    piece.now_s += 3600.05
    assert len(notes_of(piece, 1.0, lambda _: tempo)) == 2
    assert notes_of(piece, 1.0, lambda _: None) == []
