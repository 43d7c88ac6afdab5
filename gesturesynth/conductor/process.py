"""The conductor: poses in, sounds out. It holds the preset and the running model, and has a model fitted when needed.

One loop, which nothing may block: files are read and checked in a thread of their own, models are fitted in a process
of their own, sockets deliver only what has arrived. Every step sends the whole `Sound`, so that the engine needs no
memory of ours and we none of its.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import numpy as np
import zmq

from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies, choose_startup_preset
from gesturesynth.conductor.loop import Conductor
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.settings import ConductorSettings
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.config.settings.fallback import is_unattended
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.runtime.service import Service


def run_conductor(settings: ConductorSettings, service: Service) -> int:
    """Conducts until asked to stop.

    Args:
        settings: what to play.
        service: entered already.

    Returns:
        The exit code, 0.

    Raises:
        UserError: no preset at all can be used, or the runtime folder has no place for sockets. (Where the one that was
            asked for cannot be used, its last good copy plays, or another.)
    """
    storage = StateStorage(
        settings.volume_db,
        settings.flag_db,
        runtime=paths.socket_path("conductor", "status").parent,
        state=paths.state_dir(),
    )
    start = storage.begin()
    opening = choose_startup_preset([*([start.preset] if start.preset else []), settings.preset])
    if opening.pending:
        log.get().error(f"the preset cannot be used:\n{opening.pending.why}")
    with zmq.Context() as context, ExitStack() as stack:
        inputs = CommandInputs(context, settings.osc)
        stack.callback(inputs.close)
        worker = ThreadPoolExecutor(1, "files")
        library = ExampleLibrary(lambda: datetime.now(tz=UTC))
        preset_manager = PresetManager(opening.preset, context, 0.0, worker, library.examples, awaited=opening.pending)
        gate = OpeningHoursGate(settings.hours, settings.hours_fade_s, lambda: datetime.now(tz=UTC), start.override)
        controller = SessionController(
            preset_manager,
            library,
            worker,
            rules=settings.rules,
            choices=start.choices,
            gate=gate,
            random=np.random.default_rng(),
            endless=is_unattended(),
        )
        conductor = Conductor(
            preset_manager,
            controller,
            inputs,
            context,
            service,
            storage=storage,
            copies=LastKnownGoodCopies(worker),
            settings_error=settings.trouble,
        )
        stack.pop_all()
        stack.callback(conductor.close)
        if settings.metrics_port is not None:
            _serve_metrics(settings.metrics_port, context, stack)
        log.get().info("conducting", preset=opening.preset.name, file=str(opening.preset.path))
        service.ready(opening.preset.name)
        conductor.run()
        service.notify_stopping()
        storage.end(controller.choices)
    log.get().info("stopped")
    return 0


def _serve_metrics(port: int, context: zmq.Context[zmq.Socket[bytes]], stack: ExitStack) -> None:
    """Figures can be asked for until the stack ends; where they cannot, that is said, and all else goes on."""
    from gesturesynth.monitoring.metrics_server import HOST, MetricsServer  # noqa: PLC0415 - only where they are wanted

    try:
        server = MetricsServer(context, paths.runtime_dir(), port)
    except GestureSynthError as error:
        log.get().warning("no figures for monitoring", reason=str(error))
        return
    stack.callback(server.close)
    log.get().info("figures for monitoring", host=HOST, port=server.port)
