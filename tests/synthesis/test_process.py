"""The engine as a process, with real JACK and real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import zmq

from gesturesynth.core.errors import UserError
from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import EngineStatus, InstrumentSetup, Scene, Sound
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.synthesis.process import EngineSettings, run_engine
from tests.benchmarks.machine import may_be_realtime
from tests.support.audio_analysis import pitch_hz, rms, steps
from tests.support.jack_server import JackServer, read_wav
from tests.support.stub_instruments import scene, sound, tone
from tests.support.waiting import DEADLINE_S

ONE = scene(tone(), moved={"tone.pitch": 0.05})
RATE = 48000


class RunningEngine:
    """An engine with the stub instruments, and a conductor for it that repeats one sound 50 times a second."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], process: subprocess.Popen[str]) -> None:
        self.process = process
        self.sound: Sound | None = None
        self.status: EngineStatus | None = None
        self._output = ""
        self._sounds = Publisher(context, Sound)
        self._statuses = Subscriber(context, EngineStatus)

    def wait_for(
        self, condition: Callable[[EngineStatus], bool], what: str, deadline_s: float = DEADLINE_S
    ) -> EngineStatus:
        """Sends the sound until a status of the engine meets the condition."""
        end_s = time.monotonic() + deadline_s
        while time.monotonic() < end_s:
            if self.sound is not None:
                self._sounds.send(self.sound)
            status = self._statuses.newest(0.02)
            if status is not None:
                self.status = status
                if condition(status):
                    return status
            assert self.process.poll() is None, f"the engine ended while waiting for {what}: {self.output()}"
        raise AssertionError(f"waited for {what}; last: {self.status}")

    def play(self, of: Scene, *values: float, **more: object) -> EngineStatus:
        """Sends the sound until the engine's status has the scene, and for a quarter of a second more."""
        self.sound = sound(of, *values, **more)
        started = self.wait_for(lambda status: status.preset == of.preset, f"preset {of.preset}")
        return self.play_on(started.sample_rate / 4)

    def play_on(self, samples: float) -> EngineStatus:
        """Sends the sound until the engine's audio clock has gone on by so many samples."""
        assert self.status is not None
        end = self.status.samples + samples
        return self.wait_for(lambda status: status.samples >= end, "the audio clock")

    def wait_for_exit(self) -> int:
        """Waits for the engine's end while sending the sound; returns its exit code."""
        end_s = time.monotonic() + DEADLINE_S
        while self.process.poll() is None:
            assert time.monotonic() < end_s, "the engine did not end"
            if self.sound is not None:
                self._sounds.send(self.sound)
            time.sleep(0.02)
        return self.process.returncode

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.wait_for_exit()

    def output(self) -> str:
        """What it wrote to standard error, once it has ended."""
        self.process.wait(DEADLINE_S)
        assert self.process.stderr is not None
        self._output += self.process.stderr.read()
        return self._output

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        self._sounds.close()
        self._statuses.close()


@contextmanager
def engine(
    audio: str,
    environment: dict[str, str] | None = None,
    record: Path | None = None,
    *,
    many_racks: int = 1000,
    device: str = "",
    channels: int = 2,
) -> Iterator[RunningEngine]:
    """Starts one. `environment` is a JACK server's; the folders of the test are taken from this process."""
    folders = {name: value for name, value in os.environ.items() if name.startswith("GESTURESYNTH_")}
    arguments = [audio, str(record or ""), str(many_racks), device, str(channels)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.stub_instruments", *arguments],
        env=(environment or dict(os.environ)) | folders,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with zmq.Context() as context:
        running = RunningEngine(context, process)
        try:
            yield running
        finally:
            running.close()


@pytest.fixture
def server() -> Iterator[JackServer]:
    with JackServer() as jack:
        yield jack


def trimmed(samples: np.ndarray) -> np.ndarray:
    """From the first to the last sample that is not silent (mono)."""
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 1e-5)
    assert len(loud), "nothing was heard"
    return samples[loud[0] : loud[-1] + 1, 0]


# --------------------------------------------------------------------------------------------------------------- JACK
def test_the_conductors_sound_is_heard_and_stops_without_a_click(server: JackServer) -> None:
    with server.capture() as capture, engine("auto", server.environment) as running:
        status = running.play(ONE, 660.0)
        assert (status.backend, status.sample_rate, status.buffer_frames) == ("jack", 48000.0, 256)
        assert server.name in status.device
        assert status.xruns >= 0
        status = running.play_on(RATE / 2)
        assert status.peak_db == pytest.approx(-12.0, abs=0.2)
        assert status.level_db == pytest.approx(-15.0, abs=0.2)
        assert status.detail == ""
        running.play(ONE, 880.0)
        running.play_on(RATE / 2)
        assert running.stop() == 0
        assert "engine stopped" in running.output()
    heard = trimmed(capture.samples)
    assert pitch_hz(heard[9600:24000], RATE) == pytest.approx(660.0, abs=1)
    assert pitch_hz(heard[-28800:-19200], RATE) == pytest.approx(880.0, abs=1)
    steady = db_to_gain(-12.0) * 2 * np.pi * 880 / RATE
    assert steps(heard).max() < steady * 1.1, "no click anywhere"
    level = rms(heard[-12000:], 1200)
    assert np.all(np.diff(level) < 0), "it fades out"
    assert abs(float(heard[-1])) < 1e-3


