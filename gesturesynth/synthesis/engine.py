"""The engine's loop: plays the newest `Sound` that it received, watches what is heard, and publishes its status.

It raises `EngineRestartRequired` whenever a new start is the cure: the audio server is gone, the audio clock stands
still, an instrument gives samples that are not numbers, a device has appeared. The next `Sound` holds everything that a
new engine needs. While the conductor is silent, the last sound is kept.
"""

from __future__ import annotations

import gc
import os
import time
from typing import Final

from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.ear_reading import EarReading
from gesturesynth.runtime.messages import EngineStatus, Sound
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.spectrum_message import Spectrum
from gesturesynth.runtime.status_line import engine_line
from gesturesynth.synthesis.audio.backends import Backend, NullBackend
from gesturesynth.synthesis.audio.device_watcher import DeviceWatcher
from gesturesynth.synthesis.ear.listener import EarListener, EarSettings
from gesturesynth.synthesis.instruments.loading import LoadedInstruments
from gesturesynth.synthesis.meter import LevelMeter, SignalMonitor
from gesturesynth.synthesis.player import Player
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.recorder import Recorder
from gesturesynth.synthesis.restart_policy import RestartPolicy
from gesturesynth.synthesis.spectrum import SpectrumMeter

STATUS_S: Final = 0.1
SPECTRUM_S: Final = 0.05
EAR_S: Final = 1 / 60
CLOCK_LIMIT_S: Final = 1.0
"""An audio clock that stands still for this long will not go on by itself."""
CONDUCTOR_LIMIT_S: Final = 2.0
WAITING: Final = "waiting for the conductor"
FADE_OUT_S: Final = 0.3
FADE_OUT_LIMIT_S: Final = 1.5
"""A device that does not play the fade-out is left after this time."""
ALARM_S: Final = 0.06
"""Time for the mute before the engine ends because its sound is broken."""


class EngineRestartRequired(GestureSynthError):  # noqa: N818 - a state of the machine, not a mistake
    """Only a new start of the engine helps."""


