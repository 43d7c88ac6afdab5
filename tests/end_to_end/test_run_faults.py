"""`gesturesynth run` when one of its processes dies or hangs: it comes back alone, and the sound with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from tests.support.app_process import STATUSES, Running
from tests.support.audio_analysis import rms
from tests.support.jack_server import JackServer, wait_for

RATE = 48000
WINDOW = RATE // 10
SILENT = db_to_gain(-70.0)
"""The drone idles some 30 dB above this."""
GENEROUS_S = 10.0

READY: dict[str, Callable[[Any], bool]] = {
    "tracker": lambda status: status.state == "live",
    "conductor": lambda status: bool(status.model),
    "engine": lambda status: bool(status.preset),
}


@dataclass(frozen=True)
class Show:
    """What runs, and the server that it plays on."""

    running: Running
    server: JackServer


@pytest.fixture(scope="module")
def show() -> Iterator[Show]:
    flags = ("--source", "demo", "--preset", "drone", "--audio", "jack")
    with (
        JackServer(buffer_frames=1024, synchronous=False) as server,
        Running(*flags, environment=server.environment) as running,
    ):
        running.playing()
        running.until(EngineStatus, lambda status: status.level_db > -50.0, "sound")
        yield Show(running, server)


def levels(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """RMS of each tenth of a second."""
    return rms(samples[:, 0], WINDOW)


@pytest.mark.parametrize("who", STATUSES)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_dies_or_hangs_comes_back_alone_and_the_sound_with_it(
    show: Show, who: str, number: signal.Signals
) -> None:
    running = show.running
    running.look()
    before = running.pids()
    begun = len(running.log())
    with show.server.capture() as capture:
        begin_s = time.monotonic()
        os.kill(before[who], number)
        kind = STATUSES[who]
        running.until(kind, lambda status: status.pid != before[who] and READY[who](status), f"a new {who}")
        took_s = time.monotonic() - begin_s
        # Two more seconds of sound: with a new engine from its first sample on, as far as the fade-in.
        clock = running.until(EngineStatus, READY["engine"], "the engine").samples
        running.until(EngineStatus, lambda status: status.samples > clock + 2 * RATE, "the audio clock to go on")
    print(f"{who} after {number.name}: ready again in {took_s:.2f} s")
    after = running.pids()
    assert took_s < GENEROUS_S
    assert after[who] != before[who]
    assert after | {who: 0} == before | {who: 0}, "the others were left alone"
    assert before[who] not in running.look(), "the old one is gone"
    text = [line.get("message", "") for line in running.log()[begun:] if line.get("process") == "supervisor"]
    assert any(f"{who} ended (signal 9)" in line for line in text)
    assert any(f"{who} has hung" in line for line in text) == (number == signal.SIGSTOP)
    level = levels(capture.samples)
    if who == "engine":
        assert level[-10:].min() > SILENT, "the sound is back"
    else:
        assert level.min() > SILENT, "the sound has never stopped"
    assert np.isfinite(capture.samples).all()


def test_somebody_is_followed_again_after_all_that(show: Show) -> None:
    show.running.until(TrackerStatus, lambda status: status.fps > 5.0, "frames")
    first = show.running.until(ConductorStatus, lambda status: status.present and status.confidence > 0.3, "somebody")
    show.running.until(
        ConductorStatus,
        lambda status: any(
            abs(now.position - then.position) > 0.05 for now, then in zip(status.outputs, first.outputs, strict=True)
        ),
        "outputs that move",
    )


def test_status_counts_the_restarts_as_the_supervisor_does_and_is_healthy_again(show: Show) -> None:
    command = [sys.executable, "-m", "gesturesynth", "status", "--json"]
    done = subprocess.run(
        command, env=os.environ | show.running.folders, capture_output=True, text=True, check=False, timeout=60
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["healthy"], told["problems"]) == (0, True, [])
    restarts = [line for line in show.running.log() if line["event"] == "restart scheduled"]
    for who, process in told["processes"].items():
        counted = [line["restarts"] for line in restarts if line["child"] == who]
        assert process["restarts"] == counted[-1] == 2
        assert process["pid"] == show.running.pids()[who]
        assert "has hung: no heart-beat for" in process["last_fault"]
        assert process["last_fault_time"]
        assert process["rss_mb"] > 10.0
    assert told["last_fault"]["process"] == "engine", "the last one that was ended"
    assert told["engine"]["backend"] == "jack"


def test_a_stop_ends_all_that_was_ever_started(show: Show) -> None:
    assert show.running.stop() == 0
    wait_for(lambda: not show.running.alive(), "the end of every process")
    show.running.assert_nothing_is_left()
