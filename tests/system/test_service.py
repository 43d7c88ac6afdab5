"""The installed service: it plays from power-on, answers, follows its files, and ends in order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import ConductorStatus, Pose
from tests.support.waiting import wait_for
from tests.system import installation as galleries
from tests.system.installation import (
    CONDUCTOR,
    ENGINE,
    JACKD,
    KEYPAD,
    OPTIONAL,
    PAGE,
    PROCESSES,
    TARGET,
    TRACKER,
    Installation,
)
from tests.system.machine import Disk, TemporaryDisk

STOP_LIMIT_S = 5.0
EXPOSURE_LIMIT = 1.5
STOPPING, STOPPED = "de5b426a63be47a7b6ac3eaac82e2f6f", "9d1aaa27d60140bd96365438aad20286"
"""MESSAGE_ID of systemd's log lines when it begins to stop a unit, and when it has: systemd/sd-messages.h."""


@pytest.fixture(scope="module")
def installation(ground: Disk) -> Iterator[Installation]:
    with TemporaryDisk(ground) as disk, Installation(disk) as made:
        made.wait_until_playing()
        yield made


def test_it_plays_the_body_of_the_camera_from_power_on(installation: Installation) -> None:
    states = {unit: installation.machine.show(unit, "ActiveState")["ActiveState"] for unit in (*PROCESSES, JACKD)}
    assert set(states.values()) == {"active"}, states
    pose = installation.until(Pose, lambda pose: bool(pose.bodies), "a person in view")
    assert pose.bodies[0].image_array()[:, 3].mean() > 0.5, "MediaPipe is sure of what it sees"
    begin_s = time.monotonic()
    moved = [
        installation.until(ConductorStatus, lambda status: status.present, "the body to play").outputs[0].value
        for _ in range(20)
    ]
    assert max(moved) > 1.02 * min(moved), "the hand moves the pitch"
    heard = installation.recording().between(begin_s)
    assert np.median(heard.levels_db()) > -40.0
    assert np.abs(heard.samples).max() <= db_to_gain(-3.0), "the ceiling"


@pytest.mark.parametrize("unit", [*PROCESSES, KEYPAD, PAGE, JACKD, *OPTIONAL])
def test_the_exposure_of_each_unit_is_low(installation: Installation, unit: str) -> None:
    told = installation.machine.run("systemd-analyze", "security", "--no-pager", unit).stdout
    line = next(line for line in told.splitlines() if "Overall exposure level" in line)
    assert float(line.split(":")[1].split()[0]) <= EXPOSURE_LIMIT, line


def test_it_answers_with_its_status(installation: Installation) -> None:
    healthy: list[dict[str, Any]] = []

    def asked() -> bool:
        done = installation.shell("status", "--json")
        healthy.extend([json.loads(done.stdout)] if done.returncode == 0 else [])
        return bool(healthy)

    wait_for(asked, "it to say that it is healthy")
    assert healthy[0]["healthy"] is True
    assert {"tracker", "conductor", "engine"} <= set(healthy[0]["processes"])
    line = installation.machine.show(TRACKER, "StatusText")["StatusText"]
    assert line.startswith("live,"), line
    assert "jack" in installation.machine.show(ENGINE, "StatusText")["StatusText"]


def test_the_doctor_examines_the_service(installation: Installation) -> None:
    done = installation.shell("doctor", "--json", "--quick")
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    for name in ("python", "libraries", "system", "model", "settings", "preset", "state", "examples", "service"):
        assert checks[name]["grade"] == "pass", checks[name]
    assert "/var/cache/gesturesynth/" in checks["model"]["found"]
    assert "/etc/gesturesynth/" in checks["preset"]["found"]
    assert "/var/lib/gesturesynth" in checks["state"]["found"]
    assert checks["service"]["found"] == "installed, enabled, active"
    assert "in use by the engine that runs: jack" in checks["sound"]["found"]
    assert checks["privacy"]["found"] == "the process that sees people has no network"


def test_its_figures_can_be_scraped_on_this_computer(installation: Installation) -> None:
    ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:9464/metrics').read().decode())"
    figures = installation.machine.run("/opt/gesturesynth/current/bin/python", "-c", ask).stdout.splitlines()
    assert 'gesturesynth_process_up{process="engine"} 1.0' in figures
    assert "gesturesynth_tracker_isolated 1.0" in figures


def test_a_preset_that_is_saved_is_played_at_once_and_by_those_who_play_now(installation: Installation) -> None:
    pids = installation.pids()
    galleries.write(installation.machine, f"{galleries.PIECES}/steady.yaml", galleries.piece(name="Steadier"))
    installation.until(ConductorStatus, lambda status: status.preset == "Steadier", "the piece as it was saved")
    assert installation.pids() == pids


def test_a_reload_reads_the_files_and_restarts_nothing(installation: Installation) -> None:
    pids = installation.pids()
    galleries.write(installation.machine, f"{galleries.PIECES}/steady.yaml", galleries.piece(name="Steadiest"))
    installation.machine.run("systemctl", "reload", CONDUCTOR)
    installation.until(ConductorStatus, lambda status: status.preset == "Steadiest", "the piece as it was saved")
    assert installation.pids() == pids
    assert installation.machine.show(CONDUCTOR, "ActiveState")["ActiveState"] == "active"


def test_it_stops_within_five_seconds_and_fades_out(installation: Installation) -> None:
    """The last test on this machine."""
    installation.wait_for_sound(time.monotonic())
    begin_s = time.monotonic()
    installation.machine.run("systemctl", "stop", TARGET)
    left = {
        unit: installation.machine.show(unit, "ActiveState")["ActiveState"]
        for unit in (*PROCESSES, KEYPAD, PAGE, JACKD)
    }
    assert set(left.values()) == {"inactive"}, f"stopped in order, all of them, when the command returns: {left}"

    said = installation.machine.journal("_PID=1", f"MESSAGE_ID={STOPPING}", "+", "_PID=1", f"MESSAGE_ID={STOPPED}")
    times_s = {
        what: [int(entry["__MONOTONIC_TIMESTAMP"]) / 1e6 for entry in said if entry["MESSAGE_ID"] == what]
        for what in (STOPPING, STOPPED)
    }
    taken_s = max(times_s[STOPPED]) - min(time_s for time_s in times_s[STOPPING] if time_s >= begin_s - 0.1)
    assert 0.0 < taken_s < STOP_LIMIT_S

    heard = installation.recording().between(begin_s)
    peaks = np.abs(heard.buffers).max(axis=1)
    sounding = np.flatnonzero(peaks > 0.0)
    before, last = peaks[: sounding[0] + 20].max(), peaks[sounding[-1]]
    assert last < 0.2 * before, "it ends as a ramp, not as a click"
    ramp = peaks[sounding[-1] - 40 : sounding[-1] + 1]  # the last 0.2 s: of a fade of 0.3 s
    assert ramp[-10:].max() < ramp[:10].max()
