"""Plays instruments of the catalogue by themselves, and measures what comes out, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.measuring import (
    bend,
    centroid_hz,
    constant_part,
    loudness_lufs,
    momentary_lufs,
    peak_db,
    strongest_hz,
)
from gesturesynth.synthesis.solo import FRAMES, RATE_HZ, Samples, SoloPlayer, TimedChange, play_solo, server

__all__ = [
    "FRAMES",
    "RATE_HZ",
    "InstrumentPlayer",
    "Samples",
    "TimedChange",
    "bend",
    "centroid_hz",
    "constant_part",
    "loudness_lufs",
    "momentary_lufs",
    "peak_db",
    "play",
    "server",
    "strongest_hz",
]


class InstrumentPlayer(SoloPlayer):
    """One instrument of the catalogue, by its kind."""

    def __init__(self, made: Any, kind: str, fixed: Mapping[str, float]) -> None:
        super().__init__(made, catalogue()[kind], fixed)


def play(kind: str, seconds_s: float, *happenings: TimedChange, seed: float = 1, **fixed: float) -> Samples:
    """What an instrument of the catalogue plays from its first sample, float64, shape (samples, 2)."""
    return play_solo(catalogue()[kind], seconds_s, *happenings, seed=seed, **fixed)
