"""`gesturesynth doctor` with real things: a camera, a sound server, broken files, and what runs already."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesturesynth.config.settings.settings import Settings
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.ops.doctor.checks import camera as doctor_camera
from gesturesynth.ops.doctor.finding import Examination
from gesturesynth.ops.doctor.probes.subprocess_report import run_probe
from gesturesynth.ops.doctor.registry import CHECKS
from gesturesynth.tracking.model import download
from gesturesynth.tracking.model.download import BUNDLE_NAME
from tests.cli.test_app import SOMEBODY
from tests.support import footage
from tests.support.app_process import AppProcess
from tests.support.command_line import run_here
from tests.support.jack_server import JackServer
from tests.support.virtual_camera import CameraState, VirtualCamera

Told = dict[str, dict[str, Any]]


def doctor(*arguments: str | Path, **environment: str) -> tuple[int, str, str]:
    """Runs it as a person does, in a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", "doctor", *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def told(*arguments: str | Path, **environment: str) -> tuple[int, Told]:
    """Its exit code, and its checks by name."""
    code, out, err = doctor("--json", *arguments, **environment)
    assert out, err
    return code, {check["check"]: check for check in json.loads(out)["checks"]}


@pytest.fixture
def camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VirtualCamera:
    """A camera for every process that is started from here on."""
    made = VirtualCamera(tmp_path / "camera", footage.clip("dancer"))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def jack() -> Iterator[JackServer]:
    with JackServer() as server:
        yield server


# ------------------------------------------------------------------------------------------------- with nothing at all
def test_without_camera_and_sound_server_it_can_play_and_lists_what_is_missing(own_folders: Path) -> None:
    no_server = {"JACK_DEFAULT_SERVER": "gesturesynth-none"}
    code, out, err = doctor("--quick", **no_server)
    checks = [line.split()[1] for line in out.splitlines() if line.split()[0] in ("pass", "warn", "fail")]
    assert (code, err) == (0, "")
    assert checks == [check.name for check in CHECKS]
    assert "It can play" in out.splitlines()[-1] or "All is well" in out.splitlines()[-1]
    assert "nothing runs here now" in out
    assert list((own_folders / "state").glob("*")) == [], "nothing is left behind"