class Engine:
    """One run of the engine, from an open backend to the end of its fade-out.

    Args:
        backend: booted and running.
        service: signals and heart-beats.
        instruments: those that can play, and what is wrong with others.
        recorder: where what leaves the master is recorded, or None.
        restart_policy: when to be started again although nothing is wrong.
        ear: how the microphone is listened to; None where it is not.
    """

    def __init__(
        self,
        backend: Backend,
        service: Service,
        instruments: LoadedInstruments,
        recorder: Recorder | None,
        restart_policy: RestartPolicy,
        *,
        ear: EarSettings | None = None,
    ) -> None:
        self._backend = backend
        self._service = service
        self._recorder = recorder
        self._ear = ear
        self._listener: EarListener | None = None
        self._ear_due_s = 0.0
        self._problems = instruments.problems
        self._log = log.get()
        self._player = Player(backend.server, instruments.kinds, backend.layout, time_s=time.monotonic)
        self._levels = LevelMeter(backend.layout.channels)
        self._spectrum = SpectrumMeter(backend.sample_rate, backend.layout.channels)
        self._spectrum_due_s = 0.0
        self._signal_monitor = SignalMonitor(backend.sample_rate)
        self._restart_policy = restart_policy
        self._device_watcher = (
            DeviceWatcher(time.monotonic()) if isinstance(backend, NullBackend) and backend.note else None
        )
        self._samples = backend.samples
        self._clock_stopped_s = 0.0
        self._last_poll_s = self._last_status_s = time.monotonic()
        self._last_sound_s: float | None = None
        self._logged_notes: tuple[str, ...] = ()
        self._status_line: str | None = None

    def run(
        self,
        sounds: Subscriber[Sound],
        statuses: Publisher[EngineStatus],
        spectra: OnDemandPublisher[Spectrum],
        ears: OnDemandPublisher[EarReading],
    ) -> None:
        """Plays until asked to stop, then fades out.

        Raises:
            EngineRestartRequired: a new start is the cure.
        """
        wait_s = 0.0
        try:
            while not self._service.stopping:
                sound = sounds.newest(wait_s)
                if sound is not None:
                    self._receive(sound)
                wait_s = self._poll(statuses)
                self._send_spectrum(spectra)
                self._send_ear(ears)
            self._service.notify_stopping()
            self._player.master.fade_out(FADE_OUT_S)
            self._play_out(FADE_OUT_S, FADE_OUT_LIMIT_S)
        finally:
            if self._device_watcher:
                self._device_watcher.close()

    def _receive(self, sound: Sound) -> None:
        first = self._last_sound_s is None
        self._last_sound_s = time.monotonic()
        self._player.apply(sound)
        if first:
            self._log.info("sound started", preset=sound.scene.preset)
            # A collection stops the interpreter, and with it the callback, for longer than a buffer lasts.
            gc.collect()
            gc.freeze()
            gc.disable()

    def _poll(self, statuses: Publisher[EngineStatus]) -> float:
        """Does what is due now; returns how long the loop may wait, seconds."""
        now_s = time.monotonic()
        wait_s = self._backend.pump(now_s)
        self._check_audio_clock(now_s)
        if now_s - self._last_status_s >= STATUS_S:
            self._last_status_s = now_s
            self._collect_sound()
            status = self._status(now_s)
            statuses.send(status)
            self._status_line = engine_line(status)
            if self._device_watcher and (event := self._device_watcher.poll(now_s)):
                raise EngineRestartRequired(f"{event}: the engine ends, to be started again with it")
            if not self._recorder and (
                reason := self._restart_policy.reason_to_restart(self._player.racks_built, status.level_db, now_s)
            ):
                raise EngineRestartRequired(f"{reason}: the engine ends, to be started again")
        return wait_s

    def _send_spectrum(self, spectra: OnDemandPublisher[Spectrum]) -> None:
        """Sends a spectrum when one is due; without a receiver none is computed."""
        now_s = time.monotonic()
        if now_s < self._spectrum_due_s:
            return
        self._spectrum_due_s = max(self._spectrum_due_s + SPECTRUM_S, now_s + SPECTRUM_S / 2)
        if spectra.wanted:
            self._collect_sound()
            spectra.send(Spectrum(now_s, self._spectrum.bands_db()))

    def _send_ear(self, ears: OnDemandPublisher[EarReading]) -> None:
        """Sends what is heard when it is due; before the first receiver nothing is computed."""
        now_s = time.monotonic()
        if self._ear is None or not self._backend.microphone or now_s < self._ear_due_s or not ears.wanted:
            return
        self._ear_due_s = max(self._ear_due_s + EAR_S, now_s + EAR_S / 2)
        if self._listener is None:
            source = load_pyo().Input(0)
            self._listener = EarListener(source, self._player.master.output, self._backend.sample_rate, self._ear)
        ears.send(self._listener.reading(now_s))

    def _check_audio_clock(self, now_s: float) -> None:
        # At most STATUS_S for each poll: a computer that slept, or a stopped process is no fault of the clock.
        passed_s, self._last_poll_s = min(now_s - self._last_poll_s, STATUS_S), now_s
        if failure := self._backend.failure():
            raise EngineRestartRequired(failure)
        samples = self._backend.samples
        if samples != self._samples:
            self._samples, self._clock_stopped_s = samples, 0.0
            self._service.heartbeat(self._status_line)
            return
        self._clock_stopped_s += passed_s
        if self._clock_stopped_s > CLOCK_LIMIT_S:
            where = f"{self._backend.name}, {self._backend.device}"
            self._backend.abandon()
            raise EngineRestartRequired(f"the audio clock has stood still for {CLOCK_LIMIT_S:g} s ({where})")

    def _collect_sound(self) -> None:
        """Gives what was played since the last call to the level meter, the recorder and the signal monitor."""
        played, raw = self._player.collect()
        self._levels.add(played)
        self._spectrum.add(played)
        if self._recorder:
            self._recorder.write(played)
        if fault := self._signal_monitor.check(raw):
            broken = self._player.broken()
            self._player.master.set_muted(True)
            self._play_out(ALARM_S, ALARM_S * 4)
            raise EngineRestartRequired(f"{fault}: {', '.join(broken)}" if broken else fault)

    def _play_out(self, duration_s: float, limit_s: float) -> None:
        """Lets the device play for `duration_s` by its own clock, for at most `limit_s` by ours."""
        start_s = time.monotonic()
        frames = round(duration_s * self._backend.sample_rate) + 3 * self._backend.buffer_frames
        end = self._backend.samples + frames
        while self._backend.samples < end and time.monotonic() - start_s < limit_s and not self._backend.failure():
            # Elsewhere the loop waits for messages; here no message is read any more.
            time.sleep(min(0.005, self._backend.pump(time.monotonic())))
        played, _ = self._player.collect()
        if self._recorder:
            self._recorder.write(played)

    def _status(self, now_s: float) -> EngineStatus:
        levels = self._levels.take()
        loudness = self._player.loudness
        layout = self._backend.layout
        return EngineStatus(
            time_s=now_s,
            pid=os.getpid(),
            backend=self._backend.name,
            device=self._backend.device,
            sample_rate=self._backend.sample_rate,
            buffer_frames=self._backend.buffer_frames,
            samples=self._samples,
            level_db=levels.rms_db,
            peak_db=levels.peak_db,
            true_peak_db=levels.true_peak_db,
            momentary_lufs=loudness.momentary_lufs,
            short_term_lufs=loudness.short_term_lufs,
            guard_db=self._player.guard_db,
            channels=layout.channels,
            layout=layout.name,
            channel_names=layout.channel_names,
            channel_level_db=levels.channel_rms_db,
            channel_peak_db=levels.channel_peak_db,
            xruns=self._backend.xruns(),
            preset=self._player.preset,
            detail="; ".join(self._current_notes(now_s)),
            unheard=self._backend.note if isinstance(self._backend, NullBackend) else "",
            life=self._service.stats(),
        )

    def _current_notes(self, now_s: float) -> tuple[str, ...]:
        notes = [self._backend.note, self._backend.ear_note, *self._problems, *self._player.notes]
        if self._last_sound_s is None:
            notes.append(WAITING)
        elif now_s - self._last_sound_s > CONDUCTOR_LIMIT_S:
            notes.append("the conductor is silent: its last sound is kept")
        if self._recorder and self._recorder.note:
            notes.append(self._recorder.note)
        current = tuple(note for note in notes if note)
        for note in current:
            if note not in self._logged_notes:
                (self._log.info if note == WAITING else self._log.warning)("engine note added", message=note)
        self._logged_notes = current
        return current
