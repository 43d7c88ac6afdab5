"""Plays takes: their poses, in the place of live ones, at the pace at which they were recorded. Decides nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec

from gesturesynth.conductor.background_jobs import Events, Requester
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy, without_change
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.control.session import events as s
from gesturesynth.control.session.machine import Session
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.runtime.messages import Pose

LAST_FRAME_S: Final = 1 / 30
"""How long the last pose of a take is heard, as at 30 frames a second."""
NO_POSES: Final = "Take {} was imported: it has no skeletons that could be played."


class TakePlayer:
    """Has takes read, and gives their poses when they are due.

    Args:
        session: gets the results.
        examples: reads takes.
        preset_manager: what plays.
    """

    def __init__(self, session: Session, examples: ExampleLibraryProxy, preset_manager: PresetManager) -> None:
        self._session = session
        self._examples = examples
        self._preset_manager = preset_manager
        self._read: tuple[Pose, ...] = ()
        self._waiting: deque[Pose] | None = None  # those that are not due yet; None while live poses play
        self._later_s = 0.0  # so much later than it was recorded a pose is due
        self._live_class: str | None = None  # that the person in view was in when a take began to play

    @property
    def playing(self) -> bool:
        """Whether a take plays instead of live poses."""
        return self._waiting is not None

    def read(self, event: s.ReadTake, requester: Requester | None) -> None:
        """Has the worker read a take; the answer is that it plays, or why not."""

        def report(read: tuple[TakeInfo, tuple[Pose, ...]], now_s: float) -> Events:
            info, poses = read
            if not poses:
                return self._session.take_unread(event.request, NO_POSES.format(event.take), now_s)
            self._read = poses
            length_s = poses[-1].capture_time_s - poses[0].capture_time_s + LAST_FRAME_S
            return self._session.take_ready(event.request, info.target, length_s, now_s)

        def fail(reason: str, now_s: float) -> Events:
            return self._session.take_unread(event.request, without_change(reason), now_s)

        self._examples.read(lambda store: store.poses(event.take), report, fail, requester)

    def begin(self, start_s: float) -> None:
        """The take that was read last plays from here, monotonic seconds."""
        self._later_s = start_s - self._read[0].capture_time_s
        self._waiting, self._read = deque(self._read), ()
        before = self._preset_manager.piece.change_person(start_s)
        self._live_class = before if self._live_class is None else self._live_class

    def end(self, now_s: float) -> None:
        """Live poses play again. A class that the person in view was in is not entered a second time."""
        self._preset_manager.piece.change_person(now_s, self._live_class or "")
        self._waiting = self._live_class = None

    def poses(self, live: Pose | None, now_s: float) -> Sequence[Pose]:
        """The poses to be heard at this tick: those of the take that are due by now, or else the live one, if any."""
        if self._waiting is None:
            return (live,) if live else ()
        due = []
        while self._waiting and (time_s := self._waiting[0].capture_time_s + self._later_s) <= now_s:
            due.append(msgspec.structs.replace(self._waiting.popleft(), capture_time_s=time_s))
        return due