def test_programs_get_one_object() -> None:
    code, out, _ = doctor("python", "model", "--json")
    facts = json.loads(out)
    assert (code, facts["grade"], [check["check"] for check in facts["checks"]]) == (0, "pass", ["python", "model"])
    assert {"grade", "found", "advice", "took_s"} < set(facts["checks"][0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("clck",), "no check 'clck'; there are: python, "),
        (("clock", "--width=3"), "camera.width: 3 is outside 16 to 16384"),
        (("clock", "--audio=alsa"), "alsa"),
        (("clock", "--record=a.wav"), "leave --record out"),
    ],
)
def test_a_flag_that_makes_no_sense_is_the_users_mistake(
    arguments: tuple[str, ...], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    done = run_here(capfd, "doctor", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


# ------------------------------------------------------------------------------------------------------ broken files
def test_a_broken_model_a_folder_that_cannot_be_written_and_bad_settings_are_found(tmp_path: Path) -> None:
    bundle = tmp_path / "models" / BUNDLE_NAME
    bundle.parent.mkdir()
    bundle.write_bytes(b"half a download")
    config = paths.config_dir()
    config.mkdir()
    (config / "gesturesynth.yaml").write_text("preset: nowhere.yaml\naudio: {backend: jak}\n", encoding="utf-8")
    folders = {"GESTURESYNTH_CACHE_DIR": str(tmp_path), "GESTURESYNTH_STATE_DIR": "/proc/nowhere"}
    code, checks = told("model", "settings", "state", "clock", **folders)
    assert code == 1
    assert checks["model"]["grade"] == "fail"
    assert "fetch-model" in checks["model"]["advice"]
    assert checks["settings"]["grade"] == "fail"
    assert "gesturesynth.yaml:2:" in checks["settings"]["found"]
    assert "did you mean 'jack'" in checks["settings"]["found"]
    assert checks["state"]["grade"] == "fail"
    assert "/proc/nowhere cannot be written to" in checks["state"]["found"]
    assert checks["clock"]["found"], "the others go on"


def test_a_model_is_whole_missing_or_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert download.state()[1] == "whole"
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(tmp_path))
    bundle, state = download.state()
    assert state == "missing"
    bundle.parent.mkdir()
    bundle.write_bytes(b"half a download")
    assert download.state() == (bundle, "broken")


def test_a_broken_preset_is_found() -> None:
    config = paths.config_dir()
    config.mkdir()
    (config / "gesturesynth.yaml").write_text("preset: nowhere.yaml\n", encoding="utf-8")
    code, checks = told("preset", "settings")
    assert (code, checks["settings"]["grade"], checks["preset"]["grade"]) == (1, "pass", "fail")
    assert "nowhere.yaml" in checks["preset"]["found"]


def test_takes_are_counted_and_damage_is_found() -> None:
    for name in ("drone", "drums"):
        with ExampleStore.open(store_path(name), datetime.now(tz=UTC)) as store:
            store.add_take("1", {"pitch": 60.0}, "", SOMEBODY)
    code, checks = told("examples")
    assert (code, checks["examples"]["grade"]) == (0, "pass")
    assert "drone 1, drums 1" in checks["examples"]["found"]
    database = store_path("drums")
    content = bytearray(database.read_bytes())
    content[4096 * 2 :] = b"x" * (len(content) - 4096 * 2)
    database.write_bytes(content)
    before = sorted(path.name for path in database.parent.iterdir())
    code, checks = told("examples")
    assert (code, checks["examples"]["grade"]) == (1, "fail")
    assert "drone 1" in checks["examples"]["found"]
    assert database.read_bytes() == content, "nothing is repaired without being asked"
    assert sorted(path.name for path in database.parent.iterdir()) == before


# ------------------------------------------------------------------------------------------------- camera and sound
def test_a_camera_and_a_sound_server_are_tried(camera: VirtualCamera, jack: JackServer) -> None:
    names = ("camera", "exposure", "inference", "privacy", "sound", "groups")
    with jack.capture() as capture:
        _, checks = told(*names, "--source", camera.device, "--audio=jack", **_of(jack.environment))
    assert f"camera ({camera.device}): 640x480, " in checks["camera"]["found"]
    assert "ms a frame, with a person in view" in checks["inference"]["found"]
    assert "its automatic exposure is 25 ms" in checks["exposure"]["found"]
    assert "camera: {fps: 60}" in checks["exposure"]["advice"]
    assert camera.control_values() == {}, "nothing was set"
    assert checks["privacy"]["grade"] == "pass"
    assert checks["sound"]["grade"] in ("pass", "warn"), "a busy computer may leave gaps"
    assert "jack, JACK server" in checks["sound"]["found"]
    loudest = float(np.abs(capture.samples).max())
    assert 20 * np.log10(loudest) == pytest.approx(-24.0, abs=0.5)
    left, right = capture.samples.T
    np.testing.assert_array_equal(left, right)
    heard = np.abs(np.trim_zeros(left))
    ten_ms = capture.sample_rate // 100
    assert max(heard[:ten_ms].max(), heard[-ten_ms:].max()) < 0.2 * loudest, "it fades in and out"


def _of(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("JACK_")}


@pytest.mark.parametrize(("word", "found"), [("unplug", "is not there"), ("hang", "gives no frames")])
def test_a_camera_that_gives_nothing_is_found(
    camera: VirtualCamera, word: CameraState, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(tmp_path))  # without a pose model there is nothing else to try
    camera.set_state(word)
    settings = Settings().with_overrides({"camera.source": camera.device})
    finding = doctor_camera.check_camera(Examination(settings, paths.runtime_dir()))
    assert finding.grade == "fail"
    assert found in finding.found


def test_a_camera_whose_driver_hangs_does_not_stop_the_doctor(camera: VirtualCamera, tmp_path: Path) -> None:
    camera.set_state("stuck")
    code, checks = told("camera", "clock", "--source", camera.device, GESTURESYNTH_CACHE_DIR=str(tmp_path))
    assert (code, checks["camera"]["grade"]) == (1, "fail")
    assert "never returned" in checks["camera"]["found"]
    assert checks["clock"]["found"]


def test_without_the_sound_server_that_was_asked_for_it_fails() -> None:
    code, checks = told("sound", "--audio=jack", JACK_DEFAULT_SERVER="gesturesynth-none")
    assert (code, checks["sound"]["grade"]) == (1, "fail")
    assert "there is no JACK server" in checks["sound"]["found"]


def test_a_sound_server_that_hangs_does_not_stop_the_doctor() -> None:
    with JackServer(synchronous=False) as server:
        server.freeze()
        code, checks = told("sound", "clock", "--audio=jack", **_of(server.environment))
    assert (code, checks["sound"]["grade"]) == (1, "fail")
    assert checks["clock"]["found"]


# --------------------------------------------------------------------------------------------------- what runs already
def test_while_it_runs_its_own_figures_count() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        running.wait_until_playing()
        port = running.until_logged("OSC input opened")["port"]
        (running.home / "config").mkdir(exist_ok=True)
        settings = running.home / "config" / "gesturesynth.yaml"
        settings.write_text(f"osc: {{port: {port}}}\n", encoding="utf-8")
        _, checks = told("camera", "inference", "privacy", "sound", "ports", "processes", **running.folders)
        assert "in use by the tracker that runs: demo performer" in checks["camera"]["found"]
        assert "in use by the engine that runs: null" in checks["sound"]["found"]
        assert checks["privacy"]["grade"] == "pass"
        assert f"UDP 127.0.0.1:{port} is in use, as it should be" in checks["ports"]["found"]
        assert checks["processes"]["grade"] == "pass"
        assert "tracker, conductor, engine run" in checks["processes"]["found"]


def test_a_port_of_another_program_is_found() -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        paths.config_dir().mkdir()
        (paths.config_dir() / "gesturesynth.yaml").write_text(f"osc: {{port: {port}}}\n", encoding="utf-8")
        code, checks = told("ports")
    assert (code, checks["ports"]["grade"]) == (0, "warn")
    assert f"another program has UDP port 127.0.0.1:{port}" in checks["ports"]["found"]


# --------------------------------------------------------------------------------------------------------- the children
def test_a_report_of_a_probe_says_how_it_ended(tmp_path: Path) -> None:
    program = tmp_path / "dies.py"
    program.write_text(
        "import os, signal, sys, time\n"
        "print('{\"a\": 1}', flush=True)\n"
        "print('last words', file=sys.stderr, flush=True)\n"
        "time.sleep(60) if sys.argv[1:] else os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        died = run_probe("dies", [], 30.0)
        hung = run_probe("dies", ["wait"], 2.0)
    assert (died.facts, died.ended, died.stderr_text) == ({"a": 1}, "was ended by SIGSEGV", "last words")
    assert hung.ended == "did not answer within 2 s"


def test_a_library_that_cannot_be_imported_is_reported_with_its_reason() -> None:
    report = run_probe("gesturesynth.ops.doctor.probes.imports", ["json", "no_such_library"], 60.0)
    assert report.facts["imports"]["json"] == ""
    assert "no_such_library" in report.facts["imports"]["no_such_library"]
    shared = run_probe("gesturesynth.ops.doctor.probes.imports", ["--shared", "libc.so.6", "libnothing.so.9"], 60.0)
    assert shared.facts["shared"]["libc.so.6"] == ""
    assert shared.facts["shared"]["libnothing.so.9"]
