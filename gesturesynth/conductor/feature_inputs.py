"""Inputs of the preset that plays: numbers of other programs, put into the poses that the mapping gets.

Where a camera gives poses, the newest values join each of them. Where none does, each message is a frame of its own,
without a body, so that a piece can be played by inputs alone, as soon as they arrive.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from gesturesynth.conductor.midi_inputs import MidiInputs
from gesturesynth.control.osc.input_server import InputServer, InputSettings
from gesturesynth.control.osc.wekinator_addresses import WekinatorMessage
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose

CAMERA_GONE_S: Final = 0.25
"""A camera that gives no frame for so long is no longer waited for."""
LONGEST_REST_S: Final = 0.05
"""After a tick that was held up for long, messages are heard again after this."""
MOST_LOOKS: Final = 32
"""From one tick to the next, at 60 a second: two thousand messages a second wake the loop one by one. When there are
more, all that came are read at the next tick."""
LOG_PERIOD_S: Final = 10.0
"""Between log lines about messages that were refused."""


class FeatureInputs:
    """Opens the socket while a preset has inputs, and keeps it.

    Args:
        settings: where to listen; None where inputs are switched off.
        midi: receives those that arrive as MIDI; by default none are.
    """

    def __init__(self, settings: InputSettings | None, midi: MidiInputs | None = None) -> None:
        self._settings = settings
        self.midi = midi
        self._all: Sequence[InputSetup] = ()  # as `follow` got them
        self._over_osc: tuple[InputSetup, ...] = ()
        self._setups: tuple[InputSetup, ...] = ()
        self._refused_s = -math.inf  # when the port was refused
        self._pose_s = self._alone_s = -math.inf  # of the newest pose of a camera, and of inputs alone
        self._sequence = 0
        self._looks = 0  # at messages, since the last tick
        self._due_s = -math.inf
        self._waiting = False  # there are values that no pose has had yet
        self._logged = (-math.inf, 0)
        self._earlier: list[Pose] = []
        self.server: InputServer | None = None
        self.error = ""

    @property
    def socket(self) -> int | None:
        """What a poller may wait for; None where there is nothing to wait for, and in a flood until the next tick."""
        return self.server.fileno() if self.server and self._setups and self._looks < MOST_LOOKS else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Why the inputs of the preset cannot be received, for people; nothing where they can."""
        if not self._setups or self.server:
            return ()
        return (self.error or "inputs are switched off (inputs.enabled in gesturesynth.yaml)",)

    def follow(self, setups: Sequence[InputSetup], now_s: float, *, obeys: bool = False) -> None:
        """Takes over the inputs of the preset that plays. Cheap while they are the same.

        Args:
            setups: of the preset.
            now_s: monotonic seconds.
            obeys: whether control messages of Wekinator are taken.
        """
        if setups is not self._all:
            self._all = setups
            self._over_osc = tuple(one for one in setups if not one.midi)
            if self.midi:
                self.midi.follow([one for one in setups if one.midi])
        setups = self._over_osc
        if self.server:
            self.server.obeys = obeys
        if tuple(setups) == self._setups and (self.server or not setups or now_s - self._refused_s < LOG_PERIOD_S):
            return
        self._setups, self._waiting = tuple(setups), False
        if setups and self.server is None and self._settings is not None:
            self._open(self._settings, now_s)
        if self.server:
            self.server.obeys = obeys
            self.server.follow(setups)

    def _open(self, settings: InputSettings, now_s: float) -> None:
        try:
            self.server = InputServer(settings)
        except UserError as error:
            if str(error) != self.error:
                log.get().warning("inputs failed", reason=str(error))
            self.error, self._refused_s = str(error), now_s
        else:
            self.error = ""
            log.get().info("inputs opened", host=self.server.host, port=self.server.port)

    def join(self, pose: Pose | None, now_s: float) -> Pose | None:
        """The pose with the inputs in it, or a pose of inputs alone; None where there is nothing new.

        Args:
            pose: of the tracker, or None.
            now_s: monotonic seconds.
        """
        if pose is not None:
            self._pose_s = now_s
        joined = self._join_osc(pose, now_s)
        if self.midi is None:
            return joined
        return self.midi.join(joined, self.values(now_s), now_s, camera_gone=now_s - self._pose_s >= CAMERA_GONE_S)

    def _join_osc(self, pose: Pose | None, now_s: float) -> Pose | None:
        if not self._setups or self.server is None:
            return pose
        before = self.server.counts.datagrams
        self._waiting |= self.server.poll(now_s)
        self._looks += self.server.counts.datagrams > before
        self._log_refusals(self.server, now_s)
        if pose is not None:
            self.server.take_frames()
            if pose.capture_time_s <= self._alone_s:  # it was captured before the newest message was heard alone
                return None
            self._waiting = False
            return msgspec.structs.replace(pose, inputs=self.server.values(now_s))
        if not self._waiting or now_s - self._pose_s < CAMERA_GONE_S or now_s < self._due_s:
            return None
        self._waiting = False
        self._alone_s = now_s
        frames = self.server.take_frames()
        first = self._sequence + 1
        poses = [Pose(at_s, number, 1, 1, (), inputs=values) for number, (at_s, values) in enumerate(frames, first)]
        self._sequence += len(poses)
        self._earlier = poses[:-1]
        return poses[-1] if poses else None

    def values(self, now_s: float) -> dict[str, tuple[float, ...]]:
        """The newest values of each input over OSC that is not silent, by its name."""
        return self.server.values(now_s) if self.server and self._setups else {}

    def take_earlier(self) -> list[Pose]:
        """The messages alone that came before the newest one that `join` has returned, a pose each, in order."""
        taken, self._earlier = self._earlier, []
        return taken

    def take_controls(self) -> list[WekinatorMessage]:
        """Control messages of Wekinator that have arrived since the last call."""
        return self.server.take_controls() if self.server else []

    @property
    def due_s(self) -> float:
        """When numbers that have arrived may be heard, monotonic; infinite where none wait."""
        return max(self._due_s, self._pose_s + CAMERA_GONE_S) if self._waiting else math.inf

    def ticked(self, begun_s: float, ended_s: float) -> None:
        """A tick was made: messages alone cause the next one after as long as it took, so half the time is left."""
        self._due_s = ended_s + min(ended_s - begun_s, LONGEST_REST_S)
        self._looks = 0

    def close(self) -> None:
        """Closes the socket."""
        if self.server:
            self.server.close()
        if self.midi:
            self.midi.close()

    def _log_refusals(self, server: InputServer, now_s: float) -> None:
        logged_s, logged = self._logged
        refused = server.counts.refused + server.counts.not_allowed
        if refused > logged and now_s - logged_s >= LOG_PERIOD_S:
            log.get().warning("inputs refused", messages=refused - logged, newest=server.refusal)
            self._logged = (now_s, refused)
