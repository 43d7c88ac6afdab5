"""Measures the latency: flashes are shown, the camera sees them, the engine makes a short sound, which is listened for.

The tracker and the engine are the product's own processes, in a runtime folder of their own. This process does the
conductor's work in its place, by the same code: each pose goes through the features and the model of the preset, and
what comes of it is sent to the engine. A pose whose frame became bright strikes a trigger.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import zmq

from gesturesynth.conductor.tracking_requests import TrackingRequests
from gesturesynth.config.preset import loader
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import python_command
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.ops.latency.listener import Listener
from gesturesynth.ops.latency.report import FlashTimes, LatencyReport, report
from gesturesynth.ops.latency.screens import Screen
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.child_process import ChildSpec
from gesturesynth.runtime.flash_reading import FlashReading
from gesturesynth.runtime.messages import EngineStatus, InstrumentSetup, Pose, Scene, Sound, TrackerStatus
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.supervisor import Supervisor
from gesturesynth.tracking.model.download import fetch_parts

SCENE: Final = Scene(
    "latency",
    (InstrumentSetup("percussion", "percussion", {"rate": 0.0, "decay": 0.08, "level": 0.0}),),
    parameters=(),
    glides_s=(),
    triggers=("percussion.hat",),
    fade_in_s=0.05,
)
"""A stroke that begins at once: no instrument here begins sooner (docs/performance.md)."""

START_LIMIT_S: Final = 30.0
WATCHDOGS_S: Final = {"tracker": 3.0, "engine": 1.5}
SETTLE_S: Final = 2.0
"""Without a flash: how much brightness changes by itself; and an automatic exposure comes to rest."""
LIT_S: Final = 0.15
DARK_S: Final = (0.45, 0.8)
"""Between flashes, at random, so that they do not keep step with the frames."""
LEAST_RISE: Final = 0.06
"""Of full brightness; less is not seen as a flash ..."""
ABOVE_NOISE: Final = 2.0
"""... and neither is what is less than so many times what changes by itself."""
LATEST_S: Final = 0.5
"""After this a flash was not seen, or not heard."""
TRIAL_S: Final = 3.0
"""For a first flash, which does not count: later than `LATEST_S`, others would be taken for the next ones."""
BESIDE_S: Final = 0.7
"""One that runs sends its state within this."""
TICK_S: Final = 1 / 60
POLL_S: Final = 0.002

RUNNING: Final = (
    "Gesture Synth runs, and has the camera and the sound: end it first (Ctrl-C; for the service `sudo systemctl stop "
    "gesturesynth.target`), then measure"
)
UNSEEN: Final = (
    "the camera saw no flash: let it see the screen large and sharp, make the screen brighter or the room darker, and "
    "try again"
)
LATE: Final = (
    "the camera shows a flash only after {seconds:.1f} s, which is too late to play with: take a camera on USB, or "
    "make the delay of the network camera shorter, and try again"
)
UNHEARD: Final = "no flash was heard: "


@dataclass(frozen=True)
class LatencySettings:
    """What to measure.

    Attributes:
        preset: its file; its features and model are computed as when it plays.
        tracker, engine: flags of these processes.
        listen: `loop` or `microphone`, see `jack_listener.py`.
        flashes: how many, at least 1.
        seed: of the times of flashes.
    """

    preset: Path
    tracker: Sequence[str]
    engine: Sequence[str]
    listen: str = "loop"
    flashes: int = 40
    seed: int = 1


class _LastErrors(dict[str, str]):
    """By process, what it last said that went wrong."""

    def note(self, name: str, fields: Mapping[str, Any]) -> None:
        """A line of a log."""
        if name != "supervisor" and fields.get("level") in ("error", "critical", "warning"):
            self[name] = str(fields.get("reason") or fields.get("message") or fields.get("event"))


@dataclass(frozen=True)
class _Processes:
    """The tracker and the engine, and what they last said that went wrong."""

    supervisor: Supervisor
    wrong: _LastErrors

    def poll(self) -> None:
        """Watches them. Raises UserError when one of them cannot start until its user changes something."""
        self.supervisor.poll(0.0)
        if self.supervisor.refused is not None:
            raise UserError("; ".join(self.wrong.values()) or "a process cannot start with these settings")


def refuse_beside(folder: Path) -> None:
    """Raises UserError when a Gesture Synth runs that has its sockets in this runtime folder."""
    with zmq.Context() as context:
        heard = [Subscriber(context, kind, folder) for kind in (TrackerStatus, EngineStatus)]
        try:
            if any(each.newest(BESIDE_S) for each in heard):
                raise UserError(RUNNING)
        finally:
            for each in heard:
                each.close()


def measure(settings: LatencySettings, screen: Screen, say: Callable[[str], None] = lambda _: None) -> LatencyReport:
    """Measures, and gives the figures. The runtime folder of this process must be one of its own.

    Args:
        settings: see there.
        screen: what lights up before the camera.
        say: is told what goes on, in sentences.

    Raises:
        UserError: the preset, the source or the sound cannot be used as asked.
        GestureSynthError: no frames come, or no flash was seen, or too late.
    """
    loaded = loader.load(settings.preset)
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    fetch_parts(loaded.tracking_request, progress=say)
    with zmq.Context() as context, _processes(settings) as processes, ExitStack() as stack:
        stage = _Stage(context, processes, piece)
        stack.callback(stage.close)
        say("Starting the camera and the sound ...")
        stage.wait_until_ready()
        listener = stack.enter_context(Listener(settings.listen))
        say(f"Showing {settings.flashes} flashes ...")
        screen.begin()
        stage.settle()
        stage.try_out(screen)
        times = stage.flash(screen, settings.flashes, random.Random(settings.seed))  # noqa: S311 - times of flashes
        unheard = stage.unheard or listener.reason
    onsets = listener.onsets
    return _report([_heard(flash, onsets) for flash in times], listener, unheard, settings.listen)


def _report(times: Sequence[FlashTimes], listener: Listener, unheard: str, listen: str) -> LatencyReport:
    if not any(math.isfinite(flash.captured_s) for flash in times):
        raise GestureSynthError(UNSEEN)
    unmeasured = []
    if unheard or not any(math.isfinite(flash.heard_s) for flash in times):
        unmeasured.append(UNHEARD + (unheard or "is the volume of the computer down, or the microphone far away?"))
    elif listen == "loop":
        unmeasured.append(
            "the sound was heard before the sound card, whose share is what JACK says; loudspeakers and air (3 ms a "
            "metre) are not in it. `--listen microphone` measures them"
        )
    if sum(flash.person for flash in times) * 2 < len(times):
        unmeasured.append(
            "no person was in view in most frames: with one, tracking takes longer. Measure again with one in view"
        )
    return report(times, listener.card_s if listen == "loop" else None, unmeasured)


def _heard(flash: FlashTimes, onsets: Sequence[float]) -> FlashTimes:
    """With the sound that it made, if there was one."""
    if not math.isfinite(flash.sent_s):
        return flash
    after = [onset for onset in onsets if 0.0 <= onset - flash.sent_s <= LATEST_S]
    return msgspec.structs.replace(flash, heard_s=min(after, default=math.nan))


@contextmanager
def _processes(settings: LatencySettings) -> Iterator[_Processes]:
    flags = {"tracker": settings.tracker, "engine": settings.engine}
    specs = [
        ChildSpec(name, python_command("-m", "gesturesynth", name, *flags[name]), WATCHDOGS_S[name]) for name in flags
    ]
    said = _LastErrors()
    supervisor = Supervisor(specs, said.note)
    try:
        yield _Processes(supervisor, said)
    finally:
        supervisor.stop()


class _Stage:
    """The conductor's place between the tracker and the engine."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], processes: _Processes, piece: RunningPreset) -> None:
        self._processes, self._piece = processes, piece
        self._poses, self._readings = Subscriber(context, Pose), Subscriber(context, FlashReading)
        self._trackers, self._engines = Subscriber(context, TrackerStatus), Subscriber(context, EngineStatus)
        self._sounds = Publisher(context, Sound)
        self._requests = TrackingRequests(context)
        self._strokes = 0
        self._sent_s = -math.inf
        self._limit = LEAST_RISE
        self.unheard = ""

    def close(self) -> None:
        """Closes the sockets."""
        for socket in (self._poses, self._readings, self._trackers, self._engines, self._sounds, self._requests):
            socket.close()

    def wait_until_ready(self) -> None:
        """Waits for frames and for an engine that plays. Raises GestureSynthError when one of them does not come."""
        end_s = time.monotonic() + START_LIMIT_S
        seen = sounding = False
        source = ""
        while not (seen and sounding):
            self._processes.poll()
            if self._step() is not None:
                seen = True
            if tracker := self._trackers.newest():
                source = tracker.detail
            if engine := self._engines.newest():
                sounding = engine.preset == SCENE.preset
                self.unheard = engine.unheard or _NOT_JACK.get(engine.backend, "")
            if time.monotonic() > end_s:
                raise GestureSynthError(self._missing(source, seen=seen))

    def _missing(self, source: str, *, seen: bool) -> str:
        wrong = self._processes.wrong
        if not seen:
            return f"no frames come from the camera: {source or wrong.get('tracker', 'nothing is known about it')}"
        return f"the sound does not start: {wrong.get('engine', 'perhaps another program has the sound card')}"

    def settle(self) -> None:
        """Learns how much brightness changes without a flash."""
        end_s = time.monotonic() + SETTLE_S
        noise = 0.0
        while time.monotonic() < end_s:
            self._processes.poll()
            reading = self._step()
            noise = max(noise, reading.rise if reading else 0.0)
        self._limit = min(0.5, max(LEAST_RISE, ABOVE_NOISE * noise))

    def try_out(self, screen: Screen) -> None:
        """Shows one flash that does not count. Raises GestureSynthError where the camera sees it, but too late."""
        flash = self._one(screen, TRIAL_S)
        self._wait(DARK_S[1])
        if flash.captured_s - flash.shown_s > LATEST_S:  # false where it was not seen
            raise GestureSynthError(LATE.format(seconds=flash.captured_s - flash.shown_s))

    def flash(self, screen: Screen, count: int, chance: random.Random) -> list[FlashTimes]:
        """Shows flashes, and strikes the trigger at each that is seen."""
        found = []
        for _ in range(count):
            found.append(self._one(screen, LATEST_S))
            self._wait(chance.uniform(*DARK_S))
        self._wait(LATEST_S)
        return found

    def _one(self, screen: Screen, patience_s: float) -> FlashTimes:
        shown_s = screen.show(on=True)
        flash = FlashTimes(shown_s)
        lit = True
        while (now_s := time.monotonic()) < shown_s + (LIT_S if math.isfinite(flash.captured_s) else patience_s):
            self._processes.poll()
            seen = math.isfinite(flash.captured_s)
            reading = self._step(shown_s=math.inf if seen else shown_s)
            if reading and not seen and self._is_flash(reading, shown_s):
                flash = FlashTimes(
                    shown_s,
                    reading.capture_time_s,
                    reading.begun_s,
                    reading.found_s,
                    self._sent_s,
                    person=bool(reading.people),
                )
            if lit and now_s > shown_s + LIT_S:  # once: a terminal must not be busy when the next flash comes
                screen.show(on=False)
                lit = False
        if lit:
            screen.show(on=False)
        return flash

    def _is_flash(self, reading: FlashReading, shown_s: float) -> bool:
        return reading.rise >= self._limit and reading.capture_time_s > shown_s

    def _wait(self, seconds: float) -> None:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._processes.poll()
            self._step()

    def _step(self, shown_s: float = math.inf) -> FlashReading | None:
        """One turn of the loop: a new pose becomes a sound; what was read of its frame, where there is one.

        Args:
            shown_s: when a flash was shown that is looked for; infinite for none.
        """
        pose = self._poses.newest(POLL_S)
        now_s = time.monotonic()
        self._requests.update(self._piece.preset, now_s)  # hands, a face and several people cost the tracker time
        if pose is None:
            if now_s - self._sent_s >= TICK_S:
                self._send(now_s)
            return None
        frame = self._piece.process_pose(pose, now_s)
        self._piece.sound(frame, pose.capture_time_s)
        reading = self._readings.newest()
        if reading is not None and reading.sequence == pose.sequence and self._is_flash(reading, shown_s):
            self._strokes += 1
        self._send(pose.capture_time_s)
        return reading if reading is not None and reading.sequence == pose.sequence else None

    def _send(self, capture_time_s: float) -> None:
        self._sounds.send(Sound(capture_time_s, SCENE, (), (self._strokes,)))
        self._sent_s = time.monotonic()


_NOT_JACK: Final = {
    "portaudio": "the engine plays through PortAudio, where this program cannot listen; with JACK it can",
    "null": "the engine plays through no device",
}
