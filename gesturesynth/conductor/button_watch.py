"""Watches whether the pose that is the record button is held. Decides nothing."""

from __future__ import annotations

import numpy as np

from gesturesynth.conductor.background_jobs import Events
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.targets import BUTTON
from gesturesynth.features.extractor import SMOOTHING
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.mapping.teaching.held_pose import FEATURES, HeldPose, HeldPoseWatch
from gesturesynth.pipeline.button_saver import read_button
from gesturesynth.runtime.messages import Pose


class ButtonWatch:
    """Looks for the pose of the newest take for the button, while hands-free is on.

    Args:
        session: is told when the pose was held.
        examples: has the take.
    """

    def __init__(self, session: Session, examples: ExampleLibraryProxy) -> None:
        self._session = session
        self._examples = examples
        self._take = ("", 0)  # key of the preset, and number of the take that is read; 0 for none
        self._watch: HeldPoseWatch | None = None
        self._reader = PoseReader(FEATURES, SMOOTHING)
        self._held = False

    def add_pose(self, pose: Pose) -> None:
        """Looks at a pose of the first person in view."""
        if self._watch is None or self._session.state.hands_free == "off":
            return
        frame = self._reader.read(pose)
        self._held |= self._watch.observe(np.where(frame.seen, frame.values, np.nan), pose.capture_time_s)

    def poll(self, now_s: float) -> Events:
        """What comes of the pose, if it was held since; to be called at every tick. Has a newer take read."""
        self._read_newest()
        held, self._held = self._held, False
        return self._session.button_held(now_s) if held else ()

    def _read_newest(self) -> None:
        listed = self._examples.summary.listed
        newest = max((take.id for take in listed if take.target == BUTTON and take.on and not take.deleted), default=0)
        wanted = self._examples.preset.key, newest
        if wanted == self._take:
            return
        self._take, self._watch = wanted, None
        if not newest:
            return

        def read(read: tuple[TakeInfo, tuple[Pose, ...]]) -> HeldPose:
            return read_button(read[1])

        def begin(pose: HeldPose, _now_s: float) -> Events:
            if wanted == self._take:
                self._watch = HeldPoseWatch(pose)
            return ()

        def fail(_reason: str, now_s: float) -> Events:
            text = f"Take {newest} shows no pose that could be a record button: delete it, and record another (f)."
            return self._session.failed(text, now_s)

        self._examples.read(lambda store: read(store.poses(newest)), begin, fail)
