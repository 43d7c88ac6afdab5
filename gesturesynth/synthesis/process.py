"""The engine: the process that sounds. It follows the newest `Sound` it has heard, and says how it is.

It leaves, with a clear word and exit code 1, whenever starting anew is the cure: the audio server has gone, the audio
clock stands still, an instrument gives no numbers any more, a device has appeared. Whoever supervises it starts it
again, and the next `Sound` holds all it needs. While the conductor is silent it goes on with what it heard last.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import EngineStatus, Sound
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.status_line import engine_line
from gesturesynth.synthesis import recorder as recording
from gesturesynth.synthesis.audio.backends import AudioSettings, Backend, NullBackend, open_backend
from gesturesynth.synthesis.audio.device_watcher import DeviceWatcher
from gesturesynth.synthesis.instruments import catalogue, prepare
from gesturesynth.synthesis.meter import Levels, SignalMonitor
from gesturesynth.synthesis.player import Player
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.rack import Kinds
from gesturesynth.synthesis.restart_policy import MANY_RACKS, RestartPolicy

STATUS_S: Final = 0.1
CLOCK_LIMIT_S: Final = 1.0
"""An audio clock that stands still for so long will not go on by itself."""
CONDUCTOR_LIMIT_S: Final = 2.0
WAITING: Final = "waiting for the conductor"
FADE_OUT_S: Final = 0.3
FADE_OUT_LIMIT_S: Final = 1.5
"""A device that does not take the fade-out any more is left after so long."""
ALARM_S: Final = 0.06
"""Time for the mute before the engine leaves a broken sound."""
SWITCH_INTERVAL_S: Final = 1e-4
"""How soon Python code gives way to the audio callback. With Python's own 5 ms, longer than a buffer, a busy loop in
this process cost 160 xruns a second at 128 frames; with this, 2."""


@dataclass(frozen=True)
class EngineSettings:
    """What the engine is started with.

    Attributes:
        audio: backend, device, sample rate and buffer size.
        record: file to record to, or None.
        record_limit_mb: the recording never gets larger.
        record_format: bits of its samples.
        many_racks: when it has changed its instruments so often, it begins anew in a quiet moment.
    """

    audio: AudioSettings = field(default_factory=AudioSettings)
    record: Path | None = None
    record_limit_mb: float = recording.DEFAULT_LIMIT_MB
    record_format: recording.RecordFormat = "24"
    many_racks: int = MANY_RACKS


class EngineRestartRequired(GestureSynthError):  # noqa: N818 - it is a state of the world, not a mistake
    """The engine can only be cured by starting it anew."""


class Engine:
    """One life of the engine, from an open backend to the end of its fade-out.

    Args:
        backend: booted and running.
        service: signals and heart-beats.
        kinds: the instruments there are.
        recorder: where what leaves the master is recorded, or None.
        weariness: when to begin anew without anything being wrong.
    """

    def __init__(
        self,
        backend: Backend,
        service: Service,
        kinds: Kinds,
        recorder: recording.Recorder | None,
        restart_policy: RestartPolicy,
    ) -> None:
        self._backend = backend
        self._service = service
        self._recorder = recorder
        self._log = log.get()
        self._player = Player(backend.server, kinds, mono=backend.mono)
        self._levels = Levels()
        self._watchman = SignalMonitor(backend.sample_rate)
        self._restart_policy = restart_policy
        self._device_watcher = (
            DeviceWatcher(time.monotonic()) if isinstance(backend, NullBackend) and backend.note else None
        )
        self._samples = backend.samples
        self._still_s = 0.0
        self._last_step_s = self._last_status_s = time.monotonic()
        self._last_sound_s: float | None = None
        self._said: tuple[str, ...] = ()
        self._line: str | None = None

    def run(self, sounds: Subscriber[Sound], statuses: Publisher[EngineStatus]) -> None:
        """Sounds until asked to stop, then fades out.

        Raises:
            Trouble: starting anew is the cure.
        """
        wait_s = 0.0
        try:
            while not self._service.stopping:
                sound = sounds.newest(wait_s)
                if sound is not None:
                    self._receive(sound)
                wait_s = self._step(statuses)
            self._service.notify_stopping()
            self._player.master.fade_out(FADE_OUT_S)
            self._run_out(FADE_OUT_S, FADE_OUT_LIMIT_S)
        finally:
            if self._device_watcher:
                self._device_watcher.close()

    def _receive(self, sound: Sound) -> None:
        first = self._last_sound_s is None
        self._last_sound_s = time.monotonic()
        self._player.apply(sound)
        if first:
            self._log.info("sounding", preset=sound.scene.preset)
            # A collection stops the interpreter, and with it the callback, for longer than a buffer lasts.
            gc.collect()
            gc.freeze()
            gc.disable()

    def _step(self, statuses: Publisher[EngineStatus]) -> float:
        """Does what is due now; returns how long the loop may wait."""
        now_s = time.monotonic()
        wait_s = self._backend.pump(now_s)
        self._check_clock(now_s)
        if now_s - self._last_status_s >= STATUS_S:
            self._last_status_s = now_s
            self._listen()
            status = self._status(now_s)
            statuses.send(status)
            self._line = engine_line(status)
            if self._device_watcher and (event := self._device_watcher.poll(now_s)):
                raise EngineRestartRequired(f"{event}: leaving, to be started again with it")
            if not self._recorder and (
                why := self._restart_policy.reason_to_restart(self._player.racks_built, status.level_db, now_s)
            ):
                raise EngineRestartRequired(f"{why}: leaving, to be started again")
        return wait_s

    def _check_clock(self, now_s: float) -> None:
        # A computer that was asleep, or this process stopped, is not a clock that stands still: only steps count.
        passed_s, self._last_step_s = min(now_s - self._last_step_s, STATUS_S), now_s
        if word := self._backend.trouble():
            raise EngineRestartRequired(word)
        samples = self._backend.samples
        if samples != self._samples:
            self._samples, self._still_s = samples, 0.0
            self._service.heartbeat(self._line)
            return
        self._still_s += passed_s
        if self._still_s > CLOCK_LIMIT_S:
            where = f"{self._backend.name}, {self._backend.device}"
            self._backend.abandon()
            raise EngineRestartRequired(f"the audio clock has stood still for {CLOCK_LIMIT_S:g} s ({where})")

    def _listen(self) -> None:
        """Takes what has sounded since the last time to the meter, the recording and the watchman."""
        sounded, raw = self._player.collect()
        self._levels.add(sounded)
        if self._recorder:
            self._recorder.write(sounded)
        if word := self._watchman.check(raw):
            broken = self._player.broken()
            self._player.master.set_muted(True)
            self._run_out(ALARM_S, ALARM_S * 4)
            raise EngineRestartRequired(f"{word}: {', '.join(broken)}" if broken else word)

    def _run_out(self, duration_s: float, limit_s: float) -> None:
        """Lets the device play for `duration_s` by its own clock, for at most `limit_s` by ours."""
        start_s = time.monotonic()
        frames = round(duration_s * self._backend.sample_rate) + 3 * self._backend.buffer_frames
        end = self._backend.samples + frames
        while self._backend.samples < end and time.monotonic() - start_s < limit_s and not self._backend.trouble():
            # zmq is the loop's clock elsewhere; here nothing is to be heard any more.
            time.sleep(min(0.005, self._backend.pump(time.monotonic())))
        sounded, _ = self._player.collect()
        if self._recorder:
            self._recorder.write(sounded)

    def _status(self, now_s: float) -> EngineStatus:
        level_db, peak_db = self._levels.take()
        return EngineStatus(
            time_s=now_s,
            pid=os.getpid(),
            backend=self._backend.name,
            device=self._backend.device,
            sample_rate=self._backend.sample_rate,
            buffer_frames=self._backend.buffer_frames,
            samples=self._samples,
            level_db=level_db,
            peak_db=peak_db,
            xruns=self._backend.xruns(),
            preset=self._player.preset,
            detail="; ".join(self._details(now_s)),
            unheard=self._backend.note if isinstance(self._backend, NullBackend) else "",
            life=self._service.stats(),
        )

    def _details(self, now_s: float) -> tuple[str, ...]:
        notes = [self._backend.note, *self._player.notes]
        if self._last_sound_s is None:
            notes.append(WAITING)
        elif now_s - self._last_sound_s > CONDUCTOR_LIMIT_S:
            notes.append("the conductor is silent: what it said last goes on sounding")
        if self._recorder and self._recorder.note:
            notes.append(self._recorder.note)
        said = tuple(note for note in notes if note)
        for note in said:
            if note not in self._said:
                (self._log.info if note == WAITING else self._log.warning)(note)
        self._said = said
        return said


def run_engine(settings: EngineSettings, service: Service, kinds: Kinds | None = None) -> int:
    """Runs the engine until it is asked to stop or cannot go on.

    Args:
        settings: see there.
        service: entered already.
        kinds: the instruments there are; all by default.

    Returns:
        The exit code: 0 after a stop that was asked for, 1 when it is to be started again (the log says why).

    Raises:
        UserError: the recording cannot be made as asked.
    """
    text = log.get()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    folder = paths.private_folder(paths.socket_path("engine", "status").parent)
    continuation = recording.Continuation(folder / "recording.json", os.getppid())
    path = continuation.choose(settings.record) if settings.record else None
    if path:
        recording.check(path, settings.record_limit_mb)
    # What takes long to make is made before anything sounds: later it would hold up the audio callback.
    prepare()
    try:
        backend = open_backend(settings.audio)
    except GestureSynthError as error:
        text.error(str(error))
        service.record_fault(str(error))
        return error.exit_code
    recorder: recording.Recorder | None = None
    try:
        text.info(
            "audio is running",
            backend=backend.name,
            device=backend.device,
            sample_rate=backend.sample_rate,
            buffer_frames=backend.buffer_frames,
        )
        if path and settings.record:
            recorder = recording.Recorder(path, backend.sample_rate, settings.record_limit_mb, settings.record_format)
            continuation.begin(settings.record)
            text.info("recording", file=str(path), limit_mb=settings.record_limit_mb)
        restart_policy = RestartPolicy(settings.many_racks)
        engine = Engine(backend, service, catalogue() if kinds is None else kinds, recorder, restart_policy)
        service.ready(f"{backend.name}, {backend.sample_rate:g} Hz, {backend.buffer_frames} frames")
        with zmq.Context() as context:
            sounds, statuses = Subscriber(context, Sound), Publisher(context, EngineStatus)
            try:
                engine.run(sounds, statuses)
            finally:
                sounds.close()
                statuses.close()
    except (EngineRestartRequired, load_pyo().PyoServerStateException) as trouble:
        # pyo refuses to build anything for a server that has gone a moment ago, before anybody has looked.
        word = str(trouble) if isinstance(trouble, EngineRestartRequired) else backend.trouble() or str(trouble)
        text.error(word)
        service.record_fault(word)
        return EngineRestartRequired.exit_code
    finally:
        gc.enable()
        if recorder:
            recorder.close()
        backend.close()
    continuation.end()
    text.info("stopped")
    return 0
