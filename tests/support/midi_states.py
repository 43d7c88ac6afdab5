"""States of a piece that MIDI is made of, as small as they can be."""

from __future__ import annotations

from typing import Any

from gesturesynth.runtime.piece_state import PieceState, VoiceState
from gesturesynth.runtime.tempo import Tempo


def voice(positions: dict[str, float] | None = None, **parts: Any) -> VoiceState:
    """One voice with a person; `positions` are those of its outputs."""
    values: dict[str, Any] = {
        "share": 1.0,
        "person": 1,
        "present": True,
        "confidence": 1.0,
        "outputs": {},
        "positions": positions or {},
        "features": {},
        "recognised": "",
        "entered": {},
        "performed": {},
        "struck": {},
    }
    return VoiceState(**values | parts)


def state(*voices: VoiceState, tempo: Tempo | None = None, **parts: Any) -> PieceState:
    """A piece that plays these voices."""
    values: dict[str, Any] = {
        "time_s": 0.0,
        "pid": 1,
        "preset": "x",
        "changes": 1,
        "scene": "",
        "scenes": (),
        "voices": voices or (voice(),),
        "lead": 0,
        "people": len(voices) or 1,
        "tempo": tempo,
        "volume_db": 0.0,
        "muted": False,
        "panic": False,
        "closed": False,
    }
    return PieceState(**values | parts)