@pytest.mark.skipif(not may_be_realtime(), reason="this user may have no realtime priority")
def test_no_ordinary_program_takes_the_processor_from_the_thread_that_builds(server: JackServer) -> None:
    with engine("jack", server.environment) as running:
        running.play(ONE, 220.0)
        assert os.sched_getscheduler(running.process.pid) & os.SCHED_RR


def test_nothing_is_louder_than_the_ceiling(server: JackServer) -> None:
    with server.capture() as capture, engine("jack", server.environment) as running:
        running.play(scene(InstrumentSetup("s", "shout", {"gain": 10.0}), tone(), ceiling_db=-6.0))
        assert running.play_on(RATE / 2).peak_db <= -6.0
        assert running.stop() == 0
    assert db_to_gain(-8.0) < np.abs(capture.samples).max() <= db_to_gain(-6.0)


def test_one_port_gets_both_sides_mixed_and_no_more_than_the_ceiling() -> None:
    one = JackServer(playback_ports=1)
    with one as server, server.capture() as capture, engine("jack", server.environment) as running:
        running.play(scene(InstrumentSetup("s", "shout", {"gain": 10.0}), tone(), ceiling_db=-6.0))
        status = running.play_on(RATE / 2)
        assert status.peak_db <= -6.0
        assert status.device.endswith("system:playback_1 (mono)")
        assert "everything plays in mono" in status.detail
        assert running.stop() == 0
    assert capture.samples.shape[1] == 1
    assert db_to_gain(-8.0) < np.abs(capture.samples).max() <= db_to_gain(-6.0)


@pytest.mark.parametrize("device", ["playback_2", ""])
def test_a_port_that_was_chosen_alone_gets_both_sides(device: str, server: JackServer) -> None:
    with server.capture() as capture, engine("jack", server.environment, device=device) as running:
        running.play(scene(tone(level=-12.0)))
        running.play_on(RATE / 2)
        assert running.stop() == 0
    left, right = (float(np.abs(side).max()) for side in capture.samples.T)
    assert right == pytest.approx(db_to_gain(-8.1 if device else -12.0), rel=0.03)  # one loudspeaker is as loud as two
    assert left == pytest.approx(0.0 if device else db_to_gain(-12.0), rel=0.03)


def test_a_new_scene_takes_over_without_a_gap_or_a_click(server: JackServer) -> None:
    with server.capture() as capture, engine("jack", server.environment) as running:
        running.play(ONE, 500.0)
        for number in range(4):
            running.play(scene(tone(f"t{number}", pitch=(750.0, 500.0)[number % 2]), preset=f"p{number}"))
        assert running.stop() == 0
    heard = trimmed(capture.samples)[4800:-19200]
    level = rms(heard, 480)
    assert level.min() > np.median(level) * 0.6, "no silent stretch"
    # Half-way through a crossfade at equal power both sound.
    steepest_hz = np.hypot(500.0, 750.0)
    assert steps(heard).max() < db_to_gain(-12.0) * 2 * np.pi * steepest_hz / RATE * 1.1, "no click"


def test_nan_is_never_heard_and_the_engine_ends_with_the_name_of_the_instrument(server: JackServer) -> None:
    ill = scene(tone(), InstrumentSetup("ill", "ill"), moved={"ill.state": 0.005})
    with server.capture() as capture, engine("jack", server.environment) as running:
        running.play(ill, 0.0)
        running.sound = sound(ill, 2.0)
        assert running.wait_for_exit() == 1
        text = running.output()
        assert "not numbers" in text
        assert "ill" in text
    assert np.isfinite(capture.samples).all()
    assert np.abs(capture.samples).max() <= db_to_gain(-3.0)


def test_an_instrument_that_runs_away_makes_the_engine_end(server: JackServer) -> None:
    loud = scene(InstrumentSetup("s", "shout"), moved={"s.gain": 0.01})
    with server.capture() as capture, engine("jack", server.environment) as running:
        running.play(loud, 0.1)
        running.sound = sound(loud, 1e6)
        assert running.wait_for_exit() == 1
        assert "run away" in running.output()
    assert np.abs(capture.samples).max() <= db_to_gain(-3.0)


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_an_engine_whose_server_is_gone_ends_with_an_error(server: JackServer, how: str) -> None:
    with engine("jack", server.environment) as running:
        running.play(ONE, 500.0)
        {"kill": server.kill, "freeze": server.freeze}[how]()
        start_s = time.monotonic()
        assert running.wait_for_exit() == 1
        assert time.monotonic() - start_s < 10.0
        assert {"kill": "has gone", "freeze": "stood still"}[how] in running.output()


