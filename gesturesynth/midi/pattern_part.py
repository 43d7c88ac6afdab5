"""The strokes of a preset's patterns as the MIDI process knows them: the same steps as in the engine, and when. Pure.

The engine never jumps to the line of beats that the conductor sends, but goes a little faster or slower until it is
there (`synthesis/tempo/line.py`). `FollowedLine` does the same, so both strike at the same times.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from gesturesynth.midi.beat_clock import MOST_SLEW, SETTLING_BEATS
from gesturesynth.runtime.midi_message import MidiPattern
from gesturesynth.runtime.pattern_steps import PatternSteps
from gesturesynth.runtime.piece_state import VoiceState
from gesturesynth.runtime.tempo import QUARTERS, Tempo
from gesturesynth.runtime.voice_names import name_in_voice

LATEST_S: Final = 0.1
"""A stroke that is later than this is left out; so is what was missed while the computer slept."""


class FollowedLine:
    """The line of beats, led to that of the conductor as the engine leads its own."""

    def __init__(self) -> None:
        self._tempo: Tempo | None = None
        self._own: Tempo | None = None

    def follow(self, tempo: Tempo | None, now_s: float) -> Tempo | None:
        """The line from now on, until the next call; None where there is none.

        Args:
            tempo: of the conductor.
            now_s: monotonic seconds.
        """
        before, self._tempo = self._tempo, tempo
        if tempo is None or before is None or self._own is None:
            self._own = tempo
            return tempo
        beat, there = self._own.beat_at(now_s), tempo.beat_at(now_s)
        if (tempo.beats, tempo.unit) != (before.beats, before.unit):
            beat += float(round(there - beat))
        beat += int((there - beat) / tempo.bar) * tempo.bar
        slew = min(MOST_SLEW, max(-MOST_SLEW, (there - beat) / SETTLING_BEATS))
        self._own = msgspec.structs.replace(tempo, bpm=tempo.bpm * (1.0 + slew), anchor_s=now_s, anchor_beat=beat)
        return self._own


class PatternPart:
    """One pattern as one voice plays it.

    Args:
        setup: the pattern, and what moves it.
        voice: from 0; each has strokes of its own where chance decides.
    """

    def __init__(self, setup: MidiPattern, voice: int) -> None:
        self._setup = setup
        pattern = setup.pattern
        own = msgspec.structs.replace(pattern, name=name_in_voice(pattern.name, voice + 1))
        self._steps = PatternSteps(own)
        self._every = pattern.every * QUARTERS
        self._next: int | None = None
        self._due_s = math.inf

    @property
    def due_s(self) -> float:
        """When the next step is, monotonic."""
        return self._due_s

    def strikes(self, voice: VoiceState, scene: str, line: Tempo | None, now_s: float) -> bool:
        """Whether it strikes now.

        Args:
            voice: of the newest state: has the density and the chance.
            scene: that plays.
            line: of beats.
            now_s: monotonic seconds.
        """
        if line is None:
            self.release()
            return False
        due_s = math.inf if self._next is None else self._time_of(line, self._next)
        if self._next is None or not now_s - LATEST_S <= due_s <= now_s + line.seconds(2.0 * QUARTERS):
            self._next = self._first_from(line, now_s)
        found = False
        while self._time_of(line, self._next) <= now_s:
            found = self._struck(self._next, voice, scene, line) or found
            self._next += 1
        self._due_s = self._time_of(line, self._next)
        return found and scene not in self._setup.silent_in

    def release(self) -> None:
        """Waits for nothing."""
        self._next, self._due_s = None, math.inf

    def _struck(self, step: int, voice: VoiceState, scene: str, line: Tempo) -> bool:
        setup = self._setup
        density = _value(voice, setup.density_from, scene, setup.pattern.density)
        chance = _value(voice, setup.chance_from, scene, setup.pattern.chance)
        return self._steps.strikes(step, line.bar, density, chance)

    def _time_of(self, line: Tempo, step: int) -> float:
        return line.time_of(step * self._every)

    def _first_from(self, line: Tempo, now_s: float) -> int:
        """The first step that is not over."""
        step = math.floor((line.beat_at(now_s) - 2.0 * line.swung * QUARTERS) / self._every)  # swing is late
        while self._time_of(line, step) < now_s:
            step += 1
        return step


def _value(voice: VoiceState, sources: dict[str, str], scene: str, fixed: float) -> float:
    """What an output says where one moves it; else what is fixed."""
    value = voice.outputs.get(sources.get(scene, sources.get("", "")), math.nan)
    return fixed if math.isnan(value) else value
