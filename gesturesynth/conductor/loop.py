"""The loop of the conductor: poses in, sounds out."""

from __future__ import annotations

import os
import time
from typing import Final

import zmq

from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.command_time_budget import CommandTimeBudget
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies
from gesturesynth.conductor.latency import Latency
from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.conductor.preset_manager import PresetEvent, PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.core import log
from gesturesynth.mapping.mapper import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import ConductorStatus, Pose, Sound
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.status_line import conductor_line

TICK_S: Final = 1 / 60
"""Without a new pose the outputs still move this often: glides to idle, crossfades."""
STATUS_S: Final = 0.1


class Conductor:
    """One life of the conductor.

    Args:
        preset_manager: gives the piece that plays, and news of it.
        controller: carries out commands.
        inputs: where they come from.
        context: for the sockets.
        service: signals and heart-beats.
        memory: keeps what is chosen.
        copies: keeps what plays well.
        settings_error: what is wrong with the settings; shown.
    """

    def __init__(
        self,
        preset_manager: PresetManager,
        controller: SessionController,
        inputs: CommandInputs,
        context: zmq.Context[zmq.Socket[bytes]],
        service: Service,
        *,
        storage: StateStorage,
        copies: LastKnownGoodCopies,
        settings_error: str = "",
    ) -> None:
        self._preset_manager = preset_manager
        self._controller = controller
        self._inputs = inputs
        self._storage = storage
        self._copies = copies
        self._settings_error = settings_error
        self._service = service
        self._poses = Subscriber(context, Pose)
        self._sounds = Publisher(context, Sound)
        self._statuses = Publisher(context, ConductorStatus)
        self._poses_only = zmq.Poller()
        self._poses_only.register(self._poses.socket, zmq.POLLIN)
        self._poller = zmq.Poller()
        self._poller.register(self._poses.socket, zmq.POLLIN)
        self._poller.register(inputs.command_server.socket, zmq.POLLIN)
        if inputs.osc:
            self._poller.register(inputs.osc.fileno(), zmq.POLLIN)
        self._listening = CommandTimeBudget()
        self._osc_output = OscOutput()
        self._latency = Latency()
        self._log = log.get()
        self._present = False
        self._line: str | None = None
        self._frame: MapperFrame | None = None
        self._moment_of: RunningPreset | None = None
        self._input_state: dict[str, float] = {}  # outputs, by name

    def run(self) -> None:
        """Plays until the service is asked to stop."""
        due_s = status_due_s = time.monotonic()
        while not self._service.stopping:
            self._wait(due_s)
            pose = self._poses.newest()
            now_s = time.monotonic()
            if pose is None and now_s < due_s:
                self._poll_inputs(now_s)
                continue
            self._listening.step(now_s - due_s)
            frame = self._step(pose, now_s)
            self._poll_inputs(now_s)
            if now_s >= status_due_s:
                status_due_s = now_s + STATUS_S
                status = self._status()
                self._statuses.send(status)
                self._line = conductor_line(status)
                self._notice_person(frame)
            self._service.heartbeat(self._line)
            self._store_state(now_s)
            if self._service.reload_wanted:
                self._service.reload_wanted = False
                self._preset_manager.request_reload()
            # A step that came late does not make all that follow later.
            due_s = now_s + TICK_S if pose else max(due_s + TICK_S, now_s + TICK_S / 2)

    def _wait(self, due_s: float) -> None:
        """Until there is something to do. When there is no time for commands now, they wait for the next step."""
        left_ms = round(max(0.0, due_s - time.monotonic()) * 1000)
        if not self._listening.promptly:
            self._poses_only.poll(left_ms)
        else:
            self._poller.poll(0 if self._inputs.waiting else left_ms)

    def _step(self, pose: Pose | None, now_s: float) -> MapperFrame:
        """From whatever is new to a `Sound`."""
        event = self._preset_manager.poll(now_s)
        self._log_event(event)
        self._controller.handle_preset_event(event, now_s)
        if pose:
            self._controller.add_pose(pose)
        self._controller.advance(now_s)
        piece = self._preset_manager.piece
        self._frame = frame = piece.process_pose(pose, now_s)
        self._moment_of = piece
        self._controller.handle_class_events(frame, now_s)
        sound = self._controller.apply_to(piece.sound(frame, pose.capture_time_s if pose else now_s), frame)
        self._sounds.send(sound)
        self._input_state = dict(zip((output.name for output in piece.preset.outputs), sound.values, strict=True))
        self._osc_output.send(piece, sound, frame, now_s)
        if pose:
            self._latency.add(now_s, time.monotonic() - pose.capture_time_s)
        return frame

    def _store_state(self, now_s: float) -> None:
        self._storage.update(
            self._preset_manager.requested_path, self._controller.choices, self._controller.gate.manual, now_s
        )
        self._copies.update(self._preset_manager.last_good)

    def close(self) -> None:
        """Ends what was started and takes the sockets away."""
        self._storage.close()
        self._controller.close(time.monotonic())
        self._inputs.close()
        self._osc_output.close()
        self._preset_manager.close()
        for socket in (self._poses, self._sounds, self._statuses):
            socket.close()

    def _poll_inputs(self, now_s: float) -> None:
        portion_s = self._listening.portion_s
        if portion_s == 0.0:
            return
        begun_s = time.monotonic()
        self._inputs.poll(self._controller, now_s, self._status, self._input_state, for_s=portion_s)
        self._listening.spent(time.monotonic() - begun_s)

    def _log_event(self, event: PresetEvent | None) -> None:
        if event and not (
            event.failed and (event.fit is not None or event.change is not None)
        ):  # those the session says
            (self._log.error if event.failed else self._log.info)(event.message, **event.facts)

    def _notice_person(self, frame: MapperFrame) -> None:
        if frame.present != self._present:
            self._present = frame.present
            self._log.info("somebody is there" if frame.present else "nobody is there")

    def _status(self) -> ConductorStatus:
        now_s = time.monotonic()
        median_ms, p99_ms = self._latency.quantiles_ms(now_s)
        preset_manager = self._preset_manager
        piece = preset_manager.piece
        # Who is told that another preset plays is told before its first step.
        frame = self._frame if self._moment_of is piece else None
        return ConductorStatus(
            time_s=now_s,
            pid=os.getpid(),
            preset=piece.preset.name,
            preset_error=preset_manager.preset_error,
            model=preset_manager.model,
            model_error=preset_manager.model_error,
            model_note=preset_manager.model_note,
            training=preset_manager.training,
            present=bool(frame and frame.present),
            confidence=frame.confidence if frame else 0.0,
            recognised=frame.recognised if frame else "",
            features=piece.feature_readings(frame) if frame else (),
            outputs=piece.output_readings(frame) if frame else (),
            latency_ms=median_ms,
            latency_p99_ms=p99_ms,
            notes=frame.features.notes if frame else (),
            hours=self._controller.gate.status_text,
            closed=not self._controller.gate.open,
            session=self._controller.state,
            help_shown=self._controller.help_shown,
            quitting=self._controller.quitting,
            settings_error=self._settings_error,
            life=self._service.stats(),
            osc=self._inputs.osc.counts.all() if self._inputs.osc else {},
        )
