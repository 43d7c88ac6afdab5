"""States of a piece as the conductor would send them, for tests of the processes that receive them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from gesturesynth.runtime.piece_state import PieceState, VoiceState

VOICE = VoiceState(
    share=1.0,
    person=3,
    present=True,
    confidence=0.75,
    outputs={"pitch": 440.0},
    positions={"pitch": 0.5},
    features={"body.x": 0.25, "lean": float("nan")},
    recognised="",
    entered={"up": 0, "none": 0},
    performed={"throw": 0},
    struck={"drums.kick": 0},
)
STATE = PieceState(
    time_s=0.0,
    pid=100,
    preset="Lamp",
    changes=1,
    scene="day",
    scenes=("day", "night"),
    voices=(VOICE,),
    lead=0,
    people=1,
    tempo=None,
    volume_db=0.0,
    muted=False,
    panic=False,
    closed=False,
)


def state(time_s: float = 0.0, *voices: VoiceState, **changes: Any) -> PieceState:
    """A state at a time, with other voices or other values."""
    return replace(STATE, time_s=time_s, voices=voices or STATE.voices, **changes)


def voice(**changes: Any) -> VoiceState:
    """A voice with other values."""
    return replace(VOICE, **changes)
