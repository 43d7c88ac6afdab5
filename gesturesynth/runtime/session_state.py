"""The state of a session, as a part of the conductor's status."""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["playing", "countdown", "recording"]
"""What a session does besides playing, which goes on all the time."""


HandsFreeState = Literal["off", "teaching", "ready", "taking"]
"""Whether a pose is the record button. `teaching`: a take of it is recorded. `taking`: it has begun a take."""

TargetKind = Literal["", "snapshot", "class", "gesture"]
"""What takes are recorded for."""


class OutputsOff(msgspec.Struct, frozen=True):
    """The outputs that commands have switched off, by their names.

    Attributes:
        record: new takes do not name them.
        train: a training leaves their model as it is.
        run: they are idle.
    """

    record: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    run: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people: `recording: level; running: pitch, timbre`; empty when none is off."""
        parts = (("recording", self.record), ("training", self.train), ("running", self.run))
        return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names)


class SessionState(msgspec.Struct, frozen=True):
    """The state of teaching, for people. Every number is finite, so it can be written as JSON.

    Attributes:
        phase: of the session.
        target: what the next take is recorded for: `"1"` to `"9"` (a snapshot), the name of a class or gesture,
            `(morph)`, or empty. target_kind: `snapshot`, `class` or `gesture`; empty for anything else.
        countdown_s, take_left_s: time left of the countdown and of the take, seconds; 0 in other phases.
        take_held: the take ends when a key is released, or at the latest when `take_left_s` is 0.
        audition: whether a chosen snapshot is heard.
        held: what is heard instead of the mapping: `"1"` to `"9"`, `random`, `morph 1 2 0.5`, `score`,
            or empty.
        held_by: the class or gesture that holds this snapshot; empty when a command holds it, or nothing is held.
        training: whether a fit is running; `train_again`: whether another one was requested for after it.
        asking: the question that the same command, sent again, confirms; empty without one.
        volume_db: the master volume, dB, at most 0. `muted`, `panic`: silence, by either.
        message: the newest sentence for people; `message_bad`: it says that something was not done.
        last_command, last_by: the newest command with its values, and its sender.
        takes: number of takes by target.
        trained: a description of the running model, empty before the first; `model_error`: why there is no newer one.
        can_undo, can_redo: whether there is something to undo or to redo.
        off: outputs that are switched off.
        hands_free: whether a pose is the record button, and what it does.
        played_take: the number of the take that plays instead of the person in view; 0 for none.
        played_left_s: what is left of it, seconds; 0 while it is being read.
    """

    phase: Phase = "playing"
    target: str = ""
    target_kind: TargetKind = ""
    countdown_s: float = 0.0
    take_left_s: float = 0.0
    take_held: bool = False
    audition: bool = True
    held: str = ""
    held_by: str = ""
    training: bool = False
    train_again: bool = False
    asking: str = ""
    volume_db: float = 0.0
    muted: bool = False
    panic: bool = False
    message: str = ""
    message_bad: bool = False
    last_command: str = ""
    last_by: str = ""
    takes: dict[str, int] = {}
    trained: str = ""
    model_error: str = ""
    can_undo: bool = False
    can_redo: bool = False
    off: OutputsOff = OutputsOff()
    hands_free: HandsFreeState = "off"
    played_take: int = 0
    played_left_s: float = 0.0
