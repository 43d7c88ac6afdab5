"""What measurements share: how thorough they are, folders of their own, and ears that know when something came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import zmq

from gesturesynth.runtime.messages import EngineStatus, Pose, Sound
from gesturesynth.runtime.pubsub import Publisher, Subscriber, endpoint
from tests.benchmarks.machine import may_be_realtime
from tests.support import footage as media
from tests.support.app_process import AppProcess
from tests.support.jack_server import JackServer
from tests.support.thread_scope import ThreadScope
from tests.support.virtual_camera import VirtualCamera

FOLDERS: Final = ("config", "state", "runtime")
LIMIT_S: Final = 60.0
CLIP_FRAMES: Final = 118
"""Of the dancer: the whole clip."""


@dataclass(frozen=True)
class Plan:
    """How thorough to be. `folder`: for whatever has to be written."""

    quick: bool
    folder: Path

    def choose(self, thorough: int, quick: int) -> int:
        """The one or the other."""
        return quick if self.quick else thorough


class MeasuringError(Exception):
    """Something cannot be measured here; the message says what is missing."""


def jack(*, synchronous: bool = True) -> JackServer:
    """A JACK server as the service has it: 256 frames at 48 kHz, realtime where that is allowed; but no card."""
    return JackServer(synchronous=synchronous, realtime=may_be_realtime())


def footage(name: str) -> Path:
    """The path of a real clip. Raises MeasuringError when it is not there."""
    path = media.folder() / media.CLIPS[name]
    if not path.is_file():
        raise MeasuringError(f"the clip {path.name} is missing (GESTURESYNTH_TEST_MEDIA names its folder)")
    return path


def camera(plan: Plan) -> VirtualCamera:
    """A camera of 640x480 and 30 frames a second in front of a real dancer."""
    folder = Path(tempfile.mkdtemp(dir=plan.folder, prefix="camera-"))
    return VirtualCamera(folder / "it", footage("dancer"), frames=CLIP_FRAMES)


@contextmanager
def supervised(plan: Plan, server: JackServer, *flags: str | Path) -> Iterator[AppProcess]:
    """`gesturesynth run` in front of that camera, through JACK, once it plays."""
    eye = camera(plan)
    environment = server.environment | eye.environment
    with AppProcess("--source", eye.device, "--audio", "jack", *flags, environment=environment) as running:
        running.wait_until_playing()
        yield running


@contextmanager
def environment_of(running: AppProcess) -> Iterator[None]:
    """This process's environment names the folders of one that runs, as its own shell verbs would have it."""
    before = dict(os.environ)
    os.environ.update(running.folders)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Arrivals(ThreadScope):
    """When messages came. A context manager: a thread listens while it is open.

    Args:
        folder: the runtime folder of the processes that send.
        kinds: what is listened to.

    Attributes:
        heard: by kind, (monotonic seconds of its arrival, message).
    """

    def __init__(self, folder: Path, *kinds: type[msgspec.Struct]) -> None:
        self._folder = folder
        self._kinds = kinds
        self._raw: list[tuple[float, type[msgspec.Struct], bytes]] = []
        super().__init__("arrivals")
        self.heard: dict[type[msgspec.Struct], list[tuple[float, Any]]] = {kind: [] for kind in kinds}

    def _after_end(self) -> None:
        for arrived_s, kind, raw in self._raw:
            self.heard[kind].append((arrived_s, msgspec.msgpack.decode(raw, type=kind)))

    def _run(self) -> None:
        with zmq.Context() as context:
            poller = zmq.Poller()
            sockets: dict[Any, type[msgspec.Struct]] = {}
            for kind in self._kinds:
                socket = context.socket(zmq.SUB)
                socket.set(zmq.RCVHWM, 0)
                socket.set(zmq.LINGER, 0)
                socket.set(zmq.RECONNECT_IVL, 20)
                socket.set(zmq.SUBSCRIBE, b"")
                socket.connect(endpoint(kind, self._folder))
                poller.register(socket, zmq.POLLIN)
                sockets[socket] = kind
            while not self._end.is_set():
                for socket, _ in poller.poll(100):
                    message = socket.recv()
                    # Decoding waits until the end: here it would make what comes next look late.
                    self._raw.append((time.monotonic(), sockets[socket], message))
            for socket in sockets:
                socket.close()


