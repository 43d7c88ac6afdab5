"""The process `engine`, which makes the sound: what starts, in order, and in reverse what stops.

It ends with exit code 1 and a logged reason whenever a new start is the cure (see `engine`); its supervisor starts it
again.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log, paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.ear_reading import EarReading
from gesturesynth.runtime.messages import EngineStatus, Sound
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.spectrum_message import Spectrum
from gesturesynth.synthesis import recorder as recording
from gesturesynth.synthesis.audio.backends import AudioSettings, JackBackend, open_backend
from gesturesynth.synthesis.audio.thread_priority import make_realtime
from gesturesynth.synthesis.ear.listener import EarSettings
from gesturesynth.synthesis.engine import Engine, EngineRestartRequired
from gesturesynth.synthesis.instruments import prepare
from gesturesynth.synthesis.instruments.loading import LoadedInstruments, load_instruments, log_own_instruments
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.restart_policy import MANY_RACKS, RestartPolicy
from gesturesynth.synthesis.structure import Kinds

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
        ear: how the microphone is listened to; None where it is not.
        many_racks: after so many changes of its instruments it ends in a quiet moment, to be started again.
    """

    audio: AudioSettings = field(default_factory=AudioSettings)
    record: Path | None = None
    record_limit_mb: float = recording.DEFAULT_LIMIT_MB
    record_format: recording.RecordFormat = "24"
    many_racks: int = MANY_RACKS
    ear: EarSettings | None = None


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
    journal = log.get()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    folder = paths.private_folder(paths.socket_path("engine", "status").parent)
    continuation = recording.Continuation(folder / "recording.json", os.getppid())
    path = continuation.choose(settings.record) if settings.record else None
    if path:
        recording.check(path, settings.record_limit_mb)
    # What takes long to make is made before anything sounds: later it would hold up the audio callback.
    prepare()
    loaded = load_instruments() if kinds is None else LoadedInstruments(dict(kinds))
    log_own_instruments(loaded)
    audio = replace(settings.audio, microphone=settings.ear.device if settings.ear else None)
    with ExitStack() as running:
        try:
            backend = open_backend(audio)
        except GestureSynthError as error:
            journal.error("audio failed", message=str(error))
            service.record_fault(str(error))
            return error.exit_code
        running.callback(backend.close)
        journal.info(
            "audio started",
            backend=backend.name,
            device=backend.device,
            sample_rate=backend.sample_rate,
            buffer_frames=backend.buffer_frames,
            layout=backend.layout.name,
        )
        if backend.microphone:
            message = "what the microphone hears becomes numbers, while a preset asks for them; no sound of it is kept"
            journal.info("microphone opened", device=backend.microphone, message=message)
        if isinstance(backend, JackBackend) and (reason := make_realtime()):
            journal.info("realtime priority refused", message="a busy computer may make gaps", reason=reason)
        recorder: recording.Recorder | None = None
        if path and settings.record:
            recorder = recording.Recorder(
                path,
                backend.sample_rate,
                settings.record_limit_mb,
                settings.record_format,
                backend.layout.channels,
            )
            running.callback(recorder.close)
            continuation.begin(settings.record)
            journal.info("recording started", file=str(path), limit_mb=settings.record_limit_mb)
        running.callback(gc.enable)  # the engine switches it off
        try:
            restart_policy = RestartPolicy(settings.many_racks)
            engine = Engine(backend, service, loaded, recorder, restart_policy, ear=settings.ear)
            service.ready(f"{backend.name}, {backend.sample_rate:g} Hz, {backend.buffer_frames} frames")
            with (
                zmq.Context() as context,
                closing(Subscriber(context, Sound)) as sounds,
                closing(Publisher(context, EngineStatus)) as statuses,
                closing(OnDemandPublisher(context, Spectrum)) as spectra,
                closing(OnDemandPublisher(context, EarReading)) as ears,
            ):
                engine.run(sounds, statuses, spectra, ears)
        except (EngineRestartRequired, load_pyo().PyoServerStateException) as error:
            # pyo refuses to build anything for a server that has just gone, before the engine has checked for it.
            reason = str(error) if isinstance(error, EngineRestartRequired) else backend.failure() or str(error)
            journal.error("engine restart required", message=reason)
            service.record_fault(reason)
            return EngineRestartRequired.exit_code
    continuation.end()
    journal.info("engine stopped")
    return 0
