"""What a piece does now, for processes that drive other devices than the engine: MIDI, lamps, actions.

It is a part of a message that the conductor sends to such a process at every tick, beside what the preset asks of that
process. It holds all that its receiver needs, so the newest one alone is enough. Counts only grow: a receiver acts on
the difference, and takes the first count that it sees, and the first of another `pid` or `changes`, as the zero mark.
"""

from __future__ import annotations

import msgspec

from gesturesynth.runtime.tempo import Tempo


class VoiceState(msgspec.Struct, frozen=True):
    """What one voice of a piece does.

    Attributes:
        share: how far it is faded in, 0..1; 1 for a piece that has one voice.
        person: the number of the person who plays it; 0 for none, and where persons are not told apart.
        present: whether that person is in view.
        confidence: how near the pose is to what was taught, 0..1.
        outputs: by name, in their own units, as they are heard. positions: the same as 0..1 of their ranges.
        features: by name, in their own units, as outputs see them.
        recognised: the class that is entered now, or an empty text.
        entered: how often each class was entered; performed: how often each gesture was performed.
        struck: how often each trigger (`instrument.trigger`) was fired, before it was moved onto a beat. What patterns
            strike is not counted, since the engine plays them; the MIDI process finds their strokes itself.
    """

    share: float
    person: int
    present: bool
    confidence: float
    outputs: dict[str, float]
    positions: dict[str, float]
    features: dict[str, float]
    recognised: str
    entered: dict[str, int]
    performed: dict[str, int]
    struck: dict[str, int]


class PieceState(msgspec.Struct, frozen=True):
    """What a piece does at one tick.

    Attributes:
        time_s: of the tick, monotonic seconds; `pid` the process id of the conductor.
        preset: the name of the preset.
        changes: how often another preset, or another version of its file, began to play since the conductor started.
        scene: that plays, of `scenes`; empty where the preset has one only.
        voices: one, or several with `voices: per_person`; `lead`, from 0, the one that the status is about.
        people: how many persons are in view.
        tempo: where beats are; None for a piece without a tempo.
        volume_db: the master volume, dB, at most 0; the volume of this machine and that of the preset.
        muted, panic: silence, as commands asked for it.
        closed: whether it is silent, or about to be, because it is outside of opening hours.
        own_volume_db: of `volume_db` that of this machine, as the command `volume` sets it.
    """

    time_s: float
    pid: int
    preset: str
    changes: int
    scene: str
    scenes: tuple[str, ...]
    voices: tuple[VoiceState, ...]
    lead: int
    people: int
    tempo: Tempo | None
    volume_db: float
    muted: bool
    panic: bool
    closed: bool
    own_volume_db: float = 0.0
