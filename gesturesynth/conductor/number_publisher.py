"""Publishes what plays as numbers, and their ranges, while a program receives them (OSCQuery)."""

from __future__ import annotations

import zmq

from gesturesynth.features.catalogue import find_column
from gesturesynth.features.computed.definition import label
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.voice_readings import output_values
from gesturesynth.runtime.played_numbers import RANGES_S, NumberRange, NumberRanges, PlayedNumbers
from gesturesynth.runtime.pubsub import OnDemandPublisher


class NumberPublisher:
    """Two sockets: the values of every tick, and twice a second what they are.

    Args:
        context: for the sockets.
        osc_port: the UDP port at which OSC is received; 0 where it is not.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], osc_port: int) -> None:
        self._values = OnDemandPublisher(context, PlayedNumbers)
        self._ranges = OnDemandPublisher(context, NumberRanges)
        self._osc_port = osc_port
        self._due_s = 0.0
        self._made_of: RunningPreset | None = None
        self._made: NumberRanges | None = None

    def send(self, piece: RunningPreset, frame: MapperFrame, now_s: float) -> None:
        """Sends what is received now.

        Args:
            piece: what plays.
            frame: the result of the mapping, of the voice that leads.
            now_s: monotonic seconds.
        """
        if now_s >= self._due_s and self._ranges.wanted:
            self._due_s = now_s + RANGES_S
            if self._made is None or self._made_of is not piece:
                self._made_of, self._made = piece, number_ranges(piece, self._osc_port)
            self._ranges.send(self._made)
        if self._values.wanted:
            self._values.send(played_numbers(piece, frame))

    def close(self) -> None:
        """Closes the sockets."""
        self._values.close()
        self._ranges.close()


def number_ranges(piece: RunningPreset, osc_port: int) -> NumberRanges:
    """What a preset gives to other programs; see the message."""
    outputs = [
        NumberRange(f"{voice}/{output.name}" if voice > 1 else output.name, output.unit, *output.ends)
        for voice in range(1, len(piece.voices) + 1)
        for output in piece.preset.outputs
    ]
    features = []
    for name in piece.columns:
        entry = find_column(name)
        assert entry is not None
        features.append(NumberRange(label(name), entry.unit, entry.low, entry.high))
    classes, gestures = tuple(piece.preset.classes), tuple(piece.performed)
    return NumberRanges(piece.preset.name, osc_port, tuple(outputs), tuple(features), classes, gestures)


def played_numbers(piece: RunningPreset, frame: MapperFrame) -> PlayedNumbers:
    """The numbers of a tick; see the message."""
    features = zip(map(label, piece.columns), frame.features.values.tolist(), strict=True)
    present = any(one.present for one in piece.frames or ())
    return PlayedNumbers(
        output_values(piece),
        dict(features),
        present,
        len(piece.people.in_view),
        frame.recognised,
        frame.confidence,
        dict(piece.performed),
    )