OPEN_AND_WAIT = """
import sys
from gesturesynth.synthesis import process as engine
from tests.support import stub_instruments

def open_and_wait(settings):
    backend = open_it(settings)
    print("open", flush=True)
    sys.stdin.readline()
    return backend

open_it, engine.open_backend = engine.open_backend, open_and_wait
sys.exit(stub_instruments.main("jack"))
"""


def test_a_server_that_ends_before_anything_is_built_is_no_traceback(server: JackServer) -> None:
    folders = {name: value for name, value in os.environ.items() if name.startswith("GESTURESYNTH_")}
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_WAIT],
        env=server.environment | folders,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "open\n"
            server.kill()
            server.start()  # even with another in its place
            _, text = process.communicate("\n", timeout=DEADLINE_S)
        finally:
            process.kill()
    assert process.returncode == 1, text
    assert "the audio server has gone" in text
    assert "Traceback" not in text


def test_an_engine_without_its_server_ends_with_an_error() -> None:
    with engine("jack", os.environ | {"JACK_DEFAULT_SERVER": f"missing-{os.getpid()}"}) as running:
        assert running.wait_for_exit() == 1
        assert "no JACK server" in running.output()


# --------------------------------------------------------------------------------------------------------------- null
def test_without_a_device_everything_else_works_and_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    with engine("null", record=path) as running:
        waiting = running.wait_for(lambda status: "waiting for the conductor" in status.detail, "a first status")
        assert waiting.preset == ""
        first = running.play(ONE, 660.0)
        start_s = time.monotonic()
        last = running.play_on(RATE)
        assert (last.samples - first.samples) / RATE == pytest.approx(time.monotonic() - start_s, rel=0.3)
        assert last.peak_db == pytest.approx(-12.0, abs=0.2)
        running.play(ONE, 660.0, muted=True)
        assert running.play_on(RATE / 4).peak_db < -100.0
        running.play(ONE, 660.0, volume_db=-20.0)
        assert running.play_on(RATE / 4).peak_db == pytest.approx(-32.0, abs=0.2)
        total = running.play_on(0).samples
        assert running.stop() == 0
    rate, samples = read_wav(path)
    assert rate == RATE
    assert len(samples) == pytest.approx(total, abs=RATE)
    heard = trimmed(samples)
    assert pitch_hz(heard[9600:28800], RATE) == pytest.approx(660.0, abs=1)
    assert steps(heard).max() < db_to_gain(-12.0) * 2 * np.pi * 660 / RATE * 1.1
    assert abs(float(heard[-1])) < 1e-3


def test_a_killed_engine_leaves_a_recording_and_the_next_goes_on_in_another_file(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    with engine("null", record=path) as running:
        running.play(ONE, 660.0)
        running.play_on(RATE * 1.5)
        running.process.kill()
        running.process.wait()
    _, samples = read_wav(path)
    assert len(samples) > RATE / 2
    assert pitch_hz(trimmed(samples)[4800:], RATE) == pytest.approx(660.0, abs=1)
    with engine("null", record=path) as running:
        running.play(ONE, 660.0)
        assert running.stop() == 0
    assert len(read_wav(tmp_path / "take-2.wav")[1]) > RATE / 8


def test_a_silent_conductor_is_noted_and_the_sound_goes_on() -> None:
    with engine("null") as running:
        running.play(ONE, 660.0)
        running.sound = None
        noted = running.wait_for(lambda status: "conductor is silent" in status.detail, "the note")
        assert noted.peak_db == pytest.approx(-12.0, abs=0.2)
        assert noted.preset == "toys"
        running.play(ONE, 500.0)
        running.wait_for(lambda status: status.detail == "", "no note")
        assert running.stop() == 0


def test_an_engine_that_has_changed_its_instruments_often_ends_while_nothing_is_heard() -> None:
    with engine("null", many_racks=3) as running:
        for number in range(4):
            running.play(scene(tone(f"t{number}"), preset=f"p{number}"))
        running.play_on(RATE)
        running.play(scene(tone("t3"), preset="p3"), muted=True)
        assert running.wait_for_exit() == 1
        assert "instruments were changed 4 times" in running.output()


def test_what_the_engine_cannot_play_is_in_its_status() -> None:
    with engine("null") as running:
        assert "'organ'" in running.play(scene(tone(), InstrumentSetup("organ", "organ"))).detail
        assert running.stop() == 0
        assert "organ" in running.output()


def test_it_notifies_its_supervisor_that_it_is_ready_and_alive(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(own_folders / "notify"))
        notify.settimeout(DEADLINE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(own_folders / "notify"))
        with engine("null") as running:
            assert notify.recv(4096).startswith(b"READY=1\nSTATUS=null, 48000 Hz, 256 frames")
            assert b"WATCHDOG=1" in notify.recv(4096)
            assert b"WATCHDOG=1" in notify.recv(4096)
            assert running.stop() == 0
            last = b""
            while b"STOPPING=1" not in last:
                last = notify.recv(4096)


def test_a_recording_over_another_file_is_refused_before_anything_sounds(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_text("precious")
    with Service() as service, pytest.raises(UserError, match="exists already"):
        run_engine(EngineSettings(record=path), service)
    assert path.read_text() == "precious"