@contextmanager
def own_folders(plan: Plan) -> Iterator[Path]:
    """Folders of this measurement's own, in this process's environment, too; gives the one that holds them."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="gs-") as name:
        os.environ.update({f"GESTURESYNTH_{folder.upper()}_DIR": str(Path(name) / folder) for folder in FOLDERS})
        try:
            yield Path(name)
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def process(
    text: Sequence[str | Path], environment: Mapping[str, str], errors: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """One of our processes by itself, `python -m gesturesynth ARGUMENTS`; ended with SIGTERM."""
    with errors.open("wb") as file:
        started = subprocess.Popen(
            [sys.executable, "-m", "gesturesynth", *map(str, text)],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@dataclass
class EngineBench:
    """A real engine, and a conductor's place in front of it. Made by `engine_bench`."""

    sounds: Publisher[Sound]
    statuses: Subscriber[EngineStatus]
    engine: subprocess.Popen[bytes]
    errors: Path
    rate_hz: float = field(default=60.0)

    def play(self, sound: Sound, seconds: float) -> None:
        """Sends the same sound for so long, as often as a conductor does."""
        end_s = time.monotonic() + seconds
        while (now_s := time.monotonic()) < end_s:
            self.sounds.send(sound)
            time.sleep(min(1 / self.rate_hz, max(0.0, end_s - now_s)))

    def status(self) -> EngineStatus:
        """The next status of the engine. Raises `MeasuringError` when none comes."""
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s and self.engine.poll() is None:
            status = self.statuses.newest(0.2)
            if status is not None:
                return status
        raise MeasuringError(f"the engine is silent: {self.errors.read_text(errors='replace')[-300:]}")

    def until_sounding(self, sound: Sound) -> EngineStatus:
        """Sends it until the engine plays it. Raises `MeasuringError` when it does not."""
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s and self.engine.poll() is None:
            self.sounds.send(sound)
            status = self.statuses.newest(0.02)
            if status is not None and status.preset == sound.scene.preset:
                return status
        raise MeasuringError(f"the engine does not sound: {self.errors.read_text(errors='replace')[-300:]}")


@contextmanager
def engine_bench(plan: Plan, server: JackServer) -> Iterator[EngineBench]:
    """An engine of its own on a JACK server."""
    with own_folders(plan) as folder, zmq.Context() as context:
        errors = folder / "words"
        folders = {name: value for name, value in os.environ.items() if name.startswith("GESTURESYNTH_")}
        with process(["engine", "--audio", "jack", "--json"], server.environment | folders, errors) as engine:
            made = EngineBench(Publisher(context, Sound), Subscriber(context, EngineStatus), engine, errors)
            try:
                yield made
            finally:
                made.sounds.close()
                made.statuses.close()


@contextmanager
def tracker(plan: Plan, environment: Mapping[str, str], *flags: str | Path) -> Iterator[Path]:
    """A tracker of its own, once it gives poses; gives its runtime folder."""
    with own_folders(plan) as folder, zmq.Context() as context:
        errors = folder / "words"
        with process(["tracker", "--json", *flags], os.environ | environment, errors) as started:
            poses = Subscriber(context, Pose)
            try:
                end_s = time.monotonic() + LIMIT_S
                while poses.newest(0.1) is None:
                    if time.monotonic() > end_s or started.poll() is not None:
                        raise MeasuringError(f"the tracker sees nothing: {errors.read_text(errors='replace')[-300:]}")
            finally:
                poses.close()
            yield folder / "runtime"
