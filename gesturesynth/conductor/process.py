"""The conductor: poses in, sounds out. It holds the preset and the running model, and has a model fitted when needed.

One loop, which nothing may block: files are read and checked in a thread of their own, models are fitted in a process
of their own, sockets deliver only what has arrived. Every step sends the whole `Sound`, so that the engine needs no
memory of ours and we none of its.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

import numpy as np
import zmq

from gesturesynth.conductor.command_inputs import Ears
from gesturesynth.conductor.command_time_budget import ListeningTime
from gesturesynth.conductor.last_known_good import Copies, first
from gesturesynth.conductor.latency import Latency
from gesturesynth.conductor.opening_hours_gate import Doors
from gesturesynth.conductor.osc_output import Sending
from gesturesynth.conductor.preset_manager import News, Repertoire
from gesturesynth.conductor.session_controller import Teaching
from gesturesynth.conductor.settings import ConductorSettings
from gesturesynth.conductor.state_storage import Memory
from gesturesynth.config.settings.fallback import is_unattended
from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.mapper import MapperFrame
from gesturesynth.pipeline.example_library import ExampleLibrary
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
        repertoire: gives the piece that plays, and news of it.
        teaching: carries out commands.
        ears: where they come from.
        context: for the sockets.
        service: signals and heart-beats.
        memory: keeps what is chosen.
        copies: keeps what plays well.
        settings_error: what is wrong with the settings; shown.
    """

    def __init__(
        self,
        repertoire: Repertoire,
        teaching: Teaching,
        ears: Ears,
        context: zmq.Context[zmq.Socket[bytes]],
        service: Service,
        *,
        memory: Memory,
        copies: Copies,
        settings_error: str = "",
    ) -> None:
        self._repertoire = repertoire
        self._teaching = teaching
        self._ears = ears
        self._memory = memory
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
        self._poller.register(ears.wire.socket, zmq.POLLIN)
        if ears.osc:
            self._poller.register(ears.osc.fileno(), zmq.POLLIN)
        self._listening = ListeningTime()
        self._sending = Sending()
        self._latency = Latency()
        self._log = log.get()
        self._present = False
        self._line: str | None = None
        self._moment: MapperFrame | None = None
        self._moment_of: RunningPreset | None = None
        self._heard: dict[str, float] = {}  # outputs, by name

    def run(self) -> None:
        """Plays until the service is asked to stop."""
        due_s = status_due_s = time.monotonic()
        while not self._service.stopping:
            self._wait(due_s)
            pose = self._poses.newest()
            now_s = time.monotonic()
            if pose is None and now_s < due_s:
                self._listen(now_s)
                continue
            self._listening.step(now_s - due_s)
            moment = self._step(pose, now_s)
            self._listen(now_s)
            if now_s >= status_due_s:
                status_due_s = now_s + STATUS_S
                status = self._status()
                self._statuses.send(status)
                self._line = conductor_line(status)
                self._notice_person(moment)
            self._service.heartbeat(self._line)
            self._remember(now_s)
            if self._service.reload_wanted:
                self._service.reload_wanted = False
                self._repertoire.look_again()
            # A step that came late does not make all that follow later.
            due_s = now_s + TICK_S if pose else max(due_s + TICK_S, now_s + TICK_S / 2)

    def _wait(self, due_s: float) -> None:
        """Until there is something to do. When there is no time for commands now, they wait for the next step."""
        left_ms = round(max(0.0, due_s - time.monotonic()) * 1000)
        if not self._listening.promptly:
            self._poses_only.poll(left_ms)
        else:
            self._poller.poll(0 if self._ears.waiting else left_ms)

    def _step(self, pose: Pose | None, now_s: float) -> MapperFrame:
        """From whatever is new to a `Sound`."""
        news = self._repertoire.poll(now_s)
        self._tell(news)
        self._teaching.hear(news, now_s)
        if pose:
            self._teaching.see(pose)
        self._teaching.step(now_s)
        piece = self._repertoire.piece
        self._moment = moment = piece.process_pose(pose, now_s)
        self._moment_of = piece
        self._teaching.notice(moment, now_s)
        sound = self._teaching.sound(piece.sound(moment, pose.capture_time_s if pose else now_s), moment)
        self._sounds.send(sound)
        self._heard = dict(zip((output.name for output in piece.preset.outputs), sound.values, strict=True))
        self._sending.send(piece, sound, moment, now_s)
        if pose:
            self._latency.add(now_s, time.monotonic() - pose.capture_time_s)
        return moment

    def _remember(self, now_s: float) -> None:
        self._memory.look(self._repertoire.wanted, self._teaching.choices, self._teaching.doors.by_hand, now_s)
        self._copies.look(self._repertoire.good)

    def close(self) -> None:
        """Ends what was started and takes the sockets away."""
        self._memory.close()
        self._teaching.close(time.monotonic())
        self._ears.close()
        self._sending.close()
        self._repertoire.close()
        for socket in (self._poses, self._sounds, self._statuses):
            socket.close()

    def _listen(self, now_s: float) -> None:
        portion_s = self._listening.portion_s
        if portion_s == 0.0:
            return
        begun_s = time.monotonic()
        self._ears.listen(self._teaching, now_s, self._status, self._heard, for_s=portion_s)
        self._listening.spent(time.monotonic() - begun_s)

    def _tell(self, news: News | None) -> None:
        if news and not (news.bad and (news.fit is not None or news.change is not None)):  # those the session says
            (self._log.error if news.bad else self._log.info)(news.words, **news.facts)

    def _notice_person(self, moment: MapperFrame) -> None:
        if moment.present != self._present:
            self._present = moment.present
            self._log.info("somebody is there" if moment.present else "nobody is there")

    def _status(self) -> ConductorStatus:
        now_s = time.monotonic()
        median_ms, p99_ms = self._latency.quantiles_ms(now_s)
        repertoire = self._repertoire
        piece = repertoire.piece
        # Who is told that another preset plays is told before its first step.
        moment = self._moment if self._moment_of is piece else None
        return ConductorStatus(
            time_s=now_s,
            pid=os.getpid(),
            preset=piece.preset.name,
            preset_error=repertoire.preset_error,
            model=repertoire.model,
            model_error=repertoire.model_error,
            model_note=repertoire.model_note,
            training=repertoire.training,
            present=bool(moment and moment.present),
            confidence=moment.confidence if moment else 0.0,
            recognised=moment.recognised if moment else "",
            features=piece.feature_readings(moment) if moment else (),
            outputs=piece.output_readings(moment) if moment else (),
            latency_ms=median_ms,
            latency_p99_ms=p99_ms,
            notes=moment.features.notes if moment else (),
            hours=self._teaching.doors.words,
            closed=not self._teaching.doors.open,
            session=self._teaching.state,
            help_shown=self._teaching.help_shown,
            quitting=self._teaching.quitting,
            settings_error=self._settings_error,
            life=self._service.stats(),
            osc=self._ears.osc.counts.all() if self._ears.osc else {},
        )


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
    memory = Memory(
        settings.volume_db,
        settings.flag_db,
        runtime=paths.socket_path("conductor", "status").parent,
        state=paths.state_dir(),
    )
    start = memory.begin()
    opening = first([*([start.preset] if start.preset else []), settings.preset])
    if opening.awaited:
        log.get().error(f"the preset cannot be used:\n{opening.awaited.why}")
    with zmq.Context() as context, ExitStack() as stack:
        ears = Ears(context, settings.osc)
        stack.callback(ears.close)
        worker = ThreadPoolExecutor(1, "files")
        shelf = ExampleLibrary(lambda: datetime.now(tz=UTC))
        repertoire = Repertoire(opening.preset, context, 0.0, worker, shelf.examples, awaited=opening.awaited)
        doors = Doors(settings.hours, settings.hours_fade_s, lambda: datetime.now(tz=UTC), start.doors)
        teaching = Teaching(
            repertoire,
            shelf,
            worker,
            rules=settings.rules,
            choices=start.choices,
            doors=doors,
            random=np.random.default_rng(),
            endless=is_unattended(),
        )
        conductor = Conductor(
            repertoire,
            teaching,
            ears,
            context,
            service,
            memory=memory,
            copies=Copies(worker),
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
        memory.end(teaching.choices)
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
