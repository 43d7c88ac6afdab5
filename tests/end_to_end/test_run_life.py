"""`gesturesynth run` from its start to its end: without a device, with a mistake, interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from gesturesynth.config.preset.loader import find, load
from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.synthesis.audio import device_probe
from tests.support.app_process import AppProcess
from tests.support.audio_analysis import rms, steps
from tests.support.jack_server import JackServer
from tests.support.still_skeleton import write_still_skeleton
from tests.support.waiting import wait_for

RATE = 48000
THEREMIN = load(find("theremin"))
NO_SERVER = {"JACK_DEFAULT_SERVER": f"no-server-{os.getpid()}", "JACK_NO_START_SERVER": "1"}


# ---------------------------------------------------------------------------------------------------------- how it ends
def test_ctrl_c_fades_out_and_leaves_nothing_behind(tmp_path: Path) -> None:
    statue = write_still_skeleton(tmp_path / "statue.skeleton")
    with (
        JackServer() as server,
        server.capture() as capture,
        AppProcess("--source", statue, "--audio", "jack", environment=server.environment) as running,
    ):
        running.wait_until_playing()
        running.until(EngineStatus, lambda status: status.samples > 4 * RATE, "the end of the fade-in")
        assert running.stop() == 0
        running.assert_nothing_is_left()
        assert not running.runtime.exists()
    sound = capture.samples[:, 0]
    loud = np.flatnonzero(np.abs(sound) > 1e-5)
    heard = sound[: loud[-1] + 1]
    assert np.abs(heard[-RATE:]).max() > db_to_gain(-40.0), "it was heard to the end"
    before, fade = heard[-RATE : -RATE // 2], heard[-RATE // 2 :]
    assert steps(fade).max() <= steps(before).max() * 1.3, "no step that the sound did not have"
    level = rms(heard[-RATE // 4 :], RATE // 20)
    assert level[-1] < level[0] * 0.3, "it gets softer towards the end"
    assert abs(float(heard[-1])) < 1e-3


def in_mask(process: subprocess.Popen[bytes], mask: str, number: signal.Signals) -> bool:
    """Whether a signal is in one of the masks that Linux shows of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(f"{mask}:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    raise AssertionError("no such line")


def caught(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal."""
    return in_mask(process, "SigCgt", number)


def given_back(process: subprocess.Popen[bytes]) -> Callable[[], bool]:
    """A condition: Python has begun, and has no handler for Ctrl-C any more.

    It ignores SIGPIPE from its beginning on, when it also takes Ctrl-C for itself. That it has had a handler cannot be
    waited for: it is there for some milliseconds only.
    """
    return lambda: in_mask(process, "SigIgn", signal.SIGPIPE) and not caught(process, signal.SIGINT)


MOMENTS = ("loading", "lock", "first process", "all processes")


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_while_it_starts_leaves_nothing_behind(moment: str) -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        process = running.process
        assert process is not None
        conditions = {
            # Python has taken the signal for itself, and the program gives it back until it has something to clean up.
            "loading": given_back(process),
            "lock": (running.runtime / "lock").exists,
            "first process": lambda: len(running.find_processes()) > 1,
            "all processes": lambda: len(running.find_processes()) > 3,
        }
        wait_for(conditions[moment], moment)
        running.find_processes()
        assert running.stop() in {"loading": (0, 130, -signal.SIGINT), "lock": (0, 130)}.get(moment, (0,))
        running.assert_nothing_is_left()


# ----------------------------------------------------------------------------------------------------- without a device
@pytest.fixture(scope="module")
def silent() -> Iterator[AppProcess]:
    """Runs for several tests, on a computer without JACK and, where that is so, without a sound card."""
    with AppProcess("--source", "demo", environment=os.environ | NO_SERVER) as running:
        running.wait_until_playing()
        yield running


def test_without_a_device_it_reports_so_and_runs(silent: AppProcess) -> None:
    if device_probe.probe("portaudio"):
        pytest.skip("this computer has a sound card: it would be played on")
    status = silent.until(EngineStatus, lambda _: True, "the engine's word")
    assert status.backend == "null"
    assert "no JACK server and no sound device" in status.detail
    said = silent.until_logged("no JACK server and no sound device", "engine")
    assert said["level"] == "warning"
    silent.until(EngineStatus, lambda later: later.samples > status.samples + RATE, "its clock to go on")
    silent.until(EngineStatus, lambda later: later.level_db > -60.0, "sound, though there is no device")


def test_every_process_sends_its_status(silent: AppProcess) -> None:
    tracker = silent.until(TrackerStatus, lambda status: status.state == "live" and status.fps > 5.0, "frames")
    assert tracker.source == "demo performer"
    conductor = silent.until(ConductorStatus, lambda status: status.present, "a person in view")
    assert (conductor.preset, conductor.preset_error, conductor.model_error) == (THEREMIN.name, "", "")
    assert "rbf" in conductor.model
    assert [reading.name for reading in conductor.outputs] == [output.name for output in THEREMIN.outputs]
    assert all(0.0 <= reading.position <= 1.0 for reading in (*conductor.features, *conductor.outputs))
    assert conductor.latency_p99_ms >= conductor.latency_ms > 0.0
    assert all(line["level"] != "unstructured" for line in silent.log())


def test_a_second_one_beside_it_is_refused_and_the_first_plays_on(silent: AppProcess) -> None:
    assert silent.process is not None
    done = refused("--source", "demo", "--audio", "null", home=silent.home)
    assert f"runs here already (process {silent.process.pid})" in done
    assert "GESTURESYNTH_RUNTIME_DIR" in done
    silent.until(EngineStatus, lambda _: True, "the first one's engine")
    assert psutil.pid_exists(silent.process.pid)


def test_sigterm_ends_it_as_ctrl_c_does(silent: AppProcess) -> None:
    assert silent.stop(signal.SIGTERM) == 0
    silent.assert_nothing_is_left()
    assert not silent.runtime.exists()


# -------------------------------------------------------------------------------------------------- the user's mistakes
def refused(*flags: str | Path, home: Path) -> str:
    """Runs it, which must end with exit code 2; what it says."""
    folders = {f"GESTURESYNTH_{name.upper()}_DIR": str(home / name) for name in ("config", "state", "runtime")}
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", "run", "--osc-port=0", *map(str, flags)],
        env=os.environ | folders,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_misspelt_preset_is_answered_with_the_one_that_was_meant(own_folders: Path) -> None:
    said = refused("--preset", "teremin", home=own_folders)
    assert said.count("\n") == 1
    assert "did you mean 'theremin'?" in said


def test_a_missing_source_is_reported_with_what_is_allowed(own_folders: Path) -> None:
    said = refused("--source", "gone.mp4", home=own_folders)
    assert "'gone.mp4': there is no such file" in said
    assert "Allowed are auto, demo" in said


def test_a_source_that_is_no_video_ends_all_with_a_sentence(own_folders: Path) -> None:
    said = refused("--source", __file__, "--audio", "null", home=own_folders)
    assert "cannot be read as a video" in said
    assert not list((own_folders / "runtime").rglob("*"))


def test_a_recording_is_never_overwritten(own_folders: Path) -> None:
    take = own_folders / "take.wav"
    take.write_text("precious")
    said = refused("--source", "demo", "--audio", "null", "--record", take, home=own_folders)
    assert "take.wav exists already" in said
    assert take.read_text() == "precious"


def test_an_unknown_audio_backend_is_reported_with_those_that_exist(own_folders: Path) -> None:
    said = refused("--audio", "jck", home=own_folders)
    assert "jack" in said
    assert "portaudio" in said


def test_a_broken_settings_file_is_reported_with_line_and_column(own_folders: Path) -> None:
    (own_folders / "config").mkdir()
    (own_folders / "config" / "gesturesynth.yaml").write_text("audio:\n  backend: jack\n  bufer_frames: 64\n")
    said = refused(home=own_folders)
    assert "gesturesynth.yaml:3:3: audio.bufer_frames: unknown key, did you mean 'buffer_frames'?" in said


# ------------------------------------------------------------------------------------------------ JACK that comes later
def test_without_the_jack_server_it_was_told_to_use_it_keeps_trying_until_there_is_one() -> None:
    server = JackServer()
    try:
        with AppProcess("--source", "demo", "--audio", "jack", environment=server.environment) as running:
            said = running.until_logged("there is no JACK server", "engine")
            assert said["level"] == "error"
            conductor = running.until(ConductorStatus, lambda status: bool(status.model), "the conductor")
            tracker = running.until(TrackerStatus, lambda status: status.state == "live", "the tracker")
            server.start()
            with server.capture() as capture:
                running.until(EngineStatus, lambda status: status.level_db > -60.0, "sound")
                assert running.pids() | {"engine": 0} == {
                    "tracker": tracker.pid,
                    "conductor": conductor.pid,
                    "engine": 0,
                }
            assert running.stop() == 0
            running.assert_nothing_is_left()
        assert np.abs(capture.samples).max() > db_to_gain(-50.0)
    finally:
        server.__exit__()
