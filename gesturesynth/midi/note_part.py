"""One entry of `notes` as one voice plays it: when a note begins, which, how loud, and when it ends. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gesturesynth.midi import encoder
from gesturesynth.midi.controllers import Controllers, Lane
from gesturesynth.midi.pattern_part import PatternPart
from gesturesynth.midi.sounding_notes import SoundingNotes
from gesturesynth.runtime.midi_message import MidiNote
from gesturesynth.runtime.piece_state import VoiceState
from gesturesynth.runtime.tempo import QUARTERS, Tempo

HYSTERESIS_SEMITONES: Final = 0.2
"""So far beyond the middle between two notes a pitch has to be to begin the next one: half as many notes that are taken
back at once as without it (docs/midi.md)."""
GATE_CLOSES: Final = 0.5
"""A gate closes at this part of where it opens, so that a value at the border does not begin note after note."""
_REFERENCE_HZ, _REFERENCE_NOTE = 440.0, 69
"""The A above middle C (MIDI Tuning, ISO 16)."""


def exact_note(hz: float) -> float | None:
    """The number of the note of a frequency, with what lies between; None where there is none within 0..127."""
    if not hz > 0.0 or math.isinf(hz):
        return None
    note = _REFERENCE_NOTE + 12.0 * math.log2(hz / _REFERENCE_HZ)
    return note if -0.5 <= note < 127.5 else None


class NotePart:
    """Plays one entry with one voice.

    Args:
        setup: the entry.
        channel: 1..16.
        notes: of all parts. controllers: likewise, for pitch bend.
        bend_semitones: how far pitch bend reaches.
        patterns: those that strike its trigger.
    """

    def __init__(
        self,
        setup: MidiNote,
        channel: int,
        notes: SoundingNotes,
        controllers: Controllers,
        bend_semitones: float,
        *,
        patterns: Sequence[PatternPart] = (),
    ) -> None:
        self._setup = setup
        self._patterns = tuple(patterns)
        self._channel = channel
        self._notes = notes
        self._controllers = controllers
        self._reach = bend_semitones
        self._bend = Lane("bend", channel)
        self._count: int | None = None  # of the cause, as it was seen last
        self._due_s = math.inf  # when a note that waits for its grid begins
        self._tempo: Tempo | None = None  # of that grid
        self._held: int | None = None  # the note that sounds until it is ended here

    @property
    def due_s(self) -> float:
        """When a note that waits begins, or a pattern has its next step."""
        return min([self._due_s, *(one.due_s for one in self._patterns)])

    def follow(
        self, voice: VoiceState, scene: str, tempo: Tempo | None, now_s: float, line: Tempo | None = None
    ) -> bytes:
        """Plays what the voice does; its first call only sets the reference of counts.

        Args:
            voice: of the newest state.
            scene: that plays.
            tempo: where beats are.
            now_s: monotonic seconds.
            line: the beats as patterns follow them.
        """
        plays = self._setup.scene in ("", scene)
        if not self._setup.cause:
            return self._play_along(voice, now_s) if plays else self._end()
        before, self._count = self._count, self._counted(voice)
        if not plays:
            self._due_s = math.inf
            for one in self._patterns:
                one.release()
            return self._end()
        sent = b""
        if before is not None and self._count > before:
            self._due_s = _on_grid(tempo, self._setup.grid, now_s)
        elif self._due_s < math.inf and tempo != self._tempo:
            self._due_s = min(_moved(self._due_s, self._tempo, tempo), _on_grid(tempo, self._setup.grid, now_s))
        self._tempo = tempo
        by_pattern = [one.strikes(voice, scene, line, now_s) for one in self._patterns]
        if self._due_s <= now_s or (any(by_pattern) and voice.present and voice.share > 0.0):
            if self._due_s <= now_s:
                self._due_s = math.inf
            sent = self._strike(voice, now_s)
        if self._held is not None and self._lasts and voice.recognised != self._setup.name:
            sent += self._end()
        return sent

    def release(self) -> bytes:
        """Ends what it holds, and waits for nothing."""
        self._due_s = math.inf
        for one in self._patterns:
            one.release()
        self._count = None
        return self._end()

    @property
    def _lasts(self) -> bool:
        """Whether its note sounds as long as its class lasts."""
        return self._setup.cause == "class" and self._setup.length_s == 0.0

    def _counted(self, voice: VoiceState) -> int:
        counts = {"trigger": voice.struck, "class": voice.entered, "gesture": voice.performed}
        return counts[self._setup.cause].get(self._setup.name, 0)

    def _strike(self, voice: VoiceState, now_s: float) -> bytes:
        pitch = self._pitch(voice)
        if pitch is None or (self._lasts and voice.recognised != self._setup.name):
            return b""  # nothing to play, or left again before its grid came
        note = min(127, max(0, round(pitch)))
        sent = self._bent(pitch, note, now_s)
        if self._lasts:
            sent += self._end()
            self._held = note
            return sent + self._begin(note, voice)
        return sent + self._begin(note, voice, now_s + self._setup.length_s)

    def _play_along(self, voice: VoiceState, now_s: float) -> bytes:
        """A note that sounds as long as its pitch is played, and goes over to the next one without a gap."""
        pitch = self._pitch(voice) if self._open(voice) else None
        if pitch is None:
            return self._end()
        if self._held is not None and abs(pitch - self._held) <= self._stays_within:
            self._follow_bend(pitch, self._held, now_s)
            return b""
        former, self._held = self._held, min(127, max(0, round(pitch)))
        sent = self._bent(pitch, self._held, now_s) + self._begin(self._held, voice)
        if former is not None and former != self._held:
            sent += self._notes.end(self, self._channel, former)
        return sent

    @property
    def _stays_within(self) -> float:
        """How far the pitch may go from a note that sounds, semitones."""
        return self._reach if self._setup.bend == "slide" else 0.5 + HYSTERESIS_SEMITONES

    def _open(self, voice: VoiceState) -> bool:
        if not voice.present or voice.share <= 0.0:
            return False
        if not self._setup.gate:
            return True
        at = self._setup.gate_from * (GATE_CLOSES if self._held is not None else 1.0)
        return voice.positions.get(self._setup.gate, 0.0) > at

    def _pitch(self, voice: VoiceState) -> float | None:
        if not self._setup.pitch:
            return float(self._setup.note)
        return exact_note(voice.outputs.get(self._setup.pitch, math.nan))

    def _bend_position(self, pitch: float, note: int) -> float:
        return 0.5 + 0.5 * (pitch - note) / self._reach

    def _follow_bend(self, pitch: float, note: int, now_s: float) -> None:
        if self._setup.bend != "none":
            steps = self._bend_position(pitch, note) * 2 * encoder.BEND_CENTRE
            self._controllers.want(self._bend, steps / encoder.FINE, now_s)

    def _bent(self, pitch: float, note: int, now_s: float) -> bytes:
        """Pitch bend that has to be there before a note begins."""
        if self._setup.bend == "none":
            return b""
        steps = round(self._bend_position(pitch, note) * 2 * encoder.BEND_CENTRE)
        return self._controllers.set(self._bend, min(encoder.FINE, max(0, steps)), now_s)

    def _begin(self, note: int, voice: VoiceState, until_s: float = math.inf) -> bytes:
        return self._notes.begin(self, self._channel, note, self._velocity(voice), until_s)

    def _velocity(self, voice: VoiceState) -> int:
        if not self._setup.velocity_from:
            return self._setup.velocity
        position = voice.positions.get(self._setup.velocity_from, 0.0)
        return 1 + round(126 * min(1.0, max(0.0, 0.0 if math.isnan(position) else position)))

    def _end(self) -> bytes:
        held, self._held = self._held, None
        return b"" if held is None else self._notes.end(self, self._channel, held)


def _on_grid(tempo: Tempo | None, grid: float, now_s: float) -> float:
    """When a note that is asked for now begins: at the next line of its grid, in the swing of the tempo."""
    if tempo is None or grid <= 0.0:
        return now_s
    step = grid * QUARTERS
    even = tempo.beat_at(now_s)
    line = math.ceil(even / step) * step
    if tempo.even_place(line - step) >= even:  # with swing the line before may be still to come
        line -= step
    return max(now_s, tempo.time_of(line))


def _moved(due_s: float, former: Tempo | None, tempo: Tempo | None) -> float:
    """When the place comes, by another tempo, that was due at this time."""
    if former is None or tempo is None:
        return due_s
    return tempo.anchor_s + (former.beat_at(due_s) - tempo.anchor_beat) / tempo.beats_per_s
