"""The tempo of a preset while it plays: where beats are, and what changes them. No clock: time comes in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gesturesynth.config.preset.model_parts import PresetTempo
from gesturesynth.mapping.gestures.spotter import GestureEvent
from gesturesynth.runtime.beat_intervals import BeatIntervals
from gesturesynth.runtime.readings import TempoReading
from gesturesynth.runtime.tempo import Tempo

LEAST_CHANGE = 0.01
"""A gesture that differs from the tempo by less than this share does not change it."""


class RunningTempo:
    """One tempo. Its first beat is at the first tick.

    Args:
        preset: of the preset; None where nothing lies on a beat.

    Attributes:
        tempo: for the engine; None likewise.
    """

    def __init__(self, preset: PresetTempo | None) -> None:
        self._preset = preset
        self._begun = False
        self.tempo: Tempo | None = preset.tempo if preset else None
        self._performed = BeatIntervals(preset.follow_beats if preset else 1)

    def continue_from(self, former: RunningTempo, time_s: float) -> None:
        """Goes on from the place of another piece; a tempo that was changed stays where the file is the same."""
        if self.tempo is None or former.tempo is None or self._preset is None:
            return
        place = former.tempo.beat_at(time_s)
        if former.tempo.bar != self.tempo.bar:
            place -= place // 1.0  # the beat goes on, with a bar of its own
        bpm = former.tempo.bpm if former._preset == self._preset else self.tempo.bpm
        self.tempo = msgspec.structs.replace(self.tempo, bpm=bpm, anchor_s=time_s, anchor_beat=place)
        self._begun = True

    def follow(self, performed: Sequence[GestureEvent], time_s: float) -> None:
        """One tick: the first one begins the count; gestures that were performed may change the tempo."""
        if self.tempo is None or self._preset is None:
            return
        if not self._begun:
            self._begun = True
            self.tempo = msgspec.structs.replace(self.tempo, anchor_s=time_s, anchor_beat=0.0)
        for event in performed:
            if event.name != self._preset.follow:
                continue
            bpm = self._performed.add(event.end_s)
            if bpm is not None and abs(bpm / self.tempo.bpm - 1.0) >= LEAST_CHANGE:
                self.tempo = self.tempo.changed(bpm, time_s)

    def set(self, bpm: float, time_s: float, *, beat: bool = False) -> None:
        """Another tempo; with `beat` a quarter note begins now."""
        if self.tempo is not None:
            self.tempo = self.tempo.changed(bpm, time_s)
            self.tempo = self.tempo.with_beat_at(time_s) if beat else self.tempo

    def restore(self, stored: Tempo | None, time_s: float) -> None:
        """Goes on where a conductor that ended was; at its tempo alone where the computer was started since.

        Args:
            stored: its tempo.
            time_s: now, monotonic: from 0 where the computer was started.
        """
        if self.tempo is None or stored is None or stored.bar != self.tempo.bar:
            return
        self.tempo = msgspec.structs.replace(self.tempo, bpm=stored.bpm)
        if stored.beat_at(time_s) >= 0.0:
            self._begun = True
            self.tempo = msgspec.structs.replace(self.tempo, anchor_s=stored.anchor_s, anchor_beat=stored.anchor_beat)

    def reading(self, time_s: float) -> TempoReading:
        """The tempo, for the status."""
        tempo = self.tempo
        if tempo is None or self._preset is None:
            return TempoReading()
        place = tempo.beat_at(time_s)
        beat = place % tempo.bar * tempo.unit / 4.0
        return TempoReading(
            tempo.bpm,
            f"{tempo.beats}/{tempo.unit}",
            tempo.swing,
            self._preset.follow,
            int(place // tempo.bar) + 1,
            int(beat) + 1,
        )
