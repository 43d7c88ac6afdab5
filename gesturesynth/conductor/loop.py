"""The loop of the conductor: poses in, sounds out.

Nothing may block it: files are read and checked in a thread of their own, models are fitted in a process of their own,
sockets deliver only what has arrived. Every tick sends the whole `Sound`, so that the engine needs no state of the
conductor, nor the conductor of the engine.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from typing import Final

import zmq

from gesturesynth.conductor.answered_steps import AnsweredSteps
from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.command_time_budget import CommandTimeBudget
from gesturesynth.conductor.feature_inputs import FeatureInputs
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies
from gesturesynth.conductor.latency import Latency
from gesturesynth.conductor.latent_output import LatentOutput
from gesturesynth.conductor.number_publisher import NumberPublisher
from gesturesynth.conductor.piece_outputs import PieceOutputs
from gesturesynth.conductor.piece_readings import PieceReadings
from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_context import teaching_targets
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.conductor.tracking_requests import TrackingRequests
from gesturesynth.conductor.wekinator_control import WekinatorControl
from gesturesynth.conductor.words_output import WordsOutput
from gesturesynth.config.preset.inputs_alone import by_inputs_alone
from gesturesynth.core import log
from gesturesynth.features.people.readings import people_readings
from gesturesynth.features.people.roles import Roles, in_order_of_roles
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.output_origins import output_origins
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.voice_readings import output_values, voice_readings
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.map_reports import MapPlace
from gesturesynth.runtime.messages import ConductorStatus, Pose, Sound
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher, Subscriber
from gesturesynth.runtime.reports import ConductorState
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.status_line import conductor_line

TICK_S: Final = 1 / 60
"""Without a new pose the outputs still move this often: glides to idle, crossfades."""
STATUS_S: Final = 0.1


class Conductor:
    """Connects inputs, session, preset and outputs, and runs them in one loop.

    Args:
        preset_manager: gives the piece that plays, and events about it.
        controller: carries out commands.
        inputs: gives the commands.
        context: for the sockets.
        service: signals and heart-beats.
        storage: stores what is chosen.
        copies: copies the files of presets that play.
        settings_error: what is wrong with the settings, for the status.
        feature_inputs: receives the inputs of presets; by default none.
        sounds: sends to the engine; by default a publisher of its own.
        receiver: gives poses of several trackers; None for the tracker of this computer alone.
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
        feature_inputs: FeatureInputs | None = None,
        sounds: Publisher[Sound] | None = None,
        receiver: PoseReceiver | None = None,
    ) -> None:
        self._preset_manager = preset_manager
        self._controller = controller
        self._inputs = inputs
        self._storage = storage
        self._copies = copies
        self._settings_error = settings_error
        self._service = service
        self._receiver = receiver
        self._poses = receiver or Subscriber(context, Pose)
        self._feature_inputs = feature_inputs or FeatureInputs(None)
        self._waits_for: int | None = None  # the socket of inputs
        self._sounds = sounds or Publisher(context, Sound)
        self._statuses = Publisher(context, ConductorStatus)
        self._requests = TrackingRequests(context, *((receiver.ask,) if receiver else ()))
        self._places = OnDemandPublisher(context, MapPlace)
        self._piece_outputs = PieceOutputs(context)
        self._numbers = NumberPublisher(context, inputs.osc.port if inputs.osc else 0)
        self._poses_only = zmq.Poller()
        self._poses_only.register(self._poses.socket, zmq.POLLIN)
        self._poller = zmq.Poller()
        self._poller.register(self._poses.socket, zmq.POLLIN)
        self._poller.register(inputs.command_server.socket, zmq.POLLIN)
        if self._feature_inputs.midi:
            for poller in (self._poses_only, self._poller):
                poller.register(self._feature_inputs.midi.socket, zmq.POLLIN)
        if inputs.osc:
            self._poller.register(inputs.osc.fileno(), zmq.POLLIN)
        self._time_budget = CommandTimeBudget()
        self._wekinator = WekinatorControl(controller, preset_manager)
        self._steps = AnsweredSteps(controller, self._wekinator)
        self._words = WordsOutput(context)
        self._latent = LatentOutput()
        self._latency = Latency()
        self._roles = Roles()
        self._log = log.get()
        self._present = False
        self._sound_due_s = -math.inf  # where nothing sounds, so that not every message of an input wakes the engine
        self._status_line: str | None = None
        self._frame: MapperFrame | None = None
        self._frame_piece: RunningPreset | None = None
        self._output_values: dict[str, float] = {}  # outputs, by name
        self._readings: PieceReadings | None = None

    def run(self) -> None:
        """Plays until the service is asked to stop."""
        due_s = status_due_s = time.monotonic()
        while not self._service.stopping:
            self._wait(min(due_s, self._feature_inputs.due_s))
            newest = self._poses.newest()
            now_s = time.monotonic()
            self._follow_inputs(now_s)
            pose = self._feature_inputs.join(newest, now_s)
            self._wekinator.advance(self._feature_inputs.take_controls(), now_s)
            if pose is None and now_s < due_s:
                self._poll_inputs(now_s)
                continue
            self._time_budget.begin_tick(now_s - due_s)
            busy_s = time.thread_time()
            self.tick(pose, now_s, self._feature_inputs.take_earlier())
            ended_s = time.monotonic()
            self._feature_inputs.ticked(ended_s - (time.thread_time() - busy_s), ended_s)
            self._poll_inputs(now_s)
            if now_s >= status_due_s:
                status_due_s = now_s + STATUS_S
                status = self.status()
                self._statuses.send(status)
                self._status_line = conductor_line(status)
                self._log_presence()
            self._service.heartbeat(self._status_line)
            self._store_state(now_s)
            if self._service.reload_wanted:
                self._service.reload_wanted = False
                self._preset_manager.request_reload()
            # A tick that came late does not delay all later ones.
            due_s = now_s + TICK_S if pose else max(due_s + TICK_S, now_s + TICK_S / 2)

    def _wait(self, due_s: float) -> None:
        """Waits for a pose, a command or `due_s`. When there is no time for commands, they wait for the next tick."""
        left_ms = round(max(0.0, due_s - time.monotonic()) * 1000)
        if not self._time_budget.may_wake_loop:
            self._poses_only.poll(left_ms)
        else:
            self._poller.poll(0 if self._inputs.waiting else left_ms)

    def _follow_inputs(self, now_s: float) -> None:
        """Receives the inputs that the preset has, and wakes for them."""
        preset = self._preset_manager.piece.preset
        self._feature_inputs.follow(preset.inputs, now_s, obeys=preset.obeys_wekinator)
        wanted = self._feature_inputs.socket
        if wanted == self._waits_for:
            return
        for poller in (self._poller, self._poses_only):
            if self._waits_for is not None:
                poller.unregister(self._waits_for)
            if wanted is not None:
                poller.register(wanted, zmq.POLLIN)
        self._waits_for = wanted

    def tick(self, pose: Pose | None, now_s: float, earlier: Sequence[Pose] = ()) -> MapperFrame:
        """Makes one `Sound` of the newest pose, commands and files, and sends it.

        Args:
            pose: a new pose, or None.
            now_s: monotonic seconds.
            earlier: messages of inputs that came before `pose`: each belongs to a take, and is answered where there is
                time for it.
        """
        event = self._preset_manager.poll(now_s)
        self._log_event(event)
        self._controller.handle_preset_event(event, now_s)
        for one in earlier:
            self._controller.add_pose(one)
        if pose:
            pose = in_order_of_roles(pose, self._roles.of_pose(pose)) if pose.bodies else pose
            self._controller.add_pose(pose)
        self._controller.advance(now_s)
        piece = self._preset_manager.piece
        self._requests.update(piece.preset, now_s)
        self._hand_over(pose, now_s)
        *before, newest = self._controller.player.poses(pose, now_s) or (None,)
        for one in before:
            piece.process_pose(one, now_s)
        if newest is pose:
            self._steps.answer(earlier, piece)
        self._frame = frame = self._steps.play(piece, newest, now_s)
        self._frame_piece = piece
        sound = self._controller.apply_to(piece.sound(frame, newest.capture_time_s if newest else now_s), frame, now_s)
        if piece.preset.instruments or now_s >= self._sound_due_s:
            self._sound_due_s = now_s + TICK_S / 2
            self._sounds.send(sound)
        self._piece_outputs.send(piece, sound, self._controller, now_s)
        self._output_values = output_values(piece)
        self._readings = PieceReadings.of(piece, newest, now_s, self._readings)
        if pose and self._places.wanted and (place := self._controller.requests.example_map.place(frame, now_s)):
            self._places.send(place)
        self._numbers.send(self._readings, self._output_values, now_s)
        self._words.send(piece, frame, now_s)
        self._latent.send(piece, frame, now_s)
        if pose and newest is pose:
            self._latency.add(now_s, time.monotonic() - pose.capture_time_s)
        return frame

    def _hand_over(self, pose: Pose | None, now_s: float) -> None:
        """Crosses over when the body comes from another tracker; a class that it is in is not entered again."""
        if self._receiver and pose and not self._controller.player.playing and self._receiver.take_hand_over():
            piece = self._preset_manager.piece
            recognised = self._frame.recognised if self._frame and self._frame_piece is piece else ""
            piece.change_person(now_s, recognised)

    def _store_state(self, now_s: float) -> None:
        self._storage.update(
            self._preset_manager.requested_path, self._controller.choices, self._controller.gate.manual, now_s
        )
        self._copies.update(self._preset_manager.last_good)

    def close(self) -> None:
        """Stops what was started, and closes the sockets."""
        self._storage.close()
        self._controller.close(time.monotonic())
        self._inputs.close()
        self._feature_inputs.close()
        self._steps.close()
        self._wekinator.close()
        self._words.close()
        self._latent.close()
        self._preset_manager.close()
        sockets = (self._poses, self._sounds, self._statuses, self._places, self._requests)
        for socket in (*sockets, self._piece_outputs, self._numbers):
            socket.close()

    def _poll_inputs(self, now_s: float) -> None:
        portion_s = self._time_budget.portion_s
        if portion_s == 0.0:
            return
        begun_s = time.monotonic()
        self._inputs.poll(self._controller, now_s, self.state, self._output_values, self._readings, for_s=portion_s)
        self._time_budget.spend(time.monotonic() - begun_s)

    def _log_event(self, event: PresetEvent | None) -> None:
        """Logs an event of a preset, unless the session answers a command with it."""
        if event is None or (event.failed and (event.fit is not None or event.change is not None)):
            return
        fields = event.fields | ({"message": event.message} if event.message else {})
        (self._log.error if event.failed else self._log.info)(event.event, **fields)

    def _log_presence(self) -> None:
        if by_inputs_alone(self._preset_manager.piece.preset):
            return
        present = _in_view(self._preset_manager.piece)
        if present != self._present and not self._controller.player.playing:
            self._present = present
            self._log.info("person in view" if present else "no person in view")

    def state(self) -> ConductorState:
        """The status as of now, with the newest reports."""
        status = self.status()
        fields = {name: getattr(status, name) for name in status.__struct_fields__}
        judging, takes = self._controller.judging, self._controller.requests.takes
        return ConductorState(
            **fields,
            evaluating=judging.evaluating,
            evaluation=judging.evaluation,
            advice=judging.advice,
            stored_takes=takes.stored,
            newest_takes=takes.newest,
        )

    def status(self) -> ConductorStatus:
        """The status as of now."""
        now_s = time.monotonic()
        median_ms, p99_ms = self._latency.quantiles_ms(now_s)
        preset_manager = self._preset_manager
        piece = preset_manager.piece
        # The answer that another preset plays is sent before the first tick of that preset.
        frame = self._frame if self._frame_piece is piece else None
        return ConductorStatus(
            time_s=now_s,
            pid=os.getpid(),
            preset=piece.preset.name,
            about=piece.preset.about,
            targets=teaching_targets(piece),
            preset_error=preset_manager.preset_error,
            model=preset_manager.model,
            model_error=preset_manager.model_error,
            model_note=preset_manager.model_note,
            origins=dict(output_origins(piece.preset, preset_manager.mapping, preset_manager.model_takes)),
            training=preset_manager.training,
            present=bool(frame and _in_view(piece)),
            confidence=frame.confidence if frame else 0.0,
            recognised=frame.recognised if frame else "",
            features=piece.feature_readings(frame) if frame else (),
            outputs=piece.output_readings(frame) if frame else (),
            gestures=piece.gesture_readings(frame) if frame else (),
            voices=voice_readings(piece) if frame else (),
            scale=piece.scale_reading(),
            tempo=piece.beat.reading(now_s),
            adaptation=piece.adaptation_reading(frame),
            scenes=tuple(piece.preset.scenes),
            scene=piece.scene_name,
            edit=self._controller.edits.reading,
            people=people_readings(piece.people, piece.preset.named_features) if frame else (),
            predict_ms=round(piece.predict_s * 1000.0, 3),
            latency_ms=median_ms,
            latency_p99_ms=p99_ms,
            notes=(*(frame.features.notes if frame else ()), *self._feature_inputs.notes, *self._piece_outputs.notes),
            hours=self._controller.gate.status_text,
            closed=not self._controller.gate.open,
            session=self._controller.state,
            help_shown=self._controller.help_shown,
            quitting=self._controller.quitting,
            settings_error=self._settings_error,
            life=self._service.stats(),
            by_inputs_alone=by_inputs_alone(piece.preset),
            trackers=self._receiver.readings if self._receiver else (),
            words=self._words.shown.text,
            osc=self._inputs.osc.counts.all() if self._inputs.osc else {},
        )


def _in_view(piece: RunningPreset) -> bool:
    """Whether a person plays now, whichever voice."""
    return any(frame.present for frame in piece.frames or ())
