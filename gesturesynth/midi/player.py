"""From what a piece does to MIDI: the octets that leave, and when. Pure: time is passed in.

It never leaves a note behind. All notes end when another preset begins, when the piece is muted, closed or stopped by
`panic`, when the conductor falls silent or is another one, and when the process ends.
"""

from __future__ import annotations

import math
from typing import Final

from gesturesynth.midi import encoder
from gesturesynth.midi.action_part import ActionPart
from gesturesynth.midi.beat_clock import BeatClock
from gesturesynth.midi.controllers import Controllers, Lane
from gesturesynth.midi.note_part import NotePart
from gesturesynth.midi.octet_budget import OctetBudget
from gesturesynth.midi.pattern_part import FollowedLine, PatternPart
from gesturesynth.midi.sounding_notes import SoundingNotes
from gesturesynth.runtime.midi_message import CHANNELS, MidiMessage, MidiSetup
from gesturesynth.runtime.piece_state import PieceState
from gesturesynth.runtime.tempo import Tempo

SILENT_AFTER_S: Final = 0.5
"""A conductor that sends nothing for so long has ended or hangs. It sends sixty times a second; on a computer with four
times as much work as it has cores the longest pause was a tenth of this (docs/midi.md)."""
CLOCK_HOLDS_S: Final = 5.0
"""The clock goes on for so long, as the engine does: a conductor that crashed is back within two seconds."""
MPE_MASTER: Final = 1


