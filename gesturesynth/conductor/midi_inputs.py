"""Inputs of the preset that plays which arrive as MIDI: received from the MIDI process, put into poses.

As with inputs over OSC (`feature_inputs.py`), the newest values join each pose of a camera, and without a camera a new
value is a frame of its own. A controller says its value once, when it is moved; so a value holds as long as the MIDI
process says that its port is open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import zmq

from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.midi_message import MidiReport
from gesturesynth.runtime.pubsub import Subscriber

FRESH_S: Final = 2.0
"""A MIDI process reports twice a second; one that is silent for so long does not run, or hangs."""


class MidiInputs:
    """The newest report of the MIDI process.

    Args:
        context: for the socket.

    Attributes:
        socket: for a `zmq.Poller`; `join` has to be called when it is readable.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._reports = Subscriber(context, MidiReport)
        self.socket = self._reports.socket
        self._report: MidiReport | None = None
        self._heard_s = -math.inf
        self._alone_s = -math.inf
        self._sequence = 0
        self._setups: tuple[InputSetup, ...] = ()

    def follow(self, setups: Sequence[InputSetup]) -> None:
        """Takes over the inputs of the preset that plays, those that are MIDI."""
        self._setups = tuple(setups)

    def join(
        self, pose: Pose | None, others: dict[str, tuple[float, ...]], now_s: float, *, camera_gone: bool
    ) -> Pose | None:
        """The pose with the MIDI inputs in it, or a pose of inputs alone; None where there is nothing new.

        Args:
            pose: of a camera or of other inputs, or None.
            others: values of other inputs now, for a pose of inputs alone.
            now_s: monotonic seconds.
            camera_gone: whether no camera gives poses now.
        """
        before, report = self._report, self._reports.newest()
        if report is not None:
            self._report, self._heard_s = report, now_s
        if not self._setups:
            return pose
        values = self.values(now_s)
        if pose is not None:
            if pose.capture_time_s <= self._alone_s:  # it was captured before the newest value was heard alone
                return None
            return msgspec.structs.replace(pose, inputs={**pose.inputs, **values})
        news = report is not None and (before is None or (report.pid, report.count) != (before.pid, before.count))
        if not news or not camera_gone:
            return None
        self._alone_s = now_s
        self._sequence += 1
        return Pose(now_s, self._sequence, 1, 1, (), inputs={**others, **values})

    def values(self, now_s: float) -> dict[str, tuple[float, ...]]:
        """The newest value of each input that is heard, by its name."""
        report = self._report
        if report is None or not report.listening or now_s - self._heard_s > FRESH_S:
            return {}
        return {one.name: (report.values[one.midi],) for one in self._setups if one.midi in report.values}

    def close(self) -> None:
        """Closes the socket."""
        self._reports.close()
