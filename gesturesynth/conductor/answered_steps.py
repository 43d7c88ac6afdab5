"""Steps of the mapping, each with what leaves for other programs: a message of an input waits for its answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.wekinator_control import WekinatorControl
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose

MOST_CATCHING_UP_S: Final = 1 / 120
"""Processor time in one tick, for messages that came before the newest one; what is left over is only recorded."""
MOST_LATE_S: Final = 1 / 20
"""Likewise, by the clock: on a computer that is busy with other programs the engine must hear of the body, too."""


class AnsweredSteps:
    """Makes steps of the mapping, sends what they give, and lets classes and gestures do what they do.

    Args:
        controller: of the session.
        wekinator: whether outputs are sent, and how gestures are.
    """

    def __init__(self, controller: SessionController, wekinator: WekinatorControl) -> None:
        self._controller, self._wekinator = controller, wekinator
        self._osc_output = OscOutput()

    def play(self, piece: RunningPreset, pose: Pose | None, now_s: float) -> MapperFrame:
        """One step; what leaves comes first, before the engine is told.

        Args:
            piece: what plays.
            pose: a new one, or None.
            now_s: monotonic seconds.
        """
        frame = piece.process_pose(pose, now_s)
        self._osc_output.send(piece, frame, now_s, fresh=pose is not None, running=self._wekinator.running)
        self._wekinator.send_gestures(event.name for event in frame.performed)
        self._controller.handle_class_events(frame, now_s)
        return frame

    def answer(self, earlier: Sequence[Pose], piece: RunningPreset) -> None:
        """Plays messages that came before the newest one, in order, as far as there is time."""
        busy_s, late_s = time.thread_time() + MOST_CATCHING_UP_S, time.monotonic() + MOST_LATE_S
        for one in earlier:
            if time.thread_time() > busy_s or time.monotonic() > late_s:
                return
            self.play(piece, one, one.capture_time_s)

    def close(self) -> None:
        """Closes the sockets."""
        self._osc_output.close()
