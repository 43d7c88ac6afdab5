"""`gesturesynth status`: what it says and with which exit code. With everything running: test_run_faults.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import zmq

from gesturesynth.cli import status
from gesturesynth.cli.app import main
from gesturesynth.core import paths
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.service import Service
from tests.support.statuses import conductor_status, engine_status, tracker_status


def asked(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["status", *flags])
    out, err = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, out, err


@contextmanager
def sending_statuses(
    *, tracker: bool = True, conductor: bool = True, engine: bool = True, **engine_is: Any
) -> Iterator[None]:
    """Sends statuses as the real processes do."""
    over, begun = Event(), Event()

    def send() -> None:
        with zmq.Context() as context:
            trackers = Publisher(context, TrackerStatus) if tracker else None
            conductors = Publisher(context, ConductorStatus) if conductor else None
            engines = Publisher(context, EngineStatus) if engine else None
            samples = 0
            begun.set()
            while not over.wait(0.02):
                now_s, samples = time.monotonic(), samples + 960
                if trackers:
                    trackers.send(tracker_status(time_s=now_s))
                if conductors:
                    conductors.send(conductor_status(time_s=now_s))
                if engines:
                    engines.send(engine_status(**{"time_s": now_s, "samples": samples} | engine_is))
            for one in (trackers, conductors, engines):
                if one:
                    one.close()

    thread = Thread(target=send)
    thread.start()
    assert begun.wait(20)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_when_nothing_runs_a_sentence_says_so_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(capsys)
    assert (code, out) == (1, "")
    assert "Gesture Synth is not running here" in err
    code, out, _ = asked(capsys, "--json")
    told = json.loads(out)
    assert (code, told["healthy"]) == (1, False)
    assert "not running here" in told["problems"][0]
    assert {one["state"] for one in told["processes"].values()} == {"missing"}


def test_when_all_is_well_the_exit_code_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    with sending_statuses():
        code, out, _ = asked(capsys)
        assert (code, out.splitlines()[0].strip()) == (0, "Gesture Synth  healthy")
        assert "demo performer, live" in out
        code, out, _ = asked(capsys, "--json")
    told = json.loads(out)
    assert (code, told["healthy"], told["problems"]) == (0, True, [])
    assert (told["engine"]["xruns"], told["conductor"]["preset"]) == (0, conductor_status().preset)
    assert told["processes"]["engine"]["restarts"] == 2
    assert told["last_fault"]["process"] == "engine"


def test_one_that_is_missing_is_waited_for_a_moment_only(capsys: pytest.CaptureFixture[str]) -> None:
    with sending_statuses(engine=False):
        begin_s = time.monotonic()
        code, out, _ = asked(capsys)
        took_s = time.monotonic() - begin_s
    assert code == 1
    assert "the engine sends no status" in out
    assert took_s < 4 * status.LISTEN_S


def test_the_last_fault_of_a_process_that_ended_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    with Service(name="engine") as service:
        service.record_fault("there is no JACK server")
    with sending_statuses(engine=False):
        code, out, _ = asked(capsys)
    assert code == 1
    assert "the engine does not run: there is no JACK server" in out


def test_an_audio_clock_that_does_not_move_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with sending_statuses(samples=48000):
        code, out, _ = asked(capsys)
    assert code == 1
    assert "the audio clock stands still" in out


def test_folders_without_access_are_reported_with_a_way_to_get_it(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "runtime" / "tracker").mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may enter everything
    assert "sudo usermod -aG gesturesynth" in status.unreachable(paths.running_dir())


def test_the_keypad_is_reported_by_its_record(capsys: pytest.CaptureFixture[str]) -> None:
    with sending_statuses(), Service(name="keys"):
        code, out, _ = asked(capsys, "--json")
        keys = json.loads(out)["processes"]["keys"]
        assert (code, keys["state"], keys["pid"]) == (0, "ok", os.getpid())
    with sending_statuses():
        with Service(name="keys") as service:
            service.record_fault("no such keyboard")
        code, out, _ = asked(capsys)
    assert code == 1
    assert "keys does not run: no such keyboard" in out


def test_watching_goes_on_until_ctrl_c_and_tells_changes() -> None:
    """In a pipe: a line when it begins, one for each change."""
    with subprocess.Popen(
        [sys.executable, "-m", "gesturesynth", "status", "--watch"], stdout=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout
        try:
            assert "the tracker sends no status" in watching.stdout.readline()
            with sending_statuses():
                assert watching.stdout.readline().rstrip().endswith(" healthy")
                watching.send_signal(signal.SIGINT)
                assert watching.wait(20) == 0
        finally:
            watching.kill()
