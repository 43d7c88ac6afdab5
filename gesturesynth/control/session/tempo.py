"""The commands `tempo` and `tap`. Pure: times come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import Event, SetTempo, ShowMessage
from gesturesynth.runtime.beat_intervals import BeatIntervals

TEMPO: Final = "tempo"
TAP: Final = "tap"


class TempoCommands:
    """Sets the tempo, or takes it from taps.

    Neither has a cue: taps are made to what is heard, and faders send a tempo many times a second.

    Args:
        now_s: gives the time of the command that is carried out.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._taps = BeatIntervals()
        self.handlers: dict[str, Callable[[Call], Iterable[Event]]] = {TEMPO: self._set, TAP: self._tap}

    def _set(self, call: Call) -> Iterable[Event]:
        bpm = float(call.values[0])
        yield SetTempo(bpm)
        yield ShowMessage(f"Tempo: {bpm:.4g} quarter notes a minute.")

    def _tap(self, _: Call) -> Iterable[Event]:
        bpm = self._taps.add(self._now_s())
        if bpm is None:
            yield ShowMessage("Tap on in time with the beat.")
            return
        yield SetTempo(bpm, beat=True)
        yield ShowMessage(f"Tempo: {bpm:.4g} quarter notes a minute, from {self._taps.count} taps.")


def tempo_refusal(call: Call, context: SessionContext) -> str:
    """Why a command about the tempo cannot be carried out; empty when it can, or is about something else."""
    if call.command in {TEMPO, TAP} and not context.tempo:
        return "Nothing in this preset lies on a beat: give it a `tempo`."
    return ""
