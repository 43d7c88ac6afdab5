"""Controllers that follow outputs: sent when their value has changed, not too often, the longest waiting first. Pure.

A value is sent as the nearest step of 7 or 14 bits; at the border between two steps a little noise changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gesturesynth.midi import encoder
from gesturesynth.runtime.midi_message import ControllerKind

HYSTERESIS_STEPS: Final = 0.1
"""So far beyond the middle between two steps a value has to be to change them (docs/midi.md)."""


@dataclass(frozen=True)
class Lane:
    """One controller of one channel.

    Attributes:
        kind: which message. number: of the controller, 0 for kinds without one.
        channel: 1..16.
    """

    kind: ControllerKind
    channel: int
    number: int = 0

    @property
    def most(self) -> int:
        """Its greatest value."""
        return encoder.FINE if self.kind in {"fine", "bend"} else encoder.DATA

    @property
    def rest(self) -> int | None:
        """Its value when nothing plays; None where it may stay as it is."""
        return {"bend": encoder.BEND_CENTRE, "pressure": 0}.get(self.kind)


@dataclass
class _Sent:
    value: int
    at_s: float


class Controllers:
    """What was asked of each lane, and what was sent.

    Args:
        rate_hz: how often each is sent, at most.
    """

    def __init__(self, rate_hz: float) -> None:
        self._interval_s = 1.0 / rate_hz
        self._sent: dict[Lane, _Sent] = {}
        self._wanted: dict[Lane, tuple[int, float]] = {}  # what differs from that, and since when

    def want(self, lane: Lane, position: float, now_s: float) -> None:
        """Asks for a value.

        Args:
            lane: which controller.
            position: 0..1 of what it can say; beyond, the end. NaN asks for nothing.
            now_s: monotonic seconds.
        """
        if math.isnan(position):
            return
        exact = min(1.0, max(0.0, position)) * lane.most
        known = self._sent.get(lane)
        if known is not None and abs(exact - known.value) <= 0.5 + HYSTERESIS_STEPS:
            self._wanted.pop(lane, None)
            return
        since_s = self._wanted[lane][1] if lane in self._wanted else now_s
        self._wanted[lane] = round(exact), since_s

    def set(self, lane: Lane, value: int, now_s: float) -> bytes:
        """Sends a value at once, unless the receiver has it: what has to be there before a note begins."""
        self._wanted.pop(lane, None)
        return self._send(lane, value, now_s)

    def say(self, lane: Lane, value: int, now_s: float) -> bytes:
        """Sends a value in any case: what was asked for before counts no more."""
        self._sent.pop(lane, None)
        return self.set(lane, value, now_s)

    def due(self, now_s: float, octets: int) -> bytes:
        """What may be sent now, the longest waiting first, in so many octets."""
        sent = b""
        for lane in sorted(self._ready(now_s), key=lambda one: self._wanted[one][1]):
            message = self._message(lane, self._wanted[lane][0])
            if len(sent) + len(message) > octets:
                break
            sent += self._send(lane, self._wanted.pop(lane)[0], now_s)
        return sent

    @property
    def due_s(self) -> float:
        """When the next one that waits may be sent; infinite where none waits."""
        return min((self._may_s(lane) for lane in self._wanted), default=math.inf)

    def at_rest(self, now_s: float) -> bytes:
        """Brings to rest what would change the sound of the next piece: pitch bend and pressure."""
        self._wanted.clear()
        return b"".join(self._send(lane, lane.rest, now_s) for lane in list(self._sent) if lane.rest is not None)

    def forget(self) -> None:
        """Nothing of what was sent counts: another receiver is there."""
        self._sent.clear()
        self._wanted.clear()

    def _ready(self, now_s: float) -> list[Lane]:
        return [lane for lane in self._wanted if self._may_s(lane) <= now_s]

    def _may_s(self, lane: Lane) -> float:
        known = self._sent.get(lane)
        return -math.inf if known is None else known.at_s + self._interval_s

    def _send(self, lane: Lane, value: int, now_s: float) -> bytes:
        known = self._sent.get(lane)
        if known is not None and known.value == value:
            return b""
        message = self._message(lane, value)
        self._sent[lane] = _Sent(value, now_s)
        return message

    def _message(self, lane: Lane, value: int) -> bytes:
        if lane.kind == "bend":
            return encoder.pitch_bend(lane.channel, value)
        if lane.kind == "pressure":
            return encoder.channel_pressure(lane.channel, value)
        if lane.kind == "control":
            return encoder.control_change(lane.channel, lane.number, value)
        known = self._sent.get(lane)
        return encoder.fine_control(lane.channel, lane.number, value, known.value >> 7 if known else None)
