"""The inputs of a preset, those of the microphone among them: the engine sends its readings while a preset listens.

A reading counts as a value of the input `ear`, beside those that arrive over OSC, so that all that is true of inputs is
true of it: it joins the poses of a camera, it makes frames of its own where there is none, takes keep its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import zmq

from gesturesynth.conductor.ear_values import EarValues
from gesturesynth.conductor.feature_inputs import CAMERA_GONE_S, FeatureInputs
from gesturesynth.conductor.midi_inputs import MidiInputs
from gesturesynth.control.osc.input_server import InputSettings
from gesturesynth.runtime.ear_reading import EAR, EarReading
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.pubsub import Subscriber

SILENT_S: Final = 0.5
"""Without a reading for so long the microphone counts as unseen: the engine is being started again."""
STARTING_S: Final = 3.0
"""For so long after it was asked the engine may still be starting."""
NO_EAR: Final = (
    "this preset listens, and no microphone is open: `ear: true` in gesturesynth.yaml opens one, and "
    "`gesturesynth doctor ear` says which there are"
)


class EarInputs(FeatureInputs):
    """Receives what the microphone hears while a preset listens to it, besides all other inputs.

    Args:
        settings: where to listen for those; None where they are switched off.
        context: for the socket.
        midi: receives those that arrive as MIDI; by default none are.
    """

    def __init__(
        self, settings: InputSettings | None, context: zmq.Context[zmq.Socket[bytes]], midi: MidiInputs | None = None
    ) -> None:
        super().__init__(settings, midi)
        self._context = context
        self._followed: Sequence[InputSetup] = ()
        self._others: tuple[InputSetup, ...] = ()
        self._ear: Subscriber[EarReading] | None = None
        self._ear_values = EarValues()
        self._newest: EarReading | None = None
        self._now_s = self._ear_pose_s = self._asked_s = -math.inf
        self._ear_frames = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """As of all inputs, and why nothing is heard."""
        deaf = self._ear is not None and not self._heard and self._now_s - self._asked_s > STARTING_S
        return (*super().notes, *([NO_EAR] if deaf else []))

    @property
    def _heard(self) -> bool:
        return self._newest is not None and self._now_s - self._newest.time_s <= SILENT_S

    def follow(self, setups: Sequence[InputSetup], now_s: float, *, obeys: bool = False) -> None:
        """As for all inputs; subscribes to the microphone while it is one of them."""
        if setups is not self._followed:
            self._followed = setups
            self._others = tuple(one for one in setups if one.name != EAR)
            listens = len(self._others) < len(setups)
            if listens and self._ear is None:
                self._ear = Subscriber(self._context, EarReading)
                self._ear_values = EarValues()  # what began while no preset listened is no onset now
                self._asked_s = self._now_s = now_s
            elif not listens and self._ear is not None:
                self._ear.close()
                self._ear = self._newest = None
        super().follow(self._others, now_s, obeys=obeys)

    def join(self, pose: Pose | None, now_s: float) -> Pose | None:
        """As for all inputs, with the microphone's values."""
        if pose is not None:
            self._ear_pose_s = now_s
        joined = super().join(pose, now_s)
        if self._ear is None:
            return joined
        self._now_s = now_s
        fresh = self._ear.newest()
        self._newest = fresh or self._newest
        if self._newest is None or not self._heard:
            return joined
        values = {EAR: self._ear_values.of(self._newest, now_s)}
        if joined is not None:
            return msgspec.structs.replace(joined, inputs=joined.inputs | values)
        if fresh is None or now_s - self._ear_pose_s < CAMERA_GONE_S:
            return None
        self._ear_frames += 1
        others = self.values(now_s) | (self.midi.values(now_s) if self.midi else {})
        return Pose(now_s, self._ear_frames, 1, 1, (), inputs=others | values)

    def close(self) -> None:
        """Closes the sockets."""
        super().close()
        if self._ear:
            self._ear.close()
            self._ear = None
