"""Publishes what plays as numbers, and their ranges, while a program receives them (OSCQuery)."""

from __future__ import annotations

from collections.abc import Mapping

import zmq

from gesturesynth.conductor.piece_readings import PieceReadings
from gesturesynth.features.catalogue import find_column
from gesturesynth.features.computed.definition import label
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.played_numbers import RANGES_S, NumberRange, NumberRanges, PlayedNumbers
from gesturesynth.runtime.pubsub import OnDemandPublisher


class NumberPublisher:
    """Two sockets: the values of every tick, and twice a second what they are.

    Args:
        context: for the sockets.
        osc_port: the UDP port at which OSC is received; 0 where it is not.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], osc_port: int) -> None:
        self._numbers = OnDemandPublisher(context, PlayedNumbers)
        self._ranges = OnDemandPublisher(context, NumberRanges)
        self._osc_port = osc_port
        self._due_s = 0.0
        self._made_of: tuple[RunningPreset, int] | None = None
        self._made: NumberRanges | None = None

    def send(self, readings: PieceReadings, outputs: Mapping[str, float], now_s: float) -> None:
        """Sends what is received now.

        Args:
            readings: of this tick.
            outputs: the values of this tick, by name.
            now_s: monotonic seconds.
        """
        if now_s >= self._due_s and self._ranges.wanted:
            self._due_s = now_s + RANGES_S
            piece = readings.piece
            if self._made is None or self._made_of != (piece, len(readings.feature_names)):
                self._made_of = piece, len(readings.feature_names)
                self._made = number_ranges(readings, self._osc_port)
            self._ranges.send(self._made)
        if self._numbers.wanted:
            self._numbers.send(played_numbers(readings, outputs))

    def close(self) -> None:
        """Closes the sockets."""
        self._numbers.close()
        self._ranges.close()


def number_ranges(readings: PieceReadings, osc_port: int) -> NumberRanges:
    """What a preset gives to other programs; see the message."""
    piece = readings.piece
    preset = piece.preset
    outputs = [
        NumberRange(f"{voice}/{output.name}" if voice > 1 else output.name, output.unit, *output.ends)
        for voice in range(1, len(piece.voices) + 1)
        for output in preset.outputs
    ]
    entries = {label(name): find_column(name) for name in piece.columns}
    features = [
        NumberRange(name, entry.unit, entry.low, entry.high)
        for name in readings.feature_names
        if (entry := entries.get(name.rpartition("/")[2]))
    ]
    classes, gestures = tuple(preset.classes), tuple(piece.performed)
    voices = len(piece.voices)
    return NumberRanges(preset.name, osc_port, tuple(outputs), tuple(features), classes, gestures, preset.key, voices)


def played_numbers(readings: PieceReadings, outputs: Mapping[str, float]) -> PlayedNumbers:
    """The numbers of a tick; see the message."""
    names = readings.feature_names
    return PlayedNumbers(
        dict(outputs),
        dict(zip(names, readings.features.tolist(), strict=True)),
        dict(zip(names, readings.seen.tolist(), strict=True)),
        readings.present,
        readings.in_view,
        tuple(readings.voices),
    )