class MidiPlayer:
    """Plays what the newest messages say."""

    def __init__(self) -> None:
        self._notes = SoundingNotes()
        self._clock = BeatClock()
        self._line = FollowedLine()
        self._beats: Tempo | None = None  # the line as patterns follow it
        self._budget = OctetBudget()
        self._begin_setup(MidiSetup())
        self._identity: tuple[int, int] | None = None  # of the conductor and of the preset
        self._state: PieceState | None = None
        self._heard_s = -math.inf
        self._paused = True  # no message, or the piece is silent
        self._panic = False
        self._greeted = False  # whether the receiver was told to end what an earlier run has left behind
        self._program: int | None = None
        self._scene: str | None = None

    @property
    def sounding(self) -> int:
        """How many notes sound."""
        return len(self._notes)

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels that the preset uses."""
        used = {self._channel(0, number) for number in range(self._setup.voices)} if self._setup.sends else set()
        for channel in self._setup.own_channels:
            used |= {self._channel(channel, number) for number in range(self._setup.voices)}
        return tuple(sorted(used | ({MPE_MASTER} if self._setup.mpe else set())))

    def feed(self, message: MidiMessage, now_s: float) -> bytes:
        """Takes a new message; returns what has to be sent.

        Args:
            message: the newest one.
            now_s: monotonic seconds.
        """
        state, sent = message.state, b""
        if now_s - self._heard_s > SILENT_AFTER_S:
            self._actions.forget()
        self._state, self._heard_s = state, now_s
        identity = state.pid, state.changes
        if identity != self._identity or message.setup != self._setup:
            sent += self._release(now_s)
            self._identity = identity
            sent += self._take_over(message.setup)
        self._beats = self._line.follow(state.tempo, now_s)
        sent += self._say_program(state)
        if state.muted or state.panic or state.closed:
            sent += self._pause(now_s)
        else:
            self._paused = False
            for voice, parts in zip(state.voices, self._parts, strict=False):
                for part in parts:
                    sent += part.follow(voice, state.scene, state.tempo, now_s, self._beats)
        sent += self._act(state, now_s)
        sent += self._say_panic(state)
        self._want_controllers(state, now_s)
        self._budget.spend(len(sent))
        return sent + self.tick(now_s)

    def tick(self, now_s: float) -> bytes:
        """What is due by now without a new message: ends of notes, the clock, controllers that have waited."""
        sent = b""
        silent_s = now_s - self._heard_s
        if silent_s > SILENT_AFTER_S:
            sent += self._pause(now_s)
        elif not self._paused and self._state:
            for voice, parts in zip(self._state.voices, self._parts, strict=False):
                for part in parts:
                    if part.due_s <= now_s:
                        sent += part.follow(voice, self._state.scene, self._state.tempo, now_s, self._beats)
        sent += self._notes.end_due(now_s)
        tempo = self._state.tempo if self._state and self._setup.clock and silent_s <= CLOCK_HOLDS_S else None
        sent += self._clock.advance(None if self._state and self._state.closed else tempo, now_s)
        self._budget.spend(len(sent))
        controllers = self._controllers.due(now_s, self._budget.left(now_s))
        self._budget.spend(len(controllers))
        return sent + controllers

    def due_s(self) -> float:
        """When `tick` has something to do, monotonic; infinite where it waits for a message."""
        parts = [] if self._paused else [part.due_s for parts in self._parts for part in parts]
        dues = [self._notes.due_s, self._clock.due_s, self._controllers.due_s, *parts]
        return min(dues) if self._paused else min([*dues, self._heard_s + SILENT_AFTER_S])

    def end(self, now_s: float) -> bytes:
        """The last octets: all notes end, the clock stops, pitch bend and pressure are at rest."""
        sent = self._release(now_s) + self._clock.stop()
        self._identity = None
        return sent + (encoder.mpe_zone(0) if self._setup.mpe else b"")

    def begin_receiver(self) -> bytes:
        """Another receiver is there, or the same one again: nothing of what was sent before counts.

        Returns:
            What it has to know; notes that a former run of this process may have left behind are ended.
        """
        self._notes.forget()
        self._controllers.forget()
        self._clock.stop()
        self._program = self._scene = None
        for parts in self._parts:
            for part in parts:
                part.release()
        self._greeted = False
        return self._greeting()

    # --------------------------------------------------------------------------------------------- beginning, ending
    def _begin_setup(self, setup: MidiSetup) -> None:
        self._setup = setup
        self._controllers = Controllers(setup.rate_hz)
        self._parts: list[list[NotePart]] = [
            [
                NotePart(
                    one,
                    self._channel(one.channel, number),
                    self._notes,
                    self._controllers,
                    setup.bend_semitones,
                    patterns=[PatternPart(pattern, number) for pattern in setup.patterns_of(one)],
                )
                for one in setup.notes
            ]
            for number in range(setup.voices)
        ]
        self._actions = ActionPart(setup.actions, self._notes, self._controllers)

    def _take_over(self, setup: MidiSetup) -> bytes:
        ended = encoder.mpe_zone(0) if self._setup.mpe and not setup.mpe else b""
        self._begin_setup(setup)
        self._program = self._scene = None
        return ended + (self._announced() if self._greeted else self._greeting())

    def _greeting(self) -> bytes:
        """The first octets for a receiver, as soon as the channels are known."""
        if not self._setup.sends:
            return b""
        self._greeted = True
        return b"".join(map(encoder.silence, self.channels)) + self._announced()

    def _announced(self) -> bytes:
        """What a receiver has to know before the first note: the zone of MPE, and how far pitch bend reaches."""
        setup = self._setup
        sent = encoder.mpe_zone(setup.voices) if setup.mpe else b""
        bends = any(one.kind == "bend" for one in setup.controllers) or any(one.bend != "none" for one in setup.notes)
        if bends:
            channels = [channel for channel in self.channels if not (setup.mpe and channel == MPE_MASTER)]
            sent += b"".join(encoder.bend_range(channel, setup.bend_semitones) for channel in channels)
        return sent

    def _release(self, now_s: float) -> bytes:
        """Ends all notes, and brings to rest what would bend those of the next piece."""
        return self._pause(now_s) + self._controllers.at_rest(now_s)

    def _pause(self, _now_s: float) -> bytes:
        """Ends all notes; what is counted meanwhile strikes nothing later."""
        if self._paused and not self._notes:
            return b""
        self._paused = True
        sent = b"".join(part.release() for parts in self._parts for part in parts)
        return sent + self._notes.end_all()

    def _say_panic(self, state: PieceState) -> bytes:
        begun, self._panic = state.panic and not self._panic, state.panic
        return b"".join(map(encoder.silence, self.channels)) if begun else b""

    def _say_program(self, state: PieceState) -> bytes:
        """A program change at the beginning of a preset and of a scene; the preset's, where the scene has none."""
        before, self._scene = self._scene, state.scene
        if before == state.scene:
            return b""
        program = self._setup.programs.get(state.scene, self._setup.programs.get(""))
        if program is None or program == self._program:
            return b""
        self._program = program
        channels = (
            (MPE_MASTER,) if self._setup.mpe else sorted({self._channel(0, n) for n in range(self._setup.voices)})
        )
        return b"".join(encoder.program_change(channel, program) for channel in channels)

    def _act(self, state: PieceState, now_s: float) -> bytes:
        """What actions send."""
        sent = b""
        for due, one in self._actions.due(state):
            is_program = one.kind == "program"
            channel = MPE_MASTER if is_program and self._setup.mpe else self._channel(one.channel, due.voice)
            sent += self._actions.send(due, one, channel, now_s)
            if is_program:
                self._program = None  # the next scene says its own again
        return sent

    # --------------------------------------------------------------------------------------------------------- values
    def _want_controllers(self, state: PieceState, now_s: float) -> None:
        playing = [one for one in self._setup.controllers if one.scene in ("", state.scene)]
        for number, voice in enumerate(state.voices[: self._setup.voices]):
            for one in playing:
                position = voice.positions.get(one.source)
                if position is not None:
                    lane = Lane(one.kind, self._channel(one.channel, number), one.number)
                    self._controllers.want(lane, one.low + (one.high - one.low) * position, now_s)

    def _channel(self, own: int, voice: int) -> int:
        """The channel of a voice, from 0; `own` is that of an entry, 0 for none."""
        first = own or (MPE_MASTER + 1 if self._setup.mpe else self._setup.channel)
        return (first + voice - 1) % CHANNELS + 1
