"""Process entry of the conductor: what starts, in order, and what stops, in reverse.

It holds the preset and the model, makes sounds of poses (`loop`), carries out commands (`session_controller`), and has
a model fitted when needed (`preset_manager`).
"""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import numpy as np
import zmq

from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.ear_inputs import EarInputs
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies, choose_startup_preset
from gesturesynth.conductor.loop import Conductor
from gesturesynth.conductor.midi_inputs import MidiInputs
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.piece_events import restore_predict
from gesturesynth.conductor.piece_requests import PieceRequests
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.scale_controls import restore_scale
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.settings import ConductorSettings
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.config.settings.fallback import is_unattended
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.training_client import remove_left_sockets
from gesturesynth.remote_poses.addresses import TrackerAddress
from gesturesynth.remote_poses.keys import own_key
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.service import Service


def run_conductor(settings: ConductorSettings, service: Service) -> int:
    """Runs the conductor until it is asked to stop.

    Args:
        settings: what to play, and the inputs to open.
        service: its context has been entered already.

    Returns:
        The exit code, 0.

    Raises:
        UserError: no preset at all can be used, or the path of the runtime folder is too long for sockets. (Where the
            requested preset cannot be used, its last good copy plays, or another.)
    """
    storage = StateStorage(
        settings.volume_db,
        settings.flag_db,
        runtime=paths.socket_path("conductor", "status").parent,
        state=paths.state_dir(),
    )
    restored = storage.begin()
    remove_left_sockets()
    startup = choose_startup_preset([*([restored.preset] if restored.preset else []), settings.preset])
    if startup.pending:
        log.get().error("preset refused", message=f"the preset cannot be used:\n{startup.pending.reason}")
    with zmq.Context() as context, ExitStack() as stack:
        inputs = CommandInputs(context, settings.osc)
        stack.callback(inputs.close)
        worker = ThreadPoolExecutor(1, "files")
        library = ExampleLibrary(lambda: datetime.now(tz=UTC))
        preset_manager = PresetManager(
            startup.preset, context, settings.predict_s, worker, library.taught, pending=startup.pending
        )
        gate = OpeningHoursGate(settings.hours, settings.hours_fade_s, lambda: datetime.now(tz=UTC), restored.override)
        same = restored.preset is not None and restored.preset.stem == startup.preset.key
        chosen = same and restored.choices.scene in startup.preset.scenes
        if chosen:
            preset_manager.piece.change_scene(restored.choices.scene, 0.0)
        zone = settings.hours.zone if settings.hours else None
        controller = SessionController(
            preset_manager,
            library,
            worker,
            rules=settings.rules,
            choices=restored.choices,
            gate=gate,
            random=np.random.default_rng(),
            piece_requests=PieceRequests(lambda: datetime.now(tz=UTC), zone, chosen=chosen),
            endless=is_unattended(),
        )
        if same:
            restore_scale(preset_manager.piece, restored.choices.scale)
            restore_predict(preset_manager.piece, restored.choices.predict)
            preset_manager.piece.beat.restore(restored.choices.tempo, time.monotonic())
        conductor = Conductor(
            preset_manager,
            controller,
            inputs,
            context,
            service,
            storage=storage,
            copies=LastKnownGoodCopies(worker),
            settings_error=settings.settings_error,
            receiver=_receiver(context, settings.trackers),
            feature_inputs=EarInputs(settings.inputs, context, MidiInputs(context)),
        )
        stack.pop_all()
        stack.callback(conductor.close)
        if settings.metrics_port is not None:
            _serve_metrics(settings.metrics_port, context, stack)
        log.get().info("conductor started", preset=startup.preset.name, file=str(startup.preset.path))
        service.ready(startup.preset.name)
        gc.collect()
        gc.freeze()  # what is there by now stays: looking through it again would hold up a tick
        conductor.run()
        service.notify_stopping()
        storage.end(controller.choices)
    log.get().info("conductor stopped")
    return 0


def _receiver(context: zmq.Context[zmq.Socket[bytes]], trackers: tuple[TrackerAddress, ...]) -> PoseReceiver | None:
    """The receiver of poses of other computers; None where there are none, or a service has no key to ask them with.

    Raises:
        UserError: at a terminal, where this computer has no key.
    """
    if not trackers:
        return None
    try:
        return PoseReceiver(context, trackers, own_key())
    except UserError as error:
        if not is_unattended():
            raise
        log.get().error("trackers not asked", message=f"the tracker of this computer plays alone: {error}")
        return None


def _serve_metrics(port: int, context: zmq.Context[zmq.Socket[bytes]], stack: ExitStack) -> None:
    """Serves metrics until the stack ends; where the port cannot be opened, a warning is logged."""
    from gesturesynth.monitoring.metrics_server import HOST, MetricsServer  # noqa: PLC0415 - only where metrics are enabled

    try:
        server = MetricsServer(context, paths.runtime_dir(), port)
    except GestureSynthError as error:
        log.get().warning("metrics server failed", reason=str(error))
        return
    stack.callback(server.close)
    log.get().info("metrics server started", host=HOST, port=server.port)
